"""The source of a package: what it is built from, and what to ask the disk for it.

In: a package module. Out: a typed `PackageSource`; and, for whoever may touch the
disk, the local folders whose digests a program lacks.
"""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import replace

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

__all__ = ["LocalFolder", "local_folders", "read_source", "with_digests"]


@frozen
class LocalFolder(Frozen):
    """A local source as the program names it; `path` is as the program's file names are."""

    module: ModuleName
    path: str
    exclude: tuple[str, ...]
    span: Span


def local_folders(program: Program) -> Iterator[LocalFolder]:
    """Yield the local sources of a program's packages, by module.

    Raises ProgramError if a source is not what its schema says.
    """
    for module in program.modules:
        if module.kind != "package":
            continue
        source = _variant(Fields.of(module, PACKAGE))
        if source is not None and source.text("type") == "local":
            yield _local_folder(module.name, source)


def with_digests(program: Program, digests: Mapping[ModuleName, Digest]) -> Program:
    """Return the program with the digests of its local sources, so that it can be lowered."""
    entries = (SourceDigest(module, digests[module]) for module in sorted(digests))
    return replace(program, digests=tuple(entries))


def read_source(
    module: ModuleName, package: Fields, system: str, digest: Digest | None
) -> PackageSource:
    """Return a package's source; raises E25 if it is local and nobody asked for its digest."""
    fields = _variant(package)
    if fields is None:
        return NoSource()
    kind = fields.text("type")
    if kind == "local":
        return _local(module, fields, digest)
    if kind == "fixed_output":
        return FixedSource(
            fields.text("command"), fields.text("hash"), fields.text("hashType"), fields.span
        )
    if kind == "url_per_arch":
        return _per_system(fields, system)
    return _fetched(fields, fields, kind)


def _variant(package: Fields) -> Fields | None:
    """Return the source record by the schema that its `type` names; None if there is none."""
    record = package.record("source")
    if not record.fields:
        return None
    kind = next((word_of(field.value) for field in record.fields if field.label == "type"), "")
    if kind not in SOURCES:
        raise misfit(f"unknown source type '{kind}'", record.span, hint=did_you_mean(kind, SOURCES))
    return Fields(record, SOURCES[kind])


def _local_folder(module: ModuleName, fields: Fields) -> LocalFolder:
    span = fields.span_of("path")
    folder = posixpath.dirname(span.file)
    path = posixpath.join(folder, fields.text("path").removeprefix("./")) or "."
    return LocalFolder(module, path, fields.words("exclude"), fields.span_of("path"))


def _local(module: ModuleName, fields: Fields, digest: Digest | None) -> LocalSource:
    folder = _local_folder(module, fields)
    if digest is None:
        message = f"the program lacks the digest of {module}'s source"
        raise ProgramError([Diagnostic(Code.E25, message, folder.span)])
    return LocalSource(digest, folder.path, folder.exclude, folder.span, _patches(fields))


def _fetched(fields: Fields, download: Fields, kind: str) -> FetchedSource:
    return FetchedSource(
        type="git" if kind == "git" else "url",
        url=download.text("url"),
        hash=download.text("hash"),
        hash_type=fields.text("hashType"),
        patches=_patches(fields),
        span=fields.span,
        tree_hash=fields.maybe("treeHash") if kind == "git" else None,
        submodules=fields.flag("submodules") if kind == "git" else False,
    )


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
