"""A program that a test starts and stops: `deploy_once.py ROOT STACK TEXT COUNT`, one deploy.

The stack has COUNT links with TEXT, a copy, and a path that only TEXT has. With `rollback`,
`switch` (to the first generation), `remove` or `recover` as TEXT it does that instead.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

from stacks_on_disk import File, bundle, caller, copy, link, target, wish

from punix.ir.diagnostics import ProgramError
from punix.runtime.deploy.target.layout import Target
from punix.runtime.deploy.target.local import Local
from punix.runtime.deploy.transaction.locking import observed
from punix.runtime.service.deploy import deploy
from punix.runtime.service.remove import remove
from punix.runtime.service.switch import rollback, switch


def files(stack: str, text: str, count: int) -> Mapping[str, File]:
    found = {f"/etc/{stack}/{number}": link(text) for number in range(count)}
    return found | {
        f"/etc/{stack}-copy": copy(text),
        f"/etc/{stack}-{text}/only": link(text),
        "/etc/turns" if text == "1" else "/etc/turns/deep": link(text),
    }


def main(root: str, stack: str, text: str, count: str) -> None:
    here = target(Path(root), stack, Local(root))
    try:
        sys.stdout.write(f"{run(here, text, int(count))}\n")
    except ProgramError as problem:
        sys.exit(str(problem))


def run(here: Target, text: str, count: int) -> int | None:
    """Do what was asked for; returns the generation that is live."""
    if text == "remove":
        remove(here, caller())
        return None
    if text == "rollback":
        return rollback(here, None, caller()).live.generation
    if text == "switch":
        return switch(here, 1, caller()).live.generation
    if text == "recover":
        with observed(here, lambda _: None):
            return None
    wanted = bundle(files(here.stack, text, count), here.stack)
    return deploy(here, wish(wanted), caller()).live.generation


if __name__ == "__main__":
    main(*sys.argv[1:])
