"""`--events`: each step of a command as a line of JSON.

In: steps of the runtime, events of builds, how the command ends. Out: lines in a file or on
stdout, each written in one call when its step happens. docs/events.md says what stands in them.
"""

import json
import os
import threading
from datetime import UTC, datetime

from ...ir.names import ModuleName
from ...runtime.building.result import Event
from ...runtime.deploy.target.steps import Step
from ..console import notice
from ..times import rfc3339

__all__ = ["Events"]

VERSION = 1


class Events:
    """The lines of one command; where none are wanted (`descriptor` None), none are written.

    A deploy does not end because nobody reads what it tells: what cannot be written is lost,
    and a person is told so once.
    """

    def __init__(self, descriptor: int | None, command: str, stack: ModuleName) -> None:
        self._descriptor, self._command, self._stack = descriptor, command, stack
        self._lock = threading.Lock()  # builds tell from threads

    def step(self, step: Step) -> None:
        """Write a step of the runtime."""
        self._write(
            step.kind,
            step.state,
            generation=step.generation,
            unit=step.unit or None,
            message=step.message,
        )

    def build(self, event: Event) -> None:
        """Write that a build begins or ended; its phases are for people."""
        if event.kind == "started":
            self._write("build", "begun", package=event.name)
        elif event.kind == "finished":
            state = "failed" if event.status in ("failed", "skipped") else "done"
            self._write("build", state, package=event.name, message=event.message)

    def begun(self) -> None:
        """Write that the command begins."""
        self._write("command", "begun")

    def ended(self, code: int, message: str = "") -> None:
        """Write how the command ended: with which exit code, and why."""
        self._write("command", "failed" if code else "done", message=message, code=code)

    def _write(
        self,
        event: str,
        state: str,
        *,
        generation: int | None = None,
        unit: str | None = None,
        package: str | None = None,
        message: str = "",
        code: int | None = None,
    ) -> None:
        document = {
            "version": VERSION,
            "at": rfc3339(datetime.now(UTC)),
            "command": self._command,
            "stack": self._stack,
            "event": event,
            "state": state,
            "generation": generation,
            "unit": unit,
            "package": package,
            "message": message or None,
            "exit": code,
        }
        with self._lock:
            self._put(f"{json.dumps(document)}\n".encode())

    def _put(self, line: bytes) -> None:
        if self._descriptor is None:
            return
        try:
            while line:
                line = line[os.write(self._descriptor, line) :]
        except OSError as problem:
            self._descriptor = None
            notice(f"warning: no more events are written: {problem.strerror}")
