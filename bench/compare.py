"""Hold a new run against the committed table: exit 1 if a ratio became worse by a quarter.

python bench/compare.py [RUN.json]     a stored run instead of a new one
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from report import PAGE, ROOT, rows, run

WORSE = 1.25
TITLE = re.compile(r"^## (?P<title>.+)$")
ROW = re.compile(r"^\| (?P<size>[\d,]+) \| (?P<who>[^|]+) \| [^|]+ \| (?P<ratio>[\d.]+) \|")

Key = tuple[str, str, int]


def committed() -> dict[Key, float]:
    """Return the ratios of the last committed table."""
    name = PAGE.relative_to(ROOT).as_posix()
    shown = subprocess.run(
        ["git", "show", f"HEAD:{name}"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return dict(ratios(shown.stdout))


def ratios(text: str) -> Iterator[tuple[Key, float]]:
    """Yield the ratios of a page by operation, who and size."""
    title = ""
    for line in text.splitlines():
        if head := TITLE.match(line):
            title = head["title"].lower()
        elif row := ROW.match(line):
            size = int(row["size"].replace(",", ""))
            yield (title, row["who"].strip(), size), float(row["ratio"])


def main() -> int:
    """Print each ratio, then and now; return 1 if one is worse."""
    stored = sys.argv[1:]
    record = json.loads(Path(stored[0]).read_text(encoding="utf-8")) if stored else run()
    before = committed()
    worse = 0
    for one in rows(record):
        then = before.get((one["operation"].lower(), one["who"], one["size"]))
        if then is None or one["floor"]:
            continue
        mark = "worse" if one["ratio"] > then * WORSE else ""
        worse += bool(mark)
        what = f"{one['operation']}, {one['size']:,}, {one['who']}"
        print(f"{what}: {then:.2f} → {one['ratio']:.2f} {mark}")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
