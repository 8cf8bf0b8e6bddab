"""The passes by name: ours as data, other people's through entry points.

In: a name. Out: the class of the pass, imported only then. A third party declares

    [project.entry-points."punix.passes"]
    shout = "theirs.shout:Shout"

and a name that is taken, by us or by another package, is an error.
"""

from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from importlib import import_module
from typing import Any, TypeAlias

from ..ir.plugins import installed
from ..ir.spell import did_you_mean
from .manager import Pass

__all__ = ["BadRegistry", "PassType", "load_pass", "registry", "summary"]

PassType: TypeAlias = type[Pass]
Loader: TypeAlias = Callable[[], Any]

GROUP = "punix.passes"

BUILTIN: Mapping[str, str] = {
    "lower": ".lower.lower:Lower",
    "cycles": ".cycles:Cycles",
    "bootstrap": ".bootstrap:BootstrapPolicy",
    "address": ".address:Address",
    "dedup": ".dedup:Dedup",
    "prune": ".prune:Prune",
    "close": ".close:Close",
}
"""Name → module below this folder and class, in the order in which they usually run."""


class BadRegistry(ValueError):
    """A pass that is not there, that cannot be loaded, or a name that two packages claim."""


def registry() -> dict[str, Loader]:
    """Return all passes by name, each with the function that loads its class.

    Raises BadRegistry if a name is claimed twice.
    """
    table: dict[str, Loader] = {name: _loader(place) for name, place in BUILTIN.items()}
    owner = dict.fromkeys(table, "punix")
    for entry in installed(GROUP):
        if entry.name in table:
            raise BadRegistry(
                f"pass '{entry.name}' of '{entry.value}' is already one of '{owner[entry.name]}'"
            )
        table[entry.name] = entry.load
        owner[entry.name] = entry.value
    return table


def _loader(place: str) -> Loader:
    module, _, name = place.partition(":")
    return lambda: getattr(import_module(module, __package__), name)


def load_pass(name: str) -> PassType:
    """Return the class of a pass. Raises BadRegistry with the nearest name if there is none."""
    known = registry()
    if name not in known:
        hint = did_you_mean(name, known)
        raise BadRegistry(f"unknown pass '{name}'" + (f"; {hint}" if hint else ""))
    try:
        found = known[name]()
    except (ImportError, AttributeError) as problem:
        raise BadRegistry(f"pass '{name}' cannot be loaded: {problem}") from problem
    if not (isinstance(found, type) and is_dataclass(found)):
        raise BadRegistry(f"pass '{name}' is no dataclass")
    return _checked(name, found)


def _checked(name: str, found: Any) -> PassType:  # whatever a module has under a name
    lacking = [part for part in ("name", "src", "dst", "run") if not hasattr(found, part)]
    if lacking:
        raise BadRegistry(f"pass '{name}' lacks {', '.join(lacking)}")
    if found.name != name:
        raise BadRegistry(f"pass '{name}' calls itself '{found.name}'")
    made: PassType = found
    return made


def summary(kind: PassType) -> str:
    """Return the first line of a pass's docstring."""
    return (kind.__doc__ or "").strip().partition("\n")[0]
