"""Accounts that a stack brings along are there before files are given to them."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from faults import Unsynced
from stacks_on_disk import File, bundle, caller, link, target, wish

from punix.ir.bundle import Accounts, Bundle
from punix.ir.diagnostics import ProgramError
from punix.ir.names import AbsPath, AccountName
from punix.runtime.deploy.target.transport import Run
from punix.runtime.service.deploy import deploy

CONF = "/etc/sysusers.d/punix-HelloStack.conf"
LINE = "u web - - - -"
DONE = Run(0, "")


class Machine(Unsynced):
    """A folder whose files can be given away, with a `systemd-sysusers` of its own."""

    def __init__(self, root: Path, result: Run = DONE) -> None:
        super().__init__(str(root))
        self.applies_owners = True
        self.known: set[str] = set()
        self.result = result
        self.asked: list[str] = []

    def account(self, kind: Literal["user", "group"], name: str) -> int | None:
        own = os.geteuid() if kind == "user" else os.getegid()
        return own if name in self.known else None

    def run(self, command: Sequence[str], _: float) -> Run:
        program, path = command
        if program == "systemd-sysusers":
            self.asked.append(Path(path).read_text())
            self.known.add("web")
        return self.result


def stack(owner: str = "web") -> Bundle:
    file: File = link("secret")
    found = bundle({"/etc/key": file, CONF: link(LINE)})
    files = tuple(
        replace(one, owner=AccountName(owner)) if one.path == "/etc/key" else one
        for one in found.files
    )
    made = Accounts(AbsPath(CONF), (AccountName("web"),), (AccountName("web"),))
    return replace(found, files=files, accounts=made)


def test_a_file_is_given_to_whom_the_stack_makes(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    done = deploy(target(tmp_path, transport=machine), wish(stack()), caller())
    assert [text.startswith(LINE) for text in machine.asked] == [True]
    assert done.live.generation == 1
    assert {path.name for path in tmp_path.glob("srv/deploys/HelloStack/.*")} == set()


def test_nobody_else_is_made(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    with pytest.raises(ProgramError, match=r"\[E29\] '/etc/key': no user 'other' on the target"):
        deploy(target(tmp_path, transport=machine), wish(stack("other")), caller())
    assert machine.asked == []


def test_a_failure_changes_nothing(tmp_path: Path) -> None:
    machine = Machine(tmp_path, result=Run(1, "web: no free number\n"))
    with pytest.raises(ProgramError, match=r"\[E29\] the accounts of the stack cannot be made"):
        deploy(target(tmp_path, transport=machine), wish(stack()), caller())
    assert {path.name for path in tmp_path.glob("srv/deploys/HelloStack/*")} == {"lock"}
    assert not (tmp_path / "etc/key").is_symlink()


def test_below_another_root_none_is_made(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.applies_owners = False
    deploy(target(tmp_path, transport=machine), wish(stack()), caller())
    assert machine.asked == []
