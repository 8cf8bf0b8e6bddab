"""Pipelines as text, and passes by name."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from typing import Any, ClassVar, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from punix.passes.address import Address
from punix.passes.dedup import Dedup
from punix.passes.lower.lower import Lower
from punix.passes.prune import Prune
from punix.passes.registry import (
    BUILTIN,
    GROUP,
    BadRegistry,
    PassType,
    load_pass,
    registry,
    summary,
)
from punix.passes.spec import BadSpec, parse_spec, render_spec

Install: TypeAlias = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Odd:
    """A pass with an option of every kind."""

    name: ClassVar[str] = "odd"
    src: ClassVar[str] = "program"
    dst: ClassVar[str] = "program"

    flag: bool = False
    count: int = 3
    word: str = "x"
    words: tuple[str, ...] = ()

    def run(self, root: Any) -> Any:
        return root


def load(name: str) -> PassType:
    return Odd if name == "odd" else load_pass(name)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("dedup", (Dedup(),)),
        (" address , dedup{} ", (Address(), Dedup())),
        ("dedup,prune{keep=Hello}", (Dedup(), Prune(("Hello",)))),
        ("prune{keep=a+b-c}", (Prune(("a", "b-c")),)),
        ("odd{flag=true, count=-4,word=y}", (Odd(True, -4, "y"),)),
    ],
)
def test_a_text_is_a_pipeline(text: str, wanted: object) -> None:
    assert parse_spec(text, load=load) == wanted


WORDS = st.from_regex(r"[A-Za-z0-9_.:/-]{1,8}", fullmatch=True)
ODD = st.builds(
    Odd, st.booleans(), st.integers(-(10**9), 10**9), WORDS, st.lists(WORDS, max_size=3).map(tuple)
)


@given(st.lists(ODD | st.just(Dedup()), min_size=1, max_size=4).map(tuple))
def test_a_pipeline_is_a_text_and_back(pipeline: Any) -> None:
    assert parse_spec(render_spec(pipeline), load=load) == pipeline


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "cannot read ''"),
        ("dedup,", "cannot read ''"),
        ("dedup prune", "cannot read 'dedup prune'"),
        ("prune{keep=a", "cannot read"),
        ("prune{keep}", "'keep' is not FIELD=VALUE"),
        ("prune{keep=a,keep=b}", "'keep' twice"),
        ("prune{kep=a}", "pass 'prune' has no option 'kep'; did you mean 'keep'?"),
        ("prune{keep=a+}", "option 'keep' of pass 'prune' cannot be 'a+'"),
        ("odd{flag=yes}", "cannot be 'yes'"),
        ("odd{count=1x}", "cannot be '1x'"),
        ("odd{word=}", "cannot be ''"),
        ("lower", "pass 'lower' needs 'system'"),
        ("lower{system=s,bootstrap=fast,recipes=x}", "cannot be"),
    ],
)
def test_what_is_no_pipeline(text: str, message: str) -> None:
    with pytest.raises(BadSpec) as caught:
        parse_spec(text, load=load)
    assert message in str(caught.value)


def test_the_caller_gives_what_has_no_text() -> None:
    given = {"system": "x86_64-linux", "bootstrap": "seeded", "recipes": {}}
    assert parse_spec("lower", given) == (Lower("x86_64-linux", "seeded", {}),)
    assert render_spec(parse_spec("lower", given)) == "lower{system=x86_64-linux,bootstrap=seeded}"


def test_every_pass_of_ours_is_there_with_a_summary() -> None:
    for name in BUILTIN:
        kind: Any = load_pass(name)
        assert kind.name == name
        assert summary(kind).endswith(".")


def test_an_unknown_pass() -> None:
    with pytest.raises(BadRegistry, match=r"unknown pass 'prun'; did you mean 'prune'\?"):
        parse_spec("dedup,prun")


def test_other_people_add_passes(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    install(GROUP, ("odd", f"{__name__}:Odd"))
    monkeypatch.setattr(EntryPoint, "load", lambda _: Odd)
    assert [*registry()] == [*BUILTIN, "odd"]
    assert load_pass("odd") is Odd


def test_a_name_is_claimed_once(install: Install) -> None:
    install(GROUP, ("prune", "theirs:Prune"))
    with pytest.raises(
        BadRegistry, match="pass 'prune' of 'theirs:Prune' is already one of 'punix'"
    ):
        registry()
    install(GROUP, ("odd", "b:Odd"), ("odd", "a:Odd"))
    with pytest.raises(BadRegistry, match="pass 'odd' of 'b:Odd' is already one of 'a:Odd'"):
        registry()


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("no_such_module_anywhere:Odd", "cannot be loaded"),
        ("math:pi", "is no dataclass"),
        ("collections:OrderedDict", "is no dataclass"),
        ("punix.ir.span:Source", "lacks src, dst, run"),
        ("punix.passes.prune:Prune", "calls itself 'prune'"),
    ],
)
def test_an_entry_that_is_no_pass(install: Install, value: str, message: str) -> None:
    install(GROUP, ("odd", value))
    with pytest.raises(BadRegistry, match=message):
        load_pass("odd")
