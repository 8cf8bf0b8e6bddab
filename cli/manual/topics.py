"""The topics of the manual: codes, kinds of module, their fields, recipes and their arguments.

In: the table of codes with its pages, the schemas, the recipes. Out: a `Page` for
each topic, by name. What a schema says is said nowhere else.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ...ir.codes import Code
from ...ir.names import CheckedStr, Label
from ...ir.recipe import Recipe
from ...ir.schema.package import DOWNLOAD, PACKAGE, PATCH, SOURCES
from ...ir.schema.service import HARDENING_EXCEPTION, HEALTH, SERVICE, SOCKET, TIMER
from ...ir.schema.shape import (
    AnyShape,
    BoolShape,
    EitherShape,
    FieldSpec,
    IntShape,
    ListShape,
    MapShape,
    RecordShape,
    Schema,
    Shape,
    TaggedShape,
    TextShape,
)
from ...ir.schema.stack import CONFIG_FILE, DATA_FILE, FLEET, HOST, STACK, SYSTEM_USER
from ...recipes.fields import LINES, WORDS
from .page import Block, Page, Paragraph, Row, Rows, blocks_of

__all__ = ["KINDS", "codes", "fields_of", "kinds", "recipe_pages"]

PAGES = Path(__file__).parent / "pages"

KINDS: Mapping[str, Schema] = {
    "package": PACKAGE,
    "stack": STACK,
    "fleet": FLEET,
    "service": SERVICE,
    "health": HEALTH,
    "timer": TIMER,
    "socket": SOCKET,
    "systemUser": SYSTEM_USER,
    "hardeningException": HARDENING_EXCEPTION,
    "configFile": CONFIG_FILE,
    "dataFile": DATA_FILE,
    "host": HOST,
    **{f"source.{name}": schema for name, schema in SOURCES.items()},
    "patch": PATCH,
    "download": DOWNLOAD,
}
"""Kinds of module, and kinds of record inside them, by the name of their topic."""


def codes() -> dict[str, Page]:
    """Return the page of each code: its meaning, then cause, example and mend."""
    return {str(code): _of_code(code) for code in Code}


def _of_code(code: Code) -> Page:
    kept = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    return Page(f"{code}: {code.meaning}", blocks_of(kept))


def kinds() -> dict[str, Page]:
    """Return the page of each kind of module or record: what it is, and its fields."""
    sources = Paragraph(f"What a package is built from: {', '.join(SOURCES)}.")
    how = Paragraph("`type` says which; `punix explain source.local` says what a local one takes.")
    pages = {name: _of_schema(name, schema) for name, schema in KINDS.items()}
    pages["source"] = Page("source", (sources, how))
    return {name: pages[name] for name in sorted(pages, key=_large_first)}


def _large_first(name: str) -> tuple[int, str]:
    order = ("package", "stack", "fleet", "service", "configFile", "dataFile", "source")
    return order.index(name.partition(".")[0]) if name.partition(".")[0] in order else 9, name


def _of_schema(name: str, schema: Schema) -> Page:
    blocks: list[Block] = [Paragraph(schema.doc), Rows(tuple(map(_row, schema.fields)))]
    return Page(name, tuple(blocks))


def recipe_pages(recipes: Mapping[str, Recipe]) -> dict[str, Page]:
    """Return the page of each recipe: what it does, and its arguments."""
    return {name: _of_recipe(recipes[name]) for name in sorted(recipes)}


def _of_recipe(recipe: Recipe) -> Page:
    rows = Rows(tuple(map(_row, recipe.arguments.fields)))
    return Page(recipe.name, (Paragraph(recipe.doc), rows))


def fields_of(schemas: Mapping[str, Schema]) -> dict[str, Page]:
    """Return a page for each field of the schemas: `service.restart`."""
    return {
        f"{name}.{spec.name}": Page(f"{name}.{spec.name}", tuple(_about(spec)))
        for name, schema in schemas.items()
        for spec in schema.fields
    }


def _about(spec: FieldSpec) -> Iterator[Block]:
    yield Paragraph(f"{spec.doc[:1].upper()}{spec.doc[1:]}.")
    default = _default(spec)
    said = "It is required" if spec.required else f"Default: {default}" if default else ""
    yield Paragraph(f"Takes: {takes(spec.shape)}. {said}{'.' if said else ''}".rstrip())
    if spec.alias:
        yield Paragraph(f"Another name of it: {spec.alias}.")


def _row(spec: FieldSpec) -> Row:
    default = "required" if spec.required else _default(spec)
    return Row(spec.name, takes(spec.shape), default, spec.doc)


def _default(spec: FieldSpec) -> str:
    if isinstance(spec.default, bool):
        return str(spec.default).lower()
    if isinstance(spec.default, str):
        return f'"{spec.default}"'
    if spec.default is None:
        return ""
    if spec.default == ():
        return "[]" if isinstance(spec.shape, ListShape) or spec.shape == WORDS else "{}"
    return str(spec.default)


def takes(shape: Shape) -> str:
    """Say in words what a shape lets through."""
    if shape == WORDS:
        return "words"
    if shape == LINES:
        return "shell text"
    if isinstance(shape, TextShape):
        return _text(shape)
    if isinstance(shape, IntShape):
        return "Int" if shape.low is None else f"Int from {shape.low} to {shape.high}"
    if isinstance(shape, BoolShape | AnyShape):
        return "Bool" if isinstance(shape, BoolShape) else "any value"
    return _compound(shape)


def _compound(shape: ListShape | MapShape | RecordShape | TaggedShape | EitherShape) -> str:
    if isinstance(shape, ListShape):
        return f"list, each {takes(shape.item)}"
    if isinstance(shape, MapShape):
        named = "" if shape.rule is Label else f" by {_rule(shape.rule)}"
        return f"record{named}, each {takes(shape.item)}"
    if isinstance(shape, RecordShape):
        return f"a {shape.schema.name} record" if shape.schema else "arguments of the recipe"
    if isinstance(shape, TaggedShape):
        return f"record whose {shape.label} is {_or(list(shape.variants))}"
    return _or([takes(one) for one in shape.shapes])


def _text(shape: TextShape) -> str:
    if shape.choices:
        return _or([f'"{choice}"' for choice in shape.choices])
    if shape.names:
        return f"the name of a {shape.names}"
    if shape.rule is not None:
        return _rule(shape.rule)
    return "Str or secret" if shape.secret else "Str"


def _rule(rule: type[CheckedStr]) -> str:
    return rule.RULE


def _or(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
