"""What every fetch needs besides its source.

In: nothing. Out: `Fetcher`, a value.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from ...ir.node import Frozen, frozen
from .reporter import Reporter

__all__ = ["Fetcher", "Run"]

Run: TypeAlias = Callable[[Sequence[str], Mapping[str, str], Path], tuple[int, str]]
"""Runs a program: command, environment, folder; returns its exit status and what it printed."""


@frozen
class Fetcher(Frozen):
    """Where fetched things are kept, who hears of it, and what runs programs."""

    cache: Path
    reporter: Reporter
    run: Run
