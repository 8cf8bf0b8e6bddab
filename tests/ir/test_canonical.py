"""The canonical byte form: known answers, and what has none."""

import base64
import json
from typing import Any

import pytest
from blake3 import blake3
from hypothesis import given
from hypothesis import strategies as st

from punix.ir.canonical import MAGIC, Tree, base32, digest, digest_bytes, encode
from punix.ir.derivation import store_name
from punix.ir.names import Digest, ModuleName, PackageName, StoreName, Version
from punix.ir.package import LocalSource, NoSource
from punix.ir.span import Span
from punix.ir.text import LiveFolder, Out, Secret, StorePath, Variable

TREES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=3)
    ),
)

HELLO = ModuleName("Hello")


@pytest.mark.parametrize(
    ("tree", "body"),
    [
        (None, "null"),
        (False, "false"),
        (True, "true"),
        (0, "0"),
        (-12, "-12"),
        (2**70, "1180591620717411303424"),
        ("", '""'),
        ("é\u2028", '"é\u2028"'),
        ('"\\/\b\f\n\r\t', '"\\"\\\\/\\b\\f\\n\\r\\t"'),
        ("\0\x1f\x7f", '"\\u0000\\u001f\x7f"'),
        ([], "[]"),
        ((1, ["a"]), '[1,["a"]]'),
        ({}, "{}"),
        ({"b": 1, "a": {"é": None, "z": []}, "B": 2}, '{"B":2,"a":{"z":[],"é":null},"b":1}'),
        (Out(HELLO), '["out","Hello"]'),
        (LiveFolder(), '["live-folder"]'),
        (Secret("from_env", "PW"), '["secret","from_env","PW"]'),
        (
            Variable("A", ("x", Out(HELLO)), Span("f", 1, 2)),
            '["variable","A",["x",["out","Hello"]]]',
        ),
    ],
)
def test_bytes(tree: Tree, body: str) -> None:
    assert encode(tree) == b"PCB1\n\0" + body.encode()


def test_digests() -> None:
    tree: Tree = {"name": "hello", "inputs": [1, 2]}
    document = b'PCB1\n\0{"inputs":[1,2],"name":"hello"}'
    assert (
        digest_bytes(tree, "a context") == blake3(document, derive_key_context="a context").digest()
    )
    assert digest(tree, "a context") == KNOWN
    assert digest(tree, "another") != digest(tree, "a context")


def test_a_store_name_is_made_from_what_its_specification_lists() -> None:
    document = (
        b'PCB1\n\0["hello","1.0","x86_64-linux","std.shell",1,'
        b'["make\\n",["store-path","%s-lib-2"]],[["variable","A",["b"]]],'
        b'["local-source","%s",[]],["no-source"],["%s-lib-2"],false]'
    ) % (b"a" * 32, b"ab" * 32, b"a" * 32)
    key = blake3(document, derive_key_context="punix 2026-11-23 derivation v1").digest()
    span = Span("f", 1, 2)
    lib = StoreName(f"{'a' * 32}-lib-2")
    name = store_name(
        pname=PackageName("hello"),
        version=Version("1.0"),
        system="x86_64-linux",
        recipe="std.shell",
        recipe_version=1,
        script=("make\n", StorePath(lib)),
        environment=(Variable("A", ("b",), span),),
        source=LocalSource(Digest("ab" * 32), "src", ("*.o",), span),
        vendor=NoSource(),
        inputs=(lib,),
        network=False,
        source_only=False,
    )
    assert name == f"{base64.b32encode(key[:20]).decode().lower()}-hello-1.0"
    assert name == "qdqi3chvo54xmnhbexmxmj4eoiqfdggt-hello-1.0"


KNOWN = "e076cd04cc7bb5ab5c52d79ba99dbd8ac178b5818cecd5d984f6d8c16907eb08"


@given(TREES)
def test_the_bytes_are_json_of_the_tree(tree: Tree) -> None:
    text = encode(tree).decode()
    assert text.startswith(MAGIC)
    assert json.loads(text.removeprefix(MAGIC)) == tree


@given(
    st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), st.integers(), max_size=5)
)
def test_the_order_of_entries_is_no_matter(table: dict[str, int]) -> None:
    assert encode(table) == encode(dict(reversed(table.items())))


@pytest.mark.parametrize("tree", [b"a", {1}, object(), Span, float("nan"), [float("inf")]])
def test_what_has_no_form(tree: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        encode(tree)


def test_surrogates_have_no_form() -> None:
    with pytest.raises(UnicodeEncodeError):
        encode("\ud800")


@given(st.binary(min_size=20, max_size=20))
def test_base32_is_that_of_the_rfc(data: bytes) -> None:
    assert base32(data) == base64.b32encode(data).decode().lower()
