"""Which two sockets systemd starts beside each other, held against what `check` says of them."""

from pathlib import Path

import pytest
from stacks import closure, service, socket
from stacks_on_disk import UNITS

from punix.backends.listening import check_listens
from punix.backends.systemd.emit import emit
from punix.ir.diagnostics import Collector
from punix.ir.names import ModuleName
from punix.ir.stack import Service
from punix.ir.text import fill

from .conftest import Shared

pytestmark = pytest.mark.systemd

HAS_IPV6 = Path("/proc/net/if_inet6").exists()
HOSTS = ["", "0.0.0.0:", "127.0.0.1:", "127.0.0.2:"]
HOSTS += ["[::]:", "[::1]:", "[0:0::1]:", "[::ffff:127.0.0.1]:"] if HAS_IPV6 else []
PAIRS = [(one, other) for at, one in enumerate(HOSTS) for other in HOSTS[at:]]


def listening(name: str, address: str) -> Service:
    return service(name, socket=socket(address))


def put(on: Shared, one: Service) -> None:
    """Write the socket's unit, and a service that it is for."""
    folder = f"{on.root}{UNITS}"
    bundle = emit(closure([one]), ModuleName("HelloStack"))
    (unit,) = [file for file in bundle.files if file.path.endswith(".socket")]
    Path(f"{folder}/{one.name}.socket").write_text(fill(unit.text, str))
    Path(f"{folder}/{one.name}.service").write_text("[Service]\nExecStart=/bin/true\n")


def test_systemd_starts_what_is_not_refused(shared: Shared) -> None:
    """Also on a machine on which a port alone would be none of IPv4."""
    if HAS_IPV6:
        shared.machine.run("sysctl", "-w", "net.ipv6.bindv6only=1")
    names, wanted = [], []
    for number, hosts in enumerate(PAIRS):
        pair = [
            listening(f"l{number}-{at}", f"{host}{9000 + number}") for at, host in enumerate(hosts)
        ]
        found = Collector()
        check_listens(pair, found)
        wanted += [True, not found.failed]
        for one in pair:
            put(shared, one)
            names.append(f"{one.name}.socket")
    shared.machine.systemctl("daemon-reload")
    for second in (0, 1):
        shared.machine.systemctl("start", *names[second::2], check=False)
    states = shared.machine.systemctl("is-active", *names, check=False).split()
    shared.machine.systemctl("stop", *names)
    if HAS_IPV6:
        shared.machine.run("sysctl", "-w", "net.ipv6.bindv6only=0")
    assert dict(zip(names, (state == "active" for state in states), strict=True)) == dict(
        zip(names, wanted, strict=True)
    )
