"""The order of modules, members, files and blocks changes neither a Program nor its errors."""

import random

from hypothesis import given
from hypothesis import strategies as st
from vocabulary import VOCABULARY

from examples import tried
from punix.frontend.check import Checked, check
from punix.ir.program import Program
from punix.ir.span import Span

Lines = list[tuple[str, str]]
"""(module, text of one member), in any order a program."""

NAMES = ("alpha", "beta", "gamma", "delta")
MEMBERS = ("one", "two", "three", "version", "pname")


@st.composite
def values(draw: st.DrawFn) -> str:
    """Give an expression, now and then one that does not fit."""
    reference = f"{draw(st.sampled_from(NAMES))}.{draw(st.sampled_from(MEMBERS))}"
    return draw(
        st.sampled_from(
            (
                '"a"',
                '"b"',
                "1",
                reference,
                f'f"{{{reference}}}-{{one}}"',
                f'if true then "c" else {reference}',
                f"[{reference}]",
                '{ from_env = "KEY" }',
                "two",
            )
        )
    )


@st.composite
def members(draw: st.DrawFn) -> str:
    name, value = draw(st.sampled_from(MEMBERS)), draw(values())
    rung = draw(st.sampled_from(("", "force ", "default ")))
    target = draw(st.sampled_from(NAMES))
    return draw(
        st.sampled_from(
            (
                f"option {name} : Str = {value}",
                f"option {name} : Str",
                f"{name} = {value}",
                f"{target}.{name} = {rung}{value}",
                f"{target}.{name} = {rung}{value}",
                'recipe = "std.autotools"',
                f"deps = [{target}.pname]",
            )
        )
    )


programs = st.lists(st.tuples(st.sampled_from(NAMES), members()), min_size=1, max_size=14)


def written(lines: Lines, files: int) -> tuple[list[tuple[str, bytes]], dict[str, int]]:
    """Write each member into a block of its own, blocks dealt out over files.

    Also returns the number of each line: "file:line" -> its place in `lines`.
    """
    texts: list[list[str]] = [[] for _ in range(files)]
    places: dict[str, int] = {}
    for number, (module, text) in enumerate(lines):
        file = number % files
        texts[file].append(f"module {module} {{ {text} }}")
        places[f"f{file}.pcl:{len(texts[file])}"] = number
    return [(f"f{at}.pcl", "\n".join(one).encode()) for at, one in enumerate(texts)], places


def facts(checked: Checked, places: dict[str, int]) -> set[tuple[str, str, frozenset[int | str]]]:
    """Return each error as (code, severity, sites); a site is a member's number or a module."""
    sources = {source.name: source for source in checked.sources}

    def site(span: Span) -> int | str:
        before = checked.texts[span.file][: span.start]
        if before.endswith("module "):
            return checked.texts[span.file][span.start : span.end]
        place = sources[span.file].place(span.start)
        return places[f"{place.file}:{place.line}"]

    return {
        (
            str(found.code),
            found.severity,
            frozenset(
                site(span)
                for span in (found.span, *(note.span for note in found.notes))
                if span is not None
            ),
        )
        for found in checked.diagnostics
    }


@tried(40)
@given(programs, st.integers(0, 2**32), st.integers(1, 3))
def test_order_changes_nothing(lines: Lines, seed: int, files: int) -> None:
    first, places = written(lines, 1)
    expected = check(first, VOCABULARY)
    numbered = list(enumerate(lines))
    random.Random(seed).shuffle(numbered)
    second, moved = written([line for _, line in numbered], files)
    actual = check(second, VOCABULARY)
    original = {place: numbered[at][0] for place, at in moved.items()}
    assert facts(actual, original) == facts(expected, places)
    assert actual.program == expected.program


def module_text(name: str, lines: list[str]) -> str:
    return "\n".join((f"module {name} {{", *lines, "}"))


def test_one_block_and_many_are_the_same_program() -> None:
    lines = ['recipe = "std.autotools"', "option n : Str = alpha.version", 'version = "1"']
    whole = check([("a.pcl", module_text("alpha", lines).encode())], VOCABULARY)
    parts = "\n".join(module_text("alpha", [line]) for line in reversed(lines))
    split = check([("a.pcl", parts.encode())], VOCABULARY)
    assert isinstance(whole.program, Program)
    assert whole.program == split.program
