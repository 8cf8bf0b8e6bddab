"""`punix service diff`: what is different between two generations.

In: the name of a stack and two numbers. Out: files with their changed lines, units, store
paths and secrets; the values of secrets are not shown.
"""

import difflib
from collections.abc import Iterator
from dataclasses import asdict

import click

from ...ir.manifest import Manifest
from ...runtime.deploy.records.compare import Changes, Difference, difference, text_of
from ...runtime.deploy.target.layout import Target, generation_name
from ...runtime.deploy.transaction.listing import show
from .. import options
from ..console import notice, say, write_json
from ..numbers import GenerationNumber
from .target import with_target

__all__ = ["diff"]


@click.command()
@options.stack
@click.argument("earlier", type=GenerationNumber(), metavar="A")
@click.argument("later", type=GenerationNumber(), metavar="[B]", required=False)
@with_target
@options.output_format("text", "json")
def diff(place: Target, earlier: int, later: int | None, style: str) -> None:
    """Show what is different between generations A and B of STACK; B is by default the live one."""
    both = show(place, earlier, notice), show(place, later, notice)
    found = difference(*both)
    if style == "json":
        write_json(_document(both, found))
        return
    for line in _lines(place, both, found):
        say(line)


def _document(both: tuple[Manifest, Manifest], found: Difference) -> dict[str, object]:
    earlier, later = both
    return {
        "version": 1,
        "stack": earlier.stack,
        "from": earlier.generation,
        "to": later.generation,
        **asdict(found),
    }


def _lines(place: Target, both: tuple[Manifest, Manifest], found: Difference) -> Iterator[str]:
    names = tuple(generation_name(one.generation) for one in both)
    if not found:
        yield f"{names[0]} and {names[1]} are alike"
        return
    for path in sorted({*found.files.added, *found.files.removed, *found.files.changed}):
        yield from _file(place, both, path)
    for what, changes in (
        ("unit", found.units),
        ("store path", found.store_paths),
        ("secret", found.secrets),
    ):
        yield from _named(what, changes)


def _file(place: Target, both: tuple[Manifest, Manifest], path: str) -> Iterator[str]:
    texts = [text_of(place, one, path) for one in both]
    sides = [f"{generation_name(one.generation)}{path}" for one in both]
    had = [any(file.path == path for file in one.files) for one in both]
    if any(has and text is None for has, text in zip(had, texts, strict=True)):
        yield f"{path}: changed, and its text cannot be shown"
        return
    before, after = [(text or "").splitlines() for text in texts]
    old, new = (side if has else "/dev/null" for side, has in zip(sides, had, strict=True))
    lines = list(difflib.unified_diff(before, after, old, new, lineterm=""))
    yield from lines or [f"{path}: same text; mode, owner or kind changed"]


def _named(what: str, changes: Changes) -> Iterator[str]:
    for sign, names in (("+", changes.added), ("~", changes.changed), ("-", changes.removed)):
        for name in names:
            yield f"{sign} {what} {name}"
