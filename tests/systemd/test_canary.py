"""A secret is planted, and then looked for wherever it could show."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from command import COMMAND
from machine import Machine
from patience import until

pytestmark = [pytest.mark.systemd, pytest.mark.sandbox]

CANARIES = {"env": "canary-in-env-ü$%", "file": "canary-in-file\nline", "vault": "canary-in-vault"}
PROGRAM = """
module Probe {
  recipe = "std.shell"
  recipeArgs = { command = \"""
    mkdir $OUTPUT/bin
    cat >$OUTPUT/bin/probe <<'END'
    #!/bin/sh
    printenv PASSWORD >%s/got-env
    cat $CREDENTIALS_DIRECTORY/db >%s/got-file
    cat $CREDENTIALS_DIRECTORY/tls-key >%s/got-vault
    touch %s/done
    exec sleep 1000
    END
    chmod +x $OUTPUT/bin/probe
    \""" }
}
module Site {
  backend = "systemd"
  services = [{
    name = "probe" package = "Probe" binary = "probe"
    environment = { PASSWORD = { from_env = "CANARY" } }
    credentials = { db = { from_file = "%s/canary" } tls-key = { from_vault = "tls/key" } }
  }]
}
"""


@pytest.fixture
def folder(machine: Machine) -> Iterator[Path]:
    """A folder that host and machine share, with what the secrets are read from."""
    folder = machine.shared / "canary"
    (folder / "vault/tls").mkdir(parents=True)
    (folder / "got").mkdir()
    (folder / "canary").write_text(CANARIES["file"])
    (folder / "vault/tls/key").write_text(CANARIES["vault"])
    got = folder / "got"
    (folder / "site.pcl").write_text(PROGRAM % (got, got, got, folder, folder))
    yield folder
    machine.systemctl("stop", "probe.service", check=False)
    machine.remove("/etc/systemd/system/probe.service")
    machine.remove("/srv/deploys")
    machine.systemctl("daemon-reload")


def punix(folder: Path, *arguments: str) -> str:
    """Run a command on the host; returns everything that it said."""
    roots = ("--store-root", f"{folder}/store", "--deployments-root", "/srv/deploys")
    done = subprocess.run(
        [*COMMAND, "service", *arguments, *roots, "--transport-root", f"{folder}/root"],
        env=os.environ | {"CANARY": CANARIES["env"], "PUNIX_VAULT": f"{folder}/vault"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def start(machine: Machine, folder: Path) -> None:
    """Let the machine find what was deployed below the shared folder, and start it."""
    machine.run("ln", "-sfn", f"{folder}/root/srv/deploys", "/srv/deploys")
    unit = "/etc/systemd/system/probe.service"
    machine.run("ln", "-sfn", f"{folder}/root{unit}", unit)
    machine.systemctl("daemon-reload")
    machine.systemctl("start", "probe.service")
    until((folder / "done").exists)


def test_a_secret_is_in_its_files_and_nowhere_else(machine: Machine, folder: Path) -> None:
    said = punix(folder, "deploy", "Site", "--file", f"{folder}/site.pcl")
    start(machine, folder)
    got = {name: (folder / f"got/got-{name}").read_text() for name in CANARIES}
    assert got == {**CANARIES, "env": f"{CANARIES['env']}\n"}
    said += punix(folder, "show", "Site") + punix(folder, "list", "Site", "--format", "json")
    said += punix(folder, "verify", "Site")
    shown = [
        said,
        machine.systemctl("show", "probe.service"),
        machine.systemctl("cat", "probe.service"),
        machine.run("journalctl", "--boot", "--output=export").stdout,
        # a process may end between the look at its name and the one at its words
        machine.run("sh", "-c", "cat /proc/[0-9]*/cmdline", check=False).stdout,
        *process_arguments(),
    ]
    assert [text for text in shown if "canary-in" in text] == []
    secrets = folder / "root/srv/deploys/Site/gen-001/secrets"
    holders = {path for path in files(folder) if b"canary-in" in path.read_bytes()}
    own = {folder / "canary", folder / "vault/tls/key", *(folder / "got").iterdir()}
    assert holders - own == set(secrets.iterdir())
    assert {path.name for path in secrets.iterdir()} == {"probe.env", "probe+db", "probe+tls-key"}
    assert {path.stat().st_mode & 0o7777 for path in secrets.iterdir()} == {0o600}
    assert secrets.stat().st_mode & 0o7777 == 0o700


def files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            yield path


def process_arguments() -> Iterator[str]:
    """The arguments of every process of the host that can still be read."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it has just ended
            yield path.read_text(errors="replace")
