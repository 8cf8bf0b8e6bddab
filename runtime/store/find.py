"""Which entry a person means.

In: a store and what was typed: a store path or one inside it, a store name, or the
first characters of its hash. Out: the name of an entry with facts, or a `ProgramError`
(E26) with the nearest one.
"""

import os
import re
from collections.abc import Sequence
from pathlib import Path

from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.names import StoreName
from ...ir.spell import Speller
from .store import Store

__all__ = ["find", "find_all"]

BEGINS_WITH_HASH = re.compile(r"[a-z0-9]{20,}-")
SHOWN = 5
"""How many candidates a hint names."""


def find(store: Store, text: str) -> StoreName:
    """Return the entry that a text names. Raises ProgramError (E26) for none or several."""
    name = _exact(store, text)
    if name is not None and store.meta_path(name).exists():
        return name
    known = store.names()
    found = [one for one in known if text and one.startswith(text)]
    if len(found) == 1:
        return found[0]
    if found:
        raise _problem(f"'{text}' begins {len(found)} store names", _listed(found))
    raise _problem(f"no valid path '{text}' in {store.root}", _nearest(text, known))


def find_all(store: Store, texts: Sequence[str]) -> tuple[StoreName, ...]:
    """Return the entries that texts name, in their order.

    Raises ProgramError, an E26 for each text that names none.
    """
    found: list[StoreName] = []
    wrong: list[Diagnostic] = []
    for text in dict.fromkeys(texts):
        try:
            found.append(find(store, text))
        except ProgramError as problem:
            wrong.extend(problem.diagnostics)
    if wrong:
        raise ProgramError(wrong)
    return tuple(dict.fromkeys(found))


def _exact(store: Store, text: str) -> StoreName | None:
    """Read a store name, or a path in the store; a link from elsewhere is followed."""
    for path, root in (
        (os.path.join(store.root, text), store.root),
        (os.path.abspath(text), store.root),
        (os.path.realpath(text), os.path.realpath(store.root)),
    ):
        try:
            return StoreName(Path(path).relative_to(root).parts[0])
        except (ValueError, IndexError):  # elsewhere, the root itself, or no name
            continue
    return None


def _nearest(text: str, known: Sequence[StoreName]) -> str | None:
    """Return a hint: what is called so but for its hash, or has nearly this hash or title."""
    name = Path(text).name
    hashed = BEGINS_WITH_HASH.match(name) is not None
    digest, title = (name.partition("-")[0], name.partition("-")[2]) if hashed else (name, name)
    same = [one for one in known if hashed and one.startswith(f"{digest}-")]
    begin = f"{title}-".lower()  # a module is called Hello, and its package hello
    same = same or [one for one in known if title and f"{one.label}-".lower().startswith(begin)]
    if same:
        return _listed(same)
    for typed, table in (
        (digest, {one.partition("-")[0]: one for one in known}),
        (title, {one.label: one for one in known}),
    ):
        near = Speller(table).nearest(typed)
        if near:
            return _listed([table[near]])
    return None


def _listed(names: Sequence[StoreName]) -> str:
    more = ", …" if len(names) > SHOWN else ""
    return f"did you mean {', '.join(f'{one!r}' for one in names[:SHOWN])}{more}?"


def _problem(message: str, hint: str | None) -> ProgramError:
    return ProgramError([Diagnostic(Code.E26, message, hint=hint)])
