"""The commands that look after a store, on packages that were built."""

import errno
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from command import COMMAND

from punix.cli.table import COMMANDS as TABLE

from ..conftest import Punix

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
module Maker {
  recipe = "std.shell"
  recipeArgs = { command = "echo 1 > $OUTPUT/one" }
}
module App {
  recipe = "std.shell"
  deps = [Tool.out, Maker.out]
  recipeArgs = { command = f"ln -s {Tool.out}/bin/tool $OUTPUT/app; echo hi > $OUTPUT/é" }
}
"""


@pytest.fixture
def paths(punix: Punix, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Build packages, each of which mentions the one before; returns the paths of three.

    The fourth, Maker, is used in a build and mentioned by none.
    """
    monkeypatch.setenv("PUNIX_STORE_ROOT", str(tmp_path / "store"))
    monkeypatch.setenv("PUNIX_SANDBOX", "off")
    (tmp_path / "three.pcl").write_text(PROGRAM)
    done = punix("build", tmp_path / "three.pcl")
    assert done.code == 0, done.out + done.err
    return {
        module: path
        for module, path in re.findall(r"ok\t(\w+)\t(\S+)", done.out)
        if module != "Maker"
    }


def said(punix: Punix, *arguments: object) -> Any:
    """Run a command, hold its text form to be lines, and return its document."""
    done = punix("store", *arguments, "--format", "json")
    assert done.code == 0, done.err
    return json.loads(done.out)


def test_what_the_store_holds(punix: Punix, paths: dict[str, str]) -> None:
    size = 2 + len(f"{paths['Lib']}/lib/one\n") + 3 + 2
    assert punix("store", "info").out.endswith(f"store: 4 path(s), {size} bytes\n")
    assert said(punix, "info")["bytes"] == size
    listed = {one["path"] for one in said(punix, "ls")["paths"]}
    rows = punix("store", "ls").out.splitlines()
    assert {row.split()[2] for row in rows} == listed > set(paths.values())
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


def test_what_a_path_was_built_from(punix: Punix, paths: dict[str, str], tmp_path: Path) -> None:
    found = said(punix, "closure", paths["App"], "--build")
    uses = {os.path.basename(one["path"])[33:]: len(one["uses"]) for one in found["paths"]}
    assert (found["closure"], uses) == (
        "build",
        {"App-0": 2, "Tool-0": 1, "Lib-0": 0, "Maker-0": 0},
    )
    punix("store", "export", paths["App"], "--output", tmp_path / "app")
    punix("store", "import", tmp_path / "app", "--store-root", tmp_path / "other")
    name = os.path.basename(paths["App"])
    done = punix("store", "closure", name, "--build", "--store-root", tmp_path / "other")
    assert (done.code, len(done.out.splitlines())) == (0, 3)
    assert f"warning: {tmp_path}/other/{name} was not built here" in done.err


def test_odd_names_move_no_cursor_and_make_no_fields(punix: Punix, paths: dict[str, str]) -> None:
    app = Path(paths["App"])
    app.chmod(0o755)
    odd = app / "\x1b[2J\nok\todd"
    odd.write_text(paths["Lib"])
    for arguments in (["ls", app], ["diff", paths["Lib"], app], ["verify"]):
        done = punix("store", *arguments)
        lines = [line for line in done.out.splitlines() if "[2J" in line]
        assert lines
        assert all("\ufffd[2J\ufffdok" in line for line in lines)
        if arguments == ["verify"]:
            assert {line.count("\t") for line in lines} == {2}


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
    assert said(punix, "why-depends", paths["App"], paths["App"])["chain"] == []
    none = punix("store", "why-depends", paths["Lib"], paths["App"])
    assert (none.code, none.out) == (1, "")
    assert "does not depend on" in none.err


def test_a_wrong_path_gets_the_nearest(punix: Punix, paths: dict[str, str]) -> None:
    for command in ("refs", "referrers", "closure", "ls"):
        done = punix("store", command, "Ap-0")
        assert (done.code, done.out) == (1, "")
        assert "[E26] no valid path 'Ap-0'" in done.err
        assert f"did you mean '{os.path.basename(paths['App'])}'" in done.err


def test_there_and_back(punix: Punix, paths: dict[str, str], tmp_path: Path) -> None:
    file, other = tmp_path / "app.archive", ("--store-root", tmp_path / "other")
    done = punix("store", "export", paths["App"], "--output", file)
    assert done.out.startswith(f"{file}: 3 path(s), ")
    assert said(punix, "export", paths["App"], "--output", file)["paths"][0] == paths["Lib"]
    done = punix("store", "import", file, *other)
    assert done.out.splitlines()[-1] == "3 path(s): 3 new, 0 there already"
    assert [one["new"] for one in said(punix, "import", file, *other)["paths"]] == [False] * 3
    assert punix("store", "verify", "--deep", *other).out == (
        f"{tmp_path}/other: 3 path(s), 0 fault(s)\n"
    )


