"""The order of services, and rings of them."""

from hypothesis import given
from hypothesis import strategies as st
from stacks import service

from punix.backends.systemd.order import in_order
from punix.ir.diagnostics import Collector
from punix.ir.stack import Service


def messages(*services: Service) -> list[str]:
    found = Collector()
    in_order(services, found)
    return [f"{error.code} {error.message}" for error in found.sorted()]


def test_rings_and_what_is_not_there() -> None:
    assert messages(
        service("a", depends_on=["b"], line=10),
        service("b", depends_on=["c"], line=20),
        service("c", depends_on=["a"], line=30),
        service("d", depends_on=["d", "a"], line=40),
        service("free", depends_on=["fre"], line=50),
        service("e", depends_on=["f"], line=60),
        service("f", depends_on=["e"], line=70),
    ) == [
        "E24 services depend on each other in a ring: a → b → c → a",
        "E24 service 'd' depends on itself",
        "E2 no service 'fre' in this stack",
        "E24 services depend on each other in a ring: e → f → e",
    ]


def test_a_ring_names_every_site() -> None:
    found = Collector()
    in_order(
        [service("a", depends_on=["b"], line=10), service("b", depends_on=["a"], line=20)], found
    )
    (error,) = found.sorted()
    assert error.span is not None
    assert [error.span.start, *(note.span.start for note in error.notes)] == [140, 240]


@given(st.lists(st.lists(st.integers(0, 30), max_size=4), max_size=31))
def test_each_service_follows_what_it_depends_on(edges: list[list[int]]) -> None:
    services = [
        service(str(name), depends_on=[str(other) for other in others if other < name])
        for name, others in enumerate(edges)
    ]
    found = Collector()
    order = [one.name for one in in_order(reversed(services), found)]
    assert not found.failed
    assert sorted(order) == sorted(one.name for one in services)
    place = {name: at for at, name in enumerate(order)}
    for one in services:
        assert all(place[other] < place[one.name] for other in one.depends_on)
