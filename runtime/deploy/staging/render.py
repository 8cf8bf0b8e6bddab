"""The bytes of a stack's files.

In: a bundle, a target, the values of its secrets. Out: bytes for each file, with
store root, live folder and secrets filled in, and their sha256.
"""

from base64 import b64decode
from collections.abc import Callable, Mapping
from functools import partial
from hashlib import sha256

from ....ir.bundle import Bundle, BundleFile, SecretFile
from ....ir.diagnostics import Code, Diagnostic, ProgramError
from ....ir.names import Digest
from ....ir.node import Frozen, frozen
from ....ir.text import Bytes, LiveFolder, Secret, StorePath, Symbol, fill
from ..target.layout import Target
from .secrets import keyed_digest, reference

__all__ = ["Rendered", "RenderedFile", "RenderedSecret", "file_bytes", "render"]


@frozen
class RenderedFile(Frozen):
    """A file of the bundle and its bytes."""

    entry: BundleFile
    data: bytes
    sha256: str


@frozen
class RenderedSecret(Frozen):
    """A secret file of the bundle, its bytes, and their keyed digest."""

    entry: SecretFile
    data: bytes
    keyed: Digest


@frozen
class Rendered(Frozen):
    """All files of a bundle, in its order."""

    bundle: Bundle
    files: tuple[RenderedFile, ...]
    secrets: tuple[RenderedSecret, ...]


def render(
    bundle: Bundle,
    target: Target,
    values: Mapping[Secret, str],
    key: bytes,
    quote: Callable[[str], str],
) -> Rendered:
    """Fill in what only the runtime knows.

    `quote` writes a secret value inside the double quotes of an EnvironmentFile;
    a secret that is a file's whole text is written as it is. Raises ProgramError
    with E28 for each value that `quote` refuses with ValueError.
    """
    quoted = _quoted(bundle, values, quote)

    plain = partial(_plain, target, target.store_root)

    def secret(symbol: Symbol) -> str:
        return quoted[symbol] if isinstance(symbol, Secret) else plain(symbol)

    def whole(symbol: Symbol) -> str:
        return values[symbol] if isinstance(symbol, Secret) else plain(symbol)

    files = [(file, file_bytes(file, target, target.store_root)) for file in bundle.files]
    secrets = [
        (file, fill(file.text, whole if len(file.text) == 1 else secret).encode())
        for file in bundle.secret_files
    ]
    return Rendered(
        bundle,
        tuple(RenderedFile(file, data, sha256(data).hexdigest()) for file, data in files),
        tuple(RenderedSecret(file, data, keyed_digest(data, key)) for file, data in secrets),
    )


def file_bytes(file: BundleFile, target: Target, store_root: str) -> bytes:
    """Return the bytes of a file that anybody may read."""
    if len(file.text) == 1 and isinstance(file.text[0], Bytes):
        return b64decode(file.text[0].data)
    return fill(file.text, partial(_plain, target, store_root)).encode()


def _plain(target: Target, store_root: str, symbol: Symbol) -> str:
    if isinstance(symbol, StorePath):
        return f"{store_root.rstrip('/')}/{symbol.name}"
    if isinstance(symbol, LiveFolder):
        return target.live_folder
    raise TypeError(f"{symbol!r} may not be in a file that others can read")


def _quoted(
    bundle: Bundle, values: Mapping[Secret, str], quote: Callable[[str], str]
) -> dict[Secret, str]:
    """Quote each secret that stands inside a text. The reason of a refusal never shows a value."""
    quoted: dict[Secret, str] = {}
    problems: list[Diagnostic] = []
    for file in bundle.secret_files:
        for part in file.text:
            if not isinstance(part, Secret) or part in quoted or len(file.text) == 1:
                continue
            try:
                quoted[part] = quote(values[part])
            except ValueError as reason:
                message = f"secret '{reference(part)}': {reason}"
                problems.append(Diagnostic(Code.E28, message, file.span))
    if problems:
        raise ProgramError(problems, bundle.sources)
    return quoted
