"""Services under each level, run by systemd: they do their work, and nothing else."""

from functools import partial

import pytest
from machine import Machine
from patience import until
from stacks import closure, service

from punix.backends.base import load_backend
from punix.ir.names import ModuleName
from punix.ir.stack import Hardening, Service
from punix.ir.text import fill

pytestmark = pytest.mark.systemd

HOME = "/opt/hardened"
WEB = """#!/usr/bin/python3
import socket, sys
server = socket.create_server(("0.0.0.0", int(sys.argv[1])))
while True:
    client, _ = server.accept()
    client.recv(4096)
    client.sendall(b"HTTP/1.0 200 OK\\r\\n\\r\\nhello\\n")
    client.close()
"""
ASK = """
import socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1])), 5) as peer:
    peer.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
    print(peer.recv(4096).decode().split()[-1])
"""
WRITER = """#!/bin/sh
cd "$STATE_DIRECTORY" || exit 1
may() { "$@" 2>/dev/null && echo "$*" >>may; }
: >may
may mkdir /usr/punix-was-here
may cat /root/canary
may chmod u+s may
may ls /proc/1/cwd
may mkdir /var/punix-was-here
date >writing && mv writing written
exec sleep 1000
"""


def put(machine: Machine, one: Service) -> str:
    """Start a service of a stack whose packages lie in /opt; returns the name of its unit."""
    bundle = load_backend("systemd").emit(closure([one]), ModuleName("HelloStack"))
    (file,) = bundle.files
    name = file.path.rpartition("/")[2]
    machine.write(f"/run/systemd/system/{name}", fill(file.text, lambda _: HOME))
    machine.systemctl("daemon-reload")
    machine.systemctl("start", name)
    return name


def take_away(machine: Machine, name: str) -> None:
    machine.systemctl("stop", name, check=False)
    machine.remove(f"/run/systemd/system/{name}")
    machine.remove(f"/var/lib/{name.removesuffix('.service')}")


def patiently(machine: Machine, *command: str) -> str:
    """Run a command until it succeeds; what a service needs to get ready is a moment."""
    run = partial(machine.run, *command, check=False)
    return until(run, lambda done: done.returncode == 0).stdout


@pytest.mark.parametrize(
    ("level", "user", "port"),
    [("default", None, 80), ("default", "www-data", 8080), ("strict", None, 8080)],
)
def test_a_web_server_answers(
    level: Hardening, user: str | None, port: int, machine: Machine
) -> None:
    machine.write(f"{HOME}/bin/web", WEB, 0o755)
    one = service("hardened", str(port), binary="web", hardening=level, user=user)
    name = put(machine, one)
    try:
        assert patiently(machine, "python3", "-c", ASK, str(port)) == "hello\n"
    finally:
        take_away(machine, name)


@pytest.mark.parametrize("directives", [{}, {"DynamicUser": "true"}], ids=["root", "dynamic"])
@pytest.mark.parametrize(
    ("level", "may"), [("none", None), ("default", ["mkdir /var/punix-was-here"]), ("strict", [])]
)
def test_a_script_writes_to_its_own_folder_and_does_no_more(
    level: Hardening, may: list[str] | None, directives: dict[str, str], machine: Machine
) -> None:
    machine.write(f"{HOME}/bin/writer", WRITER, 0o755)
    machine.write("/root/canary", "")
    more = {"StateDirectory": "hardened", **directives}
    name = put(machine, service("hardened", binary="writer", hardening=level, directives=more))
    try:
        assert patiently(machine, "cat", "/var/lib/hardened/written")
        done = machine.run("cat", "/var/lib/hardened/may").stdout.splitlines()
        if directives:
            assert done == []
        elif may is None:
            assert len(done) == 5
        else:
            assert done == may
    finally:
        take_away(machine, name)
        machine.run("rm", "-rf", "/usr/punix-was-here", "/var/punix-was-here", "/root/canary")
