"""The sources of a package: what it is built from, and what to ask the disk for it.

In: a package module. Out: typed `PackageSource`s; and, for whoever may touch the
disk, the local folders whose digests a program lacks.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import TypeAlias, cast, get_args

from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.names import Digest, Label, ModuleName
from ...ir.node import Frozen, frozen
from ...ir.package import (
    FetchedSource,
    FixedSource,
    HashType,
    LocalPatch,
    LocalSource,
    NoSource,
    PackageSource,
    Patch,
    SourcePatch,
)
from ...ir.program import Program, SourceDigest
from ...ir.schema.package import DOWNLOAD, PACKAGE, PATCH, SOURCES
from ...ir.span import Span
from ...ir.spell import did_you_mean
from ...ir.value import Field, RecordValue, TextValue, Value
from .locations import download_url, file_name, local_path, repository_url, revision
from .read import Fields, both, every, misfit, record_of, word_of

__all__ = ["MEMBERS", "Digests", "LocalFolder", "local_folders", "read_source", "with_digests"]

MEMBERS = ("source", "vendor")
"""The members of a package that are sources."""

Digests: TypeAlias = Mapping[tuple[ModuleName, str], Digest]
"""What local sources hold, by package and member."""


@frozen
class LocalFolder(Frozen):
    """A local source as the program names it; `path` is as the program's file names are.

    `member` says which of the package's sources it is; `span` is where the path stands.
    """

    module: ModuleName
    member: str
    path: str
    exclude: tuple[str, ...]
    span: Span
    exclude_span: Span


def local_folders(program: Program) -> Iterator[LocalFolder]:
    """Yield the local sources and patches of a program's packages, by module and member.

    Raises ProgramError if a source is not what its schema says.
    """
    for module in program.modules:
        if module.kind != "package":
            continue
        package = Fields.of(module, PACKAGE)
        for member in MEMBERS:
            source = _variant(package, member)
            if source is not None:
                yield from _on_disk(module.name, member, source)


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
    if kind == "fixed_output":
        return _fixed(fields)
    source, patches = both(
        lambda: _unpatched(module, member, fields, system, digests),
        lambda: _patches(module, member, fields, digests),
    )
    return replace(source, patches=patches) if patches else source


def _unpatched(
    module: ModuleName, member: str, fields: Fields, system: str, digests: Digests
) -> LocalSource | FetchedSource:
    kind = fields.text("type")
    if kind == "local":
        folder = _local_folder(module, member, fields)
        return LocalSource(_known(folder, digests), folder.path, folder.exclude, folder.span)
    if kind == "git":
        return _repository(fields)
    download = fields if kind == "url" else _for_system(fields, system)
    return _download(download, _hash_type(fields))


def _variant(package: Fields, member: str) -> Fields | None:
    """Return a source record by the schema that its `type` names; None if there is none."""
    record = package.record(member) if package.gives(member) else None
    if record is None or not record.fields:
        return None
    kind = next((word_of(field.value) for field in record.fields if field.label == "type"), "")
    if kind not in SOURCES:
        raise misfit(f"unknown source type '{kind}'", record.span, hint=did_you_mean(kind, SOURCES))
    return Fields(record, SOURCES[kind])


def _local_folder(module: ModuleName, member: str, fields: Fields) -> LocalFolder:
    span = fields.span_of("path")
    path = local_path(fields.text("path"), span)
    exclude, exclude_span = fields.words("exclude"), fields.span_of("exclude")
    return LocalFolder(module, member, path, exclude, span, exclude_span)


def _on_disk(module: ModuleName, member: str, fields: Fields) -> Iterator[LocalFolder]:
    """Yield what a source has beside the program: itself, patches."""
    kind = fields.text("type")
    if kind == "local":
        yield _local_folder(module, member, fields)
    if kind != "fixed_output":
        for at, patch in enumerate(map(_patch_fields, fields.items("patches"))):
            if _is_local(patch):
                yield _local_patch(module, f"{member}.patches.{at}", patch)


def _known(folder: LocalFolder, digests: Digests) -> Digest:
    digest = digests.get((folder.module, folder.member))
    if digest is None:
        message = f"the program lacks the digest of {folder.module}'s {folder.member}"
        raise ProgramError([Diagnostic(Code.E25, message, folder.span)])
    return digest


def _fixed(fields: Fields) -> FixedSource:
    kind, digest = _hash_type(fields), fields.text("hash").lower()
    return FixedSource(fields.text("command"), digest, kind, fields.span_of("hash"))


def _download(fields: Fields, hash_type: HashType) -> FetchedSource:
    span, hash_span = fields.span_of("url"), fields.span_of("hash")
    url, digest = download_url(fields.text("url"), span), fields.text("hash").lower()
    name = file_name(url, span)
    return FetchedSource("url", url, name, digest, hash_type, (), span, hash_span, hash_span)


def _repository(fields: Fields) -> FetchedSource:
    """Read a `git` source; `hashType` says what its `treeHash` is made with."""
    spans = (fields.span_of("url"), fields.span_of("hash"), fields.span_of("treeHash"))
    url, commit = both(
        lambda: repository_url(fields.text("url"), spans[0]),
        lambda: revision(fields.text("hash"), spans[1]),
    )
    tree, submodules = fields.maybe("treeHash"), fields.flag("submodules")
    kind, tree = _hash_type(fields), None if tree is None else tree.lower()
    return FetchedSource("git", url, None, commit, kind, (), *spans, tree, submodules)


def _hash_type(fields: Fields) -> HashType:
    """Return the hash function of a source: blake3 where a tree of git is concerned."""
    word = fields.choice("hashType", (*get_args(HashType), "git"))
    return cast(HashType, "blake3" if word == "git" else word)


def _for_system(fields: Fields, system: str) -> Fields:
    for item in fields.items("perArch"):
        download = Fields(record_of(item), DOWNLOAD)
        if download.text("system") == system:
            return download
    message = f"no source for '{system}'"
    hint = f'add {{ system = "{system}" url = … hash = … }}'
    raise ProgramError([Diagnostic(Code.E14, message, fields.span_of("perArch"), hint=hint)])


def _patches(
    module: ModuleName, member: str, fields: Fields, digests: Digests
) -> tuple[SourcePatch, ...]:
    return every(
        partial(_patch, module, f"{member}.patches.{at}", value, digests)
        for at, value in enumerate(fields.items("patches"))
    )


def _patch_fields(value: Value) -> Fields:
    """Return a patch as a record; a text alone is its URL or path."""
    if isinstance(value, TextValue):
        value = RecordValue((Field(Label("url"), value, value.span),), value.span)
    return Fields(record_of(value), PATCH)


def _is_local(patch: Fields) -> bool:
    return "://" not in patch.text("url")


def _local_patch(module: ModuleName, member: str, patch: Fields) -> LocalFolder:
    span = patch.span_of("url")
    return LocalFolder(module, member, local_path(patch.text("url"), span), (), span, span)


def _patch(module: ModuleName, member: str, value: Value, digests: Digests) -> SourcePatch:
    patch = _patch_fields(value)
    strip, given = patch.number("strip"), patch.maybe("hash")
    place = patch.span_of("hash")
    if _is_local(patch):
        file = _local_patch(module, member, patch)
        known = (given or "").lower()
        return LocalPatch(_known(file, digests), strip, file.path, known, file.span, place)
    span = patch.span_of("url")
    url = download_url(patch.text("url"), span)
    if given is None:
        raise misfit(
            "a patch from a URL needs a hash", patch.span, hint='write { url = … hash = "" }'
        )
    return Patch(url, given.lower(), strip, span, place)
