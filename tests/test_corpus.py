"""Real recipes all together, as `check` sees them: only what they lack is wrong."""

import re
from pathlib import Path

import pytest

from punix.cli.everything import find_everything

CORPUS = Path(__file__).parent / "data" / "corpus"
LACKING = re.compile(r"unknown module '([^']+)'")


@pytest.fixture(scope="module")
def lacking() -> set[str]:
    found = [
        LACKING.fullmatch(one.message) for one in find_everything([str(CORPUS)], None).diagnostics
    ]
    assert all(found)
    return {one[1] for one in found if one}


def test_with_stubs_for_what_they_lack_all_are_one_right_program(
    lacking: set[str], tmp_path: Path
) -> None:
    assert len(lacking) > 10
    stubs = [
        f'module {name} {{ recipe = "std.shell" recipeArgs = {{ command = "true" }} }}\n'
        for name in sorted(lacking)
    ]
    (tmp_path / "stubs.pcl").write_text("".join(stubs), encoding="utf-8")
    assert find_everything([str(CORPUS), str(tmp_path)], None).diagnostics == ()


def test_a_version_alone_does_not_move_its_source(tmp_path: Path) -> None:
    text = (CORPUS / "aragorn.pcl").read_text(encoding="utf-8")
    module = re.findall(r"^module (\S+)", text, re.MULTILINE)[0]
    (tmp_path / "aragorn.pcl").write_text(text, encoding="utf-8")
    override = tmp_path / "override.pcl"
    override.write_text(f'module Site {{ {module}.version = "0" }}\n', encoding="utf-8")
    (error,) = find_everything([str(tmp_path)], None).diagnostics
    assert (error.code, error.span and error.span.file) == ("E16", str(override))
    override.write_text(f'module Site {{ {module}.version = "0" {module}.hash = "0" }}\n')
    assert find_everything([str(tmp_path)], None).diagnostics == ()
