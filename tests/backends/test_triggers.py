"""Timers and sockets: their units, and what a deploy does with what they start."""

from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stacks import at, closure, config, manifest, service, socket, timer

from examples import tried
from punix.backends.base import load_backend
from punix.ir.bundle import Bundle
from punix.ir.diagnostics import ProgramError
from punix.ir.names import ModuleName
from punix.ir.stack import ConfigFile, Directive, Service, Socket
from punix.ir.text import Text, fill
from punix.ir.verify import verify

Golden = Callable[[str, str], None]
STACK = ModuleName("HelloStack")
BACKEND = load_backend("systemd")


def emit(services: Iterable[Service], files: Iterable[ConfigFile] = ()) -> Bundle:
    bundle = BACKEND.emit(closure(services, files), STACK)
    assert verify(bundle) == []
    return bundle


def unit_text(bundle: Bundle, name: str) -> str:
    written: Text = next(file.text for file in bundle.files if file.path.endswith(f"/{name}"))
    return fill(written, lambda _: "/store")


def errors(one: Service, *others: Service) -> list[str]:
    with pytest.raises(ProgramError) as caught:
        emit([one, *others])
    return str(caught.value).splitlines()


def test_a_timer_starts_its_service_and_boot_starts_the_timer(golden: Golden) -> None:
    job = service(
        "job",
        timer=timer(onCalendar="Mon..Fri 08:00", onBootSec="5min", randomizedDelay="1h 30s"),
        directives={"Type": "oneshot"},
    )
    bundle = emit([job])
    golden("units/job.timer", unit_text(bundle, "job.timer"))
    golden("units/job.service", unit_text(bundle, "job.service"))
    assert [
        (unit.name, unit.kind, unit.triggers, unit.enable, unit.wanted_by) for unit in bundle.units
    ] == [
        ("job.timer", "timer", (), True, "timers.target"),
        ("job.service", "service", ("job.timer",), False, None),
    ]


def test_a_socket_is_there_before_its_service(golden: Golden) -> None:
    listens = socket(
        "8080", "[::1]:81", "/run/web.sock", datagrams=["514"], mode=0o660, user="www", group="www"
    )
    bundle = emit([service("web", socket=listens)])
    golden("units/web.socket", unit_text(bundle, "web.socket"))
    golden("units/web.service", unit_text(bundle, "web.service"))
    (first, second) = bundle.units
    assert (first.kind, first.wanted_by, first.executable) == ("socket", "sockets.target", ())
    assert (second.requires, second.triggers) == (("web.socket",),) * 2


def test_who_depends_on_a_socket_requires_the_socket() -> None:
    bundle = emit([service("web", depends_on=["db"]), service("db", socket=socket("5432"))])
    assert bundle.units[-1].requires == ("db.socket",)
    assert "Requires=db.socket\nAfter=db.socket\n" in unit_text(bundle, "web.service")


def test_each_line_of_a_timer_has_its_place() -> None:
    bundle = emit([service("job", timer=timer(onBootSec="1", line=30))])
    (file,) = [file for file in bundle.files if file.path.endswith(".timer")]
    assert len(file.line_spans) == unit_text(bundle, "job.timer").count("\n")


@pytest.mark.parametrize(
    ("one", "wanted"),
    [
        (
            service("a", timer=timer(onCalendar="daily\nUnit=x.service")),
            "app.pcl:30:1: error: [E28] a directive cannot hold a line break",
        ),
        (
            service("a", socket=socket("/etc/shadow")),
            "app.pcl:41:1: error: [E18] '/etc/shadow' is protected",
        ),
        (
            service("a", socket=socket("/run/systemd/private")),
            "app.pcl:41:1: error: [E18] '/run/systemd/private' is protected",
        ),
        (
            service("a", socket=socket("/usr/bin/a")),
            "app.pcl:41:1: error: [E18] a stack may not write '/usr/bin/a'",
        ),
    ],
)
def test_refused(one: Service, wanted: str) -> None:
    assert errors(one)[0].startswith(wanted)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (socket("80"), socket("80")),
        (socket("80"), socket("127.0.0.1:80")),
        (socket("0.0.0.0:80"), socket("80")),
        (socket("[::1]:80"), socket("[::]:80")),
        (socket("127.0.0.1:80"), socket("0.0.0.0:80")),
        (socket("[::1]:80"), socket("[0:0::1]:80")),
        (socket("127.0.0.1:80"), socket("[::ffff:127.0.0.1]:80")),
        (socket("/run/a"), socket(datagrams=["/run/a"])),
        (socket(datagrams=["53"]), socket(datagrams=["[::]:53"])),
    ],
)
def test_two_sockets_in_each_others_way(first: Socket, second: Socket) -> None:
    (error, note, _) = errors(
        service("a", socket=first), service("b", socket=replace(second, listens=again(second)))
    )
    assert error.startswith("app.pcl:71:1: error: [E45] ")
    assert note == "app.pcl:41:1: note: the other is here"


