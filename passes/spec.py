"""Pipelines as text: `dedup,prune{keep=Hello+World}`.

In: a text. Out: pass values, and back. The options of a pass are the fields of its
dataclass: Str, Int, Bool (`true`, `false`) and lists of Str (`a+b`). Fields of
other types have no text; the caller gives them by name.

    pipeline = pass { "," pass }
    pass     = name [ "{" option { "," option } "}" ]
    option   = field "=" value
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields
from typing import get_type_hints

from ..ir.spell import did_you_mean
from .manager import Pass, Pipeline
from .registry import PassType, load_pass

__all__ = ["BadSpec", "parse_spec", "render_spec"]

STEP = re.compile(r"\s*(?P<name>[A-Za-z][\w-]*+)\s*(?:\{(?P<options>[^{}]*+)\})?\s*(?P<end>,|\Z)")
WORD = re.compile(r"[^\s,{}=+]+")


class BadSpec(ValueError):
    """A text that is no pipeline; the message says where and why."""


def parse_spec(
    text: str,
    given: Mapping[str, object] | None = None,
    load: Callable[[str], PassType] = load_pass,
) -> Pipeline:
    """Read a pipeline; `given` has values for fields that the text leaves out.

    Raises BadSpec, and BadRegistry for an unknown pass.
    """
    return tuple(
        _make(load(name), name, options, given or {}) for name, options in _split_steps(text)
    )


def _split_steps(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    end = ","
    while end == ",":
        match = STEP.match(text, at)
        if match is None:
            raise BadSpec(f"cannot read '{text[at : at + 40]}' as NAME or NAME{{FIELD=VALUE,…}}")
        yield match["name"], match["options"] or ""
        at, end = match.end(), match["end"]


def _make(kind: PassType, name: str, options: str, given: Mapping[str, object]) -> Pass:
    entries = {entry.name: entry for entry in fields(kind)}
    hints = get_type_hints(kind)
    values = {key: value for key, value in given.items() if key in entries}
    for key, value in _split_options(name, options):
        if key not in entries:
            hint = did_you_mean(key, entries)
            raise BadSpec(f"pass '{name}' has no option '{key}'" + (f"; {hint}" if hint else ""))
        values[key] = _read(f"option '{key}' of pass '{name}'", hints[key], value)
    for key, entry in entries.items():
        if key not in values and entry.default is MISSING and entry.default_factory is MISSING:
            raise BadSpec(f"pass '{name}' needs '{key}'")
    return kind(**values)


def _split_options(name: str, options: str) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for option in options.split(",") if options.strip() else ():
        key, equals, value = (part.strip() for part in option.partition("="))
        if not equals or not key:
            raise BadSpec(f"pass '{name}': '{option.strip()}' is not FIELD=VALUE")
        if key in seen:
            raise BadSpec(f"pass '{name}': '{key}' twice")
        seen.add(key)
        yield key, value


def _read(what: str, hint: object, text: str) -> object:
    if hint is bool and text in ("true", "false"):
        return text == "true"
    if hint is int and re.fullmatch(r"-?[0-9]{1,18}", text):
        return int(text)
    if hint is str and WORD.fullmatch(text):
        return text
    if hint in (tuple[str, ...], tuple[str, ...] | None):
        words = text.split("+") if text else []
        if all(WORD.fullmatch(word) for word in words):
            return tuple(words)
    raise BadSpec(f"{what} cannot be '{text}'")


def render_spec(pipeline: Pipeline) -> str:
    """Write a pipeline so that `parse_spec` reads it back; fields without a text are left out."""
    return ",".join(_render(step) for step in pipeline)


def _render(step: Pass) -> str:
    options = []
    for entry in fields(step):
        value = getattr(step, entry.name)
        text = _write(value)
        if text is not None and value != entry.default:
            options.append(f"{entry.name}={text}")
    return f"{step.name}{{{','.join(options)}}}" if options else step.name


def _write(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | str):
        return str(value)
    if isinstance(value, tuple):
        return "+".join(map(str, value))
    return None
