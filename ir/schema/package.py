"""The fields of a package and of its sources.

In: nothing. Out: their tables.
"""

from collections.abc import Mapping

from ..names import (
    PackageName,
    SystemName,
    VariableName,
    Version,
)
from .shape import (
    SYMBOLIC,
    TEXT,
    TEXTS,
    AnyShape,
    BoolShape,
    EitherShape,
    FieldSpec,
    IntShape,
    ListShape,
    MapShape,
    RecordShape,
    Schema,
    TaggedShape,
    TextShape,
)

__all__ = [
    "DOWNLOAD",
    "PACKAGE",
    "PATCH",
    "SOURCES",
]

PATCH = Schema(
    "patch",
    "A change to a source before it is built.",
    (
        FieldSpec(
            "url", TEXT, "where the patch is: a URL or a path beside the program", required=True
        ),
        FieldSpec("hash", TEXT, "its sha256; a file beside the program may go without"),
        FieldSpec("strip", IntShape(0, 9), "leading path components to drop", default=1),
    ),
)

HASH_TYPE = TextShape(choices=("sha256", "sha512", "blake3"))
GIT_HASH_TYPE = TextShape(choices=("git", "sha256", "sha512", "blake3"))
PATCHES = FieldSpec(
    "patches",
    ListShape(EitherShape((RecordShape(PATCH), TEXT))),
    "changes applied after unpacking",
    default=(),
)

DOWNLOAD = Schema(
    "download",
    "One system's download.",
    (
        FieldSpec("system", TextShape(rule=SystemName), "for which it is", required=True),
        FieldSpec("url", TEXT, "where it is", required=True),
        FieldSpec("hash", TEXT, "its digest", required=True),
    ),
)


def _tag(kind: str) -> FieldSpec:
    return FieldSpec("type", TextShape(choices=(kind,)), "the kind of source", required=True)


SOURCES: Mapping[str, Schema] = {
    "local": Schema(
        "source local",
        "A folder or file beside the program, hashed by content.",
        (
            _tag("local"),
            FieldSpec("path", TEXT, "relative to the file in which it is written", required=True),
            FieldSpec(
                "exclude", TEXTS, "patterns of names to leave out, as in .gitignore", default=()
            ),
            PATCHES,
        ),
    ),
    "url": Schema(
        "source url",
        "A file that is downloaded and verified.",
        (
            _tag("url"),
            FieldSpec("url", TEXT, "http, https, file or mirror", required=True),
            FieldSpec("hash", TEXT, 'its digest in hexadecimal; "" asks what it is', required=True),
            FieldSpec("hashType", HASH_TYPE, "how `hash` was made", default="sha256"),
            PATCHES,
        ),
    ),
    "url_per_arch": Schema(
        "source url_per_arch",
        "A download for each system.",
        (
            _tag("url_per_arch"),
            FieldSpec(
                "perArch",
                ListShape(
                    RecordShape(DOWNLOAD),
                    unique="system",
                ),
                "one entry for each system",
                required=True,
            ),
            FieldSpec("hashType", HASH_TYPE, "how the hashes were made", default="sha256"),
            PATCHES,
        ),
    ),
    "git": Schema(
        "source git",
        "A commit of a repository.",
        (
            _tag("git"),
            FieldSpec("url", TEXT, "the repository: https, ssh, file, or a path", required=True),
            FieldSpec(
                "hash",
                TEXT,
                "a commit; or a tag or branch",
                required=True,
                alias="rev",
            ),
            FieldSpec("hashType", GIT_HASH_TYPE, "how `treeHash` was made", default="git"),
            FieldSpec("treeHash", TEXT, "digest of the checked-out tree: pins a tag or branch"),
            FieldSpec("submodules", BoolShape(), "check out submodules too", default=False),
            PATCHES,
        ),
    ),
    "fixed_output": Schema(
        "source fixed_output",
        "What a command makes with the network, verified by its tree's digest.",
        (
            _tag("fixed_output"),
            FieldSpec("command", TEXT, "shell text that fills $OUTPUT", required=True),
            FieldSpec("hash", TEXT, "digest of the tree that results", required=True),
            FieldSpec("hashType", HASH_TYPE, "how `hash` was made", default="sha256"),
        ),
    ),
}

PACKAGE = Schema(
    "package",
    "Software that is built from a source by a recipe.",
    (
        FieldSpec(
            "recipe", TextShape(names="recipe"), "how it is built: std.shell, …", required=True
        ),
        FieldSpec(
            "pname", TextShape(rule=PackageName), "its name in the store; default: the module's"
        ),
        FieldSpec("version", TextShape(rule=Version), "its version in the store", default="0"),
        FieldSpec("recipeArgs", RecordShape(None), "arguments of the recipe", default=()),
        FieldSpec(
            "source",
            TaggedShape("type", SOURCES),
            "what it is built from; none: nothing",
            default=(),
        ),
        FieldSpec(
            "vendor",
            TaggedShape("type", SOURCES),
            "what the recipe's tool would fetch: a second source, at $VENDOR in the build",
            default=(),
        ),
        FieldSpec(
            "deps",
            ListShape(TextShape(symbolic=True, names="dependency")),
            "packages that the build needs: X.pname, X.out or a pname",
            default=(),
        ),
        FieldSpec("env", MapShape(SYMBOLIC, VariableName), "environment of the build", default=()),
        FieldSpec("network", BoolShape(), "let the build use the network", default=False),
        FieldSpec(
            "meta", AnyShape(), "a description; of it bootstrap_policy alone is hashed", default=()
        ),
    ),
)
