"""The command that sends a service its reloadSignal, run by systemd."""

from functools import partial

import pytest
from machine import Machine
from patience import until
from stacks import closure, service

from punix.backends.base import load_backend
from punix.ir.names import ModuleName
from punix.ir.text import fill

pytestmark = pytest.mark.systemd

UNIT = "/run/systemd/system/reloads.service"
SCRIPT = """#!/bin/sh
trap 'echo USR2 >>/run/reloads.got' USR2
echo ready >/run/reloads.got
while :; do sleep 0.05; done
"""


def exec_reload(signal: str) -> str:
    wanted = closure([service("reloads", reload_signal=signal)])
    (file,) = load_backend("systemd").emit(wanted, ModuleName("HelloStack")).files
    lines = fill(file.text, lambda _: "/store").splitlines()
    return next(line for line in lines if line.startswith("ExecReload="))


def wait_for(machine: Machine, wanted: str) -> None:
    look = partial(machine.run, "cat", "/run/reloads.got", check=False)
    until(look, lambda done: done.stdout == wanted)


def test_the_main_process_gets_the_signal_and_goes_on(machine: Machine) -> None:
    machine.write("/run/reloads", SCRIPT, 0o755)
    service = f"[Service]\nExecStart=/bin/sh /run/reloads\n{exec_reload('SIGUSR2')}\n"
    machine.write(UNIT, service)
    machine.systemctl("daemon-reload")
    machine.systemctl("start", "reloads.service")
    try:
        wait_for(machine, "ready\n")
        pid = machine.systemctl("show", "--value", "--property=MainPID", "reloads.service")
        machine.systemctl("reload", "reloads.service")
        wait_for(machine, "ready\nUSR2\n")
        again = machine.systemctl("show", "--value", "--property=MainPID", "reloads.service")
        assert again == pid
    finally:
        machine.systemctl("stop", "reloads.service", check=False)
        machine.remove(UNIT)
