"""From file names to a checked program: the front half of every command.

In: FILE arguments. Out: a `Program` without errors, or ProgramError with all of
them. This is where frontend, recipes, backends and passes meet for checking, and
where the disk is asked about local sources.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from ..backends.base import backend_names
from ..frontend.check import Vocabulary, check
from ..frontend.load import load
from ..ir.diagnostics import Collector, ProgramError
from ..ir.names import ModuleName
from ..ir.program import Module, Program, SourceDigest
from ..ir.span import Span
from ..ir.value import ListValue, RecordValue, TextValue, get, plain
from ..passes.cycles import check_cycles
from ..recipes import RECIPES
from ..runtime.sources import source_digest, source_missing
from .console import report

__all__ = ["load_program", "vocabulary", "with_digests"]


def vocabulary() -> Vocabulary:
    """Return the recipes and backends that programs may name."""
    recipes = {name: recipe.arguments for name, recipe in RECIPES.items()}
    return Vocabulary(recipes=recipes, backends=backend_names())


def load_program(
    paths: Sequence[str], scenario: str | None, *, every_scenario: bool = False
) -> Program:
    """Read, check and evaluate a program; warnings go to stderr.

    Raises ProgramError with every error: of the language, of the build graph,
    and missing source folders.
    """
    collector = Collector()
    checked = check(load(paths, collector), vocabulary(), scenario, every_scenario=every_scenario)
    for diagnostic in checked.diagnostics:
        collector.add(diagnostic)
    if checked.program is not None:
        check_cycles(checked.program, collector)
        _check_sources(checked.program, collector)
    if collector.failed or checked.program is None:
        report(collector.sorted(), checked.sources, checked.texts)
        raise ProgramError((), checked.sources)
    report(collector.sorted(), checked.sources, checked.texts)
    return checked.program
