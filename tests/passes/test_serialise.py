"""Data files: what a reader of the format finds is what the program says."""

import json
import tomllib
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from programs import SPAN, module, program, value

from punix.ir.depth import deep
from punix.ir.diagnostics import ProgramError
from punix.ir.names import AbsPath, ModuleName
from punix.ir.text import Out, Secret, fill
from punix.ir.value import ArtifactValue, ListValue, RecordValue, TextValue
from punix.passes.lower.lower import Lower
from punix.passes.lower.serialise import FORMATS, DataFormat, serialise
from punix.recipes.registry import RECIPES

READERS: dict[DataFormat, Callable[[str], Any]] = {
    "json": json.loads,
    "toml": tomllib.loads,
    "yaml": yaml.safe_load,
}
PATH = "/srv/store/aaaa-hello_x+y-1.0"
HELLO = Out(ModuleName("Hello"))

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [
        "no",
        "1e3",
        "0x1",
        "null",
        "~",
        "2026-01-01",
        "",
        " a ",
        "- a",
        "a: b #",
        "symbol0x0z",
        "\x85",
    ]
)
SYMBOLIC = st.lists(TEXTS | st.just(HELLO), max_size=3).map(tuple)
LABELS = st.from_regex(r"[A-Za-z_][A-Za-z0-9_-]{0,6}", fullmatch=True)
INTS = st.integers(-(2**63), 2**63 - 1)
VALUES = st.recursive(
    st.booleans() | INTS | SYMBOLIC,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(LABELS, inner, max_size=3),
    max_leaves=12,
)


def filled(plain: Any) -> Any:
    """What a reader should find."""
    if isinstance(plain, tuple):
        return "".join(PATH if part == HELLO else part for part in plain)
    if isinstance(plain, list):
        return [filled(item) for item in plain]
    return {key: filled(plain[key]) for key in plain} if isinstance(plain, dict) else plain


@pytest.mark.parametrize("data_format", FORMATS)
@given(plain=st.dictionaries(LABELS, VALUES, max_size=4))
def test_what_is_written_reads_back(data_format: DataFormat, plain: dict[str, Any]) -> None:
    text = serialise(value(plain), data_format)
    written = fill(text, lambda part: PATH if part == HELLO else "?")
    assert READERS[data_format](written) == filled(plain)
    assert written.endswith("\n")


EXAMPLE: Any = {
    "bind": {"host": "127.0.0.1", "port": 8080},
    "country": "no",
    "debug": False,
    "empty": [],
    "paths": [(HELLO, "/share"), ("a ", HELLO, " \"b\"\n"), ""],
    "rules": [{"allow": True, "net": "10.0.0.0/8"}, {"allow": False, "net": "::/0"}],
    "version": "1.10",
}  # fmt: skip


@pytest.mark.parametrize("data_format", FORMATS)
def test_golden(data_format: DataFormat, golden: Callable[[str, str], None]) -> None:
    golden(f"data/example.{data_format}", fill(serialise(value(EXAMPLE), data_format), str))


@pytest.mark.parametrize("plain", [3, "x", True, ["a"]])
def test_json_and_yaml_hold_any_value(plain: Any) -> None:
    for data_format in ("json", "yaml"):
        assert READERS[data_format](fill(serialise(value(plain), data_format), str)) == plain
    with pytest.raises(ProgramError, match=r"\[E1\] a TOML file holds a record"):
        serialise(value(plain), "toml")


def test_equal_records_in_yaml_have_no_anchors() -> None:
    same = value({"a": 1})
    assert "&" not in fill(serialise(ListValue((same, same), SPAN), "yaml"), str)


@pytest.mark.parametrize("data_format", FORMATS)
@pytest.mark.parametrize(
    ("what", "message"),
    [
        (TextValue((Secret("from_env", "X"),), SPAN), "cannot hold a secret"),
        (ArtifactValue("h", "n", SPAN), "cannot hold an artifact reference"),
    ],
)
def test_what_no_data_file_holds(data_format: DataFormat, what: Any, message: str) -> None:
    record = value({"a": 1})
    assert isinstance(record, RecordValue)
    inside = RecordValue((type(record.fields[0])(record.fields[0].label, what, SPAN),), SPAN)
    with pytest.raises(ProgramError, match=rf"dir/hello.pcl:1:1: error: \[E1\] .*{message}"):
        serialise(inside, data_format)


def test_toml_refuses_a_number_that_its_readers_do_not_take() -> None:
    with pytest.raises(ProgramError, match=r"\[E1\] 9223372036854775808 is more than TOML holds"):
        serialise(value({"a": 2**63}), "toml")
    assert json.loads(fill(serialise(value(2**63), "json"), str)) == 2**63


def test_nesting_of_the_languages_bound() -> None:
    nested: Any = 1
    for _ in range(480):
        nested = {"a": nested}
    files = [{"path": f"/etc/{one}", "format": one, "data": nested} for one in FORMATS]
    with deep():
        stack = module("S", {"backend": "systemd", "dataFiles": files})
        root = program([stack])
    assert len(Lower("x86_64-linux", "seeded", RECIPES).run(root).stacks[0].config_files) == 3


def test_a_stack_has_them_beside_its_config_files() -> None:
    conf = module("Conf", {"path": "/etc/b", "format": "json", "data": [HELLO], "mode": "0600"})
    hello = module("Hello", {"recipe": "std.shell", "recipeArgs": {"command": "true"}})
    stack = module(
        "S",
        {
            "backend": "systemd",
            "configFiles": [{"path": "/etc/c", "content": "x"}],
            "dataFiles": [{"path": "/etc/a", "format": "yaml", "data": {"a": 1}}, "Conf"],
        },
        ["Hello"],
    )
    lowered = Lower("x86_64-linux", "seeded", RECIPES).run(program([conf, hello, stack]))
    first, second, third = lowered.stacks[0].config_files
    assert (first.path, first.text) == (AbsPath("/etc/a"), ('"a": 1\n',))
    assert (second.text, second.mode) == (('[\n  "', HELLO, '"\n]\n'), 0o600)
    assert third.path == AbsPath("/etc/c")
