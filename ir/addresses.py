"""Addresses of the internet protocols, and where a socket listens.

In: a text. Out: a `SocketAddress`, or `BadName`; whether a text is an address.
"""

import re
from typing import Self

from .names import BadName, CheckedStr, shorten

__all__ = ["SocketAddress", "is_host"]


class SocketAddress(CheckedStr):
    """Where a socket listens: `8080`, `127.0.0.1:8080`, `[::1]:8080`, or a path."""

    __slots__ = ()
    PATTERN = (
        r"(?:(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|\[[0-9A-Fa-f:.]+\]):)?"
        r"(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
        r"|(?!.*/\.{1,2}(?:/|\Z))(?:/[A-Za-z0-9_.+@:-]+)+"
    )
    LONGEST = 107
    RULE = "a port, an address with a port, or a path (at most 107 bytes)"

    def __new__(cls, text: str) -> Self:
        address = super().__new__(cls, text)
        host, _, _ = text.rpartition(":")
        if host and not text.startswith("/") and not is_ip(host):
            raise BadName(f"{shorten(text)!r} is not {cls.RULE}: '{host}' is no address")
        return address

    @property
    def is_path(self) -> bool:
        """Whether it is a path, and no port."""
        return self.startswith("/")

    @property
    def port(self) -> str:
        """The port, in decimal."""
        return self.rpartition(":")[2]

    @property
    def ip(self) -> str:
        """The address of a port, in its shortest form; of a port alone `::`, which is every one."""
        return shortest(self.rpartition(":")[0] or "[::]")


def is_ip(host: str) -> bool:
    """Whether `1.2.3.4` is an address of IPv4, or `[::1]` one of IPv6."""
    try:
        shortest(host)
    except ValueError:
        return False
    return True


def is_host(host: str) -> bool:
    """Whether `db.example.org` may be a host: four numbers or brackets are no name."""
    is_number = host.startswith("[") or re.fullmatch(r"[0-9]+(?:\.[0-9]+){3}", host) is not None
    return not is_number or is_ip(host)


def shortest(host: str) -> str:
    """Return the one form of an address that may be written in several. Raises ValueError."""
    from ipaddress import IPv4Address, IPv6Address  # few programs have one

    if not host.startswith("["):
        return str(IPv4Address(host))
    found = IPv6Address(host.removeprefix("[").removesuffix("]"))
    return str(found.ipv4_mapped or found)
