"""Pass `bootstrap`: what packages may start from besides sources.

In: `Lowered`, whose packages carry their seeds and which carries the mode. Out: the
same, or an E9 for each seed that is refused, in the packages that are reached:

    fast                    everything is allowed
    seeded                  no text asks `brew --prefix`; ready-made programs are the
                            compilers that no compiler of a distribution can build
    source, bootstrappable  neither of these, and no build has the network

A package that says `meta.bootstrap_policy = "source-only"` is held to `source` in
every mode. The mode decides what is refused and changes no build, so it is in no
store name.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Literal

from ..ir.diagnostics import Code, Diagnostic, ProgramError
from ..ir.graph import closure
from ..ir.names import ModuleName
from ..ir.node import Frozen, frozen
from ..ir.package import Bootstrap, Lowered, Package, Seed
from ..ir.spell import Speller
from ..ir.stack import Stack
from ..ir.text import outs

__all__ = ["BootstrapPolicy"]

Kind = Literal["binary", "brew", "network"]

REFUSED: Mapping[Bootstrap, frozenset[Kind]] = {
    "fast": frozenset(),
    "seeded": frozenset({"binary", "brew"}),
    "source": frozenset({"binary", "brew", "network"}),
    "bootstrappable": frozenset({"binary", "brew", "network"}),
}

COMPILERS = frozenset({"go-bootstrap", "llvm-bootstrap", "node-bootstrap", "rustc-bootstrap"})
"""The pnames of ready-made programs that `seeded` allows."""

STARTS: Mapping[Kind, str] = {
    "binary": "starts from ready-made programs",
    "brew": "calls `brew --prefix`",
    "network": "uses the network while it is built",
}
MENDS: Mapping[Kind, str] = {
    "binary": "build it from its source",
    "brew": "name the package in deps and write ${DEP:…}",
    "network": "fetch with a source and its hash",
}


@frozen
class BootstrapPolicy(Frozen):
    """Refuse packages that start from what the bootstrap mode does not allow (E9).

    `reached` names the packages and stacks that are asked for; None: every package.
    """

    name: ClassVar[str] = "bootstrap"
    src: ClassVar[str] = "lowered"
    dst: ClassVar[str] = "lowered"

    reached: tuple[str, ...] | None = None

    def run(self, lowered: Lowered) -> Lowered:
        """Return what came in; raises ProgramError with every E9, E26 for an unknown name."""
        packages: dict[str, Package] = {package.module: package for package in lowered.packages}
        names = packages.keys() if self.reached is None else _closure(lowered, self.reached)
        found = [
            problem
            for name in names
            if name in packages
            for problem in refusals(packages[name], lowered.bootstrap)
        ]
        if found:
            raise ProgramError(found, lowered.sources)
        return lowered


def _closure(lowered: Lowered, reached: Sequence[str]) -> set[str]:
    """Return the packages that some packages and stacks are built from and use."""
    inputs: dict[str, Sequence[str]] = {one.module: one.inputs for one in lowered.packages}
    stacks: dict[str, Stack] = {stack.module: stack for stack in lowered.stacks}
    starts: set[str] = set()
    for name in reached:
        if name in stacks:
            starts.update(_used(stacks[name]))
        elif name in inputs:
            starts.add(name)
        else:
            hint = Speller([*inputs, *stacks]).hint(name)
            raise ProgramError([Diagnostic(Code.E26, f"no package or stack '{name}'", hint=hint)])
    return closure(inputs, starts)


def _used(stack: Stack) -> Iterator[ModuleName]:
    """Yield what a stack uses: pins, its services' packages, every package in its texts."""
    yield from stack.pins
    yield from (service.package for service in stack.services)
    for text in stack.texts():
        yield from outs(text)


def refusals(package: Package, mode: Bootstrap) -> Iterator[Diagnostic]:
    """Yield an E9 for each seed of one package that is refused."""
    for seed in package.seeds:
        if package.source_only and not _allows("source", package, seed):
            yield _refusal(package, seed, "its meta.bootstrap_policy", "take that policy out")
        elif not _allows(mode, package, seed):
            lax = "seeded" if _allows("seeded", package, seed) else "fast"
            yield _refusal(package, seed, f"mode '{mode}'", f"allow it with --bootstrap {lax}")


def _allows(mode: Bootstrap, package: Package, seed: Seed) -> bool:
    if mode == "seeded" and seed.kind == "binary" and package.pname in COMPILERS:
        return True
    return seed.kind not in REFUSED[mode]


def _refusal(package: Package, seed: Seed, who: str, way_out: str) -> Diagnostic:
    message = f"package '{package.module}' {STARTS[seed.kind]}, which {who} refuses"
    return Diagnostic(Code.E9, message, seed.span, hint=f"{MENDS[seed.kind]}, or {way_out}")
