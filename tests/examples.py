"""How often a property is tried: some times in a run of the suite, many more in `make fuzz`."""

import os
from collections.abc import Callable
from typing import TypeAlias

from hypothesis import settings

__all__ = ["FAULTS", "FUZZ", "FUZZ_FROM", "Count", "tried"]

FUZZ = int(os.environ.get("FUZZ", "0"))
"""How many times as much as the suite `make fuzz` tries; 0 in the suite."""

FAULTS = os.environ.get("FAULTS") == "all"
"""Whether all of what is exhaustive is wanted, as `make faults` does, or a seeded share."""

Count: TypeAlias = Callable[[str, int], None]
"""The fixture `record_property`: `make faults` and `make fuzz` add up what it is told."""

FUZZ_FROM = int(os.environ.get("FUZZ_FROM", "0"))
"""The first seed of what does not leave its examples to hypothesis."""


def tried(times: int) -> settings:
    """Try a property that often in the suite."""
    return settings(max_examples=times * max(1, FUZZ))
