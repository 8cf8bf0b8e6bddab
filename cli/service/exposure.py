"""How exposed the units of a stack are, before and after, and whether that is allowed.

In: a bundle, and for a plan what is live. Out: exposures; E38 for each unit that is more
exposed than its stack's `maxExposure`, or where that cannot be measured.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from ...backends.base import load_backend
from ...ir.bundle import Bundle, Unit
from ...ir.diagnostics import Code, Diagnostic, Label, ProgramError
from ...ir.manifest import Manifest
from ...ir.names import UnitName
from ...ir.node import Frozen, frozen
from ...ir.plan import Plan
from ...ir.stack import ExposureLimit
from ...ir.text import fill
from ...runtime.deploy.records.compare import text_of
from ...runtime.deploy.target.layout import Target
from ...runtime.units.exposure import Exposure, Unmeasured, measure

__all__ = ["ExposureChange", "Exposures", "check_exposure", "exposures_of"]

COSTLIEST = 3


@frozen
class Exposures(Frozen):
    """What changes, by unit; `unmeasured` says why nothing is known of it."""

    changes: Mapping[UnitName, "ExposureChange"]
    unmeasured: str | None = None


@frozen
class ExposureChange(Frozen):
    """What a unit's exposure is and becomes; None before: it is new, or cannot be read."""

    before: Exposure | None
    after: Exposure

    def __str__(self) -> str:
        same = self.before is None or self.before.tenths == self.after.tenths
        return str(self.after) if same else f"{self.before} → {self.after}"


def check_exposure(bundle: Bundle) -> None:
    """Raise ProgramError, an E38 for each unit that is too exposed; measures only at a limit."""
    if bundle.max_exposure is not None:
        try:
            texts = _texts(bundle, _services(bundle))
            _refuse(bundle, texts, measure(texts.values()))
        except Unmeasured as reason:
            raise _unmeasured(bundle, bundle.max_exposure, reason) from None


def exposures_of(place: Target, bundle: Bundle, live: Manifest | None, plan: Plan) -> Exposures:
    """Return the exposure of each service whose unit changes.

    One call measures all of them. Raises ProgramError as `check_exposure`.
    """
    changed = {file.path for file in plan.files if file.change in ("added", "changed")}
    units = [unit for unit in _services(bundle) if unit.path in changed]
    try:
        after = _texts(bundle, units if bundle.max_exposure is None else _services(bundle))
        before = dict(_live_texts(place, bundle, live, units))
        found = measure((*after.values(), *before.values()))
    except Unmeasured as reason:
        if bundle.max_exposure is not None:
            raise _unmeasured(bundle, bundle.max_exposure, reason) from None
        return Exposures({}, str(reason))
    _refuse(bundle, after, found)
    return Exposures(
        {
            unit.name: ExposureChange(found.get(before.get(unit.name, "")), found[after[unit.name]])
            for unit in units
        }
    )


def _services(bundle: Bundle) -> list[Unit]:
    """Return the units that have an exposure: sockets and timers run nothing themselves."""
    if bundle.scope != "system":
        return []
    return [unit for unit in bundle.units if unit.kind == "service"]


def _texts(bundle: Bundle, units: Iterable[Unit]) -> dict[UnitName, str]:
    """Return what decides the exposure of each unit; what a path is does not.

    Raises Unmeasured.
    """
    files = {file.path: fill(file.text, lambda _: "/x") for file in bundle.files}
    return {unit.name: _bearing(bundle)(files[unit.path]) for unit in units}


def _bearing(bundle: Bundle) -> Callable[[str], str]:
    bearing = load_backend(bundle.backend).bearing
    if bearing is None:
        raise Unmeasured(f"backend '{bundle.backend}' measures none")
    return bearing


def _live_texts(
    place: Target, bundle: Bundle, live: Manifest | None, units: Iterable[Unit]
) -> Iterator[tuple[UnitName, str]]:
    known = {file.path for file in live.files} if live else set()
    for unit in units:
        text = text_of(place, live, unit.path) if live and unit.path in known else None
        if text is not None:
            yield unit.name, _bearing(bundle)(text)


def _unmeasured(bundle: Bundle, limit: ExposureLimit, reason: Unmeasured) -> ProgramError:
    hint = "leave maxExposure out"
    if load_backend(bundle.backend).bearing is not None:
        hint = f"install systemd 250 or later on this machine, or {hint}"
    message = f"exposure cannot be measured: {reason}"
    return ProgramError([Diagnostic(Code.E38, message, limit.span, hint=hint)], bundle.sources)


def _refuse(bundle: Bundle, texts: Mapping[UnitName, str], found: Mapping[str, Exposure]) -> None:
    limit = bundle.max_exposure
    if limit is None:
        return
    allowed = Exposure(limit.tenths, ())
    problems = [
        Diagnostic(
            Code.E38,
            f"unit '{unit.name}': exposure {exposure} is above {allowed}",
            unit.span,
            notes=(Label(limit.span, "the limit is set here"),),
            hint=f"what would lower it most: {', '.join(exposure.missing[:COSTLIEST])}",
        )
        for unit in bundle.units
        if unit.name in texts
        for exposure in [found[texts[unit.name]]]
        if exposure.tenths > limit.tenths
    ]
    if problems:
        raise ProgramError(problems, bundle.sources)
