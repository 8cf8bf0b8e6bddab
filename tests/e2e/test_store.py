"""The commands that look after a store, on packages that were built."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from .conftest import Punix

PROGRAM = """
module Lib {
  recipe = "std.shell"
  recipeArgs = { command = "mkdir $OUTPUT/lib; echo 1 > $OUTPUT/lib/one" }
}
module Tool {
  recipe = "std.shell"
  deps = [Lib.out]
  recipeArgs = { command = f"mkdir $OUTPUT/bin; echo {Lib.out}/lib/one > $OUTPUT/bin/tool" }
}
module App {
  recipe = "std.shell"
  deps = [Tool.out]
  recipeArgs = { command = f"ln -s {Tool.out}/bin/tool $OUTPUT/app; echo hi > $OUTPUT/é" }
}
"""


@pytest.fixture
def paths(punix: Punix, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Build three packages, each of which mentions the one before; returns their paths."""
    monkeypatch.setenv("PUNIX_STORE_ROOT", str(tmp_path / "store"))
    monkeypatch.setenv("PUNIX_SANDBOX", "off")
    (tmp_path / "three.pcl").write_text(PROGRAM)
    done = punix("build", tmp_path / "three.pcl")
    assert done.code == 0, done.out + done.err
    return dict(re.findall(r"ok\t(\w+)\t(\S+)", done.out))


def said(punix: Punix, *arguments: object) -> Any:
    """Run a command, hold its text form to be lines, and return its document."""
    done = punix("store", *arguments, "--format", "json")
    assert done.code == 0, done.err
    return json.loads(done.out)


def test_what_the_store_holds(punix: Punix, paths: dict[str, str]) -> None:
    size = 2 + len(f"{paths['Lib']}/lib/one\n") + 3
    assert punix("store", "info").out.endswith(f"store: 3 path(s), {size} bytes\n")
    assert said(punix, "info")["bytes"] == size
    assert {one["path"] for one in said(punix, "ls")["paths"]} == set(paths.values())
    rows = punix("store", "ls").out.splitlines()
    assert sorted(row.split()[2] for row in rows) == sorted(paths.values())
    files = said(punix, "ls", paths["App"])["files"]
    assert [(one["type"], one["path"]) for one in files] == [("link", "app"), ("file", "é")]
    assert f"app -> {paths['Tool']}/bin/tool" in punix("store", "ls", paths["App"]).out


def test_how_paths_hang_together(punix: Punix, paths: dict[str, str]) -> None:
    assert punix("store", "refs", paths["App"]).out == f"{paths['Tool']}\n"
    assert said(punix, "refs", paths["App"])["references"] == [paths["Tool"]]
    assert punix("store", "referrers", paths["Lib"]).out == f"{paths['Tool']}\n"
    assert said(punix, "referrers", paths["Lib"])["referrers"] == [paths["Tool"]]
    found = punix("store", "closure", paths["App"], paths["Lib"])
    assert found.out.splitlines() == sorted(paths.values())
    uses = {one["path"]: one["uses"] for one in said(punix, "closure", paths["App"])["paths"]}
    assert uses == {
        paths["App"]: [paths["Tool"]],
        paths["Tool"]: [paths["Lib"]],
        paths["Lib"]: [],
    }


@pytest.mark.parametrize("command", ["refs", "referrers", "closure"])
def test_pictures(punix: Punix, paths: dict[str, str], command: str) -> None:
    picture = punix("store", command, paths["Tool"], "--format", "dot").out
    assert picture.startswith("digraph punix {")
    assert picture.count(" -> ") == 1
    assert 'label="Tool-0\\n' in picture


def test_why_one_needs_another(punix: Punix, paths: dict[str, str]) -> None:
    done = punix("store", "why-depends", paths["App"], paths["Lib"])
    assert done.out.splitlines() == [
        paths["App"],
        "  app mentions",
        paths["Tool"],
        "  bin/tool mentions",
        paths["Lib"],
    ]
    chain = said(punix, "why-depends", paths["App"], paths["Lib"])["chain"]
    assert [one["place"] for one in chain] == ["app", "bin/tool"]
    none = punix("store", "why-depends", paths["Lib"], paths["App"])
    assert (none.code, none.out) == (1, "")
    assert "does not depend on" in none.err


def test_a_wrong_path_gets_the_nearest(punix: Punix, paths: dict[str, str]) -> None:
    for command in ("refs", "referrers", "closure", "ls"):
        done = punix("store", command, "Ap-0")
        assert (done.code, done.out) == (1, "")
        assert "[E26] no valid path 'Ap-0'" in done.err
        assert f"did you mean '{os.path.basename(paths['App'])}'" in done.err
