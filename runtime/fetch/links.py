"""Links of a tree that is not there yet, followed on paper.

In: the links of an archive. Out: for each whether it stays inside, as the kernel would see it.

Links that lead through each other, down and up again, can make one short link cost a million
steps, so all links of a tree together have a number of steps.
"""

from collections import deque
from collections.abc import Mapping
from typing import TypeAlias

__all__ = ["LONGEST_TARGET", "Links", "Name"]

Name: TypeAlias = tuple[str, ...]
"""A path inside of the tree, in its components."""

MOST_LINKS = 40
"""How many links Linux follows in one path."""
LONGEST_TARGET = 4095
"""The bytes of a path that Linux takes."""
STEPS_FOR_EACH = 100
"""Components that a link leads through, on average; honest ones have some ten."""
FREE_STEPS = 100_000


class Links:
    """The links of a tree: where each lies, and its target."""

    def __init__(self, targets: Mapping[Name, str]) -> None:
        self._targets = targets
        self._steps = FREE_STEPS + STEPS_FOR_EACH * len(targets)

    def leads_out(self, link: Name) -> bool:
        """Whether a link leaves the tree, never ends, or leads through too much."""
        place: list[str] = []
        waiting = deque(link)
        links = 0
        while waiting:
            self._steps -= 1
            part = waiting.popleft()
            if part in ("", "."):
                continue
            if part == "..":
                if not place:
                    return True
                place.pop()
                continue
            place.append(part)
            target = self._targets.get(tuple(place))
            if target is not None:
                links += 1
                if links > MOST_LINKS or target.startswith("/") or self._steps < 0:
                    return True
                place.pop()
                waiting.extendleft(reversed(target.split("/")))
        return False
