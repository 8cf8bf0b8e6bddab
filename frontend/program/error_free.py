"""What of a program with errors is right by itself, so that later stages can look at it too.

In: an `Ast`, what it was evaluated to, and its errors. Out: the modules that have no error
and need none that has. Where an error cannot be told to be a module's, there are none.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping

from ...ir.ast import Ast, Contribution, end_of
from ...ir.diagnostics import Code, Diagnostic
from ...ir.program import Edge
from ...ir.span import Span
from ...ir.value import plain, texts
from ..evaluation.members import Evaluation
from ..evaluation.poison import POISON
from ..symbols.declarations import Declarations, ModuleDecl

__all__ = ["error_free_modules"]


def error_free_modules(
    ast: Ast,
    declarations: Declarations,
    evaluation: Evaluation,
    edges: Mapping[str, Iterable[Edge]],
    errors: Iterable[Diagnostic],
) -> list[ModuleDecl]:
    """Return the modules that are right, whatever else is wrong.

    One that a misspelt contribution is for has another value than is meant. Where something
    could not be read, that may be said of each that has options, or dependencies by name.
    """
    errors, modules = tuple(errors), list(declarations.modules.values())
    broken = _blamed(ast, [error for error in errors if error.code is not Code.E0])
    if broken is None:
        return []
    if any(error.code is Code.E0 for error in errors):
        broken.update(one.name for one in modules if _is_open(one))
    broken.update(one.name for one in modules if _is_doubtful(one, evaluation))
    reached = _reached(broken, _users(modules, evaluation, edges))
    return [module for module in modules if module.name not in reached]


def _is_doubtful(module: ModuleDecl, evaluation: Evaluation) -> bool:
    """Whether a value of a module is lost to an error, or is not the one that was meant."""
    members = module.members.values()
    mentioned = (text for one in members for text in texts(evaluation.values[one.key]))
    return any(member.is_meant for member in members) or any(text is POISON for text in mentioned)


def _users(
    modules: Iterable[ModuleDecl], evaluation: Evaluation, edges: Mapping[str, Iterable[Edge]]
) -> dict[str, list[str]]:
    """Map each module to those that need it: by references, by names in texts, by edges."""
    users: dict[str, list[str]] = {}
    for module in modules:
        keys = [member.key for member in module.members.values()]
        needed = {use.key[0] for key in keys for use in evaluation.uses(key)}
        needed.update(plain(text) or "" for key in keys for text in texts(evaluation.values[key]))
        needed.update(edge.target for edge in edges[module.name])
        for other in needed:
            users.setdefault(other, []).append(module.name)
    return users


def _is_open(module: ModuleDecl) -> bool:
    """Whether what could not be read may belong to a module."""
    has_option = any(member.option for member in module.members.values())
    return has_option or not module.whole or "deps" in module.members


def _blamed(ast: Ast, errors: Iterable[Diagnostic]) -> set[str] | None:
    """Return the modules in which errors or their notes stand; None if one is in no member."""
    places = _Places(ast)
    found: set[str] = set()
    for error in errors:
        for span in (error.span, *(note.span for note in error.notes)):
            owners = places.owners(span) if span else None
            if owners is None:
                return None
            found.update(owners)
    return found


def _reached(broken: Iterable[str], users: Mapping[str, Iterable[str]]) -> set[str]:
    """Return modules, all that name them, all that name those, and so on."""
    waiting, found = list(broken), set[str]()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(users.get(name, ()))
    return found


class _Places:
    """Which modules a place in a program is about."""

    def __init__(self, ast: Ast) -> None:
        self._extents: dict[str, list[tuple[int, int, tuple[str, ...]]]] = {}
        for block in ast.modules:
            self._add(block.span, block.span.end, block.name)
            for member in block.members:
                target = (member.target,) if isinstance(member, Contribution) else ()
                self._add(member.span, end_of(member), block.name, *target)
        for scenario in ast.scenarios:
            for member in scenario.members:
                self._add(member.span, end_of(member), member.target)
        for extents in self._extents.values():
            extents.sort()

    def _add(self, span: Span, end: int, *names: str) -> None:
        self._extents.setdefault(span.file, []).append((span.start, end, names))

    def owners(self, span: Span) -> tuple[str, ...] | None:
        """Return the modules that a place is in or contributes to; None if it is in no member."""
        extents = self._extents.get(span.file, [])
        at = bisect_right(extents, span.start, key=lambda extent: extent[0]) - 1
        is_inside = at >= 0 and span.start < extents[at][1]
        return extents[at][2] if is_inside else None
