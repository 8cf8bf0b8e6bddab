"""Checked names: strings that cannot be built from a text that breaks their rule.

In: a text. Out: a `str` of a narrower type, or `BadName` saying which rule it breaks.
A value of one of these types needs no second check anywhere else.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import ClassVar, Self

__all__ = [
    "AbsPath",
    "AccountName",
    "BadName",
    "Base64",
    "BinaryName",
    "CheckedStr",
    "CredentialName",
    "Digest",
    "DirectiveName",
    "Exposure",
    "FileMode",
    "FilePath",
    "HostName",
    "Label",
    "ModuleName",
    "NewAccountName",
    "PackageName",
    "Reason",
    "RootPath",
    "StoreName",
    "SystemName",
    "UnitName",
    "UserComment",
    "VariableName",
    "Version",
    "shorten",
]


class BadName(ValueError):
    """A text that is not a name of the wanted type."""


class CheckedStr(str):
    """A string that matches `PATTERN` and is at most `LONGEST` characters long."""

    __slots__ = ()
    PATTERN: ClassVar[str]
    LONGEST: ClassVar[int] = 4096
    RULE: ClassVar[str]

    def __new__(cls, text: str) -> Self:
        if _matcher(cls.PATTERN)(text) is None or len(text) > cls.LONGEST:
            raise BadName(f"{shorten(text)!r} is not {cls.RULE}")
        return str.__new__(cls, text)


@cache
def _matcher(pattern: str) -> Callable[[str], re.Match[str] | None]:
    """Compile a pattern when the first name is checked by it: no command needs them all."""
    return re.compile(pattern).fullmatch


def shorten(text: str) -> str:
    """Keep a text that goes into a message to a length a person reads."""
    return text if len(text) <= 60 else text[:57] + "..."


class Label(CheckedStr):
    """The name of a member, a record field or a type field: `recipeArgs`."""

    __slots__ = ()
    PATTERN = r"[A-Za-z_][A-Za-z0-9_-]*"
    LONGEST = 1_000_000
    RULE = "a name"


class ModuleName(Label):
    """The name of a module: `Hello`, `rustc-bootstrap`."""

    __slots__ = ()
    RULE = "a module name"


class PackageName(CheckedStr):
    """A `pname`: it becomes a part of a file name in the store."""

    __slots__ = ()
    PATTERN = r"[A-Za-z0-9_][A-Za-z0-9_+.-]*"
    LONGEST = 100
    RULE = "a package name (letters, digits, '_', '+', '.', '-'; at most 100)"


class Version(PackageName):
    """A `version`: it becomes a part of a file name in the store."""

    __slots__ = ()
    RULE = "a version (letters, digits, '_', '+', '.', '-'; at most 100)"


class Digest(CheckedStr):
    """A blake3 digest of 256 bits: 64 lower-case hexadecimal digits."""

    __slots__ = ()
    PATTERN = r"[0-9a-f]{64}"
    RULE = "a blake3 digest (64 hexadecimal digits)"


class HostName(CheckedStr):
    """The name of a machine: `web-1`, `db.example.org` (RFC 1123, section 2.1)."""

    __slots__ = ()
    PATTERN = r"(?!-)[A-Za-z0-9-]++(?:\.(?!-)[A-Za-z0-9-]++)*+"
    LONGEST = 253
    RULE = "the name of a host (parts of letters, digits and '-', with '.' between)"


class StoreName(CheckedStr):
    """`<32 characters of base32>-<pname>-<version>`: one entry of a store.

    The base32 is RFC 4648's alphabet in lower case; 32 characters hold 160 bits.
    """

    __slots__ = ()
    PATTERN = r"[a-z2-7]{32}-[A-Za-z0-9_][A-Za-z0-9_+.-]*-[A-Za-z0-9_][A-Za-z0-9_+.-]*"
    LONGEST = 255
    RULE = "a store name (<hash>-<pname>-<version>)"

    @classmethod
    def of(cls, digest: str, pname: PackageName, version: Version) -> Self:
        """Join 32 characters of base32 and two checked names, which needs no second check."""
        return str.__new__(cls, f"{digest}-{pname}-{version}")

    @property
    def label(self) -> str:
        """The name without its hash: `<pname>-<version>`."""
        return self[33:]


class SystemName(CheckedStr):
    """A processor and a kernel, as builds know them: `x86_64-linux`."""

    __slots__ = ()
    PATTERN = r"[a-z0-9_]++-[a-z0-9]++"
    LONGEST = 100
    RULE = "a system such as x86_64-linux"


class UnitName(CheckedStr):
    """The name of a unit of a service manager: `hello.service`."""

    __slots__ = ()
    PATTERN = r"[A-Za-z0-9_][A-Za-z0-9:_.@-]*"
    LONGEST = 200
    RULE = "a service name (letters, digits, ':', '_', '.', '@', '-'; at most 200)"


class BinaryName(CheckedStr):
    """The name of an executable in a package's `bin` folder."""

    __slots__ = ()
    PATTERN = r"(?!\.{1,2}\Z)[^/\x00-\x1f\x7f]+"
    LONGEST = 255
    RULE = "one file name (no '/', no control characters)"


