"""IR and manifests that somebody stored in a file.

In: a path, `-` for standard input. Out: roots that are verified before anybody
trusts them; ProgramError (E25) for what is no IR, (E29) for what cannot be read.
"""

import re
import sys
from pathlib import Path

from ...ir.codec import CodecError, parse_json
from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.manifest import Manifest
from ...ir.node import Document
from ...ir.saved_plan import SavedPlan
from ...ir.stages import load_any, open_any
from ...ir.verify import require
from ...runtime.files.sealed import Damaged, unseal

__all__ = ["read_manifest", "read_plan", "read_stored"]


def read_stored(path: str) -> list[Document]:
    """Read one root, or several as `compile` writes them for several stacks."""
    try:
        roots = _roots(_read(path))
    except CodecError as problem:
        raise ProgramError([_no_ir(path, problem)]) from None
    if not roots:
        raise ProgramError([_no_ir(path, "it is empty")])
    for root in roots:
        require(root)
    return roots


def read_manifest(path: str) -> Manifest:
    """Read the manifest of a generation; its digests are checked."""
    try:
        manifest = unseal(Manifest, _read(path).encode("utf-8"))
    except Damaged as problem:
        raise ProgramError([_no_ir(path, problem)]) from None
    require(manifest)
    return manifest


def read_plan(path: str) -> SavedPlan:
    """Read a plan that `service plan --plan` saved; its digests are checked."""
    plain = "/" not in path and "." not in path
    stack = path if plain else "STACK"
    hint = f"`punix service plan {stack} --plan FILE` writes what it reads"
    try:
        saved = unseal(SavedPlan, _read(path, hint).encode("utf-8"))
    except Damaged as problem:
        program = path.endswith(".pcl")
        message = f"'{path}' is a program, not a saved plan" if program else f"{path}: {problem}"
        raise ProgramError([Diagnostic(Code.E25, message, hint=hint)]) from None
    require(saved.plan)
    require(saved.closure)
    return saved


def _read(path: str, hint: str | None = None) -> str:
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        return data.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise ProgramError([_no_ir(path, f"not UTF-8 at byte {problem.start}")]) from None
    except OSError as problem:
        message = f"{path}: {problem.strerror}"
        raise ProgramError([Diagnostic(Code.E29, message, hint=hint)]) from None


def _roots(text: str) -> list[Document]:
    """Read one root, or the several that `compile` writes: by name in JSON, in a row as text."""
    if not text.lstrip().startswith("{"):
        return [load_any(part) for part in re.split(r"(?m)^(?=punix )", text) if part.strip()]
    tree = parse_json(text)
    if isinstance(tree, dict) and "punix" not in tree:
        return [open_any(part) for part in tree.values()]
    return [open_any(tree)]


def _no_ir(path: str, problem: object) -> Diagnostic:
    if path.endswith(".pcl"):
        hint = f"programs go without --from: punix compile {path}"
        return Diagnostic(Code.E25, f"'{path}' is a program, not a stored stage", hint=hint)
    name = "standard input" if path == "-" else path
    return Diagnostic(Code.E25, f"{name}: {problem}", hint="`punix compile` writes what it reads")
