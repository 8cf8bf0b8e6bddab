"""Which store entries a tree mentions.

In: candidates and the bytes of a tree, in any chunks. Out: those whose hash (the
32 characters before the name) occurs, also across the edge of two chunks.

Every byte is mapped to one of two, and runs of 32 are looked for; so the cost
does not grow with the number of candidates.
"""

from collections.abc import Iterable

from ...ir.names import StoreName

__all__ = ["HASH_LENGTH", "ReferenceScanner"]

HASH_LENGTH = 32
IS_HASH = bytes(
    ord("a") if byte in b"abcdefghijklmnopqrstuvwxyz234567" else ord(" ") for byte in range(256)
)
RUN = b"a" * HASH_LENGTH
ENOUGH = 1 << 18


class ReferenceScanner:
    """Looks for the hashes of candidates in everything that it is shown."""

    def __init__(self, candidates: Iterable[StoreName]) -> None:
        self._missing = {name[:HASH_LENGTH].encode("ascii"): name for name in candidates}
        self._found: list[StoreName] = []
        self._pending = bytearray()

    def see(self, data: bytes | memoryview) -> None:
        """Take the next bytes; small pieces are gathered first."""
        self._pending += data
        if len(self._pending) >= ENOUGH:
            self._search()
            del self._pending[: 1 - HASH_LENGTH]

    def references(self) -> tuple[StoreName, ...]:
        """Return the candidates seen so far, sorted."""
        self._search()
        return tuple(sorted(self._found))

    def _search(self) -> None:
        if not self._missing:
            return
        marked = self._pending.translate(IS_HASH)
        at = marked.find(RUN)
        while at >= 0:
            name = self._missing.pop(bytes(self._pending[at : at + HASH_LENGTH]), None)
            if name is not None:
                self._found.append(name)
            at = marked.find(RUN, at + 1)
