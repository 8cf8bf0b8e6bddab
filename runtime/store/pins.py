"""Pins: entries that a person keeps, each under a name.

In: a store, a name, an entry. Out: a file `<store>/.pins/<name>` that holds the name of
the entry and a newline; while it is there, gc keeps the entry.
"""

from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.names import BadName, CheckedStr, StoreName
from ..files.fs import make_folder, sync_folder, write_file
from .mark import Root
from .store import FOLDERS, Store

__all__ = ["PinName", "pin", "pin_roots", "unpin"]


class PinName(CheckedStr):
    """The name of a pin: `release-7`. The name of an entry is one as well."""

    __slots__ = ()
    PATTERN = r"[A-Za-z0-9_][A-Za-z0-9_+.-]*"
    LONGEST = 240  # a temporary file has a longer name
    RULE = "a name for a pin (letters, digits, '_', '+', '.', '-'; at most 240)"


def pin(store: Store, name: PinName, entry: StoreName) -> None:
    """Keep a valid entry under a name, which may be that of another pin; hold `store.using()`."""
    make_folder(store.inner(".pins"), FOLDERS[".pins"])
    write_file(store.inner(".pins", name), f"{entry}\n".encode("ascii"))


def unpin(store: Store, name: PinName) -> None:
    """Keep what has a name no longer; raises FileNotFoundError if nothing has it."""
    store.inner(".pins", name).unlink()
    sync_folder(store.inner(".pins"))


def pin_roots(store: Store) -> list[Root]:
    """Return the pins by name. Raises ProgramError (E27) with all that are damaged."""
    try:
        files = sorted(store.inner(".pins").iterdir())
    except FileNotFoundError:
        return []
    found, problems = [], []
    for file in files:
        if file.name.startswith("."):  # a temporary file
            continue
        try:
            entry = StoreName(file.read_text(encoding="utf-8").removesuffix("\n"))
        except (BadName, UnicodeDecodeError) as problem:
            hint = "nothing was removed; remove it, and pin again what it should keep"
            problems.append(Diagnostic(Code.E27, f"pin '{file}' is damaged: {problem}", hint=hint))
        else:
            found.append(Root("pin", file.name, entry))
    if problems:
        raise ProgramError(problems)
    return found
