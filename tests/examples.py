"""How often a property is tried: some times in a run of the suite, many more in `make fuzz`."""

import os

from hypothesis import settings

__all__ = ["FUZZ", "FUZZ_FROM", "tried"]

FUZZ = int(os.environ.get("FUZZ", "0"))
"""How many times as much as the suite `make fuzz` tries; 0 in the suite."""

FUZZ_FROM = int(os.environ.get("FUZZ_FROM", "0"))
"""The first seed of what does not leave its examples to hypothesis."""


def tried(times: int) -> settings:
    """Try a property that often in the suite."""
    return settings(max_examples=times * max(1, FUZZ))
