"""Numbers and sizes on the command line, refused in words that people use.

In: a text. Out: a number in its range, or bytes; else a usage error that says what is wanted.
"""

import math
import re
from typing import Any

import click

__all__ = ["GenerationNumber", "Number", "WholeNumber", "parse_size"]

SIZE = r"(?i)([0-9]{1,15}(?:\.[0-9]{1,3})?) ?(?:([KMGT])(?:i?B)?|B)?"
"""Prefixes are powers of 1024, as those of `du -h` are."""
MOST_BYTES = 2**63 - 1
"""No file has more: off_t is signed."""


class WholeNumber(click.IntRange):
    """A whole number from `min` on."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number; raises BadParameter."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"'{value}' is not a whole number from {self.min} on", param, ctx)


class GenerationNumber(WholeNumber):
    """The number of a generation; also written as it is shown, `gen-003`."""

    def __init__(self) -> None:
        """Generations are counted from 1."""
        super().__init__(min=1)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number; raises BadParameter."""
        bare = value.removeprefix("gen-") if isinstance(value, str) else value
        return super().convert(bare, param, ctx)


class Number(click.FloatRange):
    """A number from `min` on, or above it with `min_open`; perhaps with a greatest one."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number; raises BadParameter, also for `nan` and `inf`."""
        try:
            number = super().convert(value, param, ctx)
        except click.BadParameter:
            number = math.nan
        if not math.isfinite(number):
            wanted = f"above {self.min}" if self.min_open else f"from {self.min} on"
            if self.max is not None:
                wanted = f"from {self.min} to {self.max}"
            self.fail(f"'{value}' is not a number {wanted}", param, ctx)
        return number


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
