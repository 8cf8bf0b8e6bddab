"""What to write instead of a text that breaks the rule of its name type.

In: the rule and the text. Out: a hint that says what to write, or None where nobody can tell.
"""

import re
from collections.abc import Iterator

from ...ir.addresses import SocketAddress
from ...ir.health import HttpUrl, TcpAddress
from ...ir.names import (
    AccountName,
    BadName,
    BinaryName,
    CheckedStr,
    Exposure,
    FileMode,
    NewAccountName,
    Reason,
    RootPath,
)
from ...ir.times import CalendarTime, TimeSpan
from .calendar_times import suggest_times

__all__ = ["broken_rule", "suggest_text"]

NOT_NAMES = (Exposure, Reason)
"""Rules of which no part of a text that breaks them can be meant."""


def broken_rule(rule: type[CheckedStr], text: str) -> str | None:
    """Say which rule of a name type a text breaks."""
    try:
        rule(text)
    except BadName as problem:
        return str(problem)
    return None


def suggest_text(rule: type[CheckedStr], text: str) -> str | None:
    """Say what to write for a text that breaks the rule of its name."""
    for guess in _guesses(rule, text) if text.isprintable() else ():
        if not broken_rule(rule, guess):
            return f'write "{guess}"'
    if rule is NewAccountName and not broken_rule(AccountName, text):
        return "leave it out: every machine has it"
    if rule is CalendarTime and not broken_rule(TimeSpan, text):
        return "a length of time goes into onUnitActiveSec or onBootSec"
    if rule is CalendarTime:
        return 'such as "daily", "Mon..Fri 08:00" or "*:0/15"'
    return 'such as "8080", "127.0.0.1:8080" or "/run/app.sock"' if rule is SocketAddress else None


def _guesses(rule: type[CheckedStr], text: str) -> Iterator[str]:
    if rule is FileMode:
        yield f"0{text[-3:]}"
        yield "0644"
    elif rule is CalendarTime:
        yield from suggest_times(text)
    elif rule is SocketAddress:
        yield from _addresses(text)
    elif rule is TcpAddress:
        yield f"localhost:{text.removeprefix(':')}"
        yield re.sub(r"^[a-z]+://|/.*$", "", text)
    elif rule is HttpUrl:
        yield f"http://{text}"
        yield f"http://localhost:{text.removeprefix(':')}"
    elif rule is TimeSpan:
        yield re.sub(r"^every |(?<=sec|min)s\b|(?<=hr)s\b", "", text.lower())
    elif rule not in NOT_NAMES:
        yield from _names(rule, text)


def _addresses(text: str) -> Iterator[str]:
    """Yield addresses as other tools write them: `tcp://:80`, `localhost:80`, `*:80`, `80/tcp`."""
    plain = re.sub(r"^[a-z]+://|/(?:tcp|udp)?$", "", text)
    yield plain
    yield re.sub(r"^(?:\*|\[?any\]?)?:", "", plain)
    yield plain.replace("localhost", "127.0.0.1")
    yield re.sub(r"^(.*):([0-9]+)$", r"[\1]:\2", plain)


def _names(rule: type[CheckedStr], text: str) -> Iterator[str]:
    yield re.sub(r"^\$\{?HOME\}?/", "~/", text)
    yield re.sub("//+", "/", text).rstrip("/")
    if "$" not in text and ("/" in text or rule is not RootPath):
        yield f"/{text}"
    if "/" in text and rule is BinaryName:
        yield text.rsplit("/", 1)[1]
    yield re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")
    yield re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_")
    yield re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
