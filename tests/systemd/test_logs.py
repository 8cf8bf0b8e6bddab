"""What units of a machine wrote, out of its journal."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from patience import until
from stacks_on_disk import caller, units, wish

from punix.ir.names import UnitName
from punix.runtime.service.deploy import deploy
from punix.runtime.units.logs import LogLine, logs

from .conftest import Shared, activation, here

pytestmark = pytest.mark.systemd

DB, WEB = UnitName("db.service"), UnitName("web.service")


def put(shared: Shared, **texts: str) -> None:
    wanted = wish(units({name: f"ExecStart=/bin/sh -c {text}" for name, text in texts.items()}))
    deploy(here(shared), replace(wanted, activation=activation(shared)), caller())


def read(shared: Shared, *names: UnitName, since: str = "") -> list[LogLine]:
    shared.machine.run("journalctl", "--sync")
    return list(logs(shared, "system", names, since=since or None))


def test_what_a_unit_wrote_and_what_was_said_of_it(shared: Shared, tmp_path: Path) -> None:
    clock = shared.machine.run("date", "+@%s.%N").stdout.strip()
    tag = tmp_path.name
    put(
        shared,
        db=f"'echo {tag} one; echo two; exec sleep 1000'",
        web=f"'printf \"{tag} \\\\033[31mred\\\\n\"; exec sleep 1000'",
    )
    red = f"{tag} \x1b[31mred"
    until(
        lambda: [line.message for line in read(shared, DB, WEB, since=clock)],
        lambda found: {"two", red} <= {*found},
    )
    found = read(shared, DB, since=clock)
    said = [(line.message, line.priority) for line in found if line.pid != 1]
    assert said[-2:] == [(f"{tag} one", 6), ("two", 6)]
    assert {line.unit for line in found} == {"db.service"}
    assert any("Started" in line.message for line in found)
    both = read(shared, DB, WEB, since=clock)
    assert {line.unit for line in both} == {"db.service", "web.service"}
    assert red in [line.message for line in both]
    assert [line.at for line in both] == sorted(line.at for line in both)


def test_following_goes_on_until_it_is_closed(shared: Shared) -> None:
    said = Path(shared.root) / "said"
    loop = f"until test -e {said}; do sleep 0.02; done"
    put(shared, web=f"'echo before; {loop}; echo after; exec sleep 1000'")
    heard: list[str] = []
    with closing(logs(shared, "system", [WEB], most=1, follow=True)) as lines:
        for line in lines:
            said.touch()
            heard.append(line.message)
            if line.message == "after":
                break
    assert heard[-1] == "after"
    assert len(heard) > 1
    left = ("pgrep", "-x", "-a", "journalctl")
    until(lambda: shared.machine.run(*left, check=False).stdout, lambda found: found == "")


def test_a_time_that_is_none_is_refused(shared: Shared) -> None:
    with pytest.raises(OSError, match="ended with 1"):
        list(logs(shared, "system", [WEB], since="some time"))
