"""The level of a service, what it goes without, and the limit of its stack."""

from typing import Any

import pytest
from programs import module, program

from punix.ir.diagnostics import ProgramError
from punix.ir.stack import Stack
from punix.passes.lower.lower import Lower
from punix.recipes.registry import RECIPES

PACKAGE = {"recipe": "std.shell", "recipeArgs": {"command": "true"}}
SERVICE = {"name": "a", "package": "P", "binary": "b"}


def stack(services: list[dict[str, Any]], **members: Any) -> Stack:
    made = {"backend": "systemd", "services": services, **members}
    root = program([module("P", PACKAGE), module("S", made)])
    return Lower("x86_64-linux", "seeded", RECIPES).run(root).stacks[0]


def test_a_service_has_its_own_level_else_that_of_its_stack() -> None:
    services = [SERVICE, {**SERVICE, "name": "b", "hardening": "none"}]
    assert [one.hardening for one in stack(services).services] == ["none", "none"]
    levels = [one.hardening for one in stack(services, hardening="strict").services]
    assert levels == ["strict", "none"]


def test_exceptions_are_sorted_and_a_value_may_be_missing() -> None:
    exceptions = [
        {"directive": "PrivateTmp", "value": False, "reason": "it shares /tmp"},
        {"directive": "LockPersonality", "reason": "it emulates"},
    ]
    (one,) = stack([{**SERVICE, "hardeningExcept": exceptions}]).services
    assert [(it.directive, it.reason) for it in one.exceptions] == [
        ("LockPersonality", "it emulates"),
        ("PrivateTmp", "it shares /tmp"),
    ]
    assert [it.instead and it.instead.text for it in one.exceptions] == [None, ("false",)]


@pytest.mark.parametrize(("written", "tenths"), [("2.0", 20), ("0", 0), ("1.5", 15), ("10", 100)])
def test_the_limit_is_in_tenths(written: str, tenths: int) -> None:
    limit = stack([], maxExposure=written).max_exposure
    assert limit is not None and limit.tenths == tenths


@pytest.mark.parametrize("written", ["", "2,0", "-1", "10.1", "1.55", "x", "11"])
def test_a_limit_that_is_none(written: str) -> None:
    with pytest.raises(ProgramError, match="is not an exposure"):
        stack([], maxExposure=written)


@pytest.mark.parametrize("reason", ["", " \n\t"])
def test_a_reason_says_something(reason: str) -> None:
    exceptions = [{"directive": "PrivateTmp", "reason": reason}]
    with pytest.raises(ProgramError, match="is not a reason"):
        stack([{**SERVICE, "hardeningExcept": exceptions}])
