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
from ..ir.schema.shape import Schema
from ..ir.span import Source
from ..ir.spell import nearest_or_all
from .evaluation.members import Evaluation, evaluate_base, evaluate_scenario
from .parse import parse_program
from .program.assemble import assemble
from .program.dependencies import edges
from .program.error_free import error_free_modules
from .symbols.declarations import Declarations
from .symbols.declare import declare
from .symbols.module_kinds import classify, used_members
from .symbols.references import Key
from .typecheck.members import Inference
from .validation.modules import check_modules
from .validation.names import Vocabulary, program_scope
from .validation.required_options import report_never_filled, report_unfilled
from .validation.version_overrides import check_version_overrides

__all__ = ["Checked", "Vocabulary", "check", "check_ast", "check_each"]


@frozen
class Checked(Frozen):
    """A program's meaning and its diagnostics, sorted by place.

    `program` is None if there is an error. `part` is what later stages can look at: the
    program, or where it has errors the modules that have none; None if that is unknown.
    `texts` are the decoded files, for excerpts.
    """

    program: Program | None
    part: Program | None
    texts: Mapping[str, str]
    sources: tuple[Source, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def failed(self) -> bool:
        """Whether an error is among the diagnostics."""
        return any(found.severity == "error" for found in self.diagnostics)


def check(
    files: Sequence[tuple[str, bytes]], vocabulary: Vocabulary, scenario: str | None = None
) -> Checked:
    """Parse, compose and evaluate files as one program: the base, or that with a scenario."""
    collector = Collector()
    ast, texts = parse_program(files, collector)
    return check_ast(ast, texts, vocabulary, scenario, collector)


def check_ast(
    ast: Ast,
    texts: Mapping[str, str],
    vocabulary: Vocabulary,
    scenario: str | None,
    collector: Collector,
) -> Checked:
    """Do what `check` does with what the parser gave; `collector` holds its errors."""
    names = _scenarios(ast)
    if scenario is not None and scenario not in names:
        hint = nearest_or_all(scenario, names) or "the program has no scenario"
        collector.error(Code.E2, f"unknown scenario '{scenario}'", None, hint=hint)
        scenario = None
    run = _Check(ast, vocabulary, collector, () if scenario is None else (scenario,))
    outcome = run.base()
    if scenario is not None:
        outcome = run.scenario(scenario, outcome)
    run.require_options(scenario)
    program = None if collector.failed else run.program(outcome)
    part = run.error_free_part(outcome) if collector.failed else program
    return Checked(program, part, texts, ast.sources, collector.sorted())


def check_each(
    ast: Ast, vocabulary: Vocabulary, collector: Collector
) -> Iterator[tuple[str | None, Program]]:
    """Check the base and each scenario alone; yield the program of each that is right.

    The base goes by the name None; where it has errors, it is a program of the modules that
    have none. A required option that only some scenario fills is a warning, and the base then
    is no program. A scenario that gives no package, stack or fleet another value is left out:
    what comes after the frontend would see no difference.
    """
    names = _scenarios(ast)
    run = _Check(ast, vocabulary, collector, names)
    base = run.base()
    run.require_options_somewhere()
    is_right = not collector.failed
    program = run.program(base) if is_right else run.error_free_part(base)
    if program is not None:
        yield None, program
    for name in names:
        outcome = run.scenario(name, base)
        matters = is_right and not outcome.failed and run.matters(outcome)
        program = run.program(outcome) if matters else None
        if program is not None:
            yield name, program


def _scenarios(ast: Ast) -> tuple[str, ...]:
    return tuple(sorted({block.name for block in ast.scenarios}))


class _Outcome(NamedTuple):
    """What the base or a scenario came to; `failed` says whether the scenario added an error."""

    evaluation: Evaluation
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
    ) -> None:
        self._ast = ast
        self._vocabulary = vocabulary
        self._collector = collector
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
        evaluation = evaluate_base(self._declarations, self._inference.poisoned, self._collector)
        return _Outcome(evaluation, self._validate(evaluation, self._collector), False)

    @deep()
    def scenario(self, name: str, base: _Outcome) -> _Outcome:
        """Evaluate with a scenario; what it adds to the errors says so."""
        own = Collector()
        self._inference.scenario(name, own)
        evaluation = evaluate_scenario(
            name, base.evaluation, self._declarations, self._inference.poisoned, own
        )
        by_pname = self._validate(evaluation, own)
        self._add(own, name)
        return _Outcome(evaluation, by_pname, own.failed)

    def require_options(self, scenario: str | None) -> None:
        """Report required options that are empty in the base or with one scenario."""
        if self._read_whole:
            own = Collector()
            report_unfilled(self._declarations, scenario, own)
            self._add(own, scenario)

    def require_options_somewhere(self) -> None:
        """Report required options that are empty in the base and with each scenario."""
        if self._read_whole:
            report_never_filled(self._declarations, self._collector)

    def matters(self, outcome: _Outcome) -> bool:
        """Whether something has another value that is not plain data."""
        modules = self._declarations.modules
        return any(modules[module].kind != "data" for module, _ in outcome.evaluation.changed)

    @deep()
    def program(self, outcome: _Outcome) -> Program | None:
        """Put together what was evaluated; None where a required option is empty."""
        reached = edges(self._declarations, outcome.evaluation, outcome.by_pname)
        modules = self._declarations.modules.values()
        return assemble(modules, outcome.evaluation, reached, self._ast.sources)

    @deep()
    def error_free_part(self, outcome: _Outcome) -> Program | None:
        """Put together what has no error and needs nothing that has; None if that is unknown."""
        reached = edges(self._declarations, outcome.evaluation, outcome.by_pname)
        errors = [one for one in self._collector.sorted() if one.severity == "error"]
        modules = error_free_modules(
            self._ast, self._declarations, outcome.evaluation, reached, errors
        )
        return assemble(modules, outcome.evaluation, reached, self._ast.sources)

    def _validate(self, evaluation: Evaluation, collector: Collector) -> dict[str, list[str]]:
        """Hold values against versions and schemas; return the packages by pname."""
        check_version_overrides(self._declarations, evaluation, collector)
        scope = program_scope(
            self._vocabulary,
            self._declarations,
            self._used,
            evaluation.values,
            read_whole=self._read_whole,
        )
        check_modules(scope, self._schemas, evaluation, collector)
        return scope.pnames

    def _add(self, own: Collector, scenario: str | None) -> None:
        """Keep what is new; what a scenario adds says so."""
        known = set(self._collector.sorted())
        suffix = f" (in scenario {scenario})" if scenario else ""
        for found in own.sorted():
            if found not in known:
                self._collector.add(replace(found, message=found.message + suffix))
