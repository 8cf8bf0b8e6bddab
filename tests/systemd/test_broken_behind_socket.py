"""A release behind a socket that ends as soon as it begins.

systemd gives it up after five starts, and closes the socket: then nobody listens, and nothing
starts it any more. Whatever comes next lets both begin anew.
"""

from dataclasses import replace

import pytest
from patience import until
from stacks import closure, socket
from stacks_on_disk import caller, wish

from punix.backends.base import load_backend
from punix.ir.health import ExecCheck, Health
from punix.ir.names import ModuleName
from punix.runtime.service.deploy import deploy
from punix.runtime.service.outcome import Outcome
from punix.runtime.service.switch import rollback

from .conftest import SOCKET, Shared, activation, here, program
from .test_kinds_of_units import SERVER, states

pytestmark = pytest.mark.systemd

ASK = """
import socket, sys
asking = socket.socket(socket.AF_UNIX)
asking.connect(sys.argv[1])
print(asking.recv(10).decode())
"""
ASKED = Health(ExecCheck((("/usr/bin/python3",), ("-c",), (ASK,), (SOCKET,))), 60, 0)
UNITS = ("a.socket", "a.service")
GIVEN_UP = ["failed", "failed"]


def serving(word: str) -> tuple[str, ...]:
    return ("python3", "-c", SERVER, word)


def put(on: Shared, words: tuple[str, ...], health: Health | None = None) -> Outcome:
    quickly = {"RestartSec": "0"}
    one = program("a", *words, socket=socket(SOCKET), health=health, directives=quickly)
    bundle = load_backend("systemd").emit(closure([one]), ModuleName("HelloStack"))
    return deploy(here(on), replace(wish(bundle), activation=activation(on)), caller())


def ask(on: Shared) -> str:
    return on.machine.run("python3", "-c", ASK, SOCKET).stdout.strip()


@pytest.mark.parametrize("ends", ["false", "true"])
def test_the_way_back_serves_and_listens(on: Shared, ends: str) -> None:
    put(on, serving("old"), ASKED)
    assert ask(on) == "old"
    failure = put(on, (ends,), ASKED).failure
    assert failure is not None
    assert (failure.tried, failure.live, failure.second) == (2, 1, ())
    assert states(on, *UNITS) == ["active", "active"]
    assert ask(on) == "old"


@pytest.mark.parametrize("next_command", ["deploy", "rollback"])
def test_the_next_command_serves_and_listens(on: Shared, next_command: str) -> None:
    """The release was not asked when it was deployed: nobody had come until then."""
    put(on, serving("old"))
    assert put(on, ("false",)).failure is None
    assert on.machine.run("python3", "-c", ASK, SOCKET, check=False).returncode != 0
    until(lambda: states(on, *UNITS), lambda found: found == GIVEN_UP)
    if next_command == "deploy":
        done = put(on, serving("new"))
    else:
        done = rollback(here(on), None, caller(), activation=activation(on))
    assert done.failure is None
    assert ask(on) == {"deploy": "new", "rollback": "old"}[next_command]
    assert states(on, *UNITS) == ["active", "active"]
