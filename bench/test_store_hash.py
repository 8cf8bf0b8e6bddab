"""The way from a derivation to its store name: one node, and graphs of them."""

import pytest
from blake3 import blake3
from graphs import lowered
from timing import Measure

from punix.ir.canonical import Tree, digest_bytes, encode
from punix.ir.derivation import CONTEXT, Derivation, name_of
from punix.ir.graph import topological
from punix.ir.names import ModuleName
from punix.ir.text import StorePath
from punix.passes.address import Address, derive


def documents(derivations: tuple[Derivation, ...]) -> list[bytes]:
    """Return the canonical bytes that the names are made from."""
    return [encode(fields(one)) for one in derivations]


def fields(one: Derivation) -> Tree:
    """Return the fields that decide a name."""
    return (
        *(one.pname, one.version, one.system, one.recipe, one.recipe_version, one.script),
        *(one.environment, one.source, one.inputs, one.network),
    )


@pytest.mark.parametrize("who", ["bare blake3", "punix"])
def test_nodes(measure: Measure, who: str) -> None:
    group, size = "canonical bytes and digest of nodes", 1_000
    made = Address().run(lowered(size)).derivations
    if who == "punix":
        trees = [fields(one) for one in made]
        measure(
            lambda: [digest_bytes(tree, CONTEXT) for tree in trees],
            group=group,
            size=size,
            who=who,
            target=6,
            rounds=50,
        )
    else:
        bare(measure, made, group, size)


def bare(measure: Measure, made: tuple[Derivation, ...], group: str, size: int) -> None:
    """Hash the same bytes, already made."""
    found = documents(made)
    measure(
        lambda: [blake3(data, derive_key_context=CONTEXT).digest() for data in found],
        group=group,
        size=size,
        who="bare blake3",
        floor=True,
        rounds=20,
    )


@pytest.mark.parametrize("size", [1_000, 10_000, 100_000])
@pytest.mark.parametrize("who", ["bare blake3", "names alone", "names and derivations"])
def test_merkle(measure: Measure, size: int, who: str) -> None:
    group = "Merkle names of derivations"
    packages = {package.module: package for package in lowered(size).packages}
    order = topological({name: package.inputs for name, package in packages.items()})
    made = Address().run(lowered(size)).derivations

    def names() -> None:
        for one in made:
            name_of(one)

    def derivations() -> None:
        paths: dict[ModuleName, StorePath] = {}
        for name in order:
            paths[name] = StorePath(derive(packages[name], "x86_64-linux", paths).name)

    if who == "bare blake3":
        bare(measure, made, group, size)
    elif who == "names alone":
        measure(names, group=group, size=size, who=who, target=2.5, rounds=9)
    else:
        measure(derivations, group=group, size=size, who=who, rounds=5)
