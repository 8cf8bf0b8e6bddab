"""Where sockets listen."""

import pytest

from punix.ir.addresses import SocketAddress, is_host
from punix.ir.names import BadName


@pytest.mark.parametrize(
    "text",
    ["1", "65535", "127.0.0.1:80", "[::1]:8080", "[::ffff:1.2.3.4]:1", "/run/a.sock", "/run/a:1"],
)
def test_addresses(text: str) -> None:
    assert SocketAddress(text) == text


@pytest.mark.parametrize(
    "text",
    [
        *("0", "65536", "080", "80a", "1.2.3:80", "::1:80", "@abstract", "/a/../b", "a/b"),
        *("999.1.1.1:80", "01.1.1.1:80", "[:::]:80", "[1]:80", "[::1%lo]:80", f"/{'a' * 107}"),
    ],
)
def test_no_addresses(text: str) -> None:
    with pytest.raises(BadName):
        SocketAddress(text)


@pytest.mark.parametrize(
    ("text", "ip", "port"),
    [
        ("80", "::", "80"),
        ("127.0.0.1:80", "127.0.0.1", "80"),
        ("[0:0::1]:80", "::1", "80"),
        ("[::ffff:127.0.0.1]:80", "127.0.0.1", "80"),
    ],
)
def test_forms_of_one_address_are_one(text: str, ip: str, port: str) -> None:
    assert (SocketAddress(text).ip, SocketAddress(text).port) == (ip, port)


def test_hosts_that_there_cannot_be() -> None:
    hosts = ["db.example.org", "127.0.0.1", "[::1]", "1.2.3", "999.1.1.1", "1.2.3.4.5", "[:::]"]
    assert [*filter(is_host, hosts)] == [
        "db.example.org",
        "127.0.0.1",
        "[::1]",
        "1.2.3",
        "1.2.3.4.5",
    ]
