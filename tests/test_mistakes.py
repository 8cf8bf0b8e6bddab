"""Mistakes that people make, in tests/data/mistakes: the first error, and what its hint mends.

A case begins with `=== E1 regexp`: the code of the only diagnostic, and what its
message or hint says. In the program, « » stand around the token that it points at.
Below, `>>> old => new` is the edit that a hint describes in words, with `\\n` for an
end of line; where the hint itself says the edit, none is needed. `>>> none` is for
mistakes whose mend nobody can guess. `base.pcl` is part of each program.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from punix.cli.compiling.everything import Found, find_everything
from punix.cli.compiling.settings import this_system
from punix.ir.diagnostics import Diagnostic

FOLDER = Path(__file__).parent / "data" / "mistakes"
EDIT = ">>> "
WRITE = re.compile(
    r"write (?:(\"(?:[^\"]|\\\")*\"|'[=:)\]}]'|f\"[^\"]*\"|[\[({].*[\])}]|[\w.]+))(?: for '.*')?"
)


class Case(NamedTuple):
    """A program with a mistake; [start, end) is where the error belongs."""

    code: str
    pattern: str
    text: str
    start: int
    end: int
    edits: tuple[tuple[str, str], ...]
    hopeless: bool


def cases() -> Iterator[tuple[str, Case]]:
    for path in sorted(FOLDER.glob("*.txt")):
        parts = re.split(r"^=== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        for number, part in enumerate(parts[1:], 1):
            yield f"{path.stem}-{number}", read(part)


def read(part: str) -> Case:
    head, *lines = part.split("\n")
    code, _, pattern = head.partition(" ")
    marked = "\n".join(line for line in lines if not line.startswith(EDIT))
    notes = [line.removeprefix(EDIT) for line in lines if line.startswith(EDIT)]
    notes = [note.replace("\\n", "\n").replace("SYSTEM", this_system()) for note in notes]
    edits = tuple(tuple(note.split(" => ")) for note in notes if note != "none")
    text = marked.replace("«", "").replace("»", "")
    end = marked.index("»") - 1
    return Case(code, pattern, text, marked.index("«"), end, edits, "none" in notes)  # type: ignore[arg-type]


CASES = [pytest.param(case, id=name) for name, case in cases()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "0.pcl").write_bytes((FOLDER / "base.pcl").read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(text: str) -> Found:
    """Check a program as the command does."""
    Path("a.pcl").write_text(text, encoding="utf-8")
    return find_everything(["0.pcl", "a.pcl"], None)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("case", CASES)
def test_a_mistake_is_one_error_at_its_token_and_its_hint_mends_it(case: Case) -> None:
    found = check(case.text).diagnostics
    assert [str(one.code) for one in found] == [case.code], found
    error = found[0]
    assert error.span is not None
    assert (error.span.file, error.span.start) == ("a.pcl", case.start)
    assert re.search(case.pattern, f"{error.message} {error.hint or ''}"), error
    if case.hopeless:
        return
    assert error.hint, error.message
    mended = mend(case, error)
    assert check(mended).diagnostics == (), mended


def mend(case: Case, error: Diagnostic) -> str:
    """Do what the hint says, or where it says it to a person, the case's edits."""
    text = case.text
    for old, new in case.edits:
        assert text.count(old) == 1, (old, text)
        text = text.replace(old, new)
    return text if case.edits else apply(text, error)


def apply(text: str, error: Diagnostic) -> str:
    """Replace, insert or remove what a hint names."""
    assert error.span is not None and error.hint is not None
    start, end = error.span.start, error.span.end
    wrong, hint = text[start:end], error.hint
    did = re.fullmatch(r"did you mean '(.+)'\?", hint)
    if did:
        new = f'"{did[1]}"' if wrong.startswith('"') else did[1]
        if "." in wrong and "." not in new:
            new = renamed(wrong, new, error.message)
        return text[:start] + new + text[end:]
    added = re.match(r"add '(.+)'", hint)
    if added:
        return f"{text[:start]} {added[1]} {text[start:]}"
    closed = re.match(r"close it with '?(\"+)", hint)
    if closed:
        return text[:end] + closed[1] + text[end:]
    if re.fullmatch(r"remove '.+'", hint) or hint == "remove it":
        return text[:start] + text[end:]
    written = WRITE.match(hint)
    assert written, f"nothing to apply in: {hint}"
    return text[:start] + written[1].strip("'") + text[end:]


def renamed(wrong: str, new: str, message: str) -> str:
    """Put a name in the place of the segment that the message quotes."""
    segments = wrong.split(".")
    quoted = re.findall(r"'([^']+)'", message)
    odd = next(word for word in reversed(segments) if word in quoted)
    return ".".join(new if segment == odd else segment for segment in segments)


def test_every_code_that_check_gives_has_a_mistake() -> None:
    given = {*range(9), 14, 15, 16, 17, 18, 19, 24, 28, 45}
    assert {case.code for _, case in cases()} == {f"E{number}" for number in given}


def test_there_are_enough_mistakes_and_hints_for_most() -> None:
    all_cases = [case for _, case in cases()]
    assert len(all_cases) >= 250
    assert sum(not case.hopeless for case in all_cases) >= 0.8 * len(all_cases)
