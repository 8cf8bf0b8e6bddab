"""Expected errors that stand beside the lines which cause them.

`### [E4] regexp` at the end of a line expects an error whose place is on that
line; `### warning [E1] regexp` a warning; several may follow one another. A line
`---` separates programs. What is not expected may not appear.
"""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from _pytest.mark.structures import ParameterSet

from punix.ir.diagnostics import Diagnostic
from punix.ir.span import Source, by_name, locate

FOLDER = Path(__file__).parent / "data" / "errors"
EXPECTED = re.compile(r"###\s*((?:warning )?)\[(E\d+)\]\s*(.*?)\s*(?=###|$)")


def programs(folder: Path) -> list[ParameterSet]:
    """Return the programs of the files of a folder, each as a parameter with a name."""
    return [
        pytest.param(text, id=f"{path.stem}-{number}")
        for path in sorted(folder.glob("*.pcl"))
        for number, text in enumerate(path.read_text(encoding="utf-8").split("\n---\n"), 1)
    ]


def codes(folder: Path) -> set[str]:
    """Return the codes that the programs of a folder expect."""
    return {
        code
        for path in folder.glob("*.pcl")
        for line in path.read_text(encoding="utf-8").split("\n")
        for _, code, _ in EXPECTED.findall(line)
    }


def assert_expected(
    text: str, diagnostics: Iterable[Diagnostic], sources: Iterable[Source]
) -> None:
    """Hold what was found against what stands in the program."""
    table = by_name(sources)
    found = []
    for diagnostic in diagnostics:
        assert diagnostic.span is not None
        severity = "warning " if diagnostic.severity == "warning" else ""
        line = locate(diagnostic.span, table).line
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
