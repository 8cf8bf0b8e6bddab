"""Did you mean …?

In: a name that means nothing and the names that would. Out: the nearest one, if
it is near enough that a slip of the fingers explains the difference.
"""

from collections.abc import Iterable, Iterator

__all__ = ["Speller", "did_you_mean", "distance", "nearest_or_all"]

LONGEST = 40
"""Names beyond this length get no suggestion: their index would be large."""
LISTED = 5
"""How many names a hint shows."""


def distance(left: str, right: str) -> int:
    """Count insertions, deletions, replacements and swaps of neighbours between two names.

    Optimal string alignment (Damerau 1964; no part is edited twice).
    """
    before: list[int] = []
    above = list(range(len(right) + 1))
    for row, char in enumerate(left, 1):
        line = [row]
        for column, other in enumerate(right, 1):
            cost = min(above[column] + 1, line[-1] + 1, above[column - 1] + (char != other))
            swapped = row > 1 and column > 1 and char == right[column - 2]
            if swapped and left[row - 2] == other:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        before, above = above, line
    return above[-1]


def cutoff(name: str) -> int:
    """Say how many edits a slip may take: none up to 2 letters, one up to 5, else two."""
    return min(2, len(name) // 3)


class Speller:
    """Finds the nearest of many names without comparing with each.

    Two names that are at most k edits apart share a text that is reached from
    both by at most k deletions (Garbe's symmetric delete); these are the index,
    which is made when the first name is looked up.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = names
        self._index: dict[str, list[str]] | None = None

    def nearest(self, name: str) -> str | None:
        """Return the nearest name within the cut-off; of equally near ones the smallest."""
        if self._index is None:
            self._index = _indexed(self._names)
        allowed = cutoff(name)
        if not allowed or len(name) > LONGEST:
            return None
        near = {other for key in _deletes(name, allowed) for other in self._index.get(key, ())}
        ranked = sorted((distance(name, other), other) for other in near if other != name)
        return ranked[0][1] if ranked and ranked[0][0] <= allowed else None

    def hint(self, name: str) -> str | None:
        """Return the hint for a name that means nothing."""
        found = self.nearest(name)
        return found and f"did you mean '{found}'?"


def did_you_mean(name: str, names: Iterable[str]) -> str | None:
    """Return the hint for a name that means nothing; for one look-up."""
    return Speller(names).hint(name)


def nearest_or_all(name: str, names: Iterable[str]) -> str | None:
    """Return the hint for a name that means nothing among few: without a near one, all of them."""
    known = sorted(names)
    listed = ", ".join(known[:LISTED]) + (", …" if len(known) > LISTED else "")
    return did_you_mean(name, known) or (f"there is {listed}" if known else None)


def _indexed(names: Iterable[str]) -> dict[str, list[str]]:
    index: dict[str, list[str]] = {}
    for name in names:
        if len(name) <= LONGEST:
            for key in _deletes(name, max(1, cutoff(name))):
                index.setdefault(key, []).append(name)
    return index


def _deletes(name: str, count: int) -> Iterator[str]:
    """Yield a name and what is left of it after up to `count` deletions."""
    texts = {name}
    yield name
    for _ in range(count):
        texts = {text[:at] + text[at + 1 :] for text in texts for at in range(len(text))}
        yield from texts
