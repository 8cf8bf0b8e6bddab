"""What a command does to a stack, step by step, for whoever shows or keeps it.

In: nothing. Out: `Step`, a value; and a context that tells how a step begins and ends.
No step holds the value of a secret, or what a service wrote.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Literal, TypeAlias

from ....ir.diagnostics import ProgramError
from ....ir.node import Frozen, frozen

__all__ = ["Kind", "State", "Step", "Tell", "beginning", "silent", "telling"]

Kind: TypeAlias = Literal[
    "lock",
    "recover",
    "secrets",
    "verify",
    "accounts",
    "stage",
    "commit",
    "reconcile",
    "folders",
    "read-units",
    "stop",
    "start",
    "restart",
    "reload",
    "health",
    "back",
    "trim",
]
"""Wait for the stack; mend what was interrupted; ask for secrets; ask systemd about new units;
make users and groups; write tree and manifest; let them live; make links and copies agree; make
what tmpfiles asks for; have unit files read; four jobs; ask whether a unit is well; go back after a
failure; remove old generations."""

State: TypeAlias = Literal["waiting", "begun", "done", "failed"]


@frozen
class Step(Frozen):
    """A step begins or ends.

    `generation` is the one that the step is about: what is made live, what is gone back to,
    whose file says how a unit stops or starts. None is no generation. `unit` is there for
    jobs and health. `message` says in which state a unit is, why a step failed, who holds
    what is waited for, what was mended.
    """

    kind: Kind
    state: State = "begun"
    generation: int | None = None
    unit: str = ""
    message: str = ""


Tell: TypeAlias = Callable[[Step], None]
"""Told of every step, in order, by one thread. It raises nothing."""


def silent(_: Step) -> None:
    """Tell nobody."""


@contextmanager
def beginning(tell: Tell, *steps: Step) -> Iterator[None]:
    """Tell that steps begin, and that they fail if the block raises; else the caller ends them."""
    for step in steps:
        tell(step)
    try:
        yield
    except (OSError, ProgramError) as problem:
        for step in steps:
            tell(replace(step, state="failed", message=str(problem)))
        raise


@contextmanager
def telling(tell: Tell, kind: Kind, generation: int | None = None) -> Iterator[None]:
    """Tell that a step begins, and then that it is done or why it failed."""
    with beginning(tell, Step(kind, "begun", generation)):
        yield
    tell(Step(kind, "done", generation))
