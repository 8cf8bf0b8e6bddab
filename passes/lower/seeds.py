"""What a package starts from besides sources, found in its values.

In: the fields of a package module. Out: its `Seed`s, each with the value that says
so, and whether the package asks for sources alone. Which seeds are allowed is the
business of `bootstrap`.
"""

import re
from collections.abc import Iterator

from ...ir.package import Seed
from ...ir.text import Text, fill
from ...ir.value import RecordValue, get, plain, texts
from .read import Fields

__all__ = ["is_source_only", "seeds_of"]

BREW = r"\bbrew(?:\s|\\\n)+--prefix\b"
"""Shell text that asks Homebrew where it has put something."""

TEXTS = ("env", "recipeArgs", "source", "vendor")
"""The members of a package whose texts reach its build."""


def seeds_of(fields: Fields) -> Iterator[Seed]:
    """Yield the seeds of one package."""
    if fields.text("recipe") == "std.binary":
        yield Seed("binary", fields.span_of("recipe"))
    if fields.flag("network"):
        yield Seed("network", fields.span_of("network"))
    for name in filter(fields.gives, TEXTS):
        for value in texts(fields.record(name)):
            if _asks_brew(value.text):
                yield Seed("brew", value.span)


def _asks_brew(text: Text) -> bool:
    named = any(isinstance(part, str) and "brew" in part for part in text)  # few texts do
    return named and re.search(BREW, fill(text, lambda _: "x")) is not None


def is_source_only(fields: Fields) -> bool:
    """Whether a package says `meta.bootstrap_policy = "source-only"`."""
    meta = fields.find("meta")
    policy = get(meta, "bootstrap_policy") if isinstance(meta, RecordValue) else None
    return policy is not None and plain(policy) == "source-only"
