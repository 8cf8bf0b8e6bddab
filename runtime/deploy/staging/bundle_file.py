"""What a tree was rendered from, kept in it: `gen-NNN/bundle.json`.

In: a tree. Out: the bundle, None where there is none or a damaged one; or one of
its files written anew. The file is in the form of `sealed` and holds no secret,
only references.
"""

from hashlib import sha256

from ....ir.bundle import Bundle
from ....ir.diagnostics import Code
from ....ir.manifest import Manifest, ManifestFile
from ....ir.verify import verify
from ...files.sealed import Damaged, unseal
from ..target.errors import fail
from ..target.layout import Target, generation_name
from .render import file_bytes

__all__ = ["NAME", "file_again", "load_bundle", "whole_bundle"]

NAME = "bundle.json"


def load_bundle(target: Target, tree: str) -> Bundle | None:
    """Read the bundle of a tree. Raises OSError."""
    try:
        found = unseal(Bundle, target.transport.read(target.path(f"{tree}/{NAME}")))
    except (FileNotFoundError, Damaged):
        return None
    return None if any(verify(found)) else found


def whole_bundle(target: Target, manifest: Manifest) -> Bundle:
    """Return what a generation was rendered from. Raises ProgramError (E27), OSError."""
    found = load_bundle(target, manifest.tree)
    if found is None:
        name = generation_name(manifest.generation)
        fail(Code.E27, f"what {name} was rendered from is gone or damaged", hint="deploy it again")
    return found


def file_again(target: Target, bundle: Bundle, file: ManifestFile, store_root: str) -> bytes | None:
    """Write a file of a generation anew; None if that does not give what its manifest says."""
    entry = next((entry for entry in bundle.files if entry.path == file.path), None)
    if entry is None:
        return None
    data = file_bytes(entry, target, store_root)
    return data if sha256(data).hexdigest() == file.sha256 else None
