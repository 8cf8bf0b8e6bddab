"""`--activate`: what acts on units, and what a person is told of it.

In: a target, and how a deploy, rollback or switch ended. Out: the runtime's
`Activation`; on failure the units, their last lines and what runs now; without
`--activate` the running units that the command left as they were.
"""

from collections.abc import Iterable, Mapping

import click

from ...ir.bundle import Bundle
from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.manifest import Manifest
from ...ir.names import Digest
from ...ir.plan import Plan
from ...runtime.deploy.layout import Target, generation_name
from ...runtime.service.done import Done
from ...runtime.units.activation import Activation, Failure, Trouble
from ...runtime.units.manager import Systemctl
from ...runtime.units.outdated import outdated
from ..console import notice, printable, report

__all__ = ["activation_for", "refuse_activation", "tell_failure", "tell_outdated"]

ACTIVATION_FAILED = 4
BOOTED = "/run/systemd/system"
"""Where systemd runs as process 1 there is this folder: sd_booted(3)."""


def activation_for(place: Target, activate: bool, no_rollback: bool) -> Activation | None:
    """Return what acts on units; None if nothing shall. Raises ProgramError (E34)."""
    if not activate:
        if no_rollback:
            raise click.UsageError("--no-rollback goes with --activate")
        return None
    barrier = _barrier(place)
    if barrier is not None:
        hint = "without --activate files are put in place, and units are yours"
        raise ProgramError([Diagnostic(Code.E34, barrier, hint=hint)])
    return Activation(Systemctl(place.transport.run), _decide, takes_back=not no_rollback)


def refuse_activation(activate: bool) -> None:
    """Raise click.UsageError for `--activate` with `--dry-run`."""
    if activate:
        raise click.UsageError("--dry-run starts nothing: leave --activate out")


def _barrier(place: Target) -> str | None:
    """Say why units of a target cannot be acted on from here."""
    root = place.transport.root
    if root != "/":
        return f"'{root}' is a folder: no service manager runs what lies in it"
    if place.transport.status(BOOTED) is None:
        return "no systemd runs this machine"
    return None


def _decide(old: Manifest | None, new: Bundle, secrets: Mapping[str, Digest]) -> Plan:
    from ...backends.base import load_backend  # a rollback without --activate starts quickly

    return load_backend(new.backend).transition(old, new, secrets)


def tell_failure(done: Done, failure: Failure) -> int:
    """Say which units failed and what runs now; returns the exit code."""
    tried = generation_name(failure.tried)
    _tell_troubles(failure.troubles, f"of {tried}")
    _tell_troubles(failure.second, "on the way back")
    click.echo(f"not activated: stack {done.live.stack} {tried}: {_now(failure)}")
    return ACTIVATION_FAILED


def _tell_troubles(troubles: Iterable[Trouble], where: str) -> None:
    for trouble in troubles:
        what = f"unit '{trouble.unit}' {where}: " if trouble.unit else f"{where}: "
        hint = f"`journalctl -u {trouble.unit}` has more" if trouble.unit else None
        report([Diagnostic(Code.E35, f"{what}{trouble.state}", hint=hint)])
        for line in trouble.lines:
            notice(f"  | {printable(line)}")


def _now(failure: Failure) -> str:
    if failure.live is None:
        now = "its links are gone"
        return f"{now}, and some of its units are not" if failure.second else f"{now}, none runs"
    live = generation_name(failure.live)
    if failure.live == failure.tried:
        return f"{live} stays live, and what failed stays as it is"
    if failure.second:
        return f"{live} is live again, but not all of its units run"
    return f"{live} is live again, and its units run"


def tell_outdated(place: Target, done: Done) -> None:
    """Name the running units that a command without `--activate` left as they were."""
    if done.was is None or _barrier(place) is not None:
        return
    activation = Activation(Systemctl(place.transport.run), _decide)
    try:
        units = outdated(place, activation, done.was, done.live)
    except (OSError, ProgramError) as problem:
        notice(f"running units could not be looked at: {problem}")
        return
    for unit in units:
        notice(f"{unit} still runs as before: --activate, or `systemctl`, changes that")