def again(socket: Socket) -> tuple[Directive, ...]:
    """What a socket listens at, elsewhere in the program."""
    return tuple(replace(one, span=at(71)) for one in socket.listens)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (socket("80"), socket("81")),
        (socket("127.0.0.1:80"), socket("127.0.0.2:80")),
        (socket("127.0.0.1:80"), socket("[::1]:80")),
        (socket("0.0.0.0:80"), socket("[::1]:80")),
        (socket("80"), socket(datagrams=["80"])),
        (socket(datagrams=["53"]), socket(datagrams=["127.0.0.1:53"])),
        (socket("/run/a"), socket("/run/b")),
    ],
)
def test_two_sockets_beside_each_other(first: Socket, second: Socket) -> None:
    emit([service("a", socket=first), service("b", socket=second)])


def test_nobody_waits_for_what_a_timer_starts() -> None:
    job = service("job", timer=timer(onBootSec="1"))
    assert errors(service("web", depends_on=["job"]), job)[0] == (
        "app.pcl:15:1: error: [E1] 'web' waits for 'job', which a timer starts"
    )


PLAIN = service("a", "1")
TIMED = service("a", "1", timer=timer(onBootSec="1"))
BEHIND = service("a", "1", socket=socket("80"))
BOTH = service("a", "1", socket=socket("80"), timer=timer(onBootSec="1"))
RELOADS = service("a", "/etc/a", socket=socket("80"), reload_signal="SIGHUP")
SIGNALLED = service("a", "/etc/a", timer=timer(onBootSec="1"), reload_signal="SIGHUP")
FILE = (config("/etc/a"),)
OTHER_FILE = (config("/etc/a", "new\n"),)

Files = Iterable[ConfigFile]
NOTHING: Files = ()


@pytest.mark.parametrize(
    ("old", "new", "old_files", "new_files", "wanted"),
    [
        # What is new: timers and sockets start, and start what they are for.
        (None, TIMED, NOTHING, NOTHING, "start a.timer, none a.service"),
        (None, BEHIND, NOTHING, NOTHING, "start a.socket, none a.service"),
        (None, BOTH, NOTHING, NOTHING, "start a.socket, start a.timer, none a.service"),
        # Only what changed is touched.
        (TIMED, TIMED, NOTHING, NOTHING, "none a.timer, none a.service"),
        (BEHIND, BEHIND, NOTHING, NOTHING, "none a.socket, none a.service"),
        # A job that changed is another one at its next run.
        (TIMED, service("a", "2", timer=timer(onBootSec="1")), NOTHING, NOTHING,
         "none a.timer, none a.service"),
        (TIMED, TIMED, FILE, OTHER_FILE, "none a.timer, none a.service"),
        (SIGNALLED, SIGNALLED, FILE, OTHER_FILE, "none a.timer, none a.service"),
        # A service behind a socket restarts or reloads if it runs; the socket listens on.
        (BEHIND, service("a", "2", socket=socket("80")), NOTHING, NOTHING,
         "none a.socket, restart a.service if it runs"),
        (BEHIND, BEHIND, FILE, OTHER_FILE, "none a.socket, restart a.service if it runs"),
        (RELOADS, RELOADS, FILE, OTHER_FILE, "none a.socket, reload a.service if it runs"),
        (BOTH, service("a", "2", socket=socket("80"), timer=timer(onBootSec="1")),
         NOTHING, NOTHING, "none a.socket, none a.timer, restart a.service if it runs"),
        # A timer or socket that changed restarts, and with a socket its service.
        (TIMED, service("a", "1", timer=timer(onBootSec="2")), NOTHING, NOTHING,
         "restart a.timer, none a.service"),
        (BEHIND, service("a", "1", socket=socket("81")), NOTHING, NOTHING,
         "restart a.socket, restart a.service if it runs"),
        # What was started with the others, and is not any more: and the other way round.
        (PLAIN, TIMED, NOTHING, NOTHING, "stop a.service, start a.timer"),
        (BEHIND, TIMED, NOTHING, NOTHING, "stop a.socket, stop a.service, start a.timer"),
        (PLAIN, BEHIND, NOTHING, NOTHING, "start a.socket, restart a.service if it runs"),
        (TIMED, BEHIND, NOTHING, NOTHING,
         "stop a.timer, start a.socket, restart a.service if it runs"),
        (TIMED, PLAIN, NOTHING, NOTHING, "stop a.timer, restart a.service"),
        (BEHIND, PLAIN, NOTHING, NOTHING, "stop a.socket, restart a.service"),
        (BOTH, None, NOTHING, NOTHING, "stop a.service, stop a.timer, stop a.socket"),
    ],
)  # fmt: skip
def test_one_service(
    old: Service | None, new: Service | None, old_files: Files, new_files: Files, wanted: str
) -> None:
    before = emit([old], old_files) if old else None
    after = emit([new] if new else [], new_files)
    units = BACKEND.transition(manifest(before) if before else None, after).units
    found = [f"{one.action} {one.unit}{' if it runs' if one.if_running else ''}" for one in units]
    assert sorted(found) == sorted(wanted.split(", "))