class Base64(CheckedStr):
    """Bytes, as RFC 4648 writes them."""

    __slots__ = ()
    PATTERN = r"(?:[A-Za-z0-9+/]{4})*+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
    LONGEST = 1 << 26
    RULE = "base64"


class FileMode(CheckedStr):
    """Permission bits in octal: `0644`, `755`; no setuid, setgid or sticky bit."""

    __slots__ = ()
    PATTERN = r"0?[0-7]{3}"
    RULE = "a file mode (three octal digits, such as 0644)"


class VariableName(CheckedStr):
    """The name of an environment variable."""

    __slots__ = ()
    PATTERN = r"[A-Za-z_][A-Za-z0-9_]*"
    LONGEST = 255
    RULE = "the name of an environment variable (letters, digits, '_')"


class CredentialName(CheckedStr):
    """The name under which a service finds a credential."""

    __slots__ = ()
    PATTERN = r"(?!\.{1,2}\Z)[A-Za-z0-9_.-]+"
    LONGEST = 200
    RULE = "the name of a credential (letters, digits, '_', '.', '-'; at most 200)"


class DirectiveName(CheckedStr):
    """A key of a unit file: `MemoryMax`."""

    __slots__ = ()
    PATTERN = r"[A-Za-z][A-Za-z0-9-]*"
    LONGEST = 100
    RULE = "a directive (letters, digits, '-')"


class Exposure(CheckedStr):
    """A score of `systemd-analyze security`: `"2.0"`; PCL has no numbers with a point."""

    __slots__ = ()
    PATTERN = r"[0-9](?:\.[0-9])?|10(?:\.0)?"
    RULE = 'an exposure ("0.0" to "10.0", at most one digit after the point)'

    @property
    def tenths(self) -> int:
        """The score in tenths: 20 for `2.0`."""
        whole, _, tenth = self.partition(".")
        return 10 * int(whole) + int(tenth or "0")


class Reason(CheckedStr):
    """Why something is as it is, for people to read."""

    __slots__ = ()
    PATTERN = r"(?s:.*\S.*)"
    LONGEST = 500
    RULE = "a reason (a text that says something, at most 500 characters)"


class AccountName(CheckedStr):
    """The name of a user or group."""

    __slots__ = ()
    PATTERN = r"[a-z_][a-z0-9_-]*"
    LONGEST = 31
    RULE = "a user or group name (lower-case letters, digits, '_', '-'; at most 31)"


class NewAccountName(AccountName):
    """The name of a user or group that may be made: none that is a part of every machine."""

    __slots__ = ()
    PATTERN = r"(?!(?:root|nobody|nogroup)\Z)[a-z_][a-z0-9_-]*"
    RULE = "a name for a new account (lower-case letters, digits, '_', '-'; at most 31; not root)"


class UserComment(CheckedStr):
    """What an account is for, the fifth field of passwd(5)."""

    __slots__ = ()
    PATTERN = r"(?! )[^:\x00-\x1f\x7f-\x9f\u2028\u2029]+(?<! )"
    LONGEST = 200
    RULE = "a line without ':' (at most 200 characters)"


class FilePath(CheckedStr):
    """Where a stack puts a file: an absolute path, or `~/…` in the home of whose stack it is.

    Normalised: no `..`, no `//`, no NUL, no final `/`.
    """

    __slots__ = ()
    PATTERN = r"(?!(?s:.*)/\.{1,2}(?:/|\Z))~?(?:/[^/\x00]{1,255})+"
    LONGEST = 4095
    RULE = "an absolute path or ~/… (no '..', no '//', no final '/', names of at most 255 bytes)"

    def __new__(cls, text: str) -> Self:
        path = super().__new__(cls, text)
        if text.isascii():  # the pattern has counted
            return path
        if any(len(os_name.encode("utf-8", "surrogatepass")) > 255 for os_name in text.split("/")):
            raise BadName(f"{shorten(text)!r} is not {cls.RULE}")
        return path


class AbsPath(FilePath):
    """A path on a target, from its root on."""

    __slots__ = ()
    PATTERN = r"(?!(?s:.*)/\.{1,2}(?:/|\Z))(?:/[^/\x00]{1,255})+"
    RULE = "an absolute path (no '..', no '//', no final '/', names of at most 255 bytes)"


class RootPath(CheckedStr):
    """A folder that punix keeps its own data in; it needs no escaping anywhere."""

    __slots__ = ()
    PATTERN = r"(?!.*/\.{1,2}(?:/|\Z))/|(?!.*/\.{1,2}(?:/|\Z))(?:/[A-Za-z0-9_.+-]+)+"
    LONGEST = 1024
    RULE = "an absolute path of letters, digits, '_', '.', '+', '-'"
