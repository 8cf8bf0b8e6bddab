"""The text by which the results of a `for` are sorted.

In: a value. Out: its JSON with sorted keys, escaped to ASCII.
"""

import json

from ...ir.text import Out, Part, Secret
from ...ir.value import ArtifactValue, ListValue, RecordValue, TextValue, Value, plain

__all__ = ["json_text"]


def json_text(value: Value) -> str:
    """Write a value as JSON; equal values and no others have equal texts."""
    return json.dumps(_tree(value), sort_keys=True, ensure_ascii=True)


def _tree(value: Value) -> object:
    if isinstance(value, TextValue):
        text = plain(value)
        return {"text": [_part(part) for part in value.text]} if text is None else text
    if isinstance(value, RecordValue):
        return {field.label: _tree(field.value) for field in value.fields}
    if isinstance(value, ListValue):
        return [_tree(item) for item in value.items]
    if isinstance(value, ArtifactValue):
        return {"artifact": {"host": value.host, "name": value.name}}
    return value.value


def _part(part: Part) -> object:
    if isinstance(part, Secret):
        return {part.origin: part.key}
    return {"out": part.module} if isinstance(part, Out) else str(part)