KINDS = st.tuples(
    st.sampled_from(["1", "2"]), st.sampled_from([None, "80", "81"]), st.sampled_from([None, "5s"])
)
SHAPES = st.dictionaries(st.sampled_from(["a", "b", "c"]), KINDS, max_size=3)
Shapes = dict[str, tuple[str, str | None, str | None]]


def made(shapes: Shapes) -> Bundle:
    """Services of an argument, perhaps a port of their own and perhaps a time."""
    return emit(
        service(
            name,
            argument,
            socket=socket(f"{port}{ord(name) - ord('a')}") if port else None,
            timer=timer(onBootSec=time) if time else None,
        )
        for name, (argument, port, time) in shapes.items()
    )


@tried(150)
@given(SHAPES, SHAPES)
def test_any_two_stacks(shapes: Shapes, new_shapes: Shapes) -> None:
    old, new = made(shapes), made(new_shapes)
    before = {unit.name: unit for unit in old.units}
    after = {unit.name: unit for unit in new.units}
    found = {one.unit: one for one in BACKEND.transition(manifest(old), new).units}
    assert found.keys() == before.keys() | after.keys()
    for name, one in found.items():
        unit, known = after.get(name), before.get(name)
        if unit is None:
            assert one.action == "stop"
        elif unit.triggers:
            assert one.action != "start"
            assert one.if_running == (one.action in ("restart", "reload"))
        elif known is None:
            assert one.action == "start"
        elif unit == known:
            assert one.action == "none"
        else:
            assert (one.action, one.if_running) == ("restart", False)


def test_who_uses_a_socket_goes_on_while_the_service_behind_it_restarts() -> None:
    def made(argument: str, port: str) -> Bundle:
        db = service("db", argument, socket=socket(port))
        return emit([service("web", depends_on=["db"]), db])

    def actions(old: Bundle, new: Bundle) -> dict[str, str]:
        units = BACKEND.transition(manifest(old), new).units
        return {one.unit: one.action for one in units}

    assert actions(made("1", "80"), made("2", "80")) == {
        "db.socket": "none",
        "db.service": "restart",
        "web.service": "none",
    }
    assert set(actions(made("1", "80"), made("1", "81")).values()) == {"restart"}


def test_a_job_restarts_with_what_it_requires_as_systemd_has_it() -> None:
    def made(argument: str) -> Bundle:
        job = service("job", depends_on=["db"], timer=timer(onBootSec="1"))
        return emit([service("db", argument), job])

    job = BACKEND.transition(manifest(made("1")), made("2")).units[-1]
    assert (job.unit, job.action, job.if_running) == ("job.service", "restart", True)
    assert job.reason == "db.service restarts"


@pytest.mark.parametrize("between", [False, True])
def test_a_job_stops_with_what_it_required(between: bool) -> None:
    """systemd stops it, also through others, before the new unit files are read."""
    first = [service("db"), service("app", depends_on=["db"])] if between else [service("db")]
    needs = service("job", depends_on=[first[-1].name], timer=timer(onBootSec="1"))
    alone = service("job", timer=timer(onBootSec="1"))
    kept = [service("app")] if between else []
    units = BACKEND.transition(manifest(emit([*first, needs])), emit([*kept, alone])).units
    job = next(unit for unit in units if unit.unit == "job.service")
    assert (job.action, job.if_running) == ("stop", True)
    assert job.reason == f"{first[-1].name}.service stops"
