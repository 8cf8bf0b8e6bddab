"""A deploy asks systemd about new units and changes nothing if it complains."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from faults import Unsynced
from stacks_on_disk import SPAN, caller, outside, services, target, wish

from punix.ir.bundle import Bundle
from punix.ir.diagnostics import ProgramError
from punix.ir.span import Span
from punix.runtime.deploy.target.transport import Run
from punix.runtime.service.deploy import deploy

pytestmark = pytest.mark.systemd

LINE = Span("hello.pcl", 14, 16)


def stack(section: str, count: int = 2) -> Bundle:
    found = services(count)
    text = f"[Service]\n{section}\nExecStart=/bin/true\n"
    files = tuple(
        replace(file, text=(text,), line_spans=(SPAN, LINE, SPAN)) for file in found.files
    )
    return replace(found, files=files)


class Counting(Unsynced):
    def __init__(self, root: str) -> None:
        super().__init__(root)
        self.ran: list[int] = []

    def run(self, command: Sequence[str], seconds: float) -> Run:
        if command[0] == "systemd-analyze":
            self.ran.append(len(command) - 3)
        return super().run(command, seconds)


def test_units_of_others_are_none_of_its_business(tmp_path: Path) -> None:
    transport = Counting(str(tmp_path))
    here = target(tmp_path, transport=transport)
    deploy(here, replace(wish(stack("Nonsense=1")), verify=True, too_new=None), caller())
    assert transport.ran == []


def test_what_systemd_refuses_is_refused_at_its_line(tmp_path: Path) -> None:
    here = target(tmp_path)
    deploy(here, replace(wish(stack("Type=simple")), verify=True), caller())
    before = outside(tmp_path)
    with pytest.raises(ProgramError) as caught:
        deploy(here, replace(wish(stack("Nonsense=1")), verify=True), caller())
    problems = [(found.code, found.message, found.span) for found in caught.value.diagnostics]
    assert problems == [
        (
            "E20",
            f"unit 'web{number:05d}.service': Unknown key 'Nonsense' in section [Service], "
            "ignoring.",
            LINE,
        )
        for number in range(2)
    ]
    assert outside(tmp_path) == before
    assert not list((tmp_path / "srv/deploys/HelloStack").glob(".*"))


def test_a_unit_that_is_refused_is_one_error(tmp_path: Path) -> None:
    found = stack("Type=simple", 1)
    files = tuple(
        replace(file, text=("[Service]\nType=simple\n",), line_spans=(SPAN, LINE))
        for file in found.files
    )
    with pytest.raises(ProgramError) as caught:
        deploy(target(tmp_path), replace(wish(replace(found, files=files)), verify=True), caller())
    (problem,) = caught.value.diagnostics
    assert problem.message.startswith("unit 'web00000.service': Service has no ExecStart=")


def test_only_new_units_are_asked_about_in_one_call(tmp_path: Path) -> None:
    transport = Counting(str(tmp_path))
    here = target(tmp_path, transport=transport)
    for count in (3, 3, 5):
        deploy(here, replace(wish(stack("Type=simple", count)), verify=True), caller())
    assert transport.ran == [3, 2]


def test_elsewhere_nobody_is_asked_unless_told(tmp_path: Path) -> None:
    transport = Counting(str(tmp_path))
    deploy(target(tmp_path, transport=transport), wish(stack("Nonsense=1")), caller())
    assert transport.ran == []


def test_a_target_without_systemd_is_said(tmp_path: Path) -> None:
    class Bare(Unsynced):
        def run(self, command: Sequence[str], seconds: float) -> Run:
            raise FileNotFoundError(2, f"nothing runs for {seconds} s here", command[0])

    notices: list[str] = []
    here = target(tmp_path, transport=Bare(str(tmp_path)))
    deploy(here, replace(wish(stack("Type=simple")), verify=True), caller(notices.append))
    assert notices == ["systemd-analyze is not there: the units were not verified"]
