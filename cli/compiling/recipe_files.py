"""The recipes that a command knows: what is installed, and files that it was told of.

In: `--recipe-file FILE=SHA256` before the command's name. Out: recipes by name.
Only who runs punix can name such a file. If a program could, checking a program would
run code of whoever wrote it.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.recipe import Recipe
from ...recipes.registry import load_recipes
from ..group import RECIPE_FILES

__all__ = ["recipes"]

GIVEN = r"(.+)=([0-9a-f]{64})"


def recipes() -> Mapping[str, Recipe]:
    """Return all recipes.

    Raises ProgramError (E8) for a file that is not what its digest says or cannot be
    run, and for one recipe too many of a name; UsageError for another form.
    """
    context = click.get_current_context(silent=True)
    given = context.meta.get(RECIPE_FILES, ()) if context else ()
    return load_recipes(_verified(given))


def _verified(given: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    for text in given:
        matched = re.fullmatch(GIVEN, text)
        if matched is None:
            raise click.UsageError(f"'{text}' is not FILE=SHA256, as sha256sum writes it")
        path, wanted = matched.groups()
        data = Path(path).read_bytes()
        found = _sha256(data)
        if found != wanted:
            message = f"recipe file '{path}' is not what its digest says"
            hint = f"read it; if it is right: {path}={found}"
            raise ProgramError([Diagnostic(Code.E8, message, hint=hint)])
        yield path, data


def _sha256(data: bytes) -> str:
    import hashlib  # few commands name a file

    return hashlib.sha256(data).hexdigest()
