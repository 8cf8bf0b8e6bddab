"""Which systemd a target has, and whether it knows what units say.

In: a target and a bundle of systemd's units. Out: nothing, or what is too new for it. A
machine without systemctl knows nothing, and is not asked.
"""

import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

from ...ir.bundle import Bundle
from ...ir.diagnostics import Diagnostic, ProgramError
from ..deploy.target.layout import Target

__all__ = ["TooNew", "check_version"]

TooNew: TypeAlias = Callable[[Bundle, int], Sequence[Diagnostic]]
"""Says what of a bundle a service manager of a version does not know."""

COMMAND = ("systemctl", "--version")
SECONDS = 60.0


def check_version(target: Target, bundle: Bundle, too_new: TooNew) -> None:
    """Refuse what the target's systemd does not know. Raises ProgramError (E36), OSError."""
    version = _version(target) if bundle.units else None
    problems = () if version is None else too_new(bundle, version)
    if problems:
        raise ProgramError(problems, bundle.sources)


def _version(target: Target) -> int | None:
    """Return 252 of `systemd 252 (252.39-1~deb12u2)`; None where nobody says it."""
    try:
        output = target.transport.run(COMMAND, SECONDS).output
    except FileNotFoundError:
        return None
    found = re.match(r"systemd ([0-9]+)", output)
    return int(found[1]) if found else None
