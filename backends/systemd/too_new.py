"""What a bundle says that a systemd of some version does not know.

In: a bundle and a version. Out: an E36 for each line of a unit that needs a later one, with
its place. systemd itself ignores such a line, so a service would run without what it says.
"""

from collections.abc import Iterator

from ...ir.bundle import Bundle, BundleFile
from ...ir.diagnostics import Code, Diagnostic
from ...ir.text import fill
from .since import SINCE, VALUES_SINCE

__all__ = ["too_new"]


def too_new(bundle: Bundle, version: int) -> tuple[Diagnostic, ...]:
    """Return an E36 for each line that systemd knows only since a later version."""
    files = {file.path: file for file in bundle.files}
    return tuple(
        problem
        for unit in bundle.units
        for problem in _of_unit(unit.name, files[unit.path], version)
    )


def _of_unit(name: str, file: BundleFile, version: int) -> Iterator[Diagnostic]:
    lines = fill(file.text, lambda _: "x").splitlines()
    for line, span in zip(lines, file.line_spans, strict=False):
        key, equals, value = line.partition("=")
        needs = since(key, value) if equals else 0
        if needs > version:
            what = key if key in SINCE else line
            message = f"'{what}' of {name} needs systemd {needs}, and {version} is there"
            yield Diagnostic(Code.E36, message, span, hint="take it out, or deploy to a later one")


def since(key: str, value: str) -> int:
    """Return the version that brought a directive and its value, 0 for one before 220."""
    values = VALUES_SINCE.get(key, {}).items()
    found = [at for start, at in values if value.startswith(start)]
    return max(SINCE.get(key, 0), *found, 0)
