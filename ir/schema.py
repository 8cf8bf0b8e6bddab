"""The kinds of module as data: which fields there are, what fits them, what they mean.

In: the schemas of packages, stacks and fleets, each in a file of its own. Out: `KINDS`. The
checker, the lowering pass (for defaults), `explain`, completion and the reference pages read
these tables, so that none of them can disagree. The arguments of a recipe are a `Schema` too;
recipes bring their own.
"""

from collections.abc import Mapping

from .package_schema import PACKAGE
from .shape import Schema
from .stack_schema import FLEET, STACK

__all__ = ["KINDS"]

KINDS: Mapping[str, Schema] = {"recipe": PACKAGE, "backend": STACK, "hosts": FLEET}
"""The member that makes a module one of a kind, and that kind's schema."""
