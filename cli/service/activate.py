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
from ...runtime.deploy.target.layout import Target, generation_name
from ...runtime.service.outcome import Outcome
from ...runtime.units.activation import Activation, Failure, Trouble
from ...runtime.units.manager import Systemctl, by_hand
from ...runtime.units.outdated_units import outdated_units
from ..console import notice, printable, report
from ..exit_codes import ACTIVATION_FAILED
from .barrier import barrier

__all__ = ["activation_for", "onlooker", "refuse_activation", "tell_failure", "tell_outdated"]


def activation_for(
    place: Target, stack: Bundle | Manifest | None, activate: bool, no_rollback: bool
) -> Activation | None:
    """Return what acts on units of a stack; None if nothing shall. Raises ProgramError (E34).

    Any generation of the stack says whose manager it is; without one, there is nothing to act on.
    """
    if not activate:
        if no_rollback:
            raise click.UsageError("--no-rollback goes with --activate")
        return None
    found = barrier(place, stack.home if stack else None)
    if found is not None:
        raise ProgramError([Diagnostic(Code.E34, found.message, hint=found.hint)])
    return Activation(_manager(place, stack), _decide, takes_back=not no_rollback)


def _manager(place: Target, stack: Bundle | Manifest | None) -> Systemctl:
    return Systemctl(place.transport.run, stack.scope if stack else "system")


def onlooker(place: Target, stack: Manifest | None) -> Activation | str:
    """Return what looks at the units of a stack, or why nobody can from here. Raises OSError."""
    found = barrier(place, stack.home if stack else None)
    return found.message if found else Activation(_manager(place, stack), _decide)


def refuse_activation(activate: bool) -> None:
    """Raise click.UsageError for `--activate` with `--dry-run`."""
    if activate:
        raise click.UsageError("--dry-run starts nothing: leave --activate out")


def _decide(old: Manifest | None, new: Bundle, secrets: Mapping[str, Digest]) -> Plan:
    from ...backends.base import load_backend  # a rollback without --activate starts quickly

    return load_backend(new.backend).transition(old, new, secrets)


def tell_failure(done: Outcome, failure: Failure) -> int:
    """Say which units failed and what runs now; returns the exit code."""
    tried = generation_name(failure.tried)
    journal = by_hand("journalctl", done.live.scope)
    _tell_troubles(failure.troubles, f"of {tried}", journal)
    _tell_troubles(failure.second, "on the way back", journal)
    click.echo(f"not activated: stack {done.live.stack} {tried}: {_now(failure)}")
    return ACTIVATION_FAILED


def _tell_troubles(troubles: Iterable[Trouble], where: str, journal: str) -> None:
    for trouble in troubles:
        report([_diagnostic(trouble, where, journal)])
        for line in trouble.lines:
            notice(f"  | {printable(line)}")


def _diagnostic(trouble: Trouble, where: str, journal: str) -> Diagnostic:
    if trouble.unit is None:
        return Diagnostic(Code.E35, f"activation {where}: {trouble.state}")
    unit, more = f"unit '{trouble.unit}' {where}", f"`{journal} -u {trouble.unit}` has more"
    if not trouble.health:
        return Diagnostic(Code.E35, f"{unit}: {trouble.state}", hint=more)
    answer = printable(trouble.health)
    return Diagnostic(
        Code.E40, f"{unit} is not well: {answer}", hint=f"it is {trouble.state}; {more}"
    )


def _now(failure: Failure) -> str:
    if failure.live is None:
        now = "its links are gone"
        return f"{now}, and some of its units are not" if failure.second else f"{now}, none runs"
    live = generation_name(failure.live)
    if failure.live == failure.tried:
        return f"{live} stays live, and what failed stays as it is"
    if failure.second:
        return f"{live} is live again, but not all of its units are well"
    return f"{live} is live again, and its units run"


def tell_outdated(place: Target, done: Outcome) -> None:
    """Name the running units that a command without `--activate` left as they were."""
    if done.was is None:
        return
    try:
        activation = onlooker(place, done.live)
        if isinstance(activation, str):
            return
        units = outdated_units(place, activation, done.was, done.live)
    except (OSError, ProgramError) as problem:
        notice(f"running units could not be looked at: {problem}")
        return
    for unit in units:
        notice(f"{unit} still runs as before: --activate, or `systemctl`, changes that")
