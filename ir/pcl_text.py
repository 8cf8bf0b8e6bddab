"""A value as a program would write it.

In: an evaluated value. Out: PCL text. A secret is shown as its reference; symbolic
text as an f-string.
"""

from .text import Bytes, LiveFolder, Out, Part, Secret, StorePath, Text
from .value import ArtifactValue, BoolValue, IntValue, ListValue, RecordValue, TextValue, Value

__all__ = ["pcl_text"]

WIDTH = 100
ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def pcl_text(value: Value, indent: int = 0, used: int = 0) -> str:
    """Write a value: on one line if it fits beside `used` characters, else one item a line.

    `indent` is the column at which the lines that follow stand.
    """
    flat = _flat(value)
    if indent + used + len(flat) <= WIDTH or not isinstance(value, ListValue | RecordValue):
        return flat
    pad = " " * (indent + 2)
    if isinstance(value, ListValue):
        rows = [f"{pad}{pcl_text(item, indent + 2, 1)}," for item in value.items]
        return "\n".join(["[", *rows, f"{' ' * indent}]"])
    rows = [
        f"{pad}{field.label} = {pcl_text(field.value, indent + 2, len(field.label) + 3)}"
        for field in value.fields
    ]
    return "\n".join(["{", *rows, f"{' ' * indent}}}"])


def _flat(value: Value) -> str:
    if isinstance(value, BoolValue):
        return "true" if value.value else "false"
    if isinstance(value, IntValue):
        return str(value.value)
    if isinstance(value, ArtifactValue):
        host, name = _quoted(value.host), _quoted(value.name)
        return f"{{ artifact = {{ host = {host} name = {name} }} }}"
    if isinstance(value, ListValue):
        return f"[{', '.join(_flat(item) for item in value.items)}]"
    if isinstance(value, RecordValue):
        inner = " ".join(f"{field.label} = {_flat(field.value)}" for field in value.fields)
        return f"{{ {inner} }}" if inner else "{}"
    return _text(value)


def _text(value: TextValue) -> str:
    text: Text = value.text
    if len(text) == 1 and not isinstance(text[0], str):
        return _symbol(text[0])
    if all(isinstance(part, str) for part in text):
        return _quoted("".join(part for part in text if isinstance(part, str)))
    return f'f"{"".join(_filled(part) for part in text)}"'


def _filled(part: Part) -> str:
    if isinstance(part, str):
        return _quoted(part)[1:-1].replace("{", "{{")
    return f"{{{_symbol(part)}}}"


def _symbol(part: Part) -> str:
    if isinstance(part, Secret):
        return f"{{ {part.origin} = {_quoted(part.key)} }}"
    if isinstance(part, Out):
        return f"{part.module}.out"
    if isinstance(part, StorePath):
        return str(part.name)
    if isinstance(part, Bytes):
        return f"{len(part.data) * 3 // 4} bytes"
    assert isinstance(part, LiveFolder)
    return "live"


def _quoted(text: str) -> str:
    return f'"{"".join(_escaped(char) for char in text)}"'


def _escaped(char: str) -> str:
    plain = char.isprintable() or char in ESCAPES
    return ESCAPES.get(char, char) if plain else f"\\u{{{ord(char):x}}}"
