"""The passes that every command runs, in their order."""

from collections.abc import Mapping

from ..ir.names import ModuleName
from ..ir.package import Bootstrap
from ..ir.recipe import Recipe
from .address import Address
from .bootstrap import BootstrapPolicy
from .close import Close
from .cycles import Cycles
from .dedup import Dedup
from .lower.lower import Lower
from .manager import Pipeline

__all__ = ["default"]


def default(
    system: str,
    bootstrap: Bootstrap,
    recipes: Mapping[str, Recipe],
    reached: tuple[ModuleName, ...] | None = None,
) -> Pipeline:
    """Return the steps from a program to its closure; `reached` is what policy looks at."""
    return (
        Lower(system, bootstrap, recipes),  # program → lowered: run the recipes
        Cycles(),  #                          lowered: refuse rings
        BootstrapPolicy(reached),  #          lowered: refuse seeds that the mode does not allow
        Address(),  #                         lowered → derivation: name by content
        Dedup(),  #                           derivation: equal builds once
        Close(),  #                           derivation → closure: what each stack needs
    )
