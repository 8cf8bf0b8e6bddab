"""The sources of a package: what it is built from, and what to ask the disk for it.

In: a package module. Out: typed `PackageSource`s; and, for whoever may touch the
disk, the local folders whose digests a program lacks.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from ..ir.diagnostics import Code, Diagnostic, ProgramError
from ..ir.names import Digest, ModuleName
from ..ir.node import Frozen, frozen
from ..ir.package import FetchedSource, FixedSource, LocalSource, NoSource, PackageSource, Patch
from ..ir.program import Program, SourceDigest
from ..ir.schema import DOWNLOAD, PACKAGE, PATCH, SOURCES
from ..ir.span import Span
from ..ir.spell import did_you_mean
from ..ir.value import RecordValue, TextValue, Value
from .read import Fields, misfit, word_of

__all__ = ["Digests", "LocalFolder", "local_folders", "read_source", "with_digests"]

MEMBERS = ("source", "vendor")
"""The members of a package that are sources."""

Digests: TypeAlias = Mapping[tuple[ModuleName, str], Digest]
"""What local sources hold, by package and member."""


@frozen
class LocalFolder(Frozen):
    """A local source as the program names it; `path` is as the program's file names are.

    `member` says which of the package's sources it is.
    """

    module: ModuleName
    member: str
    path: str
    exclude: tuple[str, ...]
    span: Span


def local_folders(program: Program) -> Iterator[LocalFolder]:
    """Yield the local sources of a program's packages, by module and member.

    Raises ProgramError if a source is not what its schema says.
    """
    for module in program.modules:
        if module.kind != "package":
            continue
        package = Fields.of(module, PACKAGE)
        for member in MEMBERS:
            source = _variant(package, member)
            if source is not None and source.text("type") == "local":
                yield _local_folder(module.name, member, source)


def with_digests(program: Program, digests: Digests) -> Program:
    """Return the program with the digests of its local sources, so that it can be lowered."""
    entries = (SourceDigest(*key, digests[key]) for key in sorted(digests))
    return replace(program, digests=tuple(entries))


def read_source(
    module: ModuleName, package: Fields, member: str, system: str, digests: Digests
) -> PackageSource:
    """Return a package's source; raises E25 if it is local and nobody asked for its digest."""
    fields = _variant(package, member)
    if fields is None:
        return NoSource()
    kind = fields.text("type")
    if kind == "local":
        folder = _local_folder(module, member, fields)
        return _local(folder, fields, digests.get((module, member)))
    if kind == "fixed_output":
        return FixedSource(
            fields.text("command"), fields.text("hash"), fields.text("hashType"), fields.span
        )
    if kind == "url_per_arch":
        return _per_system(fields, system)
    return _fetched(fields, fields, kind)


def _variant(package: Fields, member: str) -> Fields | None:
    """Return a source record by the schema that its `type` names; None if there is none."""
    record = package.record(member)
    if not record.fields:
        return None
    kind = next((word_of(field.value) for field in record.fields if field.label == "type"), "")
    if kind not in SOURCES:
        raise misfit(f"unknown source type '{kind}'", record.span, hint=did_you_mean(kind, SOURCES))
    return Fields(record, SOURCES[kind])


def _local_folder(module: ModuleName, member: str, fields: Fields) -> LocalFolder:
    span = fields.span_of("path")
    folder = posixpath.dirname(span.file)
    path = posixpath.join(folder, fields.text("path").removeprefix("./")) or "."
    return LocalFolder(module, member, path, fields.words("exclude"), span)


def _local(folder: LocalFolder, fields: Fields, digest: Digest | None) -> LocalSource:
    if digest is None:
        message = f"the program lacks the digest of {folder.module}'s {folder.member}"
        raise ProgramError([Diagnostic(Code.E25, message, folder.span)])
    return LocalSource(digest, folder.path, folder.exclude, folder.span, _patches(fields))


def _fetched(fields: Fields, download: Fields, kind: str) -> FetchedSource:
    return FetchedSource(
        type="git" if kind == "git" else "url",
        url=download.text("url"),
        filename="" if kind == "git" else _filename(download.text("url")),
        hash=download.text("hash"),
        hash_type=fields.text("hashType"),
        patches=_patches(fields),
        span=fields.span,
        tree_hash=fields.maybe("treeHash") if kind == "git" else None,
        submodules=fields.flag("submodules") if kind == "git" else False,
    )


def _filename(url: str) -> str:
    """Return what a download is called: the last part of its URL's path."""
    return posixpath.basename(re.split("[?#]", url)[0].rstrip("/"))


def _per_system(fields: Fields, system: str) -> FetchedSource:
    for item in fields.items("perArch"):
        download = Fields(_record(item), DOWNLOAD)
        if download.text("system") == system:
            return _fetched(fields, download, "url")
    message = f"no source for '{system}'"
    hint = f'add {{ system = "{system}" url = … hash = … }}'
    raise ProgramError([Diagnostic(Code.E14, message, fields.span_of("perArch"), hint=hint)])


def _patches(fields: Fields) -> tuple[Patch, ...]:
    return tuple(_patch(item) for item in fields.items("patches"))


def _patch(value: Value) -> Patch:
    if isinstance(value, TextValue):
        raise misfit("a patch needs a hash", value.span, hint="write { url = … hash = … }")
    fields = Fields(_record(value), PATCH)
    return Patch(fields.text("url"), fields.text("hash"), fields.number("strip"))


def _record(value: Value) -> RecordValue:
    if not isinstance(value, RecordValue):
        raise misfit("not a record", value.span)
    return value
