"""Identities of file trees, each beside what the machine needs at least for the same bytes."""

import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest
from blake3 import blake3
from pytest_benchmark.fixture import BenchmarkFixture

from punix.runtime.stat_cache import StatCache
from punix.runtime.tree import hash_tree

FILES = 10_000
LATER_NS = 10**19 // 2


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
        for _ in range(256):
            file.write(noise)
    return top


def test_small_files(benchmark: BenchmarkFixture, small_files: Path) -> None:
    benchmark(hash_tree, small_files)


def test_small_files_unchanged(benchmark: BenchmarkFixture, small_files: Path) -> None:
    cache = small_files.parent / "cache"

    def hashed() -> None:
        digests = StatCache(cache, LATER_NS)
        hash_tree(small_files, digests=digests)
        digests.save()

    hashed()
    benchmark(hashed)


def test_small_files_floor_open_read_hash(benchmark: BenchmarkFixture, small_files: Path) -> None:
    files = [str(path) for path in sorted(small_files.rglob("f*"))]
    buffer = memoryview(bytearray(1 << 20))

    def bare() -> None:
        for file in files:
            descriptor = os.open(file, os.O_RDONLY)
            blake3(buffer[: os.readv(descriptor, [buffer])]).digest()
            os.close(descriptor)

    benchmark(bare)


@pytest.mark.skipif(shutil.which("nix-hash") is None, reason="nix-hash is not installed")
def test_small_files_peer_nix_hash(benchmark: BenchmarkFixture, small_files: Path) -> None:
    benchmark(subprocess.run, ["nix-hash", small_files], stdout=subprocess.DEVNULL, check=True)


def test_large_file(benchmark: BenchmarkFixture, large_file: Path) -> None:
    benchmark(hash_tree, large_file)


@pytest.mark.skipif(shutil.which("b3sum") is None, reason="b3sum is not installed")
def test_large_file_peer_b3sum(benchmark: BenchmarkFixture, large_file: Path) -> None:
    command = ["b3sum", large_file / "large"]
    benchmark(subprocess.run, command, stdout=subprocess.DEVNULL, check=True)
