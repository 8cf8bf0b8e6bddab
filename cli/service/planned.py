"""What a deploy would do to a target: the plan, with the lines of the files that change.

In: a target, a bundle, and the baseline of a plan. Out: a `Plan`, and facts for a
document. Values of secrets are in none of them.
"""

from dataclasses import replace

from ...backends.base import load_backend
from ...ir.bundle import Bundle
from ...ir.diagnostics import Diagnostic
from ...ir.health import Health
from ...ir.names import FilePath
from ...ir.plan import FileChange, Plan, UnitAction
from ...ir.span import by_name, locate
from ...runtime.deploy.records.compare import text_of
from ...runtime.deploy.staging.render import file_bytes
from ...runtime.deploy.target.layout import Target
from ...runtime.service.baseline import Baseline
from ...runtime.units.plan import unit_plan
from .exposure import ExposureChange, Exposures

__all__ = ["changes", "difference", "document", "place_of", "plan_for"]


def plan_for(bundle: Bundle, baseline: Baseline) -> Plan:
    """Return the plan: files against what is live, units against all that may run."""
    transition = load_backend(bundle.backend).transition
    plan = transition(baseline.live, bundle, baseline.secrets)
    return replace(plan, units=unit_plan(transition, baseline.may_run, bundle, baseline.secrets))


def document(
    place: Target, bundle: Bundle, baseline: Baseline, plan: Plan, exposures: Exposures
) -> dict[str, object]:
    """Return all facts, version 1; a field that a person would miss is never left out."""
    healths = {
        unit.name: _health(unit.health, place.store_root) for unit in bundle.units if unit.health
    }
    return {
        "version": 1,
        "stack": plan.stack,
        "live": baseline.live.generation if baseline.live else None,
        "active": baseline.active.generation if baseline.active else None,
        "bundle": plan.bundle,
        "changes": changes(plan),
        "files": [
            {
                "path": file.path,
                "change": file.change,
                "source": file.source,
                "lines": difference(place, bundle, baseline, file, 3),
            }
            for file in plan.files
        ],
        "units": [
            {
                **_action(one),
                "health": healths.get(one.unit),
                "exposure": _exposure(exposures.changes.get(one.unit)),
            }
            for one in plan.units
        ],
        "unmeasured": exposures.unmeasured,
        "packages": {"added": plan.packages_added, "removed": plan.packages_removed},
        "secrets": {
            "missing": [_missing(bundle, one) for one in baseline.missing],
            "compared": sorted(baseline.secrets),
        },
    }


def _action(one: UnitAction) -> dict[str, object]:
    return {
        "unit": one.unit,
        "action": one.action,
        "if_running": one.if_running,
        "reason": one.reason,
        "source": one.source,
        "since": one.since,
    }


def _health(health: Health, store_root: str) -> dict[str, object]:
    asked = health.check.shown(store_root)
    return {"asked": asked, "within": health.within, "settle": health.settle}


def changes(plan: Plan) -> bool:
    """Say whether a deploy with `--activate` would do anything."""
    return (
        any(file.change != "kept" for file in plan.files)
        or any(unit.action != "none" for unit in plan.units)
        or bool(plan.packages_added or plan.packages_removed)
    )


def _exposure(change: ExposureChange | None) -> dict[str, object] | None:
    """Return scores as numbers; None for a unit that does not change, or was not measured."""
    if change is None:
        return None
    return {
        "before": None if change.before is None else change.before.tenths / 10,
        "after": change.after.tenths / 10,
    }


def _missing(bundle: Bundle, one: Diagnostic) -> dict[str, object]:
    return {"message": one.message, "source": place_of(bundle, one), "hint": one.hint}


def place_of(bundle: Bundle, one: Diagnostic) -> str:
    """Return `file:line` of the value that asks for a missing secret."""
    assert one.span is not None, "a secret is missing where a program names it"
    return locate(one.span, by_name(bundle.sources)).without_column


def difference(
    place: Target, bundle: Bundle, baseline: Baseline, file: FileChange, context: int
) -> list[str]:
    """Return the changed lines of a file that both have, each with `context` lines around it."""
    if file.change != "changed" or baseline.live is None:
        return []
    before = text_of(place, baseline.live, file.path)
    after = _text_now(place, bundle, file.path)
    if before is None or after is None:
        return ["its text cannot be shown"]
    import difflib  # many plans change no file, and it costs 3 ms

    found = difflib.unified_diff(before.splitlines(), after.splitlines(), n=context, lineterm="")
    return list(found)[2:] or ["same text; mode, owner or kind changed"]


def _text_now(place: Target, bundle: Bundle, path: FilePath) -> str | None:
    file = next(one for one in bundle.files if one.path == path)
    try:
        return file_bytes(file, place, place.store_root).decode("utf-8")
    except UnicodeDecodeError:
        return None
