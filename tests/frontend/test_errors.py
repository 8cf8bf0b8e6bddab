"""Expected errors stand beside the lines that cause them, in tests/data/errors.

`### [E4] regexp` at the end of a line expects an error whose place is on that
line; `### warning [E1] regexp` a warning; several may follow one another. A line
`---` separates programs. What is not expected may not appear.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from vocabulary import check_text

from punix.ir.span import by_name, locate

FOLDER = Path(__file__).parent.parent / "data" / "errors"
EXPECTED = re.compile(r"###\s*((?:warning )?)\[(E\d+)\]\s*(.*?)\s*(?=###|$)")


def programs() -> Iterator[tuple[str, str]]:
    for path in sorted(FOLDER.glob("*.pcl")):
        for number, text in enumerate(path.read_text(encoding="utf-8").split("\n---\n"), 1):
            yield f"{path.stem}-{number}", text


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in programs()])
def test_errors_are_those_that_stand_beside_their_lines(text: str) -> None:
    checked = check_text(text)
    sources = by_name(checked.sources)
    found = []
    for diagnostic in checked.diagnostics:
        assert diagnostic.span is not None
        severity = "warning " if diagnostic.severity == "warning" else ""
        line = locate(diagnostic.span, sources).line
        found.append((line, severity, str(diagnostic.code), diagnostic))
    wanted = [
        (number, severity, code, pattern)
        for number, line in enumerate(text.split("\n"), 1)
        for severity, code, pattern in EXPECTED.findall(line)
    ]
    assert sorted(entry[:3] for entry in found) == sorted(entry[:3] for entry in wanted), [
        (entry[:3], entry[3].message) for entry in found
    ]
    for number, severity, code, pattern in wanted:
        said = [
            f"{one.message} | {one.hint or ''} | {' | '.join(note.message for note in one.notes)}"
            for line, kind, its_code, one in found
            if (line, kind, its_code) == (number, severity, code)
        ]
        assert any(re.search(pattern, text) for text in said), (pattern, said)


def test_every_code_that_check_gives_has_a_program() -> None:
    lines = [line for _, text in programs() for line in text.split("\n")]
    codes = {code for line in lines for _, code, _ in EXPECTED.findall(line)}
    assert codes >= {"E0", "E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8", "E15", "E16"}


def test_the_tutorials_slip_has_one_error_and_a_hint() -> None:
    path = Path(__file__).parent.parent.parent / "examples" / "hello" / "hello.pcl"
    text = path.read_text(encoding="utf-8").replace("  recipe =", "  recpie =")
    found = check_text(text, name="hello.pcl").diagnostics
    assert [(str(one.code), one.message, one.hint) for one in found] == [
        ("E1", "unknown field 'recpie' on module 'Hello'", "did you mean 'recipe'?")
    ]
