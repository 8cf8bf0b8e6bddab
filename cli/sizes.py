"""Sizes as people write them.

In: `20G`, `1.5 MiB`, or a number of bytes. Out: bytes. Prefixes are powers of 1024, as
those of `du -h` are.
"""

import re

import click

__all__ = ["parse_size"]

SIZE = r"(?i)([0-9]{1,15}(?:\.[0-9]{1,3})?) ?(?:([KMGT])(?:i?B)?|B)?"


def parse_size(text: object) -> int:
    """Return the bytes that `20G`, `1.5GiB` or `4096` stands for; else a usage error."""
    found = re.fullmatch(SIZE, str(text).strip())
    if found is None:
        raise click.BadParameter(f"'{text}' is not of the form 20G, 500M or 4096")
    power = " KMGT".index(found[2].upper()) if found[2] else 0
    return int(float(found[1]) * 1024**power)
