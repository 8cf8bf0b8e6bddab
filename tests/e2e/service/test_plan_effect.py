"""A plan against what a deploy then does to files, over random pairs of stacks."""

from collections.abc import Mapping
from pathlib import Path

from faults import memory_folder
from hypothesis import given
from hypothesis import strategies as st
from stacks import closure, config, service
from stacks_on_disk import DEPLOYS, caller, target, wish

from examples import tried
from punix.cli.compiling.pipeline import bundle_of
from punix.cli.service.planned import plan_for
from punix.ir.bundle import Bundle
from punix.ir.codec import dumps
from punix.ir.names import ModuleName
from punix.ir.plan import Plan
from punix.ir.text import Secret
from punix.runtime.deploy.staging.secrets import LocalSecrets
from punix.runtime.service.baseline import read_baseline
from punix.runtime.service.deploy import deploy

PATHS = st.sampled_from(["/etc/a", "/etc/b", "/etc/dir/c"])
CONTENTS = st.dictionaries(PATHS, st.tuples(st.sampled_from("12"), st.sampled_from([0o644, 0o600])))
SERVICES = st.dictionaries(
    st.sampled_from(["web", "db", "job"]), st.tuples(st.sampled_from("12"), st.booleans())
)
VALUES = st.sampled_from("12")


@st.composite
def stacks(draw: st.DrawFn) -> tuple[Bundle, Mapping[str, str]]:
    """A bundle, and the environment that its secret is read from."""
    secret = {"T": (Secret("from_env", "T"),)}
    wanted = [
        service(name, argument, environment=secret if has_secret else None)
        for name, (argument, has_secret) in draw(SERVICES).items()
    ]
    files = [config(path, text, mode=mode) for path, (text, mode) in draw(CONTENTS).items()]
    made = bundle_of(closure(wanted, files), ModuleName("HelloStack"))
    return made, {"T": draw(VALUES)}


def planned(root: Path, made: Bundle, environment: Mapping[str, str]) -> Plan:
    return plan_for(made, read_baseline(target(root), made, LocalSecrets(environment), str))


def seen(root: Path, names: set[str]) -> dict[str, tuple[str, int]]:
    """What opening each of the paths gives, and its mode."""
    found = {}
    for name in names:
        path = root / name.lstrip("/")
        if path.exists():
            found[name] = (path.read_text(), path.stat().st_mode)
    return found


def changed(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, str]:
    """Say what became of each path."""
    return {
        name: "added"
        if name not in before
        else "removed"
        if name not in after
        else "kept"
        if before[name] == after[name]
        else "changed"
        for name in {*before, *after}
    }


@tried(40)
@given(stacks(), stacks())
def test_files_that_change_are_those_of_the_plan(
    old: tuple[Bundle, Mapping[str, str]], new: tuple[Bundle, Mapping[str, str]]
) -> None:
    with memory_folder() as root:
        deploy(target(root), wish(*old), caller())
        plan = planned(root, *new)
        assert dumps(planned(root, *new)) == dumps(plan)
        names = {file.path for one in (old, new) for file in one[0].files}
        before = seen(root, set(names))
        deploy(target(root), wish(*new), caller())
        assert {file.path: file.change for file in plan.files} == changed(
            before, seen(root, set(names))
        )


@tried(40)
@given(stacks())
def test_a_plan_of_what_is_live_is_empty(made: tuple[Bundle, Mapping[str, str]]) -> None:
    with memory_folder() as root:
        deploy(target(root), wish(*made), caller())
        plan = planned(root, *made)
        assert {file.change for file in plan.files} <= {"kept"}
        assert {unit.action for unit in plan.units} <= {"start"}
        (root / DEPLOYS[1:] / "HelloStack/active").symlink_to("gen-001.json")
        assert {unit.action for unit in planned(root, *made).units} <= {"none"}


@tried(40)
@given(stacks(), VALUES)
def test_another_value_of_a_secret_restarts_who_reads_it(
    made: tuple[Bundle, Mapping[str, str]], value: str
) -> None:
    bundle, environment = made
    with memory_folder() as root:
        deploy(target(root), wish(*made), caller())
        plan = planned(root, bundle, {"T": value})
        readers = {unit.name for unit in bundle.units if unit.secrets}
        restarting = {unit.unit for unit in plan.units if unit.action == "restart"}
        assert restarting == (readers if value != environment["T"] else set())
