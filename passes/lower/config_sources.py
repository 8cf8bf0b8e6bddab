"""Config files that a stack takes from beside its program.

In: a program. Out: for whoever may touch the disk, the files and folders whose contents it
lacks; and for the lowering pass, what each `source` became.
"""

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from ...ir.diagnostics import Code, Collector, Diagnostic, ProgramError
from ...ir.node import Frozen, frozen
from ...ir.program import ConfigSource, Program, SourceFile
from ...ir.schema.stack import CONFIG_FILE, STACK
from ...ir.span import Span
from ...ir.value import RecordValue
from .read import Fields, misfit

__all__ = ["Contents", "Wanted", "config_sources", "source_files", "with_contents"]

Contents: TypeAlias = Mapping[tuple[str, tuple[str, ...]], ConfigSource]
"""What sources of config files hold, by path and patterns."""


@frozen
class Wanted(Frozen):
    """A file or folder that a program names, and the folder that it must lie in."""

    path: str
    exclude: tuple[str, ...]
    span: Span
    folder: str

    @property
    def key(self) -> tuple[str, tuple[str, ...]]:
        """What its contents are found by."""
        return self.path, self.exclude


def config_sources(program: Program, found: Collector) -> Iterator[Wanted]:
    """Yield the sources of all config files of a program's stacks.

    Adds an E1 for each path that leaves the program's folder.
    """
    for fields in _with_source(program):
        try:
            yield _wanted(fields)
        except ProgramError as problem:
            found.extend(problem.diagnostics)


def _with_source(program: Program) -> Iterator[Fields]:
    for module in program.modules:
        if module.kind != "stack":
            continue
        for item in Fields.of(module, STACK).items("configFiles"):
            fields = Fields(item, CONFIG_FILE) if isinstance(item, RecordValue) else None
            if fields is not None and fields.find("source") is not None:
                yield fields


def with_contents(program: Program, found: Iterable[ConfigSource]) -> Program:
    """Return the program with what its config sources hold, so that it can be lowered."""
    return replace(program, contents=tuple(sorted(found, key=lambda one: (one.path, one.exclude))))


def source_files(fields: Fields, contents: Contents) -> tuple[SourceFile, ...]:
    """Return the files of a config file's source; raises E25 if nobody asked the disk."""
    wanted = _wanted(fields)
    found = contents.get(wanted.key)
    if found is None:
        message = f"the program lacks what '{wanted.path}' holds"
        raise ProgramError([Diagnostic(Code.E25, message, wanted.span)])
    return found.files


def _wanted(fields: Fields) -> Wanted:
    """A path is relative to the file in which it is written, and below that file's folder."""
    written, span = fields.text("source"), fields.span_of("source")
    path = posixpath.normpath(written)
    if posixpath.isabs(path) or path.split("/")[0] == ".." or not written or "\0" in path:
        hint = "what lies elsewhere can be a package, whose files a unit finds in the store"
        raise misfit(f"'{written}' is not below the program's folder", span, hint=hint)
    folder = posixpath.dirname(span.file)
    return Wanted(posixpath.join(folder, path), fields.words("exclude"), span, folder or ".")
