"""Finds and reads the files of a program: the only part of the frontend that sees a disk.

In: paths as given on the command line. Out: (name, bytes) of each file, sorted
by name; E29 for what is missing or unreadable, and for folders without any.
"""

import os
import stat
from collections.abc import Iterable, Iterator

from ...ir.diagnostics import Code, Collector
from ...ir.spell import Speller

__all__ = ["load"]

SUFFIX = ".pcl"


def load(paths: Iterable[str], collector: Collector) -> list[tuple[str, bytes]]:
    """Read files, and every `*.pcl` under directories; a file reached twice counts once.

    Links to directories are not followed. Of several names of one file the
    smallest is kept.
    """
    found: dict[tuple[int, int], str] = {}
    for path in paths:
        told = collector.sorted()
        files = list(_files(path, collector))
        if not files and collector.sorted() == told:
            collector.error(Code.E29, f"no file '*{SUFFIX}' in folder '{path}'", None)
        for name, status in files:
            key = (status.st_dev, status.st_ino)
            found[key] = min(name, found.get(key, name))
    return list(_read(sorted(found.values()), collector))


def _files(path: str, collector: Collector) -> Iterator[tuple[str, os.stat_result]]:
    """Yield the files that a path stands for."""
    waiting = [path] if os.path.isdir(path) else []
    if not waiting:
        status = _status(path, collector)
        if status is not None:
            yield path, status
    while waiting:
        folder = waiting.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as problem:
            _report(folder, problem, collector)
            continue
        for entry in entries:
            name = os.path.normpath(entry.path)  # a person says x.pcl, not ./x.pcl
            if entry.is_dir(follow_symlinks=False):
                waiting.append(name)
            elif entry.name.endswith(SUFFIX) and not entry.is_dir():
                status = _status(name, collector)
                if status is not None and _is_file(name, status, collector):
                    yield name, status


def _status(path: str, collector: Collector) -> os.stat_result | None:
    if not _is_text(path):
        collector.error(Code.E29, f"cannot read '{path}': its name is not UTF-8", None)
        return None
    try:
        return os.stat(path)
    except (OSError, ValueError) as problem:
        _report(path, problem, collector)
        return None


def _is_file(name: str, status: os.stat_result, collector: Collector) -> bool:
    """Whether what lies in a folder may be read: opening a pipe that nobody fills never ends."""
    if stat.S_ISREG(status.st_mode):
        return True
    collector.error(Code.E29, f"cannot read '{name}': not a regular file", None)
    return False


def _is_text(name: str) -> bool:
    """Whether a name can be written in an IR, as each span does."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _read(names: Iterable[str], collector: Collector) -> Iterator[tuple[str, bytes]]:
    for name in names:
        try:
            with open(name, "rb") as file:
                yield name, file.read()
        except OSError as problem:
            _report(name, problem, collector)


def _report(path: str, problem: Exception, collector: Collector) -> None:
    reason = problem.strerror if isinstance(problem, OSError) else str(problem)
    hint = _near_hint(path) if isinstance(problem, FileNotFoundError) else None
    collector.error(Code.E29, f"cannot read '{path}': {reason}", None, hint=hint)


def _near_hint(path: str) -> str | None:
    if _is_no_file_name(path):
        return "a program is named by its file or folder"
    folder, name = os.path.split(path)
    try:
        beside = [other for other in os.listdir(folder or ".") if other.endswith(SUFFIX)]
    except OSError:
        return None
    near = Speller(filter(_is_text, beside)).nearest(name)
    return near and f"did you mean '{os.path.join(folder, near)}'?"


def _is_no_file_name(path: str) -> bool:
    """Whether somebody seems to have named a module, or a value, where a file is wanted."""
    return "/" not in path and not path.endswith(SUFFIX) and not os.path.lexists(path)
