"""What a service does not see of the machine, and that a deploy to it says so."""

from pathlib import Path

import pytest
from stacks import closure, config, service, without

from punix.backends.base import load_backend
from punix.cli.service.hidden import check_seen
from punix.ir.bundle import Bundle
from punix.ir.diagnostics import ProgramError
from punix.ir.names import ModuleName, RootPath
from punix.ir.stack import ConfigFile, Hardening, Service
from punix.runtime.deploy.target.layout import Target
from punix.runtime.deploy.target.local import Local

STACK = ModuleName("HelloStack")
SEEN = "/var/lib/punix"


def bundle(one: Service, *files: ConfigFile) -> Bundle:
    return load_backend("systemd").emit(closure([one], files), STACK)


def place(store: str = SEEN, deployments: str = SEEN, root: str = "/") -> Target:
    return Target(Local(root), RootPath(deployments), RootPath(store), STACK)


def told(made: Bundle, where: Target) -> list[str]:
    try:
        check_seen(made, where)
    except ProgramError as problem:
        return [one.message for one in problem.diagnostics]
    return []


@pytest.mark.parametrize("level", ["default", "strict"])
@pytest.mark.parametrize(
    ("folder", "directive"),
    [
        ("/home/ada/store", "ProtectHome"),
        ("/root", "ProtectHome"),
        ("/run/user/1000/store", "ProtectHome"),
        ("/tmp/store", "PrivateTmp"),
        ("/var/tmp", "PrivateTmp"),
    ],
)
def test_a_hidden_store_is_named(level: Hardening, folder: str, directive: str) -> None:
    made = bundle(service("web", hardening=level))
    wanted = [f"{directive} hides the store root '{folder}' from unit 'web.service'"]
    assert told(made, place(store=folder)) == wanted


def test_generations_count_where_there_are_files() -> None:
    where = place(deployments="/root/deploys")
    hardened = service("web", "/etc/a.conf", hardening="default")
    assert told(bundle(hardened), where) == []
    assert told(bundle(hardened, config("/etc/a.conf")), where) == [
        "ProtectHome hides the deployments root '/root/deploys' from unit 'web.service'"
    ]


@pytest.mark.parametrize(
    "one",
    [
        service("web"),
        service("web", hardening="default", exceptions=[without("PrivateTmp", "so")]),
        service("web", hardening="default", directives={"PrivateTmp": "no"}),
        service("web", hardening="default", directives={"BindReadOnlyPaths": "/tmp/store"}),
    ],
)
def test_what_is_seen_is_no_error(one: Service) -> None:
    assert told(bundle(one), place(store="/tmp/store")) == []


def test_other_roots_and_neighbours_are_no_error() -> None:
    made = bundle(service("web", hardening="default"))
    assert told(made, place()) == []
    assert told(made, place(store="/tmp/store", root="/srv/image")) == []
    assert told(made, place(store="/homes/store")) == []


def test_a_link_is_followed(tmp_path: Path) -> None:
    made = bundle(service("web", hardening="default", exceptions=[without("PrivateTmp", "so")]))
    (tmp_path / "store").symlink_to("/root/store")
    assert len(told(made, place(store=str(tmp_path / "store")))) == 1


def test_all_services_are_told_at_once() -> None:
    services = [service(name, hardening="default") for name in ("a", "b")]
    made = load_backend("systemd").emit(closure(services), STACK)
    assert len(told(made, place(store="/tmp", deployments="/tmp"))) == 2
