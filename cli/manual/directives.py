"""The pages of `explain` for the directives of hardening levels.

In: the levels and the manual of the backend `systemd`. Out: a `Page` for each directive.
"""

from collections.abc import Iterator

from ...backends.systemd.hardening import LEVELS
from ...backends.systemd.manual import MANUAL, Entry
from .page import Block, Code, Page, Paragraph

__all__ = ["directives"]


def directives() -> dict[str, Page]:
    """Return the page of each directive: what it forbids and breaks, and the way out."""
    return {name: Page(name, tuple(_about(name, MANUAL[name]))) for name in sorted(MANUAL)}


def _about(name: str, entry: Entry) -> Iterator[Block]:
    yield Paragraph(entry.forbids)
    yield Paragraph(f"What stops working: {entry.breaks}")
    yield Code("text", "\n".join(_values(name)))
    yield Paragraph("A service does without it by an exception, which gives its reason:")
    yield Code("text", f"hardeningExcept = [{{ {_exception(name, entry)} }}]")


def _values(name: str) -> Iterator[str]:
    """Yield what each level that sets a directive writes for it."""
    for level, entries in LEVELS.items():
        for value in entries.get(name, ()):
            yield f'hardening = "{level}": {name}={value}'


def _exception(name: str, entry: Entry) -> str:
    value = f" value = {entry.instead}" if entry.instead else ""
    return f'directive = "{name}"{value} reason = "{entry.reason}"'
