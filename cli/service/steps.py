"""Who is told of the steps of a command: whoever reads `--events`, and the person at it.

In: the options of a command. Out: `Steps`, which the command hands to builds and to the
runtime; the first and the last line of `--events`.
"""

import functools
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import replace
from typing import Any, cast

import click

from ...ir.diagnostics import ProgramError
from ...ir.names import ModuleName, RootPath
from ...ir.node import Frozen, frozen
from ...runtime.deploy.target.caller import Caller
from ...runtime.deploy.target.layout import Target
from ...runtime.deploy.target.steps import Step
from .. import options
from ..progress.choose import following
from ..streams import NOBODY_READS, NobodyReadsError
from .events import Events
from .target import caller

__all__ = ["Steps", "with_steps"]

StackOf = Callable[[Mapping[str, Any]], ModuleName]


@frozen
class Steps(Frozen):
    """Whom a command tells of its steps."""

    events: Events

    @contextmanager
    def caller(self, store_root: RootPath, wait: float | None) -> Iterator[Caller]:
        """Give who asks, for as long as the runtime works; then the screen is free again."""
        with following() as view:

            def tell(step: Step) -> None:
                self.events.step(step)
                view.tell(step)

            yield replace(caller(store_root, wait), notice=view.notice, tell=tell)


def _stack(values: Mapping[str, Any]) -> ModuleName:
    return cast(Target, values["place"]).stack


def with_steps(name: str, stack_of: StackOf = _stack) -> options.Decorator:
    """`--events`: the command gets one `Steps`, and its beginning and end are told."""

    def decorate(command: options.Function) -> options.Function:
        @functools.wraps(command)
        def call(**values: Any) -> int:
            path = values.pop("events")
            with _opened(path) as descriptor:
                events = Events(descriptor, name, stack_of(values))
                return _told(events, lambda: command(**values, steps=Steps(events)))

        return click.option(
            "--events",
            metavar="FILE",
            help="Write each step as a line of JSON; `-` is stdout, and results go to stderr.",
        )(call)

    return decorate


@contextmanager
def _opened(path: str | None) -> Iterator[int | None]:
    """Open where events go; with stdout taken, what else would go there goes to stderr."""
    if path is None:
        yield None
        return
    with ExitStack() as stack:
        if path == "-":
            descriptor = os.dup(1)
            stack.enter_context(redirect_stdout(sys.stderr))
        else:
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
            descriptor = os.open(path, flags, 0o644)
        stack.callback(os.close, descriptor)
        yield descriptor


def _told(events: Events, command: Callable[[], int | None]) -> int:
    """Run a command between its first event and its last."""
    events.begun()
    try:
        code = command() or 0
    except KeyboardInterrupt:
        events.ended(130, "interrupted")
        raise
    except NobodyReadsError:
        events.ended(NOBODY_READS, "nobody reads stdout")
        raise
    except click.UsageError as problem:
        events.ended(2, problem.format_message())
        raise
    except (OSError, ProgramError) as problem:
        events.ended(1, str(problem))
        raise
    events.ended(code)
    return code
