"""What a deploy does with units and files that hang together; test_decisions.py has one each."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stacks import HELLO, closure, config, manifest, service

from examples import tried
from punix.backends.base import load_backend
from punix.backends.systemd.unit import meaning
from punix.ir.bundle import Bundle
from punix.ir.health import ExecCheck, Health
from punix.ir.names import Digest, ModuleName, StoreName
from punix.ir.plan import Plan
from punix.ir.stack import ConfigFile, Service
from punix.ir.text import Secret, StorePath

NEWER = StoreName("bbcdefghijklmnopqrstuvwxyz234567-hello-1.1")
BACKEND = load_backend("systemd")


def bundle(services: Iterable[Service], files: Iterable[ConfigFile] = ()) -> Bundle:
    return BACKEND.emit(closure(services, files), ModuleName("HelloStack"))


def plan(old: Bundle | None, new: Bundle) -> Plan:
    return BACKEND.transition(manifest(old) if old else None, new)


def actions(found: Plan) -> list[tuple[str, str, str, str]]:
    return [(unit.action, unit.unit, unit.reason, unit.source) for unit in found.units]


def test_nothing_deployed_starts_all_in_order() -> None:
    new = bundle([service("a", depends_on=["b"]), service("b", line=20)], [config("/etc/x")])
    found = plan(None, new)
    assert found.against is None
    assert actions(found) == [
        ("start", "b.service", "it is new", "app.pcl:20"),
        ("start", "a.service", "it is new", "app.pcl:10"),
    ]
    assert {file.change for file in found.files} == {"added"}
    assert (found.packages_added, found.packages_removed) == ((HELLO,), ())


def test_identical_content_does_nothing() -> None:
    new = bundle([service("a", depends_on=["b"]), service("b")], [config("/etc/x")])
    found = plan(new, new)
    assert [unit.action for unit in found.units] == ["none", "none"]
    assert {file.change for file in found.files} == {"kept"}
    assert (found.packages_added, found.packages_removed) == ((), ())


def test_a_change_of_health_acts_on_nothing() -> None:
    asked = Health(ExecCheck(((StorePath(NEWER), "/bin/ask", "/etc/x"),)), 10, 2)
    old = bundle([service("a")], [config("/etc/x")])
    new = bundle([service("a", health=asked)], [config("/etc/x")])
    assert [unit.action for unit in plan(old, new).units] == ["none"]
    assert [unit.health for unit in manifest(new).units] == [asked]


FILES = (config("/etc/a", line=50), config("/etc/b", line=60))
RELOADS = service("a", "--config=/etc/a", reload_signal="SIGHUP")


def with_secret(name: str, reload_signal: str | None = None) -> Service:
    environment = {name: (Secret("from_env", "T"),)}
    return service("a", environment=environment, reload_signal=reload_signal)


@pytest.mark.parametrize(
    "changed",
    [
        "[Unit]\nDescription=other\n[Service]\nExecStart=/a\nType=simple\n",
        "[Unit]\nDescription=a\nDocumentation=man:a(1)\n[Service]\nExecStart=/a\nType=simple\n",
        "# a\n[Unit]\n\nDescription = a\n[Service]\nExecStart=/a\nType=simple\n[Install]\nAlso=x\n",
        "[Service]\nType=simple\nExecStart=/a\n[Unit]\nDescription=a\n",
    ],
)
def test_what_is_only_there_to_be_read_has_no_meaning(changed: str) -> None:
    plain = "[Unit]\nDescription=a\n[Service]\nExecStart=/a\nType=simple\n"
    assert meaning((changed,), ()) == meaning((plain,), ())
    assert meaning((changed.replace("ExecStart=/a", "ExecStart=/b"),), ()) != meaning((plain,), ())


def test_the_order_of_one_key_has_a_meaning_and_that_of_dependencies_has_none() -> None:
    one, two = "[Service]\nExecStartPre=/a\n", "ExecStartPre=/b\n"
    assert meaning((one + two,), ()) != meaning(
        (one.replace("/a", "/b") + two.replace("/b", "/a"),), ()
    )
    services = [service("a"), service("b")]
    old = bundle([*services, service("c", depends_on=["a", "b"])])
    new = bundle([*services, service("c", depends_on=["b", "a", "b"])])
    assert {unit.action for unit in plan(old, new).units} == {"none"}


def test_whether_it_starts_at_boot_changes_nothing_that_runs() -> None:
    old = bundle([service("a")])
    new = replace(old, units=(replace(old.units[0], enable=False),))
    assert actions(plan(old, new)) == [("none", "a.service", "nothing that it uses changed", "")]


def test_a_changed_secret_restarts_what_could_reload() -> None:
    new = bundle([with_secret("T", reload_signal="SIGHUP")], FILES)
    old = manifest(new, {"a.env": Digest("1" * 64)})
    (unit,) = BACKEND.transition(old, new, {"a.env": Digest("2" * 64)}).units
    assert (unit.action, unit.reason) == ("restart", "a secret that it uses changed")


def test_a_reload_is_passed_on_to_nobody() -> None:
    services = [RELOADS, service("b", "--config=/etc/b", depends_on=["a"])]
    found = plan(bundle(services, FILES), bundle(services, (config("/etc/a", "new\n"), FILES[1])))
    assert [(unit.unit, unit.action) for unit in found.units] == [
        ("a.service", "reload"),
        ("b.service", "none"),
    ]


def test_what_restarts_with_another_does_not_only_reload() -> None:
    def services(argument: str) -> list[Service]:
        return [service("a", argument), service("b", depends_on=["a"], reload_signal="SIGHUP")]

    found = plan(bundle(services("1"), FILES), bundle(services("2"), FILES[1:]))
    assert [(unit.unit, unit.action, unit.reason) for unit in found.units] == [
        ("a.service", "restart", "its unit changed"),
        ("b.service", "restart", "a.service restarts"),
    ]


def test_a_renamed_unit_stops_and_starts_and_who_requires_it_restarts() -> None:
    def services(name: str) -> list[Service]:
        return [service(name), service("web", depends_on=[name])]

    found = plan(bundle(services("db")), bundle(services("postgres")))
    assert [(unit.action, unit.unit) for unit in found.units] == [
        ("stop", "db.service"),
        ("start", "postgres.service"),
        ("restart", "web.service"),
    ]


def test_a_file_that_another_service_names_restarts_that_one_alone() -> None:
    services = [service("a", "--config=/etc/a"), service("b", "--config=/etc/b")]
    changed = (FILES[0], config("/etc/b", "new\n", line=60))
    found = plan(bundle(services, FILES), bundle(services, changed))
    assert [(unit.unit, unit.action) for unit in found.units] == [
        ("a.service", "none"),
        ("b.service", "restart"),
    ]


def test_a_restart_is_passed_on_to_who_requires_it() -> None:
    def services(argument: str) -> list[Service]:
        return [
            service("web", depends_on=["app"]),
            service("app", depends_on=["db"]),
            service("db", argument),
            service("other"),
        ]

    found = plan(bundle(services("1")), bundle(services("2")))
    assert {unit.unit: (unit.action, unit.reason) for unit in found.units} == {
        "db.service": ("restart", "its unit changed"),
        "app.service": ("restart", "db.service restarts"),
        "web.service": ("restart", "app.service restarts"),
        "other.service": ("none", "nothing that it uses changed"),
    }


def test_removed_units_stop_first_and_before_what_they_require() -> None:
    old = bundle(
        [service("z", depends_on=["m"]), service("m", depends_on=["c"]), service("c"), service("k")]
    )
    found = plan(old, bundle([service("k"), service("n")]))
    assert [(unit.action, unit.unit) for unit in found.units] == [
        ("stop", "z.service"),
        ("stop", "m.service"),
        ("stop", "c.service"),
        ("none", "k.service"),
        ("start", "n.service"),
    ]
    assert found.units[0].source == "app.pcl:7"


def test_secrets_restart_by_their_keyed_digest() -> None:
    secret = Secret("from_env", "A")
    new = bundle([service("a", environment={"A": (secret,)}), service("b")])
    old = manifest(new, {"a.env": Digest("1" * 64)})

    def found(keyed: Mapping[str, Digest] | None) -> list[str]:
        return [unit.reason for unit in BACKEND.transition(old, new, keyed).units]

    assert found(None) == ["nothing that it uses changed"] * 2
    assert found({"a.env": Digest("1" * 64)}) == ["nothing that it uses changed"] * 2
    assert found({"a.env": Digest("2" * 64)})[0] == "a secret that it uses changed"


def test_another_reference_or_name_of_a_secret_is_a_change() -> None:
    def made(name: str, key: str) -> Bundle:
        return bundle([service("a", environment={name: (Secret("from_env", key),)})])

    for other in (made("A", "Y"), made("B", "X")):
        assert plan(made("A", "X"), other).units[0].action == "restart"


NAMES = st.sampled_from(["a", "b", "c", "d"])
SHAPES = st.dictionaries(NAMES, st.tuples(st.sampled_from(["1", "2"]), st.booleans()), max_size=4)
CONTENTS = st.dictionaries(st.sampled_from(["/etc/x", "/etc/y"]), st.sampled_from(["1", "2"]))


def made(shapes: Mapping[str, tuple[str, bool]], contents: Mapping[str, str]) -> Bundle:
    """A stack where each service may require the one before it, and all use all files."""
    names = sorted(shapes)
    services = [
        service(name, shapes[name][0], depends_on=names[at - 1 : at] if shapes[name][1] else [])
        for at, name in enumerate(names)
    ]
    return bundle(services, [config(path, text) for path, text in contents.items()])


@tried(150)
@given(SHAPES, CONTENTS, SHAPES, CONTENTS)
def test_any_two_stacks(
    shapes: dict[str, tuple[str, bool]],
    contents: dict[str, str],
    new_shapes: dict[str, tuple[str, bool]],
    new_contents: dict[str, str],
) -> None:
    old, new = made(shapes, contents), made(new_shapes, new_contents)
    found = {unit.unit: unit for unit in plan(old, new).units}
    before = {unit.name: unit for unit in old.units}
    after = {unit.name: unit for unit in new.units}
    assert found.keys() == before.keys() | after.keys()
    for name, unit in found.items():
        assert (unit.action == "start") == (name not in before)
        assert (unit.action == "stop") == (name not in after)
        if name in before and name in after:
            own = before[name].meaning != after[name].meaning or contents != new_contents
            passed = any(found[other].action == "restart" for other in after[name].requires)
            assert (unit.action == "restart") == (own or passed)
    changes = {
        file.path: file.change for file in plan(old, new).files if file.path in ("/etc/x", "/etc/y")
    }
    for path, change in changes.items():
        was, now = contents.get(path), new_contents.get(path)
        wanted = "added" if was is None else "removed" if now is None else "kept"
        assert change == (wanted if was == now or wanted != "kept" else "changed")
