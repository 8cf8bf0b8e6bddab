"""Identities of file trees, each beside what the machine needs at least for the same bytes."""

import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest
from blake3 import blake3
from timing import Measure

from punix.runtime.files.stat_cache import StatCache
from punix.runtime.files.tree import hash_tree

FILES = 10_000
MEBIBYTES = 256
LATER_NS = 10**19 // 2

TREE = "identity of a tree of small files"
LARGE = "identity of one file, size in MiB"
HAS_NIX = shutil.which("nix-hash") is not None
HAS_B3SUM = shutil.which("b3sum") is not None


@pytest.fixture(scope="module")
def small_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top, noise = tmp_path_factory.mktemp("small"), random.Random(1)
    for number in range(FILES):
        if number % 100 == 0:
            (top / f"d{number}").mkdir()
        (top / f"d{number - number % 100}" / f"f{number}").write_bytes(noise.randbytes(700))
    return top


@pytest.fixture(scope="module")
def large_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("large")
    noise = random.Random(1).randbytes(1 << 20)
    with (top / "large").open("wb") as file:
        for _ in range(MEBIBYTES):
            file.write(noise)
    return top


def quiet(*command: str | Path) -> None:
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)


def test_small_files(measure: Measure, small_files: Path) -> None:
    measure(lambda: hash_tree(small_files), group=TREE, size=FILES, who="punix", target=1.0)


def test_small_files_unchanged(measure: Measure, small_files: Path) -> None:
    cache = small_files.parent / "cache"

    def hashed() -> None:
        digests = StatCache(cache, LATER_NS)
        hash_tree(small_files, digests=digests)
        digests.save()

    hashed()
    measure(hashed, group=TREE, size=FILES, who="punix, nothing changed")


def test_small_files_open_read_hash(measure: Measure, small_files: Path) -> None:
    files = [str(path) for path in sorted(small_files.rglob("f*"))]
    buffer = memoryview(bytearray(1 << 20))

    def bare() -> None:
        for file in files:
            descriptor = os.open(file, os.O_RDONLY)
            blake3(buffer[: os.readv(descriptor, [buffer])]).digest()
            os.close(descriptor)

    measure(bare, group=TREE, size=FILES, who="open, read, blake3", floor=not HAS_NIX)


@pytest.mark.skipif(not HAS_NIX, reason="nix-hash is not installed")
def test_small_files_nix_hash(measure: Measure, small_files: Path) -> None:
    measure(
        lambda: quiet("nix-hash", small_files), group=TREE, size=FILES, who="nix-hash", floor=True
    )


def test_large_file(measure: Measure, large_file: Path) -> None:
    measure(lambda: hash_tree(large_file), group=LARGE, size=MEBIBYTES, who="punix", target=1.15)


def test_large_file_in_memory(measure: Measure, large_file: Path) -> None:
    data = (large_file / "large").read_bytes()
    measure(
        lambda: blake3(data, max_threads=blake3.AUTO).digest(),
        group=LARGE,
        size=MEBIBYTES,
        who="blake3 of bytes in memory",
        floor=not HAS_B3SUM,
    )


@pytest.mark.skipif(not HAS_B3SUM, reason="b3sum is not installed")
def test_large_file_b3sum(measure: Measure, large_file: Path) -> None:
    file = large_file / "large"
    measure(lambda: quiet("b3sum", file), group=LARGE, size=MEBIBYTES, who="b3sum", floor=True)
