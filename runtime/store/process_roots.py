"""The entries that processes of this machine use.

In: a store, and /proc as proc(5) describes it. Out: a `Root` for each entry that a
process runs, has open or works in, and how many processes could not be looked at.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from ...ir.names import StoreName
from .mark import Root
from .store import Store

__all__ = ["process_roots"]


def process_roots(store: Store) -> tuple[list[Root], int]:
    """Return what running processes keep, and the number of those of others that we may not see.

    The paths are those that a process sees: under another root it names no entry of ours.
    """
    found: list[Root] = []
    unseen = 0
    roots = {store.root, os.path.realpath(store.root)}  # the words of a command may have either
    places = "|".join(map(re.escape, roots))
    pattern = re.compile(f"(?:{places})/({StoreName.PATTERN})".encode())
    for process in _processes():
        try:
            names = {match[1].decode("ascii") for match in pattern.finditer(_paths(process))}
        except PermissionError:
            unseen += bool(_read(process / "cmdline"))  # the kernel's own have none
        else:
            there = sorted(name for name in names if os.path.lexists(store.inner(name)))
            found += [Root("process", _described(process), StoreName(name)) for name in there]
    return found, unseen


def _processes() -> Iterator[Path]:
    for number in sorted(int(name) for name in os.listdir("/proc") if name.isdecimal()):
        yield Path("/proc", str(number))


def _paths(process: Path) -> bytes:
    """Return all paths that a process uses, a line for each; none once it has ended."""
    links = [process / "exe", process / "cwd", *_descriptors(process)]
    return b"\n".join([*map(_link, links), _read(process / "maps"), *_program(process)])


def _program(process: Path) -> list[bytes]:
    """Return what was called: a script is in no map, and its interpreter may have closed it.

    It is the first word that is no option; further ones may be about paths that the process
    does not use.
    """
    program, *words = _read(process / "cmdline").split(b"\0")
    return [program, *[word for word in words if not word.startswith(b"-")][:1]]


def _descriptors(process: Path) -> list[Path]:
    try:
        return [process / "fd" / name for name in os.listdir(process / "fd")]
    except (FileNotFoundError, ProcessLookupError):
        return []


def _link(path: Path) -> bytes:
    """Read a link of /proc; a kernel thread has none."""
    try:
        return os.fsencode(os.readlink(path))
    except (FileNotFoundError, ProcessLookupError):
        return b""


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def _described(process: Path) -> str:
    comm = _read(process / "comm").decode("utf-8", "replace").strip()
    return f"{process.name} ({comm})" if comm.isprintable() else process.name
