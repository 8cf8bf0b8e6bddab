"""An IR as JSON text that says which of its fields was damaged or changed.

In: a node. Out: what `codec.dumps` writes, and a last field `digests` with
blake3 of the text of each field, cut to 128 bits. Reading checks all of them
before it believes any. This finds damage and edits; it is no signature.

    {
    "punix": {"ir":"manifest","version":1},
    "stack": "HelloStack",
    …
    "digests": {"punix":"43a1…","stack":"07c2…",…}
    }
"""

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from blake3 import blake3

from ...ir.codec import CodecError, dumps, loads
from ...ir.node import Document

__all__ = ["Damaged", "OtherForm", "seal", "unseal", "unseal_fields"]

N = TypeVar("N", bound=Document)

# `dumps` begins each field on a line of its own, and no other line begins with a quote.
BEGIN, BETWEEN, END = '{\n"', ',\n"', "\n}\n"
SEALS = 'digests": '


class Damaged(ValueError):
    """A sealed text that is not as it was written; says which field."""


class OtherForm(Damaged):
    """A sealed text that is whole and has a form that this punix does not know."""


def seal(root: Document) -> bytes:
    """Write an IR with the digests of its fields."""
    fields = dumps(root).removeprefix(BEGIN).removesuffix(END).split(BETWEEN)
    digests = json.dumps({_name(field): _digest(field) for field in fields}, separators=(",", ":"))
    return f"{BEGIN}{BETWEEN.join([*fields, SEALS + digests])}{END}".encode()


def unseal(cls: type[N], data: bytes) -> N:
    """Read an IR and check its digests.

    Fields that it does not have yet, an older punix having written it, are as their defaults
    say. Raises Damaged for anything but what `seal` wrote, OtherForm for what that of another
    punix did.
    """
    fields, digests = _parted(data)
    _check(fields, digests)
    try:
        return loads(cls, f"{BEGIN}{BETWEEN.join(fields)}{END}")
    except CodecError as problem:
        raise OtherForm(f"another version of punix wrote it: {problem}") from None


def unseal_fields(data: bytes, *names: str) -> list[Any]:
    """Return some fields as JSON has them; raises Damaged where one of these was changed.

    No others are looked at, so that it takes no longer than reading JSON does.
    """
    text, _, seals = data.decode("utf-8", "replace").rpartition(BETWEEN + SEALS)
    fields = [_field(text, name) for name in names]
    for name, field in zip(names, fields, strict=True):
        if f'"{name}":"{_digest(field)}"' not in seals:
            raise Damaged(f"field {name!r} was changed")
    tree = json.loads(BEGIN + BETWEEN.join(fields) + END)
    return [tree[name] for name in names]


def _field(text: str, name: str) -> str:
    """Return a field as it is digested; something else if it is not there."""
    start = text.find(f'\n"{name}": ') + len('\n"')
    end = text.find(BETWEEN, start)
    return text[start:end] if end >= 0 else text[start:]


def _parted(data: bytes) -> tuple[list[str], dict[str, object]]:
    """Return the fields, and the digests that they should have."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Damaged("it is not UTF-8") from None
    body = text.removeprefix(BEGIN).removesuffix(END)
    *fields, last = body.split(BETWEEN)
    if len(text) - len(body) != len(BEGIN + END) or not last.startswith(SEALS):
        raise Damaged("it is cut off, or another version wrote it")
    try:
        digests = json.loads(last.removeprefix(SEALS))
    except (ValueError, RecursionError):
        digests = None
    if not isinstance(digests, dict):
        raise Damaged("field 'digests' was changed")
    return fields, digests


def _check(fields: list[str], digests: Mapping[str, object]) -> None:
    found = {_name(field): _digest(field) for field in fields}
    if len(found) != len(fields):
        raise Damaged("field 'digests' was changed")
    for name in sorted(found.keys() | digests.keys()):
        if found.get(name) != digests.get(name):
            raise Damaged(f"field {name!r} was {_what_happened(name, found, digests)}")


def _what_happened(name: str, found: Mapping[str, str], digests: Mapping[str, object]) -> str:
    if name not in found:
        return "removed"
    return "changed" if name in digests else "added"


def _name(field: str) -> str:
    return field.partition('"')[0]


def _digest(field: str) -> str:
    return blake3(field.encode()).hexdigest(16)
