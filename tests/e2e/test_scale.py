"""Ten thousand of everything: no stage recurses over what is the user's to make long."""

import json
from pathlib import Path

import pytest

from .conftest import Punix

MANY = 10_000
SERVICES = 2_000


def package(name: str, dependency: str | None) -> str:
    deps = f"  deps = [{dependency}.pname]\n" if dependency else ""
    return (
        f'module {name} {{\n  recipe = "std.shell"\n'
        f'  recipeArgs = {{ command = "echo {name} > $OUTPUT/x" }}\n{deps}}}\n'
    )


def service(number: int) -> str:
    before = f'"s{number - 1}"' if number else ""
    return (
        f'    {{ name = "s{number}" package = "P" binary = "x" args = ["{number}"]'
        f" dependsOn = [{before}] }},\n"
    )


def stack(*pins: str) -> str:
    names = ", ".join(f'"{name}"' for name in pins)
    return f'module S {{\n  backend = "systemd"\n  storeModules = [{names}]\n}}\n'


def test_a_long_chain_of_many_packages(punix: Punix, tmp_path: Path) -> None:
    names = [f"P{at}" for at in range(MANY)]
    program, stored = tmp_path / "chain.pcl", tmp_path / "closure.json"
    program.write_text("".join(map(package, names, [None, *names])) + stack(*names))
    outcome = punix("check", program)
    assert (outcome.code, outcome.out) == (0, "ok\n"), outcome.err
    closure = punix("compile", program, "--emit", "closure")
    assert closure.out.count('"tag":"derivation"') == MANY
    stored.write_text(closure.out)
    plan = json.loads(punix("compile", "--from", stored, "--emit", "plan").out)
    assert (plan["stack"], len(plan["packages_added"])) == ("S", MANY)


def test_a_ring_of_packages_is_told_whole(punix: Punix, tmp_path: Path) -> None:
    program = tmp_path / "ring.pcl"
    program.write_text("".join(package(f"P{at}", f"P{(at + 1) % 100}") for at in range(100)))
    outcome = punix("check", program)
    assert outcome.code == 1
    assert outcome.err.count("error: [E7]") == 1
    assert outcome.err.count(": note: ") >= 99


@pytest.mark.sandbox
def test_many_services(punix: Punix, tmp_path: Path) -> None:
    services = "".join(service(at) for at in range(SERVICES))
    program = tmp_path / "stack.pcl"
    program.write_text(
        'module P {\n  recipe = "std.shell"\n  recipeArgs = { command = '
        '"mkdir $OUTPUT/bin && cp /bin/true $OUTPUT/bin/x" }\n}\n'
        f'module S {{\n  backend = "systemd"\n  services = [\n{services}  ]\n}}\n'
    )
    roots = ("--store-root", tmp_path / "store", "--deployments-root", tmp_path / "deploys")
    outcome = punix("service", "deploy", "S", "--file", program, "--dry-run", *roots)
    assert outcome.code == 0, outcome.err
    assert f"({SERVICES} config file(s), 1 store path(s) pinned)" in outcome.out
    units = tmp_path / "deploys/.dry-run/etc/systemd/system"
    assert len(list(units.iterdir())) == SERVICES
    assert "After=s1998.service" in (units / "s1999.service").read_text()
