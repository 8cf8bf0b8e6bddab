"""One mark too few, too many or of another kind, in programs that are right.

In a real program such a slip is one error, and the error or one of its notes stands beside it.
"""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

from punix.cli.compiling.everything import find_everything
from punix.frontend.parse import parse_file
from punix.frontend.syntax.lexer import tokenize
from punix.ir.diagnostics import Collector
from punix.ir.span import locate

ROOT = Path(__file__).parent.parent.parent
PROGRAMS = [
    *sorted((ROOT / "tests" / "data" / "corpus").glob("*.pcl"))[::3],
    *sorted((ROOT / "examples").glob("*/*.pcl")),
]
OTHER = str.maketrans("{}[]()", "[]{}[]")


def slips(text: str) -> Iterator[tuple[int, str]]:
    """Yield programs with one slip each, and the line on which it is."""
    for start, end in tokenize(text).spans:
        mark, line = text[start:end], text.count("\n", 0, start) + 1
        before, after = text[:start], text[end:]
        if mark in "{}[]()=,":
            yield line, before + after
            yield line, before + 2 * mark + after
        if mark in "{}[]()":
            yield line, before + mark.translate(OTHER) + after
        if mark.startswith('"') and '"""' not in mark:
            yield line, before + mark[1:] + after
            yield line, before + mark[:-1] + after


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_a_slip_is_one_error_beside_it(path: Path) -> None:
    far = total = 0
    for line, text in slips(path.read_text(encoding="utf-8")):
        found = Collector()
        source = parse_file("a.pcl", text.encode(), found)[2]
        (error,) = found.sorted()
        assert error.span is not None
        spans = [error.span, *(note.span for note in error.notes)]
        lines = [locate(span, {"a.pcl": source}).line for span in spans]
        far += all(abs(there - line) > 1 for there in lines)
        total += 1
    assert total > 40
    assert far <= 0.03 * total


EXAMPLES = [path for path in PROGRAMS if path.is_relative_to(ROOT / "examples")]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_nothing_follows_from_a_slip_in_any_stage(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copytree(path.parent, tmp_path / "site")
    monkeypatch.chdir(tmp_path / "site")
    for _, text in [*slips(path.read_text(encoding="utf-8"))][::3]:
        Path(path.name).write_text(text, encoding="utf-8")
        errors = [
            one for one in find_everything(["."], None).diagnostics if one.severity == "error"
        ]
        assert [str(one.code) for one in errors] == ["E0"], errors
