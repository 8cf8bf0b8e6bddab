"""The environment of a build, made from nothing.

In: a derivation whose inputs are valid, and where the build has its folders. Out: all
variables that the build sees; what the package declares comes last. Of the folders that
tools look into, those that direct inputs have are named, by pname.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ...ir.dependencies import dependency_variable
from ...ir.derivation import Derivation
from ...ir.package import NoSource
from ...ir.text import StorePath, Symbol, Text, fill
from ..store.store import Store
from .result import BuildFailed

__all__ = ["SOURCE_DATE_EPOCH", "build_environment", "direct_inputs", "with_paths"]

SYSTEM_PATH = "/usr/bin:/bin"
LIBRARIES = ("lib", "lib64")
PKG_CONFIG = ("lib/pkgconfig", "lib64/pkgconfig", "share/pkgconfig")
SOURCE_DATE_EPOCH = 315532800
"""1980-01-01: ZIP files cannot say earlier."""


def build_environment(
    order: Derivation, store: Store, temporary: Path, cores: int
) -> dict[str, str]:
    """Return the variables of a build whose private folder it sees as `temporary`.

    Raises BuildFailed for a text that no build can be given.
    """
    paths = direct_inputs(order, store)
    return {
        "PATH": ":".join([*_existing(paths.values(), "bin"), SYSTEM_PATH]),
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
        **_search_paths(tuple(paths.values())),
        **{dependency_variable(pname): str(path) for pname, path in paths.items()},
        **{each.name: with_paths(each.text, store) for each in order.environment},
    }


def direct_inputs(order: Derivation, store: Store) -> dict[str, Path]:
    """Return where the packages lie that an order names itself, by pname, sorted.

    Raises ProgramError (E25) for one whose facts are damaged.
    """
    return dict(sorted((store.entry(name).pname, store.path(name)) for name in order.inputs))


def _search_paths(inputs: Sequence[Path]) -> dict[str, str]:
    """Return where compilers and their helpers look; a variable that would be empty is not there.

    For Makefiles that say `LDFLAGS ?= -lm`, an empty variable is one that is set.
    """
    libraries = [*_existing(inputs, *LIBRARIES)]
    found = {
        "CPPFLAGS": " ".join(f"-I{folder}" for folder in _existing(inputs, "include")),
        "LDFLAGS": " ".join(f"-L{folder} -Wl,-rpath,{folder}" for folder in libraries),
        "PKG_CONFIG_PATH": ":".join(_existing(inputs, *PKG_CONFIG)),
        "CMAKE_PREFIX_PATH": ":".join(map(str, inputs)),
        "ACLOCAL_PATH": ":".join(_existing(inputs, "share/aclocal")),
    }
    return {name: value for name, value in found.items() if value}


def _existing(inputs: Iterable[Path], *names: str) -> Iterator[str]:
    for path in inputs:
        yield from (f"{path}/{name}" for name in names if (path / name).is_dir())


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
