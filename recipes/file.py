"""Recipes of a file of Python, as its bytes.

In: a name to blame and bytes that somebody vouches for. Out: the recipes that the file
defines. It is run, and may do what any code of ours may; so whoever hands it in has held
it against a digest, and it is run from these bytes and not read again.
"""

from importlib.abc import InspectLoader
from importlib.util import decode_source, module_from_spec, spec_from_loader

from ..ir.diagnostics import Code, Diagnostic, ProgramError
from ..ir.recipe import Recipe

__all__ = ["recipes_of"]

MODULE = "punix_recipe_file"

ENDS = (
    *(ArithmeticError, AssertionError, AttributeError, ImportError, LookupError, NameError),
    *(OSError, RuntimeError, SyntaxError, SystemExit, TypeError, ValueError),
)
"""How code of somebody else ends that is wrong; an exit would be taken for ours."""


class _Bytes(InspectLoader):
    """Loads a module from bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def get_source(self, fullname: str) -> str:  # noqa: ARG002  # importlib's signature
        return decode_source(self._data)


def recipes_of(name: str, data: bytes) -> list[Recipe]:
    """Run a file of recipes; raises ProgramError (E8) if it cannot be run or has none."""
    loader = _Bytes(data)
    spec = spec_from_loader(MODULE, loader, origin=name)
    assert spec is not None
    module = module_from_spec(spec)
    try:
        loader.exec_module(module)
    except ENDS as problem:
        what = f"{type(problem).__name__}: {problem}"
        raise _refused(f"recipe file '{name}' cannot be loaded: {what}") from None
    found = [value for value in vars(module).values() if isinstance(value, Recipe)]
    if not found:
        raise _refused(f"recipe file '{name}' defines no recipe")
    return found


def _refused(message: str) -> ProgramError:
    return ProgramError([Diagnostic(Code.E8, message)])
