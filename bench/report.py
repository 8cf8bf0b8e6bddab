"""Measure everything in bench/ and write the tables of docs/performance.md.

    python bench/report.py [RUN.json]     a stored run instead of a new one

Times are minima; a ratio is that of the minima of one run, to the row marked `floor`.
"""

import json
import math
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "performance.md"
COMMAND = "pytest bench -q -p no:xdist -p no:cacheprovider --benchmark-only"

Row = dict[str, Any]


def run() -> dict[str, Any]:
    """Run the suites in this interpreter's environment and return pytest-benchmark's record."""
    with tempfile.TemporaryDirectory() as folder:
        stored = Path(folder) / "run.json"
        command = [sys.executable, "-m", *COMMAND.split(), f"--benchmark-json={stored}"]
        subprocess.run(command, cwd=ROOT, check=True)
        record: dict[str, Any] = json.loads(stored.read_text(encoding="utf-8"))
        return record


def rows(record: dict[str, Any]) -> list[Row]:
    """Return operation, who, size, seconds, ratio to the floor and target of each measurement."""
    found = [{**one["extra_info"], "seconds": one["stats"]["min"]} for one in record["benchmarks"]]
    floors = {(one["operation"], one["size"]): one["seconds"] for one in found if one["floor"]}
    for one in found:
        one["ratio"] = one["seconds"] / floors[one["operation"], one["size"]]
    return found


def tables(found: Iterable[Row]) -> Iterator[str]:
    """Yield the lines of a table for each operation."""
    operations: dict[str, list[Row]] = {}
    for one in found:
        operations.setdefault(one["operation"], []).append(one)
    for name, group in operations.items():
        yield f"\n## {name[:1].upper()}{name[1:]}\n"
        yield "| size | who | time | ratio | target |"
        yield "|---:|---|---:|---:|---:|"
        for one in sorted(group, key=lambda one: (one["size"], not one["floor"], one["who"])):
            yield line(one)
        yield from exponents(group)


def line(one: Row) -> str:
    """Return the line of one measurement."""
    target = f"≤ {one['target']:g}" if one["target"] else ""
    ratio = "floor" if one["floor"] else f"{one['ratio']:.2f}"
    return f"| {one['size']:,} | {one['who']} | {duration(one['seconds'])} | {ratio} | {target} |"


def duration(seconds: float) -> str:
    """Write a time with three digits and its unit."""
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= scale:
            return f"{seconds / scale:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


def exponents(group: list[Row]) -> Iterator[str]:
    """Yield how the cost grows between the smallest and the largest size (1 is linear)."""
    for who in dict.fromkeys(one["who"] for one in group):
        mine = sorted((one["size"], one["seconds"]) for one in group if one["who"] == who)
        if len(mine) > 1:
            (small, first), (large, last) = mine[0], mine[-1]
            power = math.log(last / first) / math.log(large / small)
            yield f"\n{who}: time grows as size to the power of {power:.2f}."


def page(record: dict[str, Any]) -> str:
    """Return the whole page."""
    cores = record["machine_info"]["cpu"]["count"]
    head = f"""# Performance

Measured by `python bench/report.py`, which runs `{COMMAND}`
(Python {platform.python_version()}, {cores} cores, {record["datetime"][:10]}).
Times are minima and move from machine to machine; a ratio is that of two minima of
one run, to the row marked `floor`, and is what to compare. `python bench/compare.py`
holds a new run against the table that is committed.
"""
    return head + "\n".join(tables(rows(record))) + "\n"


def main() -> None:
    """Measure, or take a stored run, and write the page."""
    stored = sys.argv[1:]
    record = json.loads(Path(stored[0]).read_text(encoding="utf-8")) if stored else run()
    PAGE.write_text(page(record), encoding="utf-8")


if __name__ == "__main__":
    main()
