"""From any stage to any later one.

In: the root of an IR and the stage that is wanted. Out: that stage; from
`bundle` on one root for each stack. Between `program` and `closure` run the
passes of `passes.pipeline`; what stands here is where the other folders join in.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import cast

from ...backends.base import load_backend
from ...ir.ast import Ast
from ...ir.bundle import Bundle
from ...ir.closure import Closure
from ...ir.derivation import DerivationGraph
from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.home import at_home
from ...ir.manifest import Manifest
from ...ir.names import ModuleName, StoreName
from ...ir.node import Document
from ...ir.package import Lowered
from ...ir.program import Program
from ...ir.spell import Speller, nearest_or_all
from ...passes.bootstrap import BootstrapPolicy
from ...passes.manager import run, steps
from ...passes.pipeline import default
from .program import ask_disk, evaluate
from .recipe_files import recipes
from .settings import Settings

__all__ = [
    "STAGES",
    "advance",
    "bundle_of",
    "close",
    "lower",
    "packages_of",
    "refuse_seeds",
    "wanted_names",
]

WHAT_A_STACK_IS = "a stack is a module with a 'backend'"
STAGES = ("ast", "program", "lowered", "derivation", "closure", "bundle", "plan")


def advance(roots: Sequence[Document], stage: str, settings: Settings) -> list[Document]:
    """Take the roots of one stage to `stage`, which is this or a later one.

    Raises ProgramError for what is wrong with the program.
    """
    found = list(roots)
    while STAGES.index(found[0].IR) < STAGES.index(stage):
        found = _onward(found, stage, settings)
    return found


def _onward(roots: Sequence[Document], stage: str, settings: Settings) -> list[Document]:
    """Take roots to the next stage; where passes lead, as far as these have to."""
    first = roots[0]
    if isinstance(first, Ast):
        return [evaluate(first, settings.scenario)]
    if isinstance(first, Closure):
        return _bundles(first, settings.one_stack)
    if isinstance(first, Bundle):
        return [_plan(cast(Bundle, bundle), settings.against) for bundle in roots]
    return [_run_passes(first, min(stage, "closure", key=STAGES.index), settings)]


def close(program: Program, settings: Settings) -> Closure:
    """Return the closure of a program."""
    return cast(Closure, advance([program], "closure", settings)[0])


def lower(program: Program, settings: Settings) -> Lowered:
    """Lower a program whatever its packages start from; `refuse_seeds` looks at that."""
    return cast(Lowered, advance([program], "lowered", replace(settings, reached=()))[0])


def packages_of(root: Program | Lowered, settings: Settings) -> DerivationGraph:
    """Return the derivations of all packages, whether a stack uses them or not.

    A package that the bootstrap mode refuses has one too, the same in every mode.
    """
    return cast(DerivationGraph, advance([root], "derivation", replace(settings, reached=()))[0])


def refuse_seeds(lowered: Lowered, modules: Iterable[ModuleName]) -> None:
    """Raise ProgramError (E9) if the mode refuses what some modules' packages are built from."""
    BootstrapPolicy(tuple(modules)).run(lowered)


def wanted_names(
    graph: DerivationGraph, modules: Sequence[str] | None
) -> dict[ModuleName, StoreName]:
    """Return the store names of some modules' packages, of all for None.

    Raises ProgramError (E26) with every module that is no package.
    """
    names = {ref.module: ref.name for ref in graph.packages}
    if modules is None:
        return names
    spare = Speller(names)
    unknown = [module for module in modules if module not in names]
    if unknown:
        raise ProgramError(
            Diagnostic(Code.E26, f"no package '{module}' in the program", hint=spare.hint(module))
            for module in unknown
        )
    return {ref.module: ref.name for ref in graph.packages if ref.module in modules}


def bundle_of(closure: Closure, stack: ModuleName) -> Bundle:
    """Let the stack's backend make its files and units.

    Raises ProgramError: E26 if there is no such stack, and what the backend refuses.
    """
    stacks = {entry.stack.module: entry.stack for entry in closure.stacks}
    if stack not in stacks:
        hint = nearest_or_all(stack, stacks) or WHAT_A_STACK_IS
        raise ProgramError([Diagnostic(Code.E26, f"no stack '{stack}' in the program", hint=hint)])
    made = load_backend(stacks[stack].backend).emit(closure, stack)
    return replace(made, max_exposure=stacks[stack].max_exposure)  # also of one that measures none


def _run_passes(root: Document, stage: str, settings: Settings) -> Document:
    if isinstance(root, Program):
        root = ask_disk(root)
    reached = _reached(root, stage, settings)
    pipeline = default(settings.system, settings.bootstrap, recipes(), reached)
    made = run(
        steps(pipeline, root.IR, stage),
        root,
        verify=settings.verify_each,
        hook=settings.hook,
        clock=time.perf_counter,
    )
    return cast(Document, made)


def _reached(root: Document, stage: str, settings: Settings) -> tuple[ModuleName, ...] | None:
    """Return the modules whose packages a command needs: a closure has what its stacks use."""
    if settings.reached is not None or stage != "closure":
        return settings.reached
    names = _stacks(root)
    chosen = settings.one_stack
    return tuple(name for name in names if chosen in (None, name)) if names else None


def _stacks(root: Document) -> list[ModuleName]:
    if isinstance(root, Program):
        return [module.name for module in root.modules if module.kind == "stack"]
    return [stack.module for stack in root.stacks] if isinstance(root, Lowered) else []


def _bundles(closure: Closure, only: ModuleName | None) -> list[Document]:
    """Return the bundle of each stack, or of one; errors of all stacks are told together."""
    names = [entry.stack.module for entry in closure.stacks] if only is None else [only]
    if not names:
        raise ProgramError([Diagnostic(Code.E26, "no stack in the program", hint=WHAT_A_STACK_IS)])
    made: list[Document] = []
    errors: list[Diagnostic] = []
    for name in names:
        try:
            made.append(bundle_of(closure, name))
        except ProgramError as problem:
            errors.extend(problem.diagnostics)
    if errors:
        raise ProgramError(errors, closure.sources)
    return made


def _plan(bundle: Bundle, against: Manifest | None) -> Document:
    if against is not None and against.home is not None:
        bundle = at_home(bundle, against.home)
    return load_backend(bundle.backend).transition(against, bundle)
