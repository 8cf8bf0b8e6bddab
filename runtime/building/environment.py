"""The environment of a build, made from nothing.

In: a derivation whose inputs are valid, and where the build has its folders. Out: all
variables that the build sees; what the package declares comes last.
"""

import re
from pathlib import Path

from ...ir.derivation import Derivation
from ...ir.package import NoSource
from ...ir.text import StorePath, Symbol, Text, fill
from ..store.store import Store
from .failure import BuildFailed

__all__ = ["SOURCE_DATE_EPOCH", "build_environment", "with_paths"]

SYSTEM_PATH = "/usr/bin:/bin"
SOURCE_DATE_EPOCH = 315532800
"""1980-01-01: ZIP files cannot say earlier."""


def build_environment(
    order: Derivation, store: Store, temporary: Path, cores: int
) -> dict[str, str]:
    """Return the variables of a build whose private folder it sees as `temporary`.

    Raises BuildFailed for a text that no build can be given.
    """
    paths = {store.entry(name).pname: store.path(name) for name in order.inputs}
    return {
        "PATH": ":".join([*(f"{path}/bin" for path in paths.values()), SYSTEM_PATH]),
        "HOME": "/homeless",
        "TMPDIR": str(temporary),
        "SOURCE": f"{temporary}/source",
        **({} if isinstance(order.vendor, NoSource) else {"VENDOR": f"{temporary}/vendor"}),
        "OUTPUT": str(store.path(order.name)),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "SOURCE_DATE_EPOCH": str(SOURCE_DATE_EPOCH),
        "PUNIX_BUILD_CORES": str(cores),
        "MAKEFLAGS": f"-j{cores}",
        **{f"DEP_{variable_part(pname)}": str(path) for pname, path in paths.items()},
        **{each.name: with_paths(each.text, store) for each in order.environment},
    }


def with_paths(text: Text, store: Store) -> str:
    """Put store paths into a text; raises BuildFailed for what a build cannot use."""

    def value(symbol: Symbol) -> str:
        if not isinstance(symbol, StorePath):
            raise BuildFailed(f"a build cannot use a {symbol.TAG}")
        return str(store.path(symbol.name))

    filled = fill(text, value)
    if "\0" in filled:
        raise BuildFailed("a build cannot be given a NUL character")
    return filled


def variable_part(pname: str) -> str:
    """Turn a package name into a part of a variable's name: `gtk+-3` is GTK__3."""
    return re.sub(r"[^A-Z0-9]", "_", pname.upper())
