"""The tutorial, command by command, as its reader types it."""

import json
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from .conftest import Punix, Scratch

pytestmark = pytest.mark.sandbox

UNIT = """\
[Unit]
Description=Punix stack HelloStack: hello

[Service]
ExecStart={hello}/bin/hi
Type=simple
Restart=on-failure

[Install]
WantedBy=multi-user.target
"""


def deploy(punix: Punix, scratch: Scratch, number: int) -> None:
    """Deploy the tutorial's stack and expect its two lines, to the letter."""
    outcome = punix(
        "service", "deploy", "HelloStack", "--file", "hello.pcl", "--dry-run", *scratch.roots
    )
    assert (outcome.code, outcome.out) == (
        0,
        f"deployed: stack HelloStack → gen-{number:03} (2 config file(s), 1 store path(s) pinned)\n"
        f"  scratch: {scratch.target}/\n",
    ), outcome.err


def test_the_tutorial(punix: Punix, scratch: Scratch) -> None:
    deploy(punix, scratch, 1)
    assert sorted(entry.name for entry in (scratch.target / "etc").iterdir()) == [
        "hello.conf",
        "systemd",
    ]
    units = scratch.target / "etc/systemd/system"
    assert [entry.name for entry in units.iterdir()] == ["hello.service"]
    [hello] = [entry for entry in scratch.store.iterdir() if entry.name.endswith("-hello-1.0")]
    assert (units / "hello.service").read_text() == UNIT.format(hello=hello)
    assert (scratch.target / "etc/hello.conf").read_text() == "verbose = true\nbind = 127.0.0.1\n"

    deploy(punix, scratch, 2)
    outcome = punix(
        "service", "rollback", "HelloStack", *scratch.roots, "--transport-root", scratch.target
    )
    assert outcome.code == 0, outcome.err
    assert outcome.out.startswith("rolled back: stack HelloStack → gen-001 (was gen-002)")
    folder = scratch.stack_folder("HelloStack")
    assert (folder / "current").readlink() == Path("gen-001.json")
    assert (folder / "live").readlink() == Path("gen-001")
    assert (folder / "gen-002.json").exists()
    assert (scratch.target / "etc/hello.conf").read_text() == "verbose = true\nbind = 127.0.0.1\n"

    assert punix("store", "gc", *scratch.roots).code == 0
    assert hello.exists()
    manifest = json.loads((folder / "gen-002.json").read_text())
    assert manifest["store_paths"] == [hello.name]


def test_the_built_program_runs(punix: Punix, scratch: Scratch) -> None:
    outcome = punix("build", "hello.pcl", "--store-root", scratch.store)
    assert outcome.code == 0, outcome.err
    match = re.fullmatch(r"ok\tHello\t(\S+)\n1 packages: 1 ok, 0 failed\n", outcome.out)
    assert match, outcome.out
    program = Path(match[1]) / "bin/hi"
    with subprocess.Popen([program], stdout=subprocess.PIPE, start_new_session=True) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"tick\n"
        os.killpg(running.pid, signal.SIGKILL)


def test_a_dry_run_touches_only_its_scratch_folder_and_the_store(
    punix: Punix, scratch: Scratch
) -> None:
    deploy(punix, scratch, 1)
    assert sorted(entry.name for entry in scratch.deployments.iterdir()) == [".dry-run"]


def test_gc_takes_what_no_generation_uses(punix: Punix, scratch: Scratch) -> None:
    deploy(punix, scratch, 1)
    text = scratch.program.read_text()
    scratch.program.write_text(text.replace('version = "1.0"', 'version = "1.1"'))
    assert punix("build", "hello.pcl", "--store-root", scratch.store).code == 0
    assert punix("store", "gc", *scratch.roots).code == 0
    names = [entry.name for entry in scratch.store.iterdir() if "-" in entry.name]
    assert [name[33:] for name in names] == ["hello-1.0"]
