"""Which packages each module reaches.

In: `Evaluation`. Out: for each module its edges, one for each package that a
reference in one of its members (but `meta`) leads to, directly or through
modules that are no packages, and one for each literal of `deps` that is a pname.
"""

from collections.abc import Iterable, Mapping, Sequence

from ...ir.graph import components
from ...ir.names import ModuleName
from ...ir.program import Edge
from ...ir.span import Span
from ...ir.value import ListValue, plain
from ..evaluation.members import Evaluation
from ..symbols.declarations import Declarations, ModuleDecl
from ..symbols.references import Key, Use

__all__ = ["edges"]

NOTHING: frozenset[str] = frozenset()


def edges(
    declarations: Declarations, evaluation: Evaluation, pnames: Mapping[str, list[str]]
) -> dict[str, tuple[Edge, ...]]:
    """Return the edges of every module, sorted by target."""
    packages = {module.name for module in declarations.modules.values() if module.kind == "package"}
    reach = _reach(declarations, evaluation, packages)
    found: dict[str, tuple[Edge, ...]] = {}
    for module in declarations.modules.values():
        spans = _by_reference(module, evaluation, packages, reach)
        if module.kind == "package":
            for target, span in _literals(module, evaluation, pnames):
                spans.setdefault(target, span)
        spans.pop(module.name, None)
        found[module.name] = tuple(Edge(ModuleName(name), spans[name]) for name in sorted(spans))
    return found


def _reach(
    declarations: Declarations, evaluation: Evaluation, packages: set[ModuleName]
) -> dict[Key, frozenset[str]]:
    """Map each member of a module that is no package to the packages that it leads to."""
    uses: dict[Key, Sequence[Use]] = {}
    for module in declarations.modules.values():
        if module.kind != "package":
            for member in module.members.values():
                found = evaluation.uses(member.key)
                if found:
                    uses[member.key] = found

    graph = {key: [use.key for use in uses[key] if use.key in uses] for key in sorted(uses)}
    reach: dict[Key, frozenset[str]] = {}
    for component in components(graph):
        targets = {use.key for key in component for use in uses[key]}
        parts = [frozenset((key[0],)) for key in targets if key[0] in packages]
        parts += [reach[key] for key in targets if key in reach]
        whole = _union(parts)
        for key in component:
            reach[key] = whole
    return reach


def _union(parts: Iterable[frozenset[str]]) -> frozenset[str]:
    """Unite sets; a long chain of members that lead to the same packages shares one set."""
    whole = NOTHING
    for part in parts:
        if not part <= whole:
            whole = part if whole <= part else whole | part
    return whole


def _by_reference(
    module: ModuleDecl,
    evaluation: Evaluation,
    packages: set[ModuleName],
    reach: Mapping[Key, frozenset[str]],
) -> dict[str, Span]:
    """Map each package that references of a module lead to, to the first of these."""
    spans: dict[str, Span] = {}
    for member in module.members.values():
        if member.key[1] == "meta" and module.kind == "package":
            continue
        for use in evaluation.uses(member.key):
            targets = (use.key[0],) if use.key[0] in packages else reach.get(use.key, ())
            for target in targets:
                if target not in spans or use.span < spans[target]:
                    spans[target] = use.span
    return spans


def _literals(
    module: ModuleDecl, evaluation: Evaluation, pnames: Mapping[str, list[str]]
) -> Iterable[tuple[str, Span]]:
    """Yield the packages whose pname stands in `deps`."""
    deps = evaluation.values.get((module.name, "deps"))
    for item in deps.items if isinstance(deps, ListValue) else ():
        word = plain(item)
        for name in pnames.get(word, ()) if word is not None else ():
            yield name, item.span
