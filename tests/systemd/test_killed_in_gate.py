"""A deploy is killed while it asks whether a service is well; whatever comes next ends right."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from patience import until
from scenes import some

from .conftest import Person

pytestmark = [pytest.mark.systemd, pytest.mark.sandbox]

PROGRAM = """
module Sleeper {
  version = "1"
  recipe = "std.shell"
  recipeArgs = { command = "mkdir -p $OUTPUT/bin && ln -s /bin/sleep $OUTPUT/bin/sleep" }
}

module Naps {
  backend = "systemd"
  services = [
    { name = "db" package = "Sleeper" binary = "sleep" args = ["1001"] },
    {
      name = "web" package = "Sleeper" binary = "sleep" args = ["SECONDS"]
      health = { exec = ["/bin/ANSWER"] within = WITHIN settle = 0 }
    }
  ]
}
"""


def write(person: Person, seconds: int, *, well: bool, within: int = 600) -> None:
    """Write a program whose `web` is well, or never."""
    text = PROGRAM.replace("SECONDS", str(seconds)).replace("ANSWER", "true" if well else "false")
    (person.folder / "naps.pcl").write_text(text.replace("WITHIN", str(within)))


def does(person: Person, command: str) -> str:
    """Run a command that has to succeed."""
    told = person.run(f"punix service {command}; echo $?")
    assert told.endswith("\n0\n"), told
    return told


def kill_in_gate(person: Person, ended: signal.Signals) -> None:
    """Begin to deploy what is never well, and end the command while it asks."""
    write(person, 2002, well=False)
    command = person.begin("exec punix service deploy Naps --activate --events -")
    assert command.stdout is not None
    told = b""
    for line in command.stdout:
        told += line
        if b'"event": "health", "state": "begun"' in line:
            break
    else:
        raise AssertionError(told.decode())
    command.send_signal(ended)
    command.communicate()
    assert command.returncode not in (0, None)


@pytest.fixture
def naps(person: Person) -> Iterator[Person]:
    """Somebody who has deployed what is well."""
    write(person, 1001, well=True)
    does(person, "deploy Naps --activate")
    yield person
    person.shared.machine.systemctl("stop", "db.service", "web.service", check=False)


def mains(naps: Person) -> list[str]:
    """Return the main processes of `db` and `web`."""
    asked = ("show", "--property=MainPID", "--value", "db.service", "web.service")
    return naps.shared.machine.systemctl(*asked).split()


def check_interrupted(naps: Person) -> None:
    told = naps.run("punix service status Naps; echo $?")
    assert "activation behind: gen-001 runs, gen-002 is live\n" in told
    assert told.endswith("\n5\n")


def check_runs(naps: Person, live: str, seconds: int, db: str) -> None:
    """A generation is live, and `db` has run all the while."""
    assert f"Naps: 2 unit(s) as {live} wants" in does(naps, "status Naps")
    assert mains(naps)[0] == db
    asked = ("ps", "-ww", "-o", "args=", mains(naps)[1])
    until(
        lambda: naps.shared.machine.run(*asked, check=False).stdout.split()[-1:],
        lambda last: last == [str(seconds)],
    )


BACK = ("rollback Naps --activate", "switch Naps 1 --activate")


@pytest.mark.parametrize(
    ("command", "ended"),
    [
        *((command, signal.SIGKILL) for command in BACK),
        *some([(command, signal.SIGINT) for command in BACK], 2),
    ],
)
def test_the_next_goes_back(naps: Person, command: str, ended: signal.Signals) -> None:
    db, _ = mains(naps)
    kill_in_gate(naps, ended)
    check_interrupted(naps)
    assert "its activation was interrupted" in does(naps, command)
    check_runs(naps, "gen-001", 1001, db)


def test_a_plan_of_before_is_refused_and_one_of_now_carried_out(naps: Person) -> None:
    write(naps, 3003, well=True)
    does(naps, "plan Naps --plan early.plan")
    db, _ = mains(naps)
    kill_in_gate(naps, signal.SIGKILL)
    refused = naps.run("punix service apply early.plan --activate")
    assert "error: [E33] gen-001 was live when the plan was made, now it is gen-002" in refused
    check_interrupted(naps)
    write(naps, 3003, well=True)
    does(naps, "plan Naps --plan late.plan")
    does(naps, "apply late.plan --activate")
    check_runs(naps, "gen-003", 3003, db)


def test_a_second_release_that_is_not_well_goes_back_to_what_was(naps: Person) -> None:
    db, _ = mains(naps)
    kill_in_gate(naps, signal.SIGKILL)
    write(naps, 3003, well=False, within=1)
    told = naps.run("punix service deploy Naps --activate; echo $?")
    assert (
        "not activated: stack Naps gen-003: gen-001 is live again, and its units run\n4\n" in told
    )
    check_runs(naps, "gen-001", 1001, db)


def test_remove_leaves_nothing(naps: Person) -> None:
    kill_in_gate(naps, signal.SIGKILL)
    does(naps, "remove Naps --activate")
    assert mains(naps) == ["0", "0"]
    assert does(naps, "status Naps").startswith("Naps: nothing is live\n")
    units = Path(naps.shared.root) / "etc/systemd/system"
    assert list(units.iterdir()) == []
