"""The entries that generations pin.

In: a store, and deployments roots that are there. Out: a `Root` for each entry of that
store that a manifest or a journal below them names. What cannot be read is an error.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.manifest import Manifest
from ...ir.names import StoreName
from ..files.sealed import Damaged, unseal
from .mark import Root
from .store import Store

__all__ = ["generation_roots", "unreadable"]

MANIFEST = re.compile(r"gen-[0-9]+\.json")
JOURNAL = "journal.json"
STORE_NAME = re.compile(StoreName.PATTERN.encode("ascii"))


def generation_roots(store: Store, deployments_root: Path) -> Iterator[Root]:
    """Yield what the generations below a deployments root need, whatever their stack.

    Nothing if the folder is not there. Raises ProgramError with everything that cannot
    be read (E29) or is no manifest (E27).
    """
    problems: list[Diagnostic] = []
    for path in _files(deployments_root, problems):
        try:
            yield from _pinned(store, path)
        except OSError as problem:
            if not _is_gone(path, problem):
                problems.append(unreadable(path, problem))
        except Damaged as problem:
            message = f"'{path}' is no manifest: {problem}"
            problems.append(Diagnostic(Code.E27, message, hint="nothing was removed"))
    if problems:
        raise ProgramError(problems)


def _files(root: Path, problems: list[Diagnostic]) -> Iterator[Path]:
    """Yield the manifests and journals below a deployments root, sorted."""
    for folder in _listed(root, problems):
        if folder.is_file():  # locks and the marker
            continue
        for path in _listed(folder, problems):
            if MANIFEST.fullmatch(path.name) or path.name == JOURNAL:
                yield path


def _listed(folder: Path, problems: list[Diagnostic]) -> list[Path]:
    try:
        return [folder / name for name in sorted(os.listdir(folder))]
    except OSError as problem:
        if not _is_gone(folder, problem):
            problems.append(unreadable(folder, problem))
        return []


def _is_gone(path: Path, problem: OSError) -> bool:
    """Whether somebody removed a path just now; a link to what is not mounted is not gone."""
    return isinstance(problem, FileNotFoundError) and not os.path.lexists(path)


def _pinned(store: Store, path: Path) -> Iterator[Root]:
    data = path.read_bytes()
    if path.name == JOURNAL:
        yield from (Root("journal", str(path), name) for name in _mentioned(data))
        return
    manifest = unseal(Manifest, data)
    # a store may be reached by several names
    if os.path.realpath(manifest.store_root) == os.path.realpath(store.root):
        yield from (Root("generation", str(path), name) for name in manifest.store_paths)


def _mentioned(data: bytes) -> list[StoreName]:
    """Take whatever looks like an entry: a deploy that was interrupted may go on with it."""
    return [StoreName(text.decode("ascii")) for text in sorted(set(STORE_NAME.findall(data)))]


def unreadable(path: Path, problem: OSError) -> Diagnostic:
    """Say that a file which may keep entries cannot be read."""
    message = f"'{path}' cannot be read: {problem.strerror}"
    return Diagnostic(Code.E29, message, hint="nothing was removed")
