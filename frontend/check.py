"""Program text → `Program`, with everything that is wrong: the frontend's front door.

In: files and the vocabulary of recipes and backends. Out: `Checked`. The order
of the steps is the order of the calls in `_Check`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from ..ir.ast import Ast
from ..ir.depth import deep
from ..ir.diagnostics import Code, Collector, Diagnostic
from ..ir.node import Frozen, frozen
from ..ir.program import Program
from ..ir.shape import Schema
from ..ir.span import Source
from ..ir.spell import nearest_or_all
from .evaluation.members import Settled, settle
from .parse import parse_program
from .program.assemble import assemble
from .program.dependencies import edges
from .program.error_free import sound_modules
from .symbols.declarations import Declarations
from .symbols.declare import declare
from .symbols.module_kinds import classify, used_members
from .symbols.references import Key
from .typecheck.members import Inference
from .validation.modules import check_kinds
from .validation.names import Vocabulary
from .validation.required_options import report_unfilled
from .validation.version_overrides import check_versions

__all__ = ["Checked", "Vocabulary", "check", "check_ast", "check_each"]


@frozen
class Checked(Frozen):
    """A program's meaning and its diagnostics, sorted by place.

    `program` is None if there is an error, or if a required option is empty in
    what was asked for (then a warning says which scenarios fill it). `part` is what later
    stages can look at: the program, or where it has errors the modules that have none.
    `texts` are the decoded files, for excerpts.
    """

    program: Program | None
    part: Program | None
    scenarios: tuple[str, ...]
    texts: Mapping[str, str]
    sources: tuple[Source, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def failed(self) -> bool:
        """Whether an error is among the diagnostics."""
        return any(found.severity == "error" for found in self.diagnostics)


def check(
    files: Sequence[tuple[str, bytes]],
    vocabulary: Vocabulary,
    scenario: str | None = None,
    *,
    every_scenario: bool = True,
) -> Checked:
    """Parse, compose and evaluate files as one program.

    `scenario` is added to the base, and what comes of it is the program. With
    `every_scenario` each scenario alone is evaluated too, and a required option
    that the base leaves empty but some scenario fills is a warning; without, E3.
    """
    collector = Collector()
    ast, texts = parse_program(files, collector)
    return check_ast(ast, texts, vocabulary, scenario, collector, every_scenario=every_scenario)


def check_ast(
    ast: Ast,
    texts: Mapping[str, str],
    vocabulary: Vocabulary,
    scenario: str | None,
    collector: Collector,
    *,
    every_scenario: bool,
) -> Checked:
    """Do what `check` does with what the parser gave; `collector` holds its errors."""
    names = _scenarios(ast)
    if scenario is not None and scenario not in names:
        hint = nearest_or_all(scenario, names) or "the program has no scenario"
        collector.error(Code.E2, f"unknown scenario '{scenario}'", None, hint=hint)
        scenario = None
    evaluated = names if every_scenario else [scenario] if scenario else []
    run = _Check(ast, vocabulary, collector, evaluated, every_scenario)
    wanted = base = run.base()
    if scenario is None or every_scenario:
        run.report_unfilled()
    for name in evaluated:
        outcome = run.scenario(name, base)
        wanted = outcome if name == scenario else wanted
    program = None if collector.failed else run.program(wanted)
    part = run.sound_part(wanted) if collector.failed else program
    return Checked(program, part, names, texts, ast.sources, collector.sorted())


def check_each(
    ast: Ast, vocabulary: Vocabulary, collector: Collector
) -> Iterator[tuple[str | None, Program]]:
    """Check the base and each scenario alone; yield the program of each that is right.

    The base goes by the name None; where it has errors, it is a program of the modules that
    have none. A scenario that gives no package, stack or fleet another value is left out:
    what comes after the frontend would see no difference.
    """
    names = _scenarios(ast)
    run = _Check(ast, vocabulary, collector, names, every_scenario=True)
    base = run.base()
    run.report_unfilled()
    is_right = not collector.failed
    yield from _made(None, run.program(base) if is_right else run.sound_part(base))
    for name in names:
        outcome = run.scenario(name, base)
        matters = is_right and not outcome.failed and run.matters(outcome)
        yield from _made(name, run.program(outcome) if matters else None)


def _scenarios(ast: Ast) -> tuple[str, ...]:
    return tuple(sorted({block.name for block in ast.scenarios}))


def _made(name: str | None, program: Program | None) -> Iterator[tuple[str | None, Program]]:
    if program is not None:
        yield name, program


class _Outcome(NamedTuple):
    """What the base or a scenario came to; `failed` says whether the scenario added an error."""

    settled: Settled
    by_pname: dict[str, list[str]]
    failed: bool


class _Check:
    """One run over one program."""

    @deep()
    def __init__(
        self,
        ast: Ast,
        vocabulary: Vocabulary,
        collector: Collector,
        scenarios: Sequence[str],
        every_scenario: bool,
    ) -> None:
        self._ast = ast
        self._vocabulary = vocabulary
        self._collector = collector
        self._every_scenario = every_scenario
        self._read_whole = not collector.failed  # what is wrong so far is E0
        self._declarations: Declarations = declare(ast, collector, scenarios)
        self._used: set[Key] = used_members(self._declarations)
        self._schemas: Mapping[str, Schema] = classify(
            self._declarations,
            self._used,
            vocabulary.recipes,
            collector,
            read_whole=self._read_whole,
        )
        self._inference = Inference(self._declarations, self._schemas, collector)

    @deep()
    def base(self) -> _Outcome:
        """Evaluate without any scenario."""
        self._inference.base()
        settled = settle(self._declarations, self._inference.poisoned, self._collector)
        return _Outcome(settled, self._kinds(settled, self._collector), False)

    def report_unfilled(self) -> None:
        """Report required options that the base leaves empty."""
        if self._read_whole:
            needed = not self._every_scenario
            report_unfilled(self._declarations, None, needed, self._collector)

    @deep()
    def scenario(self, name: str, base: _Outcome) -> _Outcome:
        """Evaluate with a scenario; what it adds to the errors says so."""
        known = set(self._collector.sorted())
        own = Collector()
        self._inference.scenario(name, own)
        settled = settle(self._declarations, self._inference.poisoned, own, name, base.settled)
        by_pname = self._kinds(settled, own)
        if self._read_whole and not self._every_scenario:
            report_unfilled(self._declarations, name, True, own)
        for found in own.sorted():
            if found not in known:
                message = f"{found.message} (in scenario {name})"
                self._collector.add(replace(found, message=message))
        return _Outcome(settled, by_pname, own.failed)

    def matters(self, outcome: _Outcome) -> bool:
        """Whether something has another value that is not plain data."""
        modules = self._declarations.modules
        return any(modules[module].kind != "data" for module, _ in outcome.settled.changed)

    @deep()
    def program(self, outcome: _Outcome) -> Program | None:
        """Put together what was evaluated; None where a required option is empty."""
        reached = edges(self._declarations, outcome.settled, outcome.by_pname)
        modules = self._declarations.modules.values()
        return assemble(modules, outcome.settled, reached, self._ast.sources)

    @deep()
    def sound_part(self, outcome: _Outcome) -> Program | None:
        """Put together what has no error and needs nothing that has; None if that is unknown."""
        reached = edges(self._declarations, outcome.settled, outcome.by_pname)
        errors = [one for one in self._collector.sorted() if one.severity == "error"]
        modules = sound_modules(self._ast, self._declarations, outcome.settled, reached, errors)
        return assemble(modules, outcome.settled, reached, self._ast.sources)

    def _kinds(self, settled: Settled, collector: Collector) -> dict[str, list[str]]:
        check_versions(self._declarations, settled, collector)
        return check_kinds(
            self._declarations,
            self._schemas,
            self._vocabulary,
            self._used,
            settled,
            collector,
            read_whole=self._read_whole,
        )
