"""A program that a test starts and stops: `deploy_once.py ROOT STACK TEXT COUNT`, one deploy.

The stack has COUNT links with TEXT, a copy, and a path that only TEXT has.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

from stacks_on_disk import File, bundle, caller, copy, link, target, wish

from punix.ir.diagnostics import ProgramError
from punix.runtime.deploy.generations import deploy


def files(stack: str, text: str, count: int) -> Mapping[str, File]:
    found = {f"/etc/{stack}/{number}": link(text) for number in range(count)}
    return found | {
        f"/etc/{stack}-copy": copy(text),
        f"/etc/{stack}-{text}/only": link(text),
        "/etc/turns" if text == "1" else "/etc/turns/deep": link(text),
    }


def main(root: str, stack: str, text: str, count: str) -> None:
    wanted = bundle(files(stack, text, int(count)), stack)
    try:
        done = deploy(target(Path(root), stack), wish(wanted), caller())
    except ProgramError as problem:
        sys.exit(str(problem))
    sys.stdout.write(f"{done.live.generation}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
