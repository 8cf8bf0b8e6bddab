"""The programs of packages that a stack starts: its services, and what asks for their health.

In: a bundle, and a store that has all that it uses. Out: nothing, or an E23 for each program
that is not there, before anything is changed.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from ...ir.bundle import Bundle
from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.health import ExecCheck
from ...ir.names import StoreName
from ...ir.span import Span
from ...ir.text import StorePath, Text, literal
from ...runtime.store.store import Store

__all__ = ["check_binaries"]

Program = tuple[StoreName, str, Span]
"""A package, a path in it, and where it is written."""


def check_binaries(bundle: Bundle, store: Store) -> None:
    """Raise ProgramError with an E23 for each program that its package lacks."""
    problems = [
        Diagnostic(
            Code.E23, f"no executable '{path}' in '{name}'", span, hint=_binaries(store.path(name))
        )
        for name, path, span in _programs(bundle)
        if not _can_start(store.path(name) / path)
    ]
    if problems:
        raise ProgramError(problems, bundle.sources)


def _programs(bundle: Bundle) -> Iterator[Program]:
    for unit in bundle.units:
        yield from _of_package(unit.executable, unit.binary_span)
        if unit.health is not None and isinstance(unit.health.check, ExecCheck):
            yield from _of_package(unit.health.check.words[0], unit.span)


def _of_package(word: Text, span: Span) -> Iterator[Program]:
    """Yield the program that a word is, if it is one of a package and not of the machine."""
    path = literal(word[1:])
    if word and isinstance(word[0], StorePath) and path is not None:
        yield word[0].name, path.lstrip("/"), span


def _can_start(path: Path) -> bool:
    return os.access(path, os.X_OK) and not path.is_dir()


def _binaries(package: Path) -> str | None:
    """Return a hint that names the executables there are."""
    folder = package / "bin"
    names = sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
    return f"there is {', '.join(names[:10])}" if names else "the package has no 'bin' folder"
