"""Everything that can be wrong with a program, as `check` finds it.

In: FILE arguments. Out: all diagnostics, of the base and of each scenario: of
the language, of the build graph, of recipes' arguments, of units and paths, and
missing source folders. Nothing is built, and no source is read.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from ...frontend.check import check_ast, check_each
from ...frontend.parse import parse_program
from ...frontend.syntax.load import load
from ...ir.diagnostics import Collector, Diagnostic, ProgramError
from ...ir.names import Digest
from ...ir.node import Frozen, frozen
from ...ir.package import Lowered
from ...ir.program import Program
from ...ir.source_faults import source_faults
from ...ir.span import Source
from ...passes.cycles import check_cycles
from ...passes.lower.lower import Lower
from ...passes.lower.sources import with_digests
from .pipeline import advance
from .program import ask_contents, sources_there, vocabulary
from .recipe_files import recipes
from .settings import Settings, this_system

__all__ = ["Found", "find_everything"]

UNREAD = Digest("0" * 64)
"""Stands for digests, of sources and of the program, where errors are asked for and not names."""


@frozen
class Found(Frozen):
    """All diagnostics by place, and what their excerpts need."""

    diagnostics: tuple[Diagnostic, ...]
    sources: tuple[Source, ...]
    texts: Mapping[str, str]

    @property
    def failed(self) -> bool:
        """Whether an error is among them."""
        return any(one.severity == "error" for one in self.diagnostics)


def find_everything(paths: Sequence[str], scenario: str | None) -> Found:
    """Check a program: with `scenario` that one, else the base and each scenario alone."""
    found = Collector()
    ast, texts = parse_program(load(paths, found), found)
    if scenario is not None:
        one = check_ast(ast, texts, vocabulary(), scenario, found)
        _add(found, _later_errors(one.part) if one.part else ())
        return Found(found.sorted(), ast.sources, texts)
    for name, program in check_each(ast, vocabulary(), found):
        _add(found, _later_errors(program), f" (in scenario {name})" if name else "")
    return Found(found.sorted(), ast.sources, texts)


def _add(found: Collector, more: Iterable[Diagnostic], suffix: str = "") -> None:
    """Keep what is new; what a scenario adds says so."""
    known = set(found.sorted())
    for one in more:
        if one not in known:
            found.add(replace(one, message=one.message + suffix))


def _later_errors(program: Program) -> tuple[Diagnostic, ...]:
    """Return what the stages after the frontend find; a broken graph is not lowered."""
    found = Collector()
    check_cycles(program, found)
    looped = found.failed
    folders = sources_there(program, found)
    if not looped:
        known = with_digests(program, {(it.module, it.member): UNREAD for it in folders})
        known = ask_contents(known, found)
        lowered = Lower(this_system(), "fast", recipes()).what_fits(known, UNREAD, found)
        _add(found, _faults(lowered))
        _add(found, _stack_errors(lowered))
    return found.sorted()


def _faults(lowered: Lowered) -> Iterator[Diagnostic]:
    """Yield what will keep a source from being fetched: a warning, until it is."""
    for package in lowered.packages:
        for source in (package.source, package.vendor):
            for fault in source_faults(source):
                yield replace(fault, severity="warning")


def _stack_errors(lowered: Lowered) -> tuple[Diagnostic, ...]:
    """Return what the backends refuse."""
    nothing = Settings(lowered.system, lowered.bootstrap, reached=())  # E9 is for who builds
    try:
        if lowered.stacks:
            advance([lowered], "bundle", nothing)
    except ProgramError as problem:
        return problem.diagnostics
    return ()
