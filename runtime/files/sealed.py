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

__all__ = ["Damaged", "OtherForm", "seal", "unseal", "unseal_field"]

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


def unseal_field(data: bytes, name: str) -> Any:
    """Return one field as JSON has it; no other is checked. Raises Damaged as `unseal` does."""
    fields, digests = _parted(data)
    for field in fields:
        if _name(field) == name:
            _check([field], {name: digests.get(name)})
            return json.loads(BEGIN + field + END)[name]
    raise Damaged(f"field {name!r} was removed")


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
