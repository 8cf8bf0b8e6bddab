"""How exposed units are, as systemd's own tool measures it.

In: texts of service units. Out: for each text its exposure and what that comes of. One call
serves any number of texts; nothing of the machine is looked at, and nothing left on it.

`systemd-analyze security` prints a table for each unit (systemd-analyze(1)): a row for each
property, with what it costs at the end, and below them the sum as `9.6`.
"""

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ...ir.node import Frozen, frozen

__all__ = ["Exposure", "Unmeasured", "measure"]

COMMAND = ("systemd-analyze", "security", "--offline=true", "--no-pager")
SECONDS = 300

ROW = re.compile(r"\S+ ([A-Za-z]+)=\S*\s.*\s([0-9]+)\.([0-9])\s*")
SUM = re.compile(r"\S+ Overall exposure level for ([0-9]+)\.service: ([0-9]+)\.([0-9])\b.*")


class Unmeasured(Exception):
    """Exposure cannot be measured here; says why."""


@frozen
class Exposure(Frozen):
    """A score in tenths, and the directives that would lower it, the costliest first."""

    tenths: int
    missing: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.tenths // 10}.{self.tenths % 10}"


def measure(texts: Iterable[str]) -> Mapping[str, Exposure]:
    """Return the exposure of each text. Raises Unmeasured."""
    wanted = sorted(set(texts))
    if not wanted:
        return {}
    output = _ask(wanted)
    found = dict(_read(output))
    if len(found) < len(wanted):  # before 250 there is no --offline: systemd's NEWS
        line = next(filter(str.strip, output.splitlines()), "it said nothing")
        raise Unmeasured(f"systemd-analyze security: {line.strip()}")
    return {text: found[at] for at, text in enumerate(wanted)}


def _ask(texts: list[str]) -> str:
    import subprocess  # few commands run programs, and it costs 5 ms
    import tempfile

    # Left to itself, tempfile writes a file first to find out where it may.
    where = os.environ.get("TMPDIR") or "/tmp"
    with tempfile.TemporaryDirectory(prefix="punix-exposure-", dir=where) as folder:
        paths = [Path(folder, f"{at}.service") for at in range(len(texts))]
        for path, text in zip(paths, texts, strict=True):
            path.write_text(text, encoding="utf-8")
        try:
            done = subprocess.run(
                [*COMMAND, *paths],
                env={**os.environ, "SYSTEMD_COLORS": "0"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=SECONDS,
                check=False,
            )
        except FileNotFoundError:
            raise Unmeasured(f"{COMMAND[0]} is not there") from None
        except (OSError, subprocess.TimeoutExpired) as problem:
            raise Unmeasured(f"{COMMAND[0]}: {problem}") from None
    return done.stdout.decode("utf-8", "replace")


def _read(output: str) -> Iterator[tuple[int, Exposure]]:
    """Yield what the tables say, each with the number of its unit."""
    costs: Counter[str] = Counter()
    for line in output.splitlines():
        if row := ROW.fullmatch(line):
            costs[row[1]] += int(row[2] + row[3])
        elif end := SUM.fullmatch(line):
            missing = sorted(costs, key=lambda name: (-costs[name], name))
            yield int(end[1]), Exposure(int(end[2] + end[3]), tuple(missing))
            costs.clear()
