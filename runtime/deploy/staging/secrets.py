"""Secrets: read when a stack is rendered, kept in `gen-NNN/secrets` alone.

In: a bundle and a source of values. Out: the value of each secret that it
mentions, or one E11 for each that cannot be had, with all its sites. Values
appear in no message. A manifest holds blake3 of a secret file, keyed with 32
random bytes that only root can read, so that nobody can guess a value from it.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from blake3 import blake3

from ....ir.bundle import Bundle
from ....ir.diagnostics import Code, Diagnostic, Label, ProgramError
from ....ir.names import Digest
from ....ir.span import Span
from ....ir.text import Secret, secret_fault
from ..target.errors import fail
from ..target.layout import Target

__all__ = [
    "LocalSecrets",
    "MissingSecret",
    "Placeholders",
    "SecretSource",
    "keyed_digest",
    "look_up",
    "read_key",
    "reference",
    "resolve",
    "stack_key",
]

KEY_BYTES = 32


class MissingSecret(Exception):
    """A secret that cannot be had: why, and what to do about it."""

    def __init__(self, reason: str, hint: str | None = None) -> None:
        self.reason, self.hint = reason, hint
        super().__init__(reason)


class SecretSource(Protocol):
    """Where values come from."""

    def read(self, secret: Secret) -> str:
        """Return the value. Raises MissingSecret."""


class LocalSecrets:
    """`from_env` of an environment, `from_file` of this machine, `from_vault` of an export.

    A vault is not asked: whoever may reads it exports what a stack needs to the folder
    `vault`, a file for each path. Files are read without one final line end.
    """

    def __init__(self, environment: Mapping[str, str], vault: Path | None = None) -> None:
        self.environment, self.vault = environment, vault

    def read(self, secret: Secret) -> str:
        readers: dict[str, Callable[[str], str]] = {
            "from_env": self._variable,
            "from_file": _file,
            "from_vault": self._exported,
        }
        value = readers[secret.origin](secret.key)
        if "\0" in value:
            raise MissingSecret("the value holds a NUL byte")
        return value

    def _variable(self, name: str) -> str:
        if name not in self.environment:
            raise MissingSecret(f"environment variable '{name}' is not set")
        return self.environment[name]

    def _exported(self, name: str) -> str:
        if self.vault is None:
            hint = "export it to a folder that only you can read, and give --vault DIR"
            raise MissingSecret(f"'{name}' lies in a vault, of which there is no export", hint)
        fault = secret_fault("from_vault", name)
        if fault:
            raise MissingSecret(fault)
        return _file(str(self.vault / name))


class Placeholders:
    """Stands in for another source in a dry run: asks it for each value and gives none of them."""

    def __init__(self, source: SecretSource) -> None:
        self.source = source

    def read(self, secret: Secret) -> str:
        self.source.read(secret)
        return "placeholder"


def _file(name: str) -> str:
    try:
        return Path(name).read_bytes().decode("utf-8").removesuffix("\n")
    except UnicodeDecodeError:
        raise MissingSecret(f"file '{name}' is not UTF-8") from None
    except (OSError, ValueError) as problem:
        reason = os.strerror(getattr(problem, "errno", None) or 22)
        raise MissingSecret(f"file '{name}' cannot be read: {reason}") from None


def reference(secret: Secret) -> str:
    """Return `from_env:DB_PWD`: how a manifest names a secret."""
    return f"{secret.origin}:{secret.key}"


def resolve(bundle: Bundle, source: SecretSource) -> dict[Secret, str]:
    """Read every secret that a bundle mentions. Raises ProgramError, an E11 for each missing."""
    values, problems = look_up(bundle, source)
    if problems:
        raise ProgramError(problems, bundle.sources)
    return values


def look_up(bundle: Bundle, source: SecretSource) -> tuple[dict[Secret, str], list[Diagnostic]]:
    """Read what can be had of the secrets that a bundle mentions; an E11 for each other one."""
    values: dict[Secret, str] = {}
    problems: list[Diagnostic] = []
    for secret, spans in _sites(bundle).items():
        try:
            values[secret] = source.read(secret)
        except MissingSecret as missing:
            notes = tuple(Label(span, "also used here") for span in spans[1:])
            problems.append(
                Diagnostic(Code.E11, f"secret: {missing.reason}", spans[0], notes, missing.hint)
            )
    return values, problems


def _sites(bundle: Bundle) -> dict[Secret, list[Span]]:
    sites: dict[Secret, list[Span]] = {}
    for file in bundle.secret_files:
        secrets = (part for part in file.text if isinstance(part, Secret))
        for secret, span in zip(secrets, file.secret_spans, strict=True):
            sites.setdefault(secret, []).append(span)
    return sites


def stack_key(target: Target) -> bytes:
    """Return the key of a stack's digests; made at first use. Raises ProgramError, OSError."""
    path = target.path("key")
    if target.transport.status(path) is None:
        staged = target.temporary("key")
        if target.transport.status(staged) is not None:
            target.transport.remove(staged)
        target.transport.write(staged, os.urandom(KEY_BYTES), 0o600, sync=True)
        target.transport.rename(staged, path)
    return read_key(target)


def read_key(target: Target) -> bytes:
    """Return the key of a stack that has one. Raises ProgramError (E27), OSError."""
    path = target.path("key")
    key = target.transport.read(path)
    if len(key) != KEY_BYTES:
        fail(Code.E27, f"'{path}' is damaged: it holds {len(key)} bytes, not {KEY_BYTES}")
    return key


def keyed_digest(data: bytes, key: bytes) -> Digest:
    """Return blake3 of a secret file, keyed."""
    return Digest(blake3(data, key=key).hexdigest())
