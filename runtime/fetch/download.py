"""One file from one place, in as many goes as it takes.

In: a URL and a file that may hold the beginning. Out: the file, whole as far as the
server says; what it should hold is for the caller to verify. After an interruption of
any kind the next call goes on where this one ended, if the server can.

    NAME.part     the bytes so far
    NAME.tag      what the server calls them: an ETag or a date, for If-Range (RFC 9110)
"""

import os
import shutil
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.parse import unquote, urlsplit

from .connection import Transient, Unreachable, request
from .reporter import Reporter

__all__ = ["begun", "discard", "download", "finish"]

PAUSES = (0.5, 1.0, 4.0)
"""Seconds before each new try; bytes that came make the count begin anew."""
CHUNK = 1 << 18
LARGEST = 64 << 30
"""No source is larger; a server that does not end would fill the disk."""


def begun(part: Path) -> bool:
    """Whether an earlier download left a beginning."""
    return part.exists() and part.stat().st_size > 0


def discard(part: Path) -> None:
    """Forget what was downloaded."""
    part.unlink(missing_ok=True)
    _tag(part).unlink(missing_ok=True)


def finish(part: Path, whole: Path) -> None:
    """Give a download its final name."""
    part.rename(whole)
    _tag(part).unlink(missing_ok=True)


def download(url: str, part: Path, reporter: Reporter) -> None:
    """Fill `part`. Raises Unreachable, Interrupted, OSError if it cannot be written."""
    if url.startswith("file://"):
        _copy(Path(unquote(urlsplit(url).path)), part, reporter)
        return
    failures = 0
    while True:
        before = _size(part)
        try:
            _go_on(url, part, reporter)
            return
        except Transient as problem:
            failures = 1 if _size(part) > before else failures + 1
            if failures > len(PAUSES):
                raise Unreachable(str(problem)) from None
            reporter.pause(PAUSES[failures - 1])


def _copy(source: Path, part: Path, reporter: Reporter) -> None:
    reporter.progress(0)
    try:
        descriptor = os.open(source, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as problem:
        raise Unreachable(problem.strerror) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Unreachable("it is no file")
    with os.fdopen(descriptor, "rb") as file, part.open("wb") as target:
        shutil.copyfileobj(file, target, CHUNK)


def _go_on(url: str, part: Path, reporter: Reporter) -> None:
    """Ask for what is missing and append it."""
    reporter.progress(_size(part))
    with request(url, _size(part), _read(_tag(part))) as response, _ending(response, reporter):
        start = _start(response, _size(part))
        length = response.headers.get("Content-Length", "")
        total = start + int(length) if length.isdecimal() else None
        with part.open("ab") as file:
            file.truncate(start)
            _tag(part).write_text(_validator(response), encoding="latin-1")
            done = start
            while data := _next(response):
                file.write(data)
                file.flush()  # what came stays when we are killed
                done += len(data)
                reporter.progress(done, total)
                if done > LARGEST:
                    raise Unreachable(f"it has more than {LARGEST} bytes")
    if total is not None and done < total:
        raise Transient(f"cut off after {done} of {total} bytes")


@contextmanager
def _ending(response: HTTPResponse, reporter: Reporter) -> Iterator[None]:
    """End the connection when the command ends, so that who reads from it reads its end."""
    with socket.socket(fileno=os.dup(response.fileno())) as connection:

        def hang_up() -> None:
            with suppress(OSError):  # the other side has done so
                connection.shutdown(socket.SHUT_RDWR)

        with reporter.stop.calling(hang_up):
            yield


def _start(response: HTTPResponse, have: int) -> int:
    """Return at which byte an answer begins; raises Unreachable if that is not where we are."""
    if response.status != 206:
        return 0
    first = response.headers.get("Content-Range", "").removeprefix("bytes ").partition("-")[0]
    if not first.isdecimal() or int(first) != have:
        raise Unreachable("the server sent other bytes than it was asked for")
    return have


def _next(response: HTTPResponse) -> bytes:
    try:
        return response.read1(CHUNK)
    except (OSError, HTTPException) as problem:
        raise Transient(str(problem) or type(problem).__name__) from None


def _validator(response: HTTPResponse) -> str:
    """Return the name of this very file; a weak ETag names what is only alike."""
    tag = response.headers.get("ETag", "")
    return tag if tag.startswith('"') else response.headers.get("Last-Modified", "")


def _tag(part: Path) -> Path:
    return part.with_suffix(".tag")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="latin-1")
    except FileNotFoundError:
        return ""


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0
