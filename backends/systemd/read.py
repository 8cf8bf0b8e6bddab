"""The text of a unit, read as systemd.syntax(7) says.

In: text. Out: (section, key, value) in order; comments and blank lines are gone,
continued lines are joined by a space, spaces around keys and values are dropped.
"""

from collections.abc import Iterator

__all__ = ["read"]


def read(text: str) -> list[tuple[str, str, str]]:
    """Return the entries of a unit. Raises ValueError for a line that is none."""
    section, entries = "", []
    for line in _logical_lines(text):
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1]
            continue
        key, equals, value = line.partition("=")
        if not equals or not section:
            raise ValueError(f"not an entry: {line[:60]!r}")
        entries.append((section, key.rstrip(" \t"), value.lstrip(" \t")))
    return entries


def _logical_lines(text: str) -> Iterator[str]:
    begun = ""
    for line in text.split("\n"):
        bare = line.strip(" \t\r")
        if bare[:1] in ("#", ";") or (not bare and not begun):
            continue
        if bare.endswith("\\"):
            begun += bare[:-1] + " "
            continue
        yield begun + bare
        begun = ""
    if begun:
        yield begun.rstrip()
