"""The shapes and fields that the argument schemas of recipes are made of.

In: a name, a shape, a sentence. Out: `FieldSpec`s, each with its camelCase alias.
"""

import re

from ..ir.names import VariableName
from ..ir.schema.shape import (
    BoolShape,
    Default,
    EitherShape,
    FieldSpec,
    ListShape,
    MapShape,
    Schema,
    Shape,
    TextShape,
)

__all__ = [
    "COMMON",
    "DEPENDENCIES",
    "DEPENDENCY",
    "ENV",
    "FLAG",
    "LINES",
    "NAMES",
    "SRC_DIR",
    "WORD",
    "WORDS",
    "argument",
    "arguments",
]

WORD = TextShape(symbolic=True)
"""A text that reaches a tool as one word."""

WORDS = EitherShape((ListShape(WORD), WORD))
"""Words, one an element; a single text is split as a shell would."""

LINES = EitherShape((WORD, ListShape(WORD)))
"""Shell text; the elements of a list are lines."""

FLAG = BoolShape()

DEPENDENCIES = ListShape(TextShape(symbolic=True, names="dependency"))
"""Packages: `X.out`, `X.pname` or a pname."""


DEPENDENCY = TextShape(symbolic=True, names="dependency")
"""One such package."""

NAMES = MapShape(WORD)
"""Names of programs, each with a text."""


def argument(
    name: str, shape: Shape, doc: str, *, required: bool = False, default: Default | None = None
) -> FieldSpec:
    """Make a field; its alias is its name in camelCase if that differs."""
    alias = re.sub(r"_([a-z])", lambda found: found[1].upper(), name)
    return FieldSpec(name, shape, doc, required, default, alias if alias != name else None)


def arguments(recipe: str, doc: str, *fields: FieldSpec) -> Schema:
    """Make the argument schema of a recipe."""
    return Schema(recipe, doc, fields)


SRC_DIR = argument(
    "src_dir", WORD, "folder of the source to build in; without it, the sole top folder if any"
)
ENV = argument("env", MapShape(WORD, VariableName), "variables to export", default=())
COMMON = (
    SRC_DIR,
    ENV,
    argument("pre_build", LINES, "shell text to run before the build"),
    argument("post_install", LINES, "shell text to run after the installation"),
    argument(
        "rpath",
        FLAG,
        "let programs find the libraries of the package and of its dependencies; takes patchelf",
        default=False,
    ),
)
"""What every recipe takes that does more than run one command."""
