"""`punix` as a process of its own, with the interpreter that runs the tests."""

import sys

__all__ = ["COMMAND"]

COMMAND = [sys.executable, "-c", "from punix.cli.main import main; main()"]
