"""What whole commands are measured with: punix, its floor, and another one beside.

Where PUNIX_PEER names the executable of another punix, that is `PEER`.
"""

import os
import subprocess
import sys
from pathlib import Path

__all__ = ["FLOOR", "HELLO", "PEER", "PUNIX", "ROOT", "call"]

ROOT = Path(__file__).parent.parent
HELLO = ROOT / "examples" / "hello" / "hello.pcl"
PUNIX = [sys.executable, str(ROOT / "bin" / "punix")]
FLOOR = [sys.executable, "-I", "-c", "pass"]
PEER = os.environ.get("PUNIX_PEER")


def call(*arguments: str | Path) -> None:
    """Run a command that has to succeed."""
    subprocess.run(list(map(str, arguments)), check=True, capture_output=True)
