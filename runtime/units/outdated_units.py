"""Which units still run what was live before, because a command left units alone.

In: a stack and the generation that was live before. Out: names. Writes nothing.
"""

from ...ir.manifest import Manifest
from ...ir.names import UnitName
from ..deploy.records.manifest_file import find
from ..deploy.staging.bundle_file import load_bundle
from ..deploy.target.layout import Target
from .activation import Activation
from .jobs import running
from .plan import digests_of, may_run, named, unit_plan

__all__ = ["outdated_units"]


def outdated_units(
    target: Target, activation: Activation, was: int, live: Manifest
) -> list[UnitName]:
    """Return the running units that the live generation changes or no longer has.

    Raises ProgramError (E27), OSError.
    """
    bundle = load_bundle(target, live.tree)
    if bundle is None:
        return []
    known = [base for base in may_run(target, find(target, was)) if base is not None]
    plan = unit_plan(activation.decide, known, bundle, digests_of(live))
    return running(activation.manager, named(plan, "stop", "reload", "restart"))
