"""Why a package is built anew: what differs between two derivations, down to the roots.

In: a derivation that was built, one that is wanted, and both graphs below them. Out: a
`Cause` for each package on the way down that differs by itself, and not only because
its inputs have other names. Nearest first.
"""

from collections.abc import Callable, Iterator, Mapping
from difflib import unified_diff

from ..ir.codec import Tree, to_tree
from ..ir.derivation import Derivation
from ..ir.names import ModuleName, StoreName
from ..ir.node import Frozen, frozen
from ..ir.text import StorePath, Symbol, Text, fill

__all__ = ["Cause", "Change", "causes"]

PLAIN = ("version", "system", "recipe", "recipe_version", "network", "source_only")
Before = Callable[[StoreName], Derivation | None]
"""The derivation that a name had when it was built; None where that is not known."""


@frozen
class Change(Frozen):
    """A field that differs; None for what is not there. `diff` has a script's lines instead."""

    field: str
    before: str | None
    after: str | None
    diff: tuple[str, ...] = ()


@frozen
class Cause(Frozen):
    """A package that differs by itself.

    `path` leads to it by modules, from the package that was asked about; `before` is the
    entry that was used; without `changes` it is not known what that was built from.
    """

    path: tuple[ModuleName, ...]
    before: StoreName
    after: StoreName
    changes: tuple[Change, ...]


def causes(
    before: StoreName, after: StoreName, known: Before, graph: Mapping[StoreName, Derivation]
) -> Iterator[Cause]:
    """Yield what differs between a derivation of a graph and the one that was built before it."""
    came_from: dict[StoreName, StoreName | None] = {after: None}
    waiting: list[tuple[StoreName, StoreName]] = [(before, after)]
    for old_name, new_name in waiting:
        old, new = known(old_name), graph[new_name]
        if old is None:
            yield Cause(_path(new_name, came_from, graph), old_name, new_name, ())
            continue
        pairs = dict(_pairs(old, new, graph))
        changes = tuple(_changes(old, new, pairs, graph))
        if changes:
            yield Cause(_path(new_name, came_from, graph), old_name, new_name, changes)
        for older, newer in pairs.items():
            if older != newer and newer not in came_from:
                came_from[newer] = new_name
                waiting.append((older, newer))


def _path(
    name: StoreName,
    came_from: Mapping[StoreName, StoreName | None],
    graph: Mapping[StoreName, Derivation],
) -> tuple[ModuleName, ...]:
    path: list[ModuleName] = []
    at: StoreName | None = name
    while at is not None:
        path.append(graph[at].module)
        at = came_from[at]
    return tuple(reversed(path))


def _pairs(
    old: Derivation, new: Derivation, graph: Mapping[StoreName, Derivation]
) -> Iterator[tuple[StoreName, StoreName]]:
    """Yield (old name, new name) of the inputs that are of one package.

    Of an old input the name alone is at hand, and `gtk-doc-1.0` begins as a package `gtk`
    would; so longer names choose first, and what is the same is itself.
    """
    left = [name for name in old.inputs if name not in new.inputs]
    yield from ((name, name) for name in old.inputs if name in new.inputs)
    fresh = [graph[name] for name in new.inputs if name not in old.inputs]
    for one in sorted(fresh, key=lambda it: (-len(it.pname), it.name)):
        same = [name for name in left if name.label.startswith(f"{one.pname}-")]
        if same:
            left.remove(same[0])
            yield same[0], one.name


def _changes(
    old: Derivation,
    new: Derivation,
    pairs: Mapping[StoreName, StoreName],
    graph: Mapping[StoreName, Derivation],
) -> Iterator[Change]:
    """Yield the fields that differ; an input that only has another name is none."""
    for field in PLAIN:
        if getattr(old, field) != getattr(new, field):
            yield Change(field, _written(getattr(old, field)), _written(getattr(new, field)))
    labels = {name: graph[name].pname for name in new.inputs}
    labels |= {older: labels[newer] for older, newer in pairs.items()}
    before, after = (_shown(one.script, labels).splitlines() for one in (old, new))
    if diff := tuple(unified_diff(before, after, "before", "after", lineterm="")):
        yield Change("script", None, None, diff)
    for kind in ("source", "vendor"):
        yield from _between(_flat(getattr(old, kind), kind), _flat(getattr(new, kind), kind))
    yield from _between(_variables(old, labels), _variables(new, labels))
    gone = {f"inputs.{name.label}": name for name in old.inputs if name not in pairs}
    fresh = set(new.inputs) - set(pairs.values())
    yield from _between(gone, {f"inputs.{name.label}": name for name in fresh})


def _shown(text: Text, labels: Mapping[StoreName, str]) -> str:
    """Write a text with packages where it has paths: a path changes with what it is made of."""

    def label(symbol: Symbol) -> str:
        if not isinstance(symbol, StorePath):
            return symbol.TAG
        return f"${{DEP:{labels.get(symbol.name) or symbol.name.label}}}"

    return fill(text, label)


def _variables(one: Derivation, labels: Mapping[StoreName, str]) -> dict[str, str]:
    return {f"environment.{each.name}": _shown(each.text, labels) for each in one.environment}


def _flat(value: object, prefix: str) -> dict[str, str]:
    """Return each scalar of a node's hashed fields under its path."""
    found: dict[str, str] = {}
    waiting: list[tuple[str, Tree]] = [(prefix, to_tree(value, hashed=True))]
    for path, tree in waiting:
        if isinstance(tree, dict):
            waiting.extend((f"{path}.{key}" if key != "tag" else path, tree[key]) for key in tree)
        elif isinstance(tree, list):
            waiting.extend((f"{path}.{at}", item) for at, item in enumerate(tree))
        elif tree is not None:
            found[path] = _written(tree)
    return found


def _written(value: object) -> str:
    """Write a scalar as programs have it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _between(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Change]:
    for field in sorted(before.keys() | after.keys()):
        if before.get(field) != after.get(field):
            yield Change(field, before.get(field), after.get(field))
