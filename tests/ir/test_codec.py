"""Every IR, written and read back; and what is refused."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nodes import nodes
from programs import Plain, module, program, tutorial

from examples import tried
from punix.ir.codec import CodecError, dumps, envelope, from_tree, identity, loads, to_tree
from punix.ir.depth import MAX_NESTING, deep
from punix.ir.dump import render
from punix.ir.program import Program
from punix.ir.span import Source
from punix.ir.stages import ROOTS, load_any
from punix.ir.text import Out, Secret


@pytest.mark.parametrize("name", ROOTS)
@tried(20)
@given(data=st.data())
def test_json_and_dump_give_the_same_ir_back(name: str, data: st.DataObject) -> None:
    root = data.draw(nodes(ROOTS[name]))
    for text in (dumps(root), render(envelope(root))):
        again = load_any(text)
        assert again == root
        assert to_tree(again) == to_tree(root)  # spans are not compared, but kept
        assert identity(again) == identity(root)


def test_equal_nodes_have_equal_digests_whatever_their_spans() -> None:
    program = tutorial()
    moved = dumps(program).replace("dir/hello.pcl", "elsewhere.pcl")
    assert moved != dumps(program)
    assert identity(loads(Program, moved)) == identity(program)


def broken(change: Any) -> str:
    tree = json.loads(dumps(tutorial()))
    change(tree)
    return json.dumps(tree)


def member(tree: Any) -> Any:
    return tree["modules"][0]["members"][0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda tree: tree.pop("punix"), "no punix header"),
        (lambda tree: tree["punix"].update(ir="plan"), "unknown field"),
        (lambda tree: tree["punix"].update(ir="plam"), "unknown IR 'plam'"),
        (lambda tree: tree["punix"].update(version=2), "punix.version: 2, this tool reads 1"),
        (lambda tree: tree.update(extra=1), "unknown field 'extra'"),
        (lambda tree: tree.pop("modules"), "missing field 'modules'"),
        (lambda tree: tree.update(modules={}), ".modules: not a list"),
        (lambda tree: tree.update(scenario=1), ".scenario: int does not fit here"),
        (lambda tree: tree["modules"][0].update(kind="pakage"), "not one of 'package'"),
        (lambda tree: tree["modules"][0].update(name="9"), "is not a module name"),
        (lambda tree: tree["modules"][0].update(name=True), "not a str"),
        (lambda tree: tree["modules"][0].update(span=["f", 2, 1]), "not a span"),
        (lambda tree: tree["modules"][0].update(span=["f", True, 2]), "not a span"),
        (lambda tree: member(tree)["value"].update(tag="bool"), "unknown tag 'bool'"),
        (lambda tree: member(tree).update(value=None), "NoneType does not fit"),
        (lambda tree: tree["sources"][0].update(lines=["0"]), "not a int"),
        (lambda tree: tree["sources"][0].update(name="a\ud800"), "not Unicode text"),
    ],
)
def test_what_is_no_program(change: Any, message: str) -> None:
    with pytest.raises(CodecError, match=message.replace("[", r"\[")):
        load_any(broken(change))


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "null", '{"punix": 1}', '{"punix": {"ir": []}}', '{"a": 1.5}'),
        *('{"punix": {"ir": "program", "ir": "plan"}}', '{"a": NaN}', "{" + '"a":[' * 100_000),
        *("punix", "punix program", "punix program 1", "punix program 1 modules = [", "punix 1 1"),
        *("punix program 1 scenario = null scenario = null", 'punix program 1 scenario = "\ud800"'),
        *("punix program 1 modules = " + "[" * 100_000, "punix program 1 modules = [ @ ]"),
        "punix program 1 modules = [] digests = [] sources = [] scenario = null }",
    ],
)
def test_what_is_no_ir(text: str) -> None:
    with pytest.raises(CodecError):
        load_any(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(JSON)
def test_any_json_is_a_node_or_a_located_error(tree: Any) -> None:
    for kind in (Out, Secret, Program):
        with pytest.raises(CodecError):
            from_tree(kind, tree)


@given(st.text())
def test_any_text_is_an_ir_or_a_located_error(text: str) -> None:
    with pytest.raises(CodecError):
        load_any("punix program 1 " + text)


def test_a_value_of_the_deepest_nesting_round_trips() -> None:
    value: Plain = 1
    for _ in range(MAX_NESTING - 1):
        value = [value]
    with deep():
        root = program([module("Deep", {"value": value})])
    for text in (dumps(root), render(envelope(root))):
        assert dumps(load_any(text)) == dumps(root)
        assert identity(load_any(text)) == identity(root)


def test_a_table_of_lines_that_is_empty_gives_a_place() -> None:
    assert str(Source("a.pcl", ()).place(4)) == "a.pcl:1:5"
