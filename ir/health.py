"""How a service is asked whether it is well, once it has been started.

In: nothing. Out: the node `Health` and what it may ask: a program, a URL or an address.
They are plain values, so that a manifest can hold them and a rollback gate with the checks
of the generation that it goes to.
"""

import re
from collections.abc import Iterator
from typing import Self, TypeAlias

from .addresses import is_host
from .names import BadName, CheckedStr, shorten
from .node import Node, node
from .text import StorePath, Symbol, Text, fill

__all__ = [
    "MOST_SECONDS",
    "Check",
    "ExecCheck",
    "Health",
    "HttpCheck",
    "HttpUrl",
    "TcpAddress",
    "TcpCheck",
]

LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
HOST = rf"(?P<host>{LABEL}(?:\.{LABEL})*|\[[0-9A-Fa-f:.]+\])"
"""Parts of at most 63 characters (RFC 1123, section 2.1), or an address of IPv6 in brackets."""
PORT = (
    r"(?P<port>[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}"
    r"|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
)
PATH = r"(?P<path>/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)"
"""Path and query of RFC 3986; a fragment is not sent."""

MOST_SECONDS = 3600
"""What `within` and `settle` may be at most."""


class Place(CheckedStr):
    """What begins with a host, which is no address that there cannot be."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        place = super().__new__(cls, text)
        found = re.fullmatch(cls.PATTERN, text)
        if found is not None and not is_host(found["host"]):
            raise BadName(f"{shorten(text)!r} is not {cls.RULE}: '{found['host']}' is no address")
        return place


class TcpAddress(Place):
    """`localhost:5432`, `[::1]:5432`."""

    __slots__ = ()
    PATTERN = f"{HOST}:{PORT}"
    LONGEST = 300
    RULE = "an address such as localhost:5432"

    def split_port(self) -> tuple[str, int]:
        """Return the host, an IPv6 one without its brackets, and the port."""
        host, _, port = self.rpartition(":")
        return host.strip("[]"), int(port)


class HttpUrl(Place):
    """`http://localhost:8080/health`: port 80 and path `/` need not be there."""

    __slots__ = ()
    PATTERN = f"http://{HOST}(?::{PORT})?{PATH}?"
    LONGEST = 2000
    RULE = "a URL such as http://localhost:8080/health (no https, user or '#')"

    def parts(self) -> tuple[str, int, str]:
        """Return the host, an IPv6 one without its brackets, the port, and what is asked of it."""
        found = re.fullmatch(self.PATTERN, self)
        assert found is not None, "it was checked when it was made"
        return found["host"].strip("[]"), int(found["port"] or 80), found["path"] or "/"


@node("exec-check")
class ExecCheck(Node):
    """A program with its arguments that ends with 0 where all is well."""

    words: tuple[Text, ...]

    def argv(self, store_root: str) -> list[str]:
        """Return the words, with the paths that packages have in a store."""

        def path(symbol: Symbol) -> str:
            assert isinstance(symbol, StorePath), "no secrets here, and packages have names"
            return f"{store_root}/{symbol.name}"

        return [fill(text, path) for text in self.words]

    def shown(self, store_root: str) -> str:
        """Return what a person is told: the program."""
        return self.argv(store_root)[0]

    @property
    def is_program(self) -> bool:
        """Whether the first word is an absolute path, be it that of a package."""
        first = self.words[0] if self.words else ()
        return bool(first) and (not isinstance(first[0], str) or first[0].startswith("/"))

    @property
    def can_run(self) -> bool:
        """Whether the words are such as a program can be given: paths of packages, and no NUL."""
        parts = [part for text in self.words for part in text]
        plain = all(isinstance(part, str | StorePath) for part in parts)
        return self.is_program and plain and not any("\0" in p for p in parts if isinstance(p, str))


@node("http-check")
class HttpCheck(Node):
    """A URL that is answered with a status of 200 to 299 where all is well."""

    url: HttpUrl

    def shown(self, _: str) -> str:
        """Return what a person is told: the URL."""
        return self.url


@node("tcp-check")
class TcpCheck(Node):
    """An address that takes connections where all is well."""

    address: TcpAddress

    def shown(self, _: str) -> str:
        """Return what a person is told: the address."""
        return self.address


Check: TypeAlias = ExecCheck | HttpCheck | TcpCheck


@node("health")
class Health(Node):
    """A check that must succeed `within` so many seconds, and then for `settle` more."""

    check: Check
    within: int
    settle: int

    @property
    def is_sound(self) -> bool:
        """Whether it can be obeyed: seconds within their bounds, a program that can be run."""
        bounded = 1 <= self.within <= MOST_SECONDS and 0 <= self.settle <= MOST_SECONDS
        return bounded and (not isinstance(self.check, ExecCheck) or self.check.can_run)

    def texts(self) -> Iterator[Text]:
        """Yield every text of the check."""
        if isinstance(self.check, ExecCheck):
            yield from self.check.words
