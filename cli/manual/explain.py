"""`punix explain`: the manual, page by page, offline.

In: the name of a topic: a code, a kind of module, a field, a recipe, a directive. Out: its page
as plain text; `--markdown` writes the reference pages of the documentation.
"""

import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from ...ir.spell import Speller
from ...recipes.registry import RECIPES
from ...runtime.files.fs import write_file
from ..compiling.recipe_files import recipes
from .directives import directives
from .page import Block, Code, Page, Paragraph
from .topics import KINDS, codes, fields_of, kinds, recipe_pages

__all__ = ["explain"]

WIDEST = 100

HEADS = {
    "codes": (
        "Error codes",
        "`punix explain E4` shows the section of a code. The first program of a section gives\n"
        "its error; a second one is how it may be mended. A number that is missing was never\n"
        "given.",
    ),
    "kinds": (
        "Kinds of module and their fields",
        "`punix explain service` shows a section, `punix explain service.restart` one field. The\n"
        "record in which a field stands is named by its section.",
    ),
    "recipes": (
        "Recipes and their arguments",
        "`punix explain std.make` shows a section. [How recipes build](../recipes.md) says what\n"
        "words and shell text are. Each name may be written in camelCase as well.",
    ),
    "directives": (
        "Directives of the hardening levels",
        "`punix explain PrivateTmp` shows a section. [Hardening](../hardening.md) says what\n"
        "levels and exceptions are.",
    ),
}


def _begun(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """Complete a topic for the shell."""
    return sorted(name for name in _topics() if name.startswith(begun))


@click.command()
@click.argument("topic", nargs=-1, metavar="[TOPIC]", shell_complete=_begun)
@click.option(
    "--markdown",
    "folder",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Write the reference pages into this folder instead.",
)
def explain(topic: tuple[str, ...], folder: Path | None) -> None:
    """Explain a code, a kind of module, a field, a recipe or a directive of a hardening level.

    TOPIC is such as E4, service, service.restart, std.make or PrivateTmp; none lists them all.
    """
    if folder is not None:
        _write_reference(folder)
        return
    width = min(WIDEST, shutil.get_terminal_size().columns)
    wanted = " ".join(topic)
    pages = _find(wanted) if wanted else [_contents()]
    click.echo("\n\n".join(page.text(width) for page in pages))


def _find(wanted: str) -> list[Page]:
    """Return the page of a topic, or those of all fields of this name."""
    topics = _topics()
    by_key = {_key(name): page for name, page in topics.items()}
    for key in (_key(wanted), _key(f"std.{wanted}"), _key(f"E{wanted}")):
        if key in by_key:
            return [by_key[key]]
    fields = [page for name, page in topics.items() if name.rpartition(".")[2] == wanted]
    if not fields:
        raise click.UsageError(f"no topic '{wanted}'{_nearest(wanted, topics)}")
    return fields


def _nearest(wanted: str, topics: Iterable[str]) -> str:
    names = {_key(name): name for name in topics}
    near = Speller(names).nearest(_key(wanted))
    return f"; did you mean '{names[near]}'?" if near else "; `punix explain` lists them"


def _topics() -> dict[str, Page]:
    known = recipes()
    arguments = {name: recipe.arguments for name, recipe in known.items()}
    fields = fields_of({**KINDS, **arguments})
    return {**codes(), **kinds(), **directives(), **recipe_pages(known), **fields}


def _key(name: str) -> str:
    """Fold what people write differently: case, and what stands between words."""
    return re.sub(r"[\s._-]", "", name).lower()


def _contents() -> Page:
    """List the topics; fields are too many, and have the names that their kinds show."""
    blocks: list[Block] = [
        Paragraph("Codes:"),
        Code("text", "\n".join(page.title for page in codes().values())),
        Paragraph("Kinds: " + ", ".join(kinds())),
        Paragraph("Directives: " + ", ".join(directives())),
        Paragraph("Recipes: " + ", ".join(sorted(recipes()))),
        Paragraph("Fields and arguments: service.restart, std.make.make_flags, …"),
    ]
    return Page("punix explain TOPIC", tuple(blocks))


def _write_reference(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    chapters = {
        "codes": codes(),
        "kinds": kinds(),
        "directives": directives(),
        "recipes": recipe_pages(RECIPES),
    }
    for name, pages in chapters.items():
        write_file(folder / f"{name}.md", _chapter(name, pages).encode())


def _chapter(name: str, pages: Mapping[str, Page]) -> str:
    title, intro = HEADS[name]
    made = "<!-- Written by `punix explain --markdown`. -->"
    parts = [f"# {title}", made, intro, *(page.markdown() for page in pages.values())]
    return "\n\n".join(parts) + "\n"
