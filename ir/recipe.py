"""The contract between packages and recipes.

In: a package's checked arguments and what they may mention. Out: the script and
the environment that its build will run, symbolic. A recipe has no effects; its
function is handed to the passes as a value, its argument schema to the frontend.
"""

from collections.abc import Callable, Collection, Mapping

from .names import ModuleName
from .node import Frozen, frozen
from .schema.shape import Schema
from .span import Span
from .text import Text, Variable
from .value import RecordValue

__all__ = ["BuildScript", "Recipe", "RecipeInput"]


@frozen
class RecipeInput(Frozen):
    """What a recipe may look at: checked arguments with defaults filled in, and names.

    `dependencies` maps a direct dependency's pname to its module, for `${DEP:name}`;
    `pnames` are those of all packages, for suggestions only.
    """

    pname: str
    version: str
    arguments: RecordValue
    dependencies: Mapping[str, ModuleName]
    span: Span
    pnames: Collection[str] = ()


@frozen
class BuildScript(Frozen):
    """A bash script (run with `set -eu` in the source folder) and its environment by name."""

    script: Text
    environment: tuple[Variable, ...] = ()


@frozen
class Recipe(Frozen):
    """A named way to build: `version` is raised when the meaning of an argument changes."""

    name: str
    version: int
    arguments: Schema
    make: Callable[[RecipeInput], BuildScript]
    doc: str
