"""Running what a build is to its end: in a sandbox, within limits, its output in a log.

In: a `BuildRequest`, the sandbox and the processes of the command, a log, the lock of the
name. Out: nothing, once every process of the build is gone; or `BuildFailed`, which has
the last line of the log, or the limit that was passed.
"""

import os
from functools import partial
from pathlib import Path

from .limits import watching
from .log_pipe import LogPipe, log_pipe
from .process import Command, Processes, Stopped
from .request import BuildRequest
from .result import BuildFailed
from .sandbox import Sandbox

__all__ = ["run_build"]

LAST_LINE_LENGTH = 200


def run_build(
    request: BuildRequest, *, sandbox: Sandbox, processes: Processes, log: Path, lock: int
) -> None:
    """Run a build; `log` is begun anew, and `lock` is inherited by all of its processes.

    Raises BuildFailed, and ProgramError (E29, E30) if the sandbox is what cannot run.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
    descriptor = os.open(log, flags, 0o644)
    try:
        with log_pipe(descriptor, request.limits.log) as pipe:
            status = _run(request, sandbox, processes, pipe, lock)
        last = _last_line(descriptor) if status else ""
    except FileNotFoundError as problem:
        sandbox.check(request.store)
        raise BuildFailed(f"build failed ({problem})", log) from None
    except Stopped as problem:
        raise BuildFailed(f"build failed ({problem})  (log: {log})", log) from None
    finally:
        os.close(descriptor)
    if status == 0:
        return
    if last.startswith("bwrap: "):
        sandbox.check(request.store)
    said = f"last line: {last}" if last else "it printed nothing"
    raise BuildFailed(f"build failed (rc={status}) — {said}  (log: {log})", log)


def _run(
    request: BuildRequest, sandbox: Sandbox, processes: Processes, pipe: LogPipe, lock: int
) -> int:
    command = Command(
        partial(sandbox.command, request),
        sandbox.environment(request),
        Path("/") if sandbox.private else request.folder,
        sandbox.rules,
    )
    watch = watching(request.limits, sandbox.helpers, request.written, lock, pipe)
    return processes.run(command, output=pipe.inlet.fileno(), lock=lock, watch=watch)


def _last_line(log: int) -> str:
    """Return the last line of a log that is not empty, without control characters."""
    size = os.fstat(log).st_size
    end = os.pread(log, 4096, max(0, size - 4096)).decode("utf-8", "replace")
    lines = [line for line in end.splitlines() if line.strip()] or [""]
    return "".join(char if char.isprintable() else " " for char in lines[-1]).strip()[
        :LAST_LINE_LENGTH
    ]
