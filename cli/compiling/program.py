"""From file names to a checked program: the front half of every command.

In: FILE arguments. Out: a `Program` without errors, or ProgramError with all of
them. This is where frontend, recipes, backends and passes meet for checking, and
where the disk is asked about local sources.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from ...backends.base import backend_names
from ...frontend.check import Checked, Vocabulary, check, check_ast
from ...frontend.parse import parse_program
from ...frontend.syntax.load import load
from ...ir.ast import Ast
from ...ir.diagnostics import Collector, ProgramError
from ...ir.names import Digest
from ...ir.program import ConfigSource, Program
from ...passes.cycles import check_cycles
from ...passes.lower.config_sources import config_sources, with_contents
from ...passes.lower.sources import LocalFolder, local_folders, with_digests
from ...runtime.fetch.source import patterns_fit, source_digest, source_exists
from ..console import report
from ..home_folder import home_folder
from .recipe_files import recipes

__all__ = [
    "ask_contents",
    "ask_disk",
    "cache_folder",
    "evaluate",
    "load_program",
    "parse_only",
    "sources_there",
    "vocabulary",
]


def vocabulary() -> Vocabulary:
    """Return the recipes and backends that programs may name."""
    schemas = {name: recipe.arguments for name, recipe in recipes().items()}
    return Vocabulary(recipes=schemas, backends=backend_names())


def parse_only(paths: Sequence[str]) -> Ast:
    """Read and parse files. Raises ProgramError with everything that is not PCL."""
    found = Collector()
    ast, _ = parse_program(load(paths, found), found)
    found.raise_errors(ast.sources)
    return ast


def load_program(paths: Sequence[str], scenario: str | None = None) -> Program:
    """Read, check and evaluate a program; warnings go to stderr.

    Raises ProgramError with every error: of the language, of the build graph,
    and missing source folders.
    """
    found = Collector()
    files = load(paths, found)
    return _accept(check(files, vocabulary(), scenario), found)


def evaluate(ast: Ast, scenario: str | None) -> Program:
    """Do what `load_program` does with an AST that was stored."""
    checked = check_ast(ast, {}, vocabulary(), scenario, Collector())
    return _accept(checked, Collector())


def _accept(checked: Checked, found: Collector) -> Program:
    for diagnostic in checked.diagnostics:
        found.add(diagnostic)
    if checked.program is not None:
        check_cycles(checked.program, found)
        sources_there(checked.program, found)
    found.raise_errors(checked.sources)
    report(found.sorted(), checked.sources, checked.texts)
    assert checked.program is not None, "no program although there was no error"
    return checked.program


def sources_there(program: Program, found: Collector) -> list[LocalFolder]:
    """Return a program's local sources; what keeps them from being read is found.

    That is an E17 where nothing is, or a link to a file, and an E1 for a bad pattern.
    """
    folders = list(local_folders(program))
    for path, span in {(one.path, one.span): None for one in folders}:  # many may share one
        source_exists(path, span, found)
    for exclude, span in {(one.exclude, one.exclude_span): None for one in folders}:
        patterns_fit(exclude, span, found)
    return folders


def ask_disk(program: Program) -> Program:
    """Return the program with what it needs of the disk; what it has is kept.

    The digests of local sources, and what config files are taken from.
    """
    found = Collector()
    asked = ask_contents(_ask_digests(program, found), found)
    found.raise_errors(program.sources)
    return asked


def ask_contents(program: Program, found: Collector) -> Program:
    """Return the program with what its config files are taken from.

    Adds an E17 for each that cannot be had, and goes on as if it were empty.
    """
    held = {(one.path, one.exclude): one for one in program.contents}
    for wanted in config_sources(program, found):
        if wanted.key in held:
            continue
        from ...runtime.fetch.contents import read_contents  # few stacks take files

        try:
            held[wanted.key] = read_contents(*wanted.key, wanted.span, wanted.folder)
        except ProgramError as problem:
            found.extend(problem.diagnostics)
            held[wanted.key] = ConfigSource(*wanted.key, ())
    return with_contents(program, held.values())


def _ask_digests(program: Program, found: Collector) -> Program:
    """Add the digests of local sources; what several packages share is read once.

    Adds an E17 to `found` for each that cannot be read.
    """
    digests = {(entry.module, entry.member): entry.digest for entry in program.digests}
    read: dict[tuple[str, tuple[str, ...]], Digest] = {}
    cache = cache_folder() / "sources"
    for folder in local_folders(program):
        if (folder.module, folder.member) in digests:
            continue
        place = folder.path, folder.exclude
        if place not in read:
            try:
                read[place] = source_digest(*place, folder.span, cache)
            except ProgramError as problem:
                found.extend(problem.diagnostics)
                continue
        digests[folder.module, folder.member] = read[place]
    return with_digests(program, digests)


def cache_folder() -> Path:
    """Return where caches live; deleting it costs time, never correctness."""
    chosen = os.environ.get("PUNIX_CACHE_DIR")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME")
    return Path(base) / "punix" if base else home_folder() / ".cache/punix"
