"""What a deploy would do to a target: the plan, with the lines of the files that change.

In: a target, a bundle, and the ground that a plan stands on. Out: a `Plan`; facts for a
document; lines for a person. Values of secrets are in none of them.
"""

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ...backends.base import load_backend
from ...ir.bundle import Bundle
from ...ir.diagnostics import Diagnostic
from ...ir.names import FilePath, StoreName
from ...ir.plan import FileChange, Plan, UnitAction
from ...ir.span import by_name, locate
from ...runtime.deploy.compare import text_of
from ...runtime.deploy.layout import Target, generation_name
from ...runtime.deploy.render import file_bytes
from ...runtime.service.ground import Ground
from ...runtime.units.plan import unit_plan

__all__ = ["document", "lines", "plan_for"]

MOST = 12
"""How many units, files, and lines of each file the screen shows; the document has all."""

USUAL = ("none", "kept")
SIGNS = {"added": "+", "changed": "~", "removed": "-"}


def plan_for(bundle: Bundle, ground: Ground) -> Plan:
    """Return the plan: files against what is live, units against all that may run."""
    transition = load_backend(bundle.backend).transition
    plan = transition(ground.live, bundle, ground.secrets)
    return replace(plan, units=unit_plan(transition, ground.may_run, bundle, ground.secrets))


def document(place: Target, bundle: Bundle, ground: Ground, plan: Plan) -> dict[str, object]:
    """Return all facts, version 1; a field that a person would miss is never left out."""
    return {
        "version": 1,
        "stack": plan.stack,
        "live": ground.live.generation if ground.live else None,
        "active": ground.active.generation if ground.active else None,
        "bundle": plan.bundle,
        "changes": _changes(plan),
        "files": [
            {
                "path": file.path,
                "change": file.change,
                "source": file.source,
                "lines": _difference(place, bundle, ground, file),
            }
            for file in plan.files
        ],
        "units": [
            {"unit": one.unit, "action": one.action, "reason": one.reason, "source": one.source}
            for one in plan.units
        ],
        "packages": {"added": plan.packages_added, "removed": plan.packages_removed},
        "secrets": {
            "missing": [_missing(bundle, one) for one in ground.missing],
            "compared": sorted(ground.secrets),
        },
    }


def _changes(plan: Plan) -> bool:
    return (
        any(file.change != "kept" for file in plan.files)
        or any(unit.action != "none" for unit in plan.units)
        or bool(plan.packages_added or plan.packages_removed)
    )


def _missing(bundle: Bundle, one: Diagnostic) -> dict[str, object]:
    return {"message": one.message, "source": _place(bundle, one), "hint": one.hint}


def _place(bundle: Bundle, one: Diagnostic) -> str:
    assert one.span is not None, "a secret is missing where a program names it"
    place = locate(one.span, by_name(bundle.sources))
    return f"{place.file}:{place.line}"


def lines(place: Target, bundle: Bundle, ground: Ground, plan: Plan) -> Iterator[str]:
    """Yield what a person reads: what happens to units first, then why."""
    yield _heading(ground, plan)
    yield from _cut([*_units(plan.units)], "  ")
    changing = [file for file in plan.files if file.change != "kept"]
    for file in changing[:MOST]:
        yield f"  {SIGNS[file.change]} {file.path}{_in_brackets(file.source)}"
        yield from _cut(_difference(place, bundle, ground, file), "      ")
    yield from _more(len(changing), "  ", "file")
    yield from _packages(plan)
    for one in ground.missing:
        yield f"  ! {one.message} ({_place(bundle, one)})"
    yield from _summary(ground, plan)


def _heading(ground: Ground, plan: Plan) -> str:
    if ground.live is None:
        return f"{plan.stack}: nothing is live here"
    now = f"{plan.stack}: {generation_name(ground.live.generation)} is live"
    if ground.active is None or ground.active.generation == ground.live.generation:
        return now
    return f"{now}, {generation_name(ground.active.generation)} is active"


def _units(units: Sequence[UnitAction]) -> Iterator[str]:
    for one in units:
        if one.action != "none":
            yield f"{one.action} {one.unit}: {one.reason}{_in_brackets(one.source)}"


def _in_brackets(source: str) -> str:
    return f" ({source})" if source else ""


def _difference(place: Target, bundle: Bundle, ground: Ground, file: FileChange) -> list[str]:
    """Return the changed lines of a file that both have, without the names of the sides."""
    if file.change != "changed" or ground.live is None:
        return []
    before = text_of(place, ground.live, file.path)
    after = _text_now(place, bundle, file.path)
    if before is None or after is None:
        return ["its text cannot be shown"]
    found = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="")
    return list(found)[2:] or ["same text; mode, owner or kind changed"]


def _text_now(place: Target, bundle: Bundle, path: FilePath) -> str | None:
    file = next(one for one in bundle.files if one.path == path)
    try:
        return file_bytes(file, place, place.store_root).decode("utf-8")
    except UnicodeDecodeError:
        return None


def _cut(found: Sequence[str], margin: str) -> Iterator[str]:
    for line in found[:MOST]:
        yield f"{margin}{line}"
    yield from _more(len(found), margin, "line")


def _more(count: int, margin: str, what: str) -> Iterator[str]:
    if count > MOST:
        yield f"{margin}… {count - MOST} more {what}(s), all with --format json"


def _packages(plan: Plan) -> Iterator[str]:
    added, removed = map(_by_plain, (plan.packages_added, plan.packages_removed))
    for name in sorted(added.keys() | removed.keys()):
        if name in added and name in removed:
            yield f"  ~ package {name}: made of other things ({removed[name]} → {added[name]})"
        else:
            yield f"  {'+' if name in added else '-'} package {name}"


def _by_plain(names: Iterable[StoreName]) -> dict[str, str]:
    """Map `hello-1.0` to the beginning of its hash."""
    return {name.partition("-")[2]: name[:7] for name in names}


def _summary(ground: Ground, plan: Plan) -> Iterator[str]:
    if not _changes(plan):
        yield "nothing changes"
    else:
        units = _counted(one.action for one in plan.units)
        yield f"units: {units}; files: {_counted(one.change for one in plan.files)}"
    if plan.packages_added:
        yield "packages as declared: what they mention is known after the build"
    if ground.missing:
        yield f"{len(ground.missing)} secret(s) missing: a deploy would refuse"


def _counted(words: Iterable[str]) -> str:
    """Return `2 kept, 1 changed`; what is usual comes last."""
    counts = sorted(Counter(words).items(), key=lambda entry: (entry[0] in USUAL, entry[0]))
    return ", ".join(f"{count} {word}" for word, count in counts) or "none"
