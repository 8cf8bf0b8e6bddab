"""The kinds of module: what makes a module one, and its schema.

In: the schemas of packages, stacks and fleets. Out: `KINDS`. The arguments of a recipe are a
`Schema` too; recipes bring their own.
"""

from collections.abc import Mapping

from .package import PACKAGE
from .shape import Schema
from .stack import FLEET, STACK

__all__ = ["KINDS"]

KINDS: Mapping[str, Schema] = {"recipe": PACKAGE, "backend": STACK, "hosts": FLEET}
"""The member that makes a module one of a kind, and that kind's schema."""
