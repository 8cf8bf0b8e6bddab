"""Which build a person means.

In: a word: a store path, a store name, how a hash begins, a package with or without its
version, or a module. Out: the builds of that package here, the last one first.
"""

from collections.abc import Sequence
from pathlib import Path

from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.names import StoreName
from ...ir.spell import did_you_mean
from ...runtime.store.build_records import logged_names, recorded
from ...runtime.store.store import Store

__all__ = ["find_builds"]

SHORTEST_PREFIX = 3
"""So many characters may be the beginning of a hash."""
MOST_LISTED = 10


def find_builds(word: str, store: Store) -> list[StoreName]:
    """Return the builds of the package that a word means, at least one.

    Raises ProgramError (E26) if it means none, or several packages by their hashes.
    """
    names = logged_names(store)
    wanted = _entry(word, store)
    found = [name for name in names if wanted in (name, name.label)]
    found = found or [name for name in names if _is_pname(wanted, name, store)]
    found = found or [name for name in names if _module(name, store) == wanted]
    if found:
        return found
    long_enough = len(wanted) >= SHORTEST_PREFIX
    hashes = [name for name in names if name.startswith(wanted) and long_enough]
    if len(hashes) != 1:
        raise ProgramError([_several(word, hashes) if hashes else _nothing(word, names, store)])
    return hashes


def _entry(word: str, store: Store) -> str:
    """Return the part of a path that names an entry; a word without a slash is itself."""
    if "/" not in word:
        return word
    path = Path(word)
    inside = path.is_relative_to(store.root) and path != Path(store.root)
    return path.relative_to(store.root).parts[0] if inside else path.name


def _is_pname(word: str, name: StoreName, store: Store) -> bool:
    """Whether an entry is of a package; `gtk-doc-1.0` alone could be of two."""
    if not name.label.startswith(f"{word}-"):
        return False
    order = recorded(store, name)
    return order.pname == word if order else "-" not in name.label[len(word) + 1 :]


def _module(name: StoreName, store: Store) -> str | None:
    order = recorded(store, name)
    return order.module if order else None


def _several(word: str, names: Sequence[StoreName]) -> Diagnostic:
    listed = ", ".join(sorted(names)[:MOST_LISTED])
    more = f" and {len(names) - MOST_LISTED} more" if len(names) > MOST_LISTED else ""
    return Diagnostic(Code.E26, f"'{word}' may be {listed}{more}", hint="give more of the hash")


def _nothing(word: str, names: Sequence[StoreName], store: Store) -> Diagnostic:
    known = {name.label.rpartition("-")[0] for name in names}
    known |= {module for name in names if (module := _module(name, store))}
    message = f"no build of '{word}' in {store.root}"
    return Diagnostic(Code.E26, message, hint=did_you_mean(word, known))
