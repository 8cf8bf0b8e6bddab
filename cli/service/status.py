"""`punix service status`: whether what runs is what the live generation wants.

In: the name of a stack, or none for all that were deployed here. Out: each unit with its
state, its main process, since when, and what is wrong about it. Nothing changes but what an
interrupted command left.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import click

from ...ir.diagnostics import Diagnostic, ProgramError
from ...ir.names import ModuleName
from ...runtime.deploy.records.manifest_file import numbers
from ...runtime.deploy.target.layout import generation_name, stacks
from ...runtime.deploy.target.local import Local
from ...runtime.deploy.transaction.listing import newest
from ...runtime.units.status import StackStatus, UnitStatus
from ...runtime.units.status import status as look
from .. import options
from ..console import notice, report, say, write_json
from ..exit_codes import DIFFERS
from ..times import ago, rfc3339
from .activate import onlooker
from .target import target

__all__ = ["status"]

Found = dict[ModuleName, StackStatus]


@click.command()
@options.any_stack
@options.with_roots
@options.output_format("text", "json")
def status(stack: ModuleName | None, roots: options.Roots, style: str) -> int:
    """Say whether units run what the live generation of STACK wants, by default of all stacks."""
    there = Local(roots.transport_root or "/")
    names = [stack] if stack else list(stacks(there, roots.deployments_root))
    found: Found = {}
    errors: list[Diagnostic] = []
    for name in names:
        place = target(name, roots)
        try:
            one = look(place, onlooker(place, newest(place)), notice)
            if stack or one.unsettled or numbers(place):  # else it was refused, or purged
                found[name] = one
        except ProgramError as problem:
            errors += problem.diagnostics
    if not found and not errors:
        notice(f"no stack was deployed in '{there.at(roots.deployments_root)}'")
    if style == "json":
        write_json({"version": 1, "stacks": [_document(*item) for item in found.items()]})
    else:
        _tell(found)
    report(errors)
    if errors:
        return 1
    return 0 if all(one.is_as_wanted for one in found.values()) else DIFFERS


def _tell(found: Found) -> None:
    now = datetime.now(UTC)
    for name, one in found.items():
        for line in _lines(name, one, now):
            say(line)


def _lines(name: ModuleName, one: StackStatus, now: datetime) -> Iterator[str]:
    live = generation_name(one.live) if one.live is not None else "nothing"
    since = f" since {ago(now, one.live_since)}" if one.live_since else ""
    yield f"{name}: {live} is live{since}"
    if one.unsettled:
        yield one.unsettled
    if one.is_behind and one.active is not None:
        yield f"activation behind: {generation_name(one.active)} runs, {live} is live"
    width = max((len(unit.unit) for unit in one.units), default=0)
    for unit in one.units:
        yield f"  {unit.unit:{width}}  {_state(unit, now)}"
        if unit.problem:
            yield f"    {unit.problem}"
    yield f"{name}: {_verdict(one)}"


def _state(unit: UnitStatus, now: datetime) -> str:
    facts = unit.facts
    if facts is None:
        return "not looked at"
    pid = f"pid {facts.pid}" if facts.pid else ""
    since = f"since {ago(now, facts.since)}" if facts.since else ""
    return ", ".join(word for word in (str(facts.state), pid, since) if word)


def _verdict(one: StackStatus) -> str:
    wrong = sum(unit.problem is not None for unit in one.units)
    if wrong:
        return f"{wrong} of {len(one.units)} unit(s) not as {_wanted(one)}"
    if one.blind is not None:
        return f"units were not looked at: {one.blind}"
    return f"{len(one.units)} unit(s) as {_wanted(one)}"


def _wanted(one: StackStatus) -> str:
    return f"{generation_name(one.live)} wants" if one.live is not None else "wanted"


def _document(name: ModuleName, one: StackStatus) -> dict[str, object]:
    return {
        "stack": name,
        "as_wanted": one.is_as_wanted,
        "live": one.live,
        "live_since": rfc3339(one.live_since),
        "active": one.active,
        "unsettled": one.unsettled,
        "not_looked_at": one.blind,
        "units": [_unit_document(unit) for unit in one.units],
    }


def _unit_document(unit: UnitStatus) -> dict[str, object]:
    facts = unit.facts
    return {
        "unit": unit.unit,
        "service": unit.service,
        "wanted": unit.is_wanted,
        "problem": unit.problem,
        "load": facts.load if facts else None,
        "state": facts.state.active if facts else None,
        "substate": facts.state.sub if facts else None,
        "result": facts.state.result if facts else None,
        "since": rfc3339(facts.since) if facts else None,
        "pid": facts.pid if facts else None,
        "began": rfc3339(facts.began) if facts else None,
        "executable": unit.executable,
    }
