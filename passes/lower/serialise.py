"""Values of a program as the text of a data file: JSON, YAML or TOML.

In: a value and a format. Out: symbolic text that a reader of the format takes for
exactly that value. The libraries of the formats write it: while they do, a mark of
letters and digits stands for each symbolic part, inside a quoted string. What replaces
it, a store path, has no character that any of the three escapes.

Labels are sorted, so one value has one text.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias

from ...ir.names import shorten
from ...ir.text import Secret, Symbol, Text, join
from ...ir.value import (
    ArtifactValue,
    BoolValue,
    IntValue,
    ListValue,
    RecordValue,
    TextValue,
    Value,
)
from .read import misfit

__all__ = ["FORMATS", "DataFormat", "serialise"]

DataFormat: TypeAlias = Literal["json", "toml", "yaml"]
FORMATS: tuple[DataFormat, ...] = ("json", "toml", "yaml")
Plain: TypeAlias = bool | int | str | list[Any] | dict[str, Any]

TOML_INT = range(-(2**63), 2**63)
"""What every reader of TOML takes for an integer (TOML 1.0, "Integer")."""


def serialise(value: Value, data_format: DataFormat) -> Text:
    """Write a value; raises ProgramError (E1) for what no data file, or not this one, can hold."""
    if data_format == "toml":
        _check_toml(value)
    marks = _Marks(value)
    written = WRITERS[data_format](_plain(value, marks))
    return marks.replaced(written if written.endswith("\n") else f"{written}\n")


class _Marks:
    """Stand-ins for symbolic parts: texts that occur nowhere else in the value."""

    def __init__(self, value: Value) -> None:
        literals = [
            part
            for node in value.walk()
            if isinstance(node, TextValue)
            for part in node.text
            if isinstance(part, str)
        ]
        stem, number = "symbol0x", 0
        while any(stem in literal for literal in literals):
            number += 1
            stem = f"symbol{number}x"
        self._stem = stem
        self._symbols: list[Symbol] = []

    def mark(self, part: Symbol) -> str:
        """Return the stand-in for a part."""
        self._symbols.append(part)
        return f"{self._stem}{len(self._symbols) - 1}z"

    def replaced(self, written: str) -> Text:
        """Put the parts back where their stand-ins are."""
        pieces = re.split(rf"{self._stem}(\d+)z", written)
        return join(
            self._symbols[int(piece)] if at % 2 else piece for at, piece in enumerate(pieces)
        )


def _plain(value: Value, marks: _Marks) -> Plain:
    """Return a value as Python has it."""
    if isinstance(value, RecordValue):
        return {str(field.label): _plain(field.value, marks) for field in value.fields}
    if isinstance(value, ListValue):
        return [_plain(item, marks) for item in value.items]
    if isinstance(value, BoolValue | IntValue):
        return value.value
    if isinstance(value, ArtifactValue):
        raise misfit("a data file cannot hold an artifact reference", value.span)
    if any(isinstance(part, Secret) for part in value.text):
        hint = "a service has it in its 'environment' or as one of its 'credentials'"
        raise misfit("a data file cannot hold a secret", value.span, hint=hint)
    return "".join(part if isinstance(part, str) else marks.mark(part) for part in value.text)


def _check_toml(value: Value) -> None:
    if not isinstance(value, RecordValue):
        hint = "write { name = … }, or take another format"
        raise misfit("a TOML file holds a record, and this is none", value.span, hint=hint)
    for node in value.walk():
        if isinstance(node, IntValue) and node.value not in TOML_INT:
            raise misfit(f"{shorten(str(node.value))} is more than TOML holds", node.span)


def _json(tree: Plain) -> str:
    return json.dumps(tree, ensure_ascii=False, indent=2)


def _toml(tree: Plain) -> str:
    import tomli_w  # only who has such a file pays

    assert isinstance(tree, dict), "_check_toml has seen to it"
    return tomli_w.dumps(tree)


def _yaml(tree: Plain) -> str:
    import yaml  # 20 ms: as above

    class Dumper(yaml.SafeDumper):
        """Texts in quotes, or a reader may take one for a number; no anchors."""

        def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002  # yaml's signature
            return True

    def quoted(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')

    Dumper.add_representer(str, quoted)
    return str(
        yaml.dump(tree, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=float("inf"))
    )


WRITERS: Mapping[DataFormat, Callable[[Plain], str]] = {
    "json": _json,
    "toml": _toml,
    "yaml": _yaml,
}
