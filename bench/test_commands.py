"""Whole commands, as a person types them, beside `python -I -c pass`.

Where PUNIX_PEER names the executable of another punix, it is measured beside.
"""

import itertools
from pathlib import Path

import pytest
from executables import FLOOR, HELLO, PEER, PUNIX, call
from timing import Measure

SIDES = ["python -I -c pass", "punix", *(["peer"] if PEER else [])]
"""The floor, and who is held against it."""


def command(who: str) -> list[str]:
    """Return the beginning of a command line."""
    return [str(PEER)] if who == "peer" else PUNIX


def deploy(who: str, program: Path, stack: str, folder: Path) -> None:
    """Deploy below a folder."""
    roots = ("--store-root", folder / "store", "--deployments-root", folder / "deploys")
    call(*command(who), "service", "deploy", stack, "--file", program, "--dry-run", *roots)


def beside(measure: Measure, who: str, group: str, size: int = 1) -> None:
    """Measure the floor of a group."""
    measure(lambda: call(*FLOOR), group=group, who=who, size=size, floor=True, rounds=15)


@pytest.mark.parametrize("who", SIDES)
@pytest.mark.parametrize("arguments", ["--version", "--help", "check"])
def test_quick_commands(measure: Measure, arguments: str, who: str) -> None:
    words: list[str | Path] = [arguments, *([HELLO] if arguments == "check" else [])]
    group = f"punix {arguments}"
    if who == SIDES[0]:
        beside(measure, who, group)
    else:
        target = 1.5 if (who, arguments) == ("punix", "--version") else None
        measure(lambda: call(*command(who), *words), group=group, who=who, target=target, rounds=15)


@pytest.mark.parametrize("who", SIDES)
@pytest.mark.parametrize("repeated", [False, True])
def test_deploy_of_the_tutorial(measure: Measure, tmp_path: Path, repeated: bool, who: str) -> None:
    group = "a dry deploy, repeated" if repeated else "a dry deploy, nothing built"
    if who == SIDES[0]:
        beside(measure, who, group)
        return
    numbers = itertools.repeat(0) if repeated else itertools.count()
    run = lambda: deploy(who, HELLO, "HelloStack", tmp_path / str(next(numbers)))  # noqa: E731
    measure(run, group=group, who=who, rounds=10)


def stack_of(size: int, folder: Path) -> Path:
    """Write a program of one package and a stack of so many services."""
    services = ",\n".join(
        f'{{ name = "svc{at}" package = "Hello" binary = "hi" args = ["{at}"] }}'
        for at in range(size)
    )
    program = folder / f"stack{size}.pcl"
    hello = HELLO.read_text(encoding="utf-8").partition("module HelloStack")[0]
    stack = (
        f'module Many {{ backend = "systemd" storeModules = ["Hello"] services = [{services}] }}'
    )
    program.write_text(hello.replace('"./src"', f'"{HELLO.parent}/src"') + stack, encoding="utf-8")
    return program


@pytest.mark.parametrize("size", [1, 900])
@pytest.mark.parametrize("who", SIDES)
def test_deploy_of_many_services(measure: Measure, tmp_path: Path, who: str, size: int) -> None:
    group = "a dry deploy of a stack, repeated"
    if who == SIDES[0]:
        beside(measure, who, group, size)
        return
    program = stack_of(size, tmp_path)
    measure(
        lambda: deploy(who, program, "Many", tmp_path), group=group, who=who, size=size, rounds=5
    )


@pytest.mark.parametrize("size", [1, 900])
@pytest.mark.parametrize("who", [SIDES[0], "punix"])
def test_rollback(measure: Measure, tmp_path: Path, who: str, size: int) -> None:
    if who == SIDES[0]:
        beside(measure, who, "back and forth between two generations", size)
        return
    program = stack_of(size, tmp_path)
    deploy(who, program, "Many", tmp_path)
    deploy(who, program, "Many", tmp_path)
    number = itertools.cycle("12")
    roots = (
        *("--store-root", tmp_path / "store", "--deployments-root", tmp_path / "deploys"),
        *("--transport-root", tmp_path / "deploys" / ".dry-run"),
    )
    measure(
        lambda: call(*PUNIX, "service", "switch", "Many", next(number), *roots),
        group="back and forth between two generations",
        who=who,
        size=size,
        rounds=10,
    )
