"""The block of a hardening level: golden units, what wins over it, what is refused."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stacks import closure, service, without

from punix.backends.base import load_backend
from punix.backends.systemd.escape import Refused, comment
from punix.backends.systemd.hardening import LEVELS
from punix.backends.systemd.read import read
from punix.ir.diagnostics import ProgramError
from punix.ir.names import Digest, ModuleName
from punix.ir.stack import Hardening, HardeningException, Service
from punix.ir.text import fill

STACK = ModuleName("HelloStack")
Golden = Callable[[str, str], None]


emit = load_backend("systemd").emit


def unit(one: Service) -> str:
    bundle = emit(closure([one]), STACK)
    return fill(bundle.files[0].text, lambda _: "/store")


def meaning(one: Service) -> Digest:
    return emit(closure([one]), STACK).units[0].meaning


def errors(one: Service) -> list[str]:
    with pytest.raises(ProgramError) as caught:
        unit(one)
    return str(caught.value).splitlines()


@pytest.mark.parametrize("level", ["none", "default", "strict"])
def test_the_block_of_each_level(level: Hardening, golden: Golden) -> None:
    golden(f"units/hardening-{level}.service", unit(service("hello", hardening=level)))


def test_an_exception_is_a_comment_and_its_value(golden: Golden) -> None:
    exceptions = [
        without("MemoryDenyWriteExecute", "the engine of its scripts\n  compiles them"),
        without("RestrictAddressFamilies", "it speaks to its database by a socket", "AF_UNIX"),
        without("SystemCallFilter", "100% of $CALLS are wanted; # or not"),
    ]
    made = service("hello", hardening="strict", exceptions=exceptions, directives={"Nice": "5"})
    golden("units/hardening-except.service", unit(made))


def test_what_the_program_says_wins_over_the_level() -> None:
    directives = {"ProtectSystem": "no", "SystemCallFilter": "@network-io", "Nice": "5"}
    text = unit(service("hello", hardening="strict", directives=directives))
    entries = read(text)
    for key, value in directives.items():
        assert [entry[2] for entry in entries if entry[1] == key] == [value]


def test_strict_forbids_all_that_default_forbids() -> None:
    assert LEVELS["default"].keys() < LEVELS["strict"].keys()


@pytest.mark.parametrize(
    ("level", "exceptions", "directives", "wanted"),
    [
        (
            "default",
            [without("PrivatTmp", "so")],
            {},
            [
                "app.pcl:20:1: error: [E1] hardening 'default' does not set 'PrivatTmp'",
                "  hint: did you mean 'PrivateTmp'?",
            ],
        ),
        (
            "default",
            [without("UMask", "so"), without("ProcSubset", "so", line=21)],
            {},
            [
                "app.pcl:20:1: error: [E1] hardening 'default' does not set 'UMask'",
                "  hint: there is CapabilityBoundingSet, LockPersonality, NoNewPrivileges, "
                "PrivateDevices, PrivateMounts, …",
                "app.pcl:21:1: error: [E1] hardening 'default' does not set 'ProcSubset'",
                "  hint: there is CapabilityBoundingSet, LockPersonality, NoNewPrivileges, "
                "PrivateDevices, PrivateMounts, …",
            ],
        ),
        (
            "none",
            [without("PrivateTmp", "so")],
            {},
            [
                "app.pcl:20:1: error: [E1] hardening 'none' does not set 'PrivateTmp'",
                "  hint: leave the exception out",
            ],
        ),
        (
            "default",
            [without("PrivateTmp", "so", "false")],
            {"PrivateTmp": "true"},
            [
                "app.pcl:20:1: error: [E1] 'PrivateTmp' is in serviceConfig, which wins over the "
                "level",
                "  hint: keep one of them",
            ],
        ),
        (
            "default",
            [
                without("PrivateTmp", "so\\"),
                without("PrivateMounts", "a\x1bb", line=21),
            ],
            {},
            [
                "app.pcl:20:1: error: [E28] a comment cannot end with a backslash",
                "  hint: take it out of the text",
                "app.pcl:21:1: error: [E28] a comment cannot hold a control character",
                "  hint: take it out of the text",
            ],
        ),
        (
            "default",
            [without("PrivateTmp", "so", "false\nExecStartPre=/bin/sh")],
            {},
            [
                "app.pcl:20:1: error: [E28] a directive cannot hold a line break or control "
                "character",
                "  hint: take it out of the text",
            ],
        ),
    ],
)
def test_what_is_refused(
    level: Hardening,
    exceptions: Sequence[HardeningException],
    directives: dict[str, str],
    wanted: list[str],
) -> None:
    made = service("hello", hardening=level, exceptions=exceptions, directives=directives)
    assert errors(made) == wanted


def test_a_reason_is_cosmetic_and_a_value_is_not() -> None:
    def with_tmp(reason: str, value: str | None) -> Digest:
        exceptions = [without("PrivateTmp", reason, value)]
        return meaning(service("hello", hardening="default", exceptions=exceptions))

    assert with_tmp("one", "false") == with_tmp("another", "false")
    assert with_tmp("one", "false") != with_tmp("one", None)
    assert with_tmp("one", None) != meaning(service("hello", hardening="default"))


@given(st.text(st.characters(exclude_categories=["Cs"])).filter(str.strip))
def test_whatever_a_reason_says_it_is_one_comment(reason: str) -> None:
    try:
        (written,) = comment((reason,))
    except Refused:
        return
    assert isinstance(written, str)
    text = f"[Service]\nA=1\n# {written}\nB=2\n"
    assert read(text) == [("Service", "A", "1"), ("Service", "B", "2")]
    assert len(text.splitlines()) == 4
    assert written.split() == reason.split()
