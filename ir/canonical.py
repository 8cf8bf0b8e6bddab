r"""The one byte form of plain trees and nodes, and the identities made from it.

Canonical bytes, version 1
--------------------------
A document is the six bytes `PCB1` LF `\0`, followed by one value, written as JSON
(RFC 8259) in UTF-8 in exactly this way, without any white space:

    null, true, false   as they are
    integer             decimal digits, `-` in front if negative, no leading zero, no `-0`
    text                in quotes; `\"` `\\` `\b` `\f` `\n` `\r` `\t` are escaped so, any
                        other character below U+0020 as `\u` and four lower-case
                        hexadecimal digits; everything else stands for itself
    list                `[` items `]`, with `,` between them
    map                 `{` entries `}`, with `,` between them: text `:` value; sorted by
                        the code points of their keys, which are unique
    node                the list of its tag and its compared fields, as they are declared

Text is Unicode without surrogates. There are no floats. Every tree has exactly one
form; a node and the list of its parts share theirs, no other two trees do.

This is RFC 8785 for trees without floats whose integers fit 53 bits and whose keys
are ASCII, so other tools can make it too; and the C encoder of the standard library
writes it three times as fast as Python writes a form of our own.

Identities are blake3 over such bytes in derive-key mode; the context says what
is named, so that a derivation can never collide with a source tree.
"""

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from blake3 import blake3

from .names import Digest
from .node import Node, compared

__all__ = ["MAGIC", "Tree", "base32", "digest", "digest_bytes", "encode"]

Tree: TypeAlias = bool | int | str | Node | Sequence["Tree"] | Mapping[str, "Tree"] | None

MAGIC = "PCB1\n\0"


_to_json = json.JSONEncoder(
    ensure_ascii=False,
    check_circular=False,
    allow_nan=False,
    sort_keys=True,
    separators=(",", ":"),
    default=compared,
).encode


def encode(tree: Tree) -> bytes:
    """Return the canonical bytes of a tree.

    Raises TypeError for what has no canonical form, UnicodeEncodeError for surrogates.
    (Floats and keys that are no texts are kept out by the types alone.)
    """
    return (MAGIC + _to_json(tree)).encode("utf-8")


def digest_bytes(tree: Tree, context: str) -> bytes:
    """Return the 32 bytes of the identity of a tree under a context."""
    return blake3(encode(tree), derive_key_context=context).digest()


def digest(tree: Tree, context: str) -> Digest:
    """Return the identity of a tree under a context as hexadecimal digits."""
    return Digest(blake3(encode(tree), derive_key_context=context).hexdigest())


ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
PAIRS = tuple(first + second for first in ALPHABET for second in ALPHABET)
SHIFTS = tuple(range(150, -1, -10))


def base32(data: bytes) -> str:
    """Return RFC 4648 base32 of 20 bytes, in lower case: 32 characters."""
    number = int.from_bytes(data, "big")
    return "".join([PAIRS[number >> shift & 1023] for shift in SHIFTS])
