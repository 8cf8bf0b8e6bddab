"""Links of a tree that is not there yet, followed on paper.

In: the links of an archive. Out: for each whether it stays inside, as the kernel would see it.

Links that lead through each other, down and up again, can make one short link cost a million
steps, so all links of a tree together have a number of steps.
"""

from collections import deque
from collections.abc import Mapping

__all__ = ["LONGEST_PATH", "Links"]

MOST_LINKS = 40
"""How many links Linux follows in one path."""
LONGEST_PATH = 4095
"""The bytes of a path that Linux takes."""
STEPS_FOR_EACH = 100
"""Components that a link leads through, on average; honest ones have some ten."""
FREE_STEPS = 100_000


class Links:
    """The links of a tree: paths in it, and their targets."""

    def __init__(self, targets: Mapping[str, str]) -> None:
        self._targets = targets
        self._steps = FREE_STEPS + STEPS_FOR_EACH * len(targets)

    def leads_out(self, link: str) -> bool:
        """Whether a link leaves the tree, never ends, or leads through too much."""
        place, links = "", 0
        waiting = deque(link.split("/"))
        while waiting:
            self._steps -= 1
            part = waiting.popleft()
            if part == "..":
                if not place:
                    return True
                place = place.rpartition("/")[0]
            elif part not in ("", "."):
                inner = f"{place}/{part}" if place else part
                target = self._targets.get(inner)
                if target is None:
                    place = inner
                    continue
                links += 1
                if links > MOST_LINKS or target.startswith("/") or self._steps < 0:
                    return True
                waiting.extendleft(reversed(target.split("/")))
        return False
