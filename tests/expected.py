"""Expected errors that stand beside the lines which cause them.

`### [E4] regexp` at the end of a line expects an error whose place is on that
line; `### warning [E1] regexp` a warning; several may follow one another. A line
`---` separates programs. What is not expected may not appear. A program that begins
with `# needs NAME` is run where the programs of that marker are (.ci/programs).
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from _pytest.mark.structures import ParameterSet

from punix.ir.diagnostics import Diagnostic
from punix.ir.span import Source, by_name, locate

FOLDER = Path(__file__).parent / "data" / "errors"
EXPECTED = re.compile(r"###\s*((?:warning )?)\[(E\d+)\]\s*(.*?)\s*(?=###|$)")


class Said(NamedTuple):
    """What punix said of a line; `text` is all of it, or a regexp where it is expected."""

    line: int
    severity: str
    code: str
    text: str


def programs(folder: Path) -> list[ParameterSet]:
    """Return the programs of the files of a folder, each as a parameter with a name."""
    return [
        pytest.param(text, id=f"{path.stem}-{number}", marks=_needs(text))
        for path in sorted(folder.glob("*.pcl"))
        for number, text in enumerate(path.read_text(encoding="utf-8").split("\n---\n"), 1)
    ]


def _needs(text: str) -> list[pytest.MarkDecorator]:
    return [getattr(pytest.mark, name) for name in re.findall(r"\A# needs (\w+)", text)]


def codes(folder: Path) -> set[str]:
    """Return the codes that the programs of a folder expect, at any depth."""
    texts = (path.read_text(encoding="utf-8") for path in folder.rglob("*.pcl"))
    return {one.code for text in texts for one in expected(text)}


def expected(text: str) -> Iterator[Said]:
    """Yield what a program expects to be said."""
    for number, line in enumerate(text.split("\n"), 1):
        for severity, code, pattern in EXPECTED.findall(line):
            yield Said(number, severity.strip() or "error", code, pattern)


def assert_expected(
    text: str, diagnostics: Iterable[Diagnostic], sources: Iterable[Source]
) -> None:
    """Hold diagnostics, which all have a place, against what stands in the program."""
    table = by_name(sources)
    said = []
    for one in diagnostics:
        assert one.span is not None
        words = " | ".join([one.message, one.hint or "", *(note.message for note in one.notes)])
        said.append(Said(locate(one.span, table).line, one.severity, str(one.code), words))
    assert_said(text, said)


def assert_said(text: str, said: list[Said]) -> None:
    """Hold what was said against what stands in the program."""
    wanted = list(expected(text))
    assert sorted(one[:3] for one in said) == sorted(one[:3] for one in wanted), said
    for one in wanted:
        texts = [other.text for other in said if other[:3] == one[:3]]
        assert any(re.search(one.text, text) for text in texts), (one.text, texts)
