"""One file from one place, in as many goes as it takes.

In: a URL and a file that may hold the beginning. Out: the file, whole as far as the
server says; what it should hold is for the caller to verify. After an interruption of
any kind the next call goes on where this one ended, if the server can.

    NAME.part     the bytes so far
    NAME.tag      what the server calls them: an ETag or a date, for If-Range (RFC 9110)
"""

import os
import stat
from collections.abc import Callable
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import IO
from urllib.parse import unquote_to_bytes, urlsplit

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
        _copy(unquote_to_bytes(urlsplit(url).path), part, reporter)
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


def _copy(source: bytes, part: Path, reporter: Reporter) -> None:
    reporter.progress(0)
    with _opened(source) as file, part.open("wb") as target:
        _take(lambda: file.read(CHUNK), target, 0, os.fstat(file.fileno()).st_size, reporter)


def _opened(source: bytes) -> IO[bytes]:
    """Open a file; raises Unreachable for anything else, and waits for no pipe."""
    try:
        descriptor = os.open(source, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as problem:
        raise Unreachable(problem.strerror) from None
    except ValueError:  # a NUL
        raise Unreachable("that is no path") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Unreachable("it is no file")
    return os.fdopen(descriptor, "rb")


def _go_on(url: str, part: Path, reporter: Reporter) -> None:
    """Ask for what is missing and append it."""
    have = _size(part)
    reporter.progress(have)
    with request(url, have, _read(_tag(part)), reporter.stop) as response:
        start = _start(response)
        if start not in (0, have):
            discard(part)  # so that it is asked for the whole
            raise Transient("the server sent other bytes than it was asked for")
        length = response.headers.get("Content-Length", "")
        total = start + int(length) if length.isdecimal() else None
        with part.open("ab") as file:
            file.truncate(start)
            _tag(part).write_text(_validator(response), encoding="latin-1")
            done = _take(lambda: _next(response), file, start, total, reporter)
    if total is not None and done < total:
        raise Transient(f"cut off after {done} of {total} bytes")


def _take(
    read: Callable[[], bytes], file: IO[bytes], done: int, total: int | None, reporter: Reporter
) -> int:
    """Write what is read; return how many bytes are there then, of which `done` were before."""
    while data := read():
        file.write(data)
        file.flush()  # what came stays when we are killed
        done += len(data)
        reporter.progress(done, total)
        if done > LARGEST:
            raise Unreachable(f"it has more than {LARGEST} bytes")
    return done


def _start(response: HTTPResponse) -> int | None:
    """Return at which byte an answer begins, None if it does not say so."""
    if response.status != 206:
        return 0
    first = response.headers.get("Content-Range", "").removeprefix("bytes ").partition("-")[0]
    return int(first) if first.isdecimal() else None


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
