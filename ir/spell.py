"""Did you mean …?

In: a word and the words that would have been right. Out: the nearest one, if it
is near enough that a person may have meant it.
"""

from collections.abc import Iterable

__all__ = ["distance", "nearest"]

LONGEST = 64
"""Longer words are not compared: nobody mistypes them by hand, and the cost is quadratic."""


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate with the fewest edits, None if that is more than a third of its letters.

    Upper and lower case count as equal here; among equals the first by name wins.
    """
    if not 0 < len(word) <= LONGEST:
        return None
    best: tuple[int, str] | None = None
    for candidate in sorted(set(candidates)):
        most = max(1, min(len(word), len(candidate)) // 3)
        if abs(len(word) - len(candidate)) > most or len(candidate) > LONGEST:
            continue
        edits = distance(word.lower(), candidate.lower(), most)
        if edits <= most and (best is None or edits < best[0]):
            best = (edits, candidate)
    return best[1] if best else None


def distance(left: str, right: str, most: int) -> int:
    """Count insertions, deletions, substitutions and swaps of neighbours between two words.

    Stops early and returns `most` + 1 when there are more. This is the optimal
    string alignment distance of Damerau and Levenshtein.
    """
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, char in enumerate(left, 1):
        older, before, row = before, row, [i]
        for j, other in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (char != other))
            if i > 1 and j > 1 and char == right[j - 2] and left[i - 2] == other:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
