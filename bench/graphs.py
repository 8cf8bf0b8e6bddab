"""Packages to measure with: each needs up to three earlier ones."""

from functools import cache

from punix.ir.names import Digest, ModuleName, PackageName, Version
from punix.ir.package import LocalSource, Lowered, NoSource, Package
from punix.ir.span import Span
from punix.ir.text import Out, Text

DIGEST = Digest("ab" * 32)
SPAN = Span("bench.pcl", 0, 1)


@cache
def lowered(size: int) -> Lowered:
    """Return `size` packages, P0 first, with a script of 90 bytes and a local source each."""
    packages = sorted((package(at) for at in range(size)), key=lambda one: one.module)
    return Lowered("x86_64-linux", "seeded", None, DIGEST, tuple(packages), (), ())


def package(at: int) -> Package:
    inputs = tuple(sorted({ModuleName(f"P{other}") for other in before(at)}))
    script: Text = ("./configure --prefix=$OUTPUT\nmake -j$PUNIX_BUILD_CORES install\n",)
    if inputs:
        script += (Out(inputs[0]), "/bin/check $OUTPUT\n")
    return Package(
        module=ModuleName(f"P{at}"),
        pname=PackageName(f"p{at}"),
        version=Version("1.0"),
        recipe="std.shell",
        recipe_version=1,
        script=script,
        environment=(),
        source=LocalSource(DIGEST, "src", (), SPAN),
        vendor=NoSource(),
        inputs=inputs,
        network=False,
        span=SPAN,
        input_spans=(SPAN,) * len(inputs),
    )


def before(at: int) -> list[int]:
    """Return the packages that package number `at` needs: the last one, one half way, one near."""
    return [other for other in (at - 1, at // 2, at - 7) if 0 <= other < at]


def adjacency(size: int) -> dict[str, list[str]]:
    """Return the same graph by name alone; as in a DerivationGraph, a name is one object."""
    names = [f"P{at}" for at in range(size)]
    return {names[at]: sorted({names[other] for other in before(at)}) for at in range(size)}
