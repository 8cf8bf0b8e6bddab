"""The one byte form of a plain tree, and the identities made from it.

Canonical bytes, version 1
--------------------------
A document is the six bytes `PCB1` LF `\\0`, followed by one value:

    null     n
    false    f
    true     t
    integer  i <decimal digits, '-' in front if negative, no leading zero> ;
    text     s <number of UTF-8 bytes, decimal> : <the bytes>
    list     l <number of items, decimal> : <the items>
    map      m <number of entries, decimal> : <entries: a text, a value>

The entries of a map are sorted by the bytes of their keys, and keys are unique.
Text is Unicode without surrogates. There are no floats. Every value has exactly
one form and no form is the beginning of another, so equal bytes mean equal trees.

Identities are blake3 over such bytes in derive-key mode; the context says what
is named, so that a derivation can never collide with a source tree.
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from blake3 import blake3

from .names import Digest

__all__ = ["MAGIC", "Tree", "base32", "digest", "digest_bytes", "encode"]

Tree: TypeAlias = None | bool | int | str | Sequence["Tree"] | Mapping[str, "Tree"]

MAGIC = "PCB1\n\0"


def encode(tree: Tree) -> bytes:
    """Return the canonical bytes of a tree.

    Raises TypeError for a value that is no tree, UnicodeEncodeError for surrogates.
    """
    pieces = [MAGIC]
    _write(tree, pieces.append)
    return "".join(pieces).encode("utf-8")


def _write(tree: Tree, put: Callable[[str], None]) -> None:
    if isinstance(tree, str):
        size = len(tree) if tree.isascii() else len(tree.encode("utf-8"))
        put(f"s{size}:")
        put(tree)
    elif tree is None:
        put("n")
    elif tree is True:
        put("t")
    elif tree is False:
        put("f")
    elif isinstance(tree, int):
        put(f"i{tree};")
    elif isinstance(tree, list | tuple):
        put(f"l{len(tree)}:")
        for item in tree:
            _write(item, put)
    elif isinstance(tree, dict):
        put(f"m{len(tree)}:")
        for key in sorted(tree):
            _write(key, put)
            _write(tree[key], put)
    else:
        raise TypeError(f"{type(tree).__name__} has no canonical form")


def digest_bytes(tree: Tree, context: str) -> bytes:
    """Return the 32 bytes of the identity of a tree under a context."""
    return blake3(encode(tree), derive_key_context=context).digest()


def digest(tree: Tree, context: str) -> Digest:
    """Return the identity of a tree under a context as hexadecimal digits."""
    return Digest(blake3(encode(tree), derive_key_context=context).hexdigest())


def base32(data: bytes) -> str:
    """RFC 4648 base32 in lower case, without padding."""
    return base64.b32encode(data).decode("ascii").rstrip("=").lower()
