"""The decision table: what a change does to one service that runs, and why.

Other tools that switch units have cases of their own. Those that there are here, and where:

    added, removed, renamed; who requires it             test_transition.py
    changed text, read as keys; what is only to be read  below, `TEXT`
    changed files, that a restart or a reload reads      below, `FILES`
    a change that a service may ignore, or only stop     no such option: a change is followed
    stop and start in place of a restart                 no such option: one restart job each
    a oneshot, with and without RemainAfterExit          below, `ONESHOTS`
    timers, sockets, and what they start                 test_triggers.py
    a unit that somebody stopped or started by hand      tests/runtime/units/test_plan.py
    a unit that fails, or starts anew by itself          tests/systemd/test_activation.py
    drop-ins that somebody made by hand                  they are kept; no part of a plan
    templates, targets, mounts, paths, slices, aliases   a stack has none of these
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

import pytest
from stacks import closure, config, manifest, service

from punix.backends.base import load_backend
from punix.ir.bundle import Bundle
from punix.ir.names import ModuleName, StoreName
from punix.ir.stack import ConfigFile, Service
from punix.ir.text import Secret, StorePath

NEWER = StoreName("bbcdefghijklmnopqrstuvwxyz234567-hello-1.1")
OTHER = StoreName("cbcdefghijklmnopqrstuvwxyz234567-hello-1.0")
BACKEND = load_backend("systemd")

NONE = "none: nothing that it uses changed"
UNIT = "restart: its unit changed (app.pcl:10)"

PLAIN = service("a")
READS = service("a", "--config=/etc/a")
RELOADS = service("a", "--config=/etc/a", reload_signal="SIGHUP")
A, B = config("/etc/a", line=50), config("/etc/b", line=60)
NEW_A, NEW_B = config("/etc/a", "new\n", line=51), config("/etc/b", "new\n", line=61)
NEW_C = config("/etc/c", line=70)
OWN_RELOAD = service("a", directives={"ExecReload": "/bin/kill -HUP $MAINPID"})


def having(**directives: str) -> Service:
    return service("a", directives=directives)


def reloading(**directives: str) -> Service:
    return service("a", reload_signal="SIGHUP", directives=directives)


def with_secret(name: str, variable: str = "X") -> Service:
    return service("a", environment={name: (Secret("from_env", variable),)})


def with_credential(name: str, variable: str = "X") -> Service:
    return service("a", credentials={name: Secret("from_env", variable)})


def using(package: StoreName, **more: str) -> Service:
    return service("a", (StorePath(package), "/share"), **more)  # type: ignore[arg-type]


class Row(NamedTuple):
    """One line of the table: a service and files, before and after, and what happens."""

    name: str
    old: Service
    new: Service
    wanted: str
    old_files: Iterable[ConfigFile] = ()
    new_files: Iterable[ConfigFile] = ()


def files(name: str, one: Service, new_files: Iterable[ConfigFile], wanted: str) -> Row:
    """A row in which the service stays as it is, and files that were `A` and `B` change."""
    return Row(name, one, one, wanted, (A, B), new_files)


TEXT = [
    Row("nothing", PLAIN, PLAIN, NONE),
    Row("its place in the program", service("a", line=10), service("a", line=90), NONE),
    Row("an argument", PLAIN, service("a", "-v"), UNIT),
    Row("the order of arguments", service("a", "1", "2"), service("a", "2", "1"), UNIT),
    Row("its binary", PLAIN, service("a", binary="ho"), UNIT),
    Row("its user", PLAIN, service("a", user="web"), UNIT),
    Row("when it is started again", PLAIN, service("a", restart="always"), UNIT),
    Row("its environment", PLAIN, service("a", environment={"A": "1"}), UNIT),
    Row("a limit", PLAIN, having(MemoryMax="64M"), UNIT),
    Row("a limit that goes", having(MemoryMax="64M"), PLAIN, UNIT),
    Row("how it stops", PLAIN, having(ExecStop="/bin/true"), UNIT),
    Row("the order of its directives", having(Nice="1", UMask="77"), having(UMask="77", Nice="1"),
        NONE),
    Row("how it reloads", RELOADS, service("a", "--config=/etc/a", reload_signal="SIGUSR1"), UNIT,
        (A, B), (A, B)),
    Row("that it can reload", READS, RELOADS, UNIT, (A, B), (A, B)),
    Row("that it can no longer reload", RELOADS, READS, UNIT, (A, B), (A, B)),
]  # fmt: skip

FILES = [
    files("none of them", READS, (A, B), NONE),
    files("one that it names", READS, (NEW_A, B), "restart: /etc/a changed (app.pcl:51)"),
    files("its mode", READS, (config("/etc/a", mode=0o600, line=52), B),
          "restart: /etc/a changed (app.pcl:52)"),
    files("whether it is a link or a copy", READS, (replace(A, install="copy"), B),
          "restart: /etc/a changed (app.pcl:50)"),
    files("its place in the program only", READS, (config("/etc/a", line=99), B), NONE),
    files("one that it names and that goes", READS, (B,),
          "restart: /etc/a removed (app.pcl:10)"),
    files("one that nobody names", READS, (A, NEW_B), "restart: /etc/b changed (app.pcl:61)"),
    files("one more that nobody names", READS, (A, B, NEW_C),
          "restart: /etc/c added (app.pcl:70)"),
    files("one in a folder that it names", service("a", "/etc/app"),
          (A, B, config("/etc/app/x", line=71)), "restart: /etc/app/x added (app.pcl:71)"),
    files("reload: one that it names", RELOADS, (NEW_A, B),
          "reload: /etc/a changed (app.pcl:51)"),
    files("reload: its mode", RELOADS, (config("/etc/a", mode=0o600, line=52), B),
          "reload: /etc/a changed (app.pcl:52)"),
    files("reload: one that it names and that goes", RELOADS, (B,),
          "reload: /etc/a removed (app.pcl:10)"),
    files("reload: one that nobody names", RELOADS, (A, NEW_B),
          "reload: /etc/b changed (app.pcl:61)"),
    files("reload: one more that nobody names", RELOADS, (A, B, NEW_C),
          "reload: /etc/c added (app.pcl:70)"),
    files("reload: by a command of its own", OWN_RELOAD, (NEW_A, B),
          "reload: /etc/a changed (app.pcl:51)"),
    files("reload: one that a command of it reads", reloading(ExecStartPre="/bin/cat /etc/a"),
          (NEW_A, B), "reload: /etc/a changed (app.pcl:51)"),
    files("reload: one that systemd reads at its start", reloading(LoadCredential="c:/etc/a"),
          (NEW_A, B), "restart: /etc/a changed (app.pcl:51)"),
    Row("reload: a file and an argument", RELOADS,
        service("a", "--config=/etc/a", "-v", reload_signal="SIGHUP"), UNIT, (A, B), (NEW_A, B)),
    Row("reload: a file and the package", RELOADS,
        service("a", "--config=/etc/a", reload_signal="SIGHUP", package=NEWER),
        "restart: package hello-1.1 changed (app.pcl:11)", (A, B), (NEW_A, B)),
]  # fmt: skip

PACKAGES = [
    Row("its version", PLAIN, service("a", package=NEWER),
        "restart: package hello-1.1 changed (app.pcl:11)"),
    Row("what it is made of", PLAIN, service("a", package=OTHER),
        "restart: package hello-1.0 changed (app.pcl:11)"),
    Row("one that an argument mentions", using(OTHER), using(NEWER),
        "restart: package hello-1.1 changed (app.pcl:11)"),
    Row("one that is mentioned no more", using(OTHER), PLAIN, UNIT),
]  # fmt: skip

SECRETS = [
    Row("one more", PLAIN, with_secret("T"), UNIT),
    Row("its name", with_secret("T"), with_secret("U"), UNIT),
    Row("where it comes from", with_secret("T"), with_secret("T", "Y"), UNIT),
    Row("one more credential", PLAIN, with_credential("T"), UNIT),
    Row("where a credential comes from", with_credential("T"), with_credential("T", "Y"), UNIT),
]

ONESHOT = having(Type="oneshot")
REMAINS = service("a", "/etc/a", directives={"Type": "oneshot", "RemainAfterExit": "true"})
ONESHOTS = [
    Row("nothing", ONESHOT, ONESHOT, NONE),
    Row("an argument", ONESHOT, service("a", "2", directives={"Type": "oneshot"}), UNIT),
    files("a file of one that remains", REMAINS, (NEW_A, B),
          "restart: /etc/a changed (app.pcl:51)"),
]  # fmt: skip

TABLE = {"text": TEXT, "files": FILES, "packages": PACKAGES, "secrets": SECRETS, "once": ONESHOTS}


def bundle(one: Service, of: Iterable[ConfigFile]) -> Bundle:
    return BACKEND.emit(closure([one], of), ModuleName("HelloStack"))


@pytest.mark.parametrize(
    "row", [pytest.param(row, id=f"{part}: {row.name}") for part in TABLE for row in TABLE[part]]
)
def test_what_a_change_does(row: Row) -> None:
    old = manifest(bundle(row.old, row.old_files))
    (unit,) = BACKEND.transition(old, bundle(row.new, row.new_files)).units
    source = f" ({unit.source})" if unit.source else ""
    assert f"{unit.action}: {unit.reason}{source}" == row.wanted
