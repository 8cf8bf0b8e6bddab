"""Numbers and sizes on the command line, refused in words that people use.

In: a text. Out: a number in its range, or bytes; else a usage error that says what is wanted.
"""

import math
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import click

__all__ = ["GenerationNumber", "Number", "WholeNumber", "parse_size"]

SIZE = r"(?i)([0-9]{1,15}(?:\.[0-9]{1,3})?) ?(?:([KMGT])(?:i?B)?|B)?"
"""Prefixes are powers of 1024, as those of `du -h` are."""
MOST_BYTES = 2**63 - 1
"""No file has more: off_t is signed."""


class WholeNumber(click.types.IntParamType):
    """A whole number from `least` on."""

    def __init__(self, least: int) -> None:
        self.least = least

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number; raises BadParameter."""
        with suppress(click.BadParameter):
            number: int = super().convert(value, param, ctx)
            if number >= self.least:
                return number
        return self.fail(f"'{value}' is not a whole number from {self.least} on", param, ctx)


class GenerationNumber(WholeNumber):
    """The number of a generation; also written as it is shown, `gen-003`."""

    def __init__(self) -> None:
        """Generations are counted from 1."""
        super().__init__(1)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number; raises BadParameter."""
        bare = value.removeprefix("gen-") if isinstance(value, str) else value
        return super().convert(bare, param, ctx)


class Number(click.types.FloatParamType):
    """A number in a range; `wanted` says which, as in `above 0`."""

    def __init__(self, fits: Callable[[float], bool], wanted: str) -> None:
        self.fits, self.wanted = fits, wanted

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number; raises BadParameter, also for `nan` and `inf`."""
        with suppress(click.BadParameter):
            number: float = super().convert(value, param, ctx)
            if math.isfinite(number) and self.fits(number):
                return number
        return self.fail(f"'{value}' is not a number {self.wanted}", param, ctx)


def parse_size(text: object) -> int:
    """Return the bytes that `20G`, `1.5GiB` or `4096` stands for; else a usage error."""
    found = re.fullmatch(SIZE, str(text).strip())
    if found is None:
        raise click.BadParameter(f"'{text}' is not of the form 20G, 500M or 4096")
    power = " KMGT".index(found[2].upper()) if found[2] else 0
    size = int(float(found[1]) * 1024**power)
    if size > MOST_BYTES:
        raise click.BadParameter(f"'{text}' is more than any disk holds")
    return size
