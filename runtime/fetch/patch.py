"""Changes to a source, applied with patch(1).

In: a patch, how many leading components of its paths to drop, a folder. Out: the folder,
changed; or BadPatch with what patch said last.

Patch is told which of the two formats it reads, because it would hand a third one, ed
scripts, to another program. Names that lead out are refused before patch sees them. A hunk
must fit exactly: one that is moved by guessing may land in another function.
"""

import re
from pathlib import Path

from .fetcher import Fetcher
from .program import tidy_environment

__all__ = ["BadPatch", "apply_patch"]

UNIFIED = re.compile(rb"^(?:@@ -\d|diff --git )", re.MULTILINE)
CONTEXT = re.compile(rb"^\*{15}", re.MULTILINE)
PAIR = re.compile(rb"^(?:---|\*\*\*) ([^\t\r\n]+).*\n(?:\+\+\+|---) ([^\t\r\n]+)", re.MULTILINE)
MOVED = re.compile(rb"^(?:rename|copy) (?:from|to) (.+)$", re.MULTILINE)
OPTIONS = (
    *("--batch", "--forward", "--fuzz=0", "--silent"),
    *("--no-backup-if-mismatch", "--reject-file=-"),
)
MOST_LINES = 3


class BadPatch(Exception):
    """A patch that cannot be applied; the message says why."""


def apply_patch(patch: Path, strip: int, folder: Path, fetcher: Fetcher) -> None:
    """Apply a patch to the files of a folder. Raises BadPatch, which leaves some of it done."""
    data = patch.read_bytes()
    form = "--unified" if UNIFIED.search(data) else "--context"
    if form == "--context" and not CONTEXT.search(data):
        raise BadPatch("it is neither a unified nor a context diff")
    for pair in PAIR.findall(data):
        for name in pair:
            _check(name, strip)
    for name in MOVED.findall(data):
        _check(name, 0)
    command = ("patch", *OPTIONS, form, f"--strip={strip}", f"--input={patch}")
    status, output = fetcher.run(command, tidy_environment(), folder)
    if status:
        lines = [line.strip() for line in output.splitlines() if line.strip()]
        raise BadPatch("; ".join(lines[-MOST_LINES:]) or f"rc={status}")


def _check(quoted: bytes, strip: int) -> None:
    """Refuse a name that leads out when its first components are gone."""
    name = quoted.decode("utf-8", "replace").strip().strip('"')
    parts = name.split("/")
    if name != "/dev/null" and (".." in parts[strip:] or (not strip and not parts[0])):
        raise BadPatch(f"'{name}' is not inside the source")