def test_an_archive_goes_through_a_pipe(paths: dict[str, str], tmp_path: Path) -> None:
    name = os.path.basename(paths["Tool"])
    command = [*COMMAND, "store"]
    sent = subprocess.run([*command, "export", name], capture_output=True, check=True).stdout
    take = [*command, "import", "-", "--store-root", str(tmp_path / "other")]
    taken = subprocess.run(take, input=sent, capture_output=True, check=True).stdout
    assert taken.endswith(b"2 path(s): 2 new, 0 there already\n")
    cut = subprocess.run(take, input=sent[:-1], capture_output=True, check=False)
    assert cut.returncode == 1
    assert b"[E25] the archive is damaged: it is cut off" in cut.stderr


def test_a_failed_export_leaves_no_file(
    punix: Punix, paths: dict[str, str], tmp_path: Path
) -> None:
    damage(paths["Lib"] + "/lib/one")
    done = punix("store", "export", paths["App"], "--output", tmp_path / "app.archive")
    assert (done.code, done.out) == (1, "")
    assert "is not what its facts say" in done.err
    assert not list(tmp_path.glob("*app*"))


def test_a_file_that_cannot_be_read_is_named(
    punix: Punix, paths: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: object, *arguments: object, **options: object) -> int:
        if os.fsencode(str(path)).endswith(b"lib/one'"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return real(path, *arguments, **options)  # type: ignore[arg-type]

    real = os.open
    monkeypatch.setattr(os, "open", refused)
    done = punix("store", "export", paths["Lib"], "--output", "archive")
    assert done.err == f"error: [E29] {paths['Lib']}/lib/one: Permission denied\n"


def damage(path: str) -> None:
    Path(path).chmod(0o644)
    Path(path).write_text("2\n")


@pytest.mark.sandbox
def test_damage_is_found_and_mended(
    punix: Punix, paths: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damage(paths["Lib"] + "/lib/one")
    Path(paths["App"]).chmod(0o777)
    done = punix("store", "verify", "--deep")
    assert done.code == 5
    assert [line.split("\t")[:2] for line in done.out.splitlines()[:-1]] == [
        [kind, paths[module]]
        for module, kinds in sorted(
            {"Lib": ["rights", "changed", "content"], "App": ["rights"]}.items(),
            key=lambda item: paths[item[0]],
        )
        for kind in kinds
    ]
    found = json.loads(punix("store", "verify", "--format", "json").out)
    assert len(found["faults"]) == 3
    done = punix("store", "repair")
    assert done.code == 5
    assert sorted(line.split("\t")[0] for line in done.out.splitlines()) == ["distrusted", "mended"]
    assert "hint: --file PROGRAM builds what is left anew" in done.err
    monkeypatch.setenv("PUNIX_SANDBOX", "bubblewrap")
    done = punix("store", "repair", "--file", tmp_path / "three.pcl", "--format", "json")
    assert done.code == 0, done.err
    outcomes = {one["name"]: one["outcome"] for one in json.loads(done.out)["faults"]}
    assert outcomes == {os.path.basename(paths["Lib"]): "rebuilt"}
    assert punix("store", "verify", "--deep").code == 0
    assert punix("store", "repair").out.endswith("nothing to mend\n")


TAKES = {
    "ls": 0,
    "info": 0,
    "refs": 1,
    "referrers": 1,
    "closure": 1,
    "why-depends": 2,
    "diff": 2,
    "verify": 0,
    "repair": 0,
    "export": 1,
    "roots": 0,
    "pin": 1,
    "unpin": 1,
    "forget": 1,
    "sbom": 1,
    "gc": 0,
}
"""How many paths or names each command takes that looks after a store that is there."""


@pytest.mark.parametrize("command", [one.path for one in TABLE if one.path.startswith("store ")])
def test_where_no_store_is_none_is_made(punix: Punix, tmp_path: Path, command: str) -> None:
    _, word = command.split()
    if word in ("import", "path"):  # these need none
        return
    (tmp_path / "home").mkdir()
    (tmp_path / "home/letter").touch()
    for folder in ("none", "home", "home/letter"):
        root = tmp_path / folder
        done = punix("store", word, *["x"] * TAKES[word], "--store-root", root)
        assert (done.code, done.out) == (1, "")
        assert done.err.startswith(f"error: [E26] there is no store '{root}'\n")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["home", "letter"]


@pytest.mark.sandbox
def test_a_store_that_nobody_can_write_to_is_read(paths: dict[str, str], tmp_path: Path) -> None:
    store = tmp_path / "store"
    box = ["bwrap", "--dev-bind", "/", "/", "--ro-bind", str(store), str(store), *COMMAND, "store"]
    said = subprocess.run([*box, "verify", "--deep"], capture_output=True, text=True, check=True)
    assert said.stdout == f"{store}: 4 path(s), 0 fault(s)\n"
    export = subprocess.run([*box, "export", paths["App"]], capture_output=True, check=True)
    assert export.stdout


def test_how_two_paths_differ(punix: Punix, paths: dict[str, str]) -> None:
    found = said(punix, "diff", paths["Tool"], paths["App"])
    assert [(one["what"], one["path"]) for one in found["files"]] == [
        ("added", "app"),
        ("removed", "bin"),
        ("removed", "bin/tool"),
        ("added", "é"),
    ]
    assert found["closure"]["added"] == [os.path.basename(paths["App"])]
    assert punix("store", "diff", paths["Tool"], paths["App"]).out.splitlines() == [
        "+ app",
        "- bin",
        "- bin/tool",
        "+ é",
        "closure: 2 path(s) → 3 path(s)",
        f"  + {paths['App']}",
    ]
