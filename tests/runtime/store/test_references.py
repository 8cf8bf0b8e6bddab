import random

from builds import fake_name
from hypothesis import given
from hypothesis import strategies as st

from punix.runtime.store import references
from punix.runtime.store.references import ReferenceScanner

NAMES = [fake_name(number) for number in range(50)]


@given(
    st.lists(
        st.one_of(st.sampled_from(NAMES), st.binary(max_size=40), st.just("aaaa")), max_size=8
    ),
    st.integers(1, 60),
)
def test_every_chunking_finds_the_same(pieces: list[str | bytes], size: int) -> None:
    data = b"".join(it if isinstance(it, bytes) else it.encode() for it in pieces)
    expected = tuple(name for name in sorted(NAMES) if name[:32].encode() in data)
    scanner = ReferenceScanner(NAMES)
    for at in range(0, len(data), size):
        scanner.see(data[at : at + size])
    assert scanner.references() == expected


def test_across_the_edge_of_a_search() -> None:
    for before in range(references.ENOUGH - 40, references.ENOUGH + 3):
        scanner = ReferenceScanner(NAMES)
        data = b"." * before + NAMES[7].encode() + b"." * 100
        scanner.see(data[: references.ENOUGH])
        scanner.see(data[references.ENOUGH :])
        assert scanner.references() == (NAMES[7],)


def test_noise_mentions_nothing() -> None:
    scanner = ReferenceScanner(NAMES)
    scanner.see(random.Random(1).randbytes(1 << 20))
    scanner.see(b"z" * (1 << 16))
    assert scanner.references() == ()
