"""Ask the target's service manager whether it takes the units, before anything changes.

In: rendered units of systemd, and the live generation. Out: nothing, or an E20 for each
line that `systemd-analyze verify` prints about units whose text is new, at the
value that wrote the line. One call serves any number of units.
"""

import re
from collections.abc import Iterator, Mapping

from ...ir.bundle import Unit
from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.manifest import Manifest
from ...ir.span import Span
from ...ir.stack import Scope
from ..deploy.staging.render import Rendered, RenderedFile
from ..deploy.target.layout import Target

__all__ = ["check_units"]

PROGRAM = "systemd-analyze"
COMMANDS: Mapping[Scope, tuple[str, ...]] = {
    "system": (PROGRAM, "verify", "--man=no"),
    "user": ("/usr/bin/env", "XDG_RUNTIME_DIR=/run", PROGRAM, "--user", "verify", "--man=no"),
}
"""A user without a session has no run-time folder. Nothing is looked for in it, but its name has
to be short: the sockets of the distribution's own units are in it, and are verified too."""
SECONDS = 300
NOT_FOUND = 127
"""What env(1) ends with where a program is not there."""

REFUSED = re.compile(r"Unit \S+ has a bad unit file setting\.")
"""What systemd says last of a unit, after the reasons."""

Units = dict[str, tuple[Unit, RenderedFile]]


def check_units(target: Target, rendered: Rendered, before: Manifest | None) -> bool:
    """Verify new units; returns whether the target can. Raises ProgramError (E20), OSError."""
    files = {file.entry.path: file for file in rendered.files}
    units = {str(unit.name): (unit, files[unit.path]) for unit in rendered.bundle.units}
    old: dict[str, str] = {file.path: file.sha256 for file in before.files} if before else {}
    new = [name for name, (unit, file) in units.items() if old.get(unit.path) != file.sha256]
    if not new:
        return True
    output = _ask(target, units, new, rendered.bundle.scope)
    if output is None:
        return False
    lines = [line for line in output.splitlines() if line.strip()]
    reasons = [line for line in lines if not REFUSED.fullmatch(line)]
    problems = [_problem(line, units) for line in reasons or lines]
    if problems:
        raise ProgramError(problems, rendered.bundle.sources)
    return True


def _ask(target: Target, units: Units, new: list[str], scope: Scope) -> str | None:
    """Return what systemd says; None if it is not there. All units lie beside the new ones."""
    transport, folder = target.transport, target.temporary("verify")
    transport.make_folder(folder)
    try:
        for name, (_, file) in units.items():
            transport.write(f"{folder}/{name}", file.data, 0o644)
        paths = [transport.at(f"{folder}/{name}") for name in new]
        done = transport.run([*COMMANDS[scope], *paths], SECONDS)
        return None if done.code == NOT_FOUND else done.output
    except FileNotFoundError as problem:
        if problem.filename != PROGRAM:
            raise
        return None
    finally:
        transport.remove_tree(folder)


def _problem(line: str, units: Units) -> Diagnostic:
    """Read `/…/hello.service:5: message` or `hello.service: message`."""
    match = re.match(r"(?:.*/)?([^/:]+\.[a-z]+):(?:([0-9]+):)?\s*(.*)", line)
    if match is None or match[1] not in units:
        return Diagnostic(Code.E20, f"systemd says: {line}")
    unit, file = units[match[1]]
    spans = [*_spans(file, match[2]), unit.span]
    return Diagnostic(Code.E20, f"unit '{unit.name}': {match[3]}", spans[0])


def _spans(file: RenderedFile, line: str | None) -> Iterator[Span]:
    lines = file.entry.line_spans
    if line is not None and 0 < int(line) <= len(lines):
        yield lines[int(line) - 1]
