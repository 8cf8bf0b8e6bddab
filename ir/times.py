"""Times as systemd.time(7) writes them: lengths, and calendar events.

In: a text. Out: a `TimeSpan` or a `CalendarTime`, or `BadName` saying what is wrong with it.
What only a machine knows is not looked at: whether it has a time zone of that name.

    event = [days] [[year "-"] month "-" day] [hour ":" minute [":" second]] [zone]
          | word [zone]                          a word is daily, weekly, …, or @SECONDS
    days  = DAY [".." DAY] {"," DAY [".." DAY]} [","]
    year… = "*" | part {"," part}                part = NUMBER [".." NUMBER] ["/" STEP]

With `~` before the day, days count from the end of the month.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Self

from .names import BadName, CheckedStr, shorten

__all__ = ["CalendarTime", "TimeSpan"]


class TimeSpan(CheckedStr):
    """A length of time as systemd.time(7) writes it: `30`, `5min`, `1h 30s`."""

    __slots__ = ()
    NUMBER = r"[0-9]+(?:\.[0-9]+)?"
    UNIT = (
        r"(?:us(?:ec)?|ms(?:ec)?|s(?:ec(?:onds?)?)?|m(?:in(?:utes?)?)?"
        r"|h(?:r|ours?)?|d(?:ays?)?|w(?:eeks?)?|M|months?|y(?:ears?)?)"
    )
    # each next number has a blank or a unit before it, so that there is one way to read a text
    PATTERN = rf"{NUMBER}(?: ?{UNIT})?(?:(?: |(?<=[a-zA-Z])){NUMBER}(?: ?{UNIT})?)*"
    LONGEST = 100
    RULE = "a length of time, such as 30s, 5min or 1h 30min"


class CalendarTime(CheckedStr):
    """When a timer elapses: `daily`, `Mon..Fri 08:00`, `*-*-1 4:00 Europe/Berlin`."""

    __slots__ = ()
    PATTERN = r"(?! )[^\x00-\x1f\x7f]+(?<! )"
    LONGEST = 1000
    RULE = "a time, such as daily or Mon..Fri 08:00"

    def __new__(cls, text: str) -> Self:
        time = super().__new__(cls, text)
        problem = next(_problems([word for word in text.split(" ") if word]), None)
        if problem is not None:
            raise BadName(f"{shorten(text)!r} is not a time: {problem}")
        return time


WORD = r"minutely|hourly|daily|weekly|monthly|quarterly|yearly|ann?ually|(?:bi|semi)-?annually"
STAMP = r"@[0-9]{1,18}"
ZONE = r"(?:[A-Z][A-Za-z0-9_+-]|[a-z]{3}|[+-][0-9]{2})[A-Za-z0-9_+/-]*"
DAY = (
    r"(mon(?:day)?|tue(?:sday)?|wed(?:nesday)?|thu(?:rsday)?|fri(?:day)?|sat(?:urday)?"
    r"|sun(?:day)?)"
)
DAYS = rf"{DAY}(?:(?:\.\.|-){DAY})?"
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DATE = r"(?:(?P<year>[^~-]+)-)?(?P<month>[^~-]+)(?:~(?P<last>[^~-]+)|-(?P<day>[^~-]+))"
TIME = r"(?P<hour>[^:]+):(?P<minute>[^:]+)(?::(?P<second>[^:]+))?"


class Unit(NamedTuple):
    """What a number of an event counts, and between which two numbers it lies.

    `number` is how one is written; steps of days that count from the end go `down`.
    """

    noun: str
    low: int
    high: int
    number: str = "[0-9]+"
    down: bool = False


YEAR = Unit("year", 1970, 2199)
UNITS = {
    "year": YEAR,
    "month": Unit("month", 1, 12),
    "day": Unit("day", 1, 31),
    "last": Unit("day from the end", 1, 28, down=True),
    "hour": Unit("hour", 0, 23),
    "minute": Unit("minute", 0, 59),
    "second": Unit("second", 0, 59, r"[0-9]+(?:\.[0-9]+)?"),
}


def _problems(words: list[str]) -> Iterator[str]:
    """Yield what is wrong with the words of an event, in their order."""
    if len(words) > 1 and _is_zone(words[-1]):
        words.pop()
    if re.fullmatch(WORD, words[0], re.IGNORECASE):
        words.pop(0)
    else:
        if re.match(r"[A-Za-z]", words[0]):
            yield from _wrong_days(words.pop(0))
        yield from _wrong_moment(words)
    if words:
        yield f"'{shorten(words[0])}' is too much"


def _is_zone(word: str) -> bool:
    """Whether a word may name a time zone, of this machine or of another one."""
    other = re.fullmatch(f"{DAYS}|{WORD}", word, re.IGNORECASE)
    return other is None and re.fullmatch(ZONE, word) is not None


def _wrong_moment(words: list[str]) -> Iterator[str]:
    """Take date and time of day away from the words, and yield what is wrong with them."""
    if words and re.fullmatch(STAMP, words[0]):
        words.pop(0)
        return
    if words and ":" not in words[0]:
        yield from _wrong_numbers(DATE, "a date such as *-12-31", words.pop(0))
    if words:
        yield from _wrong_numbers(TIME, "a time of day such as 08:00", words.pop(0))


def _wrong_days(text: str) -> Iterator[str]:
    for part in text.removesuffix(",").split(","):
        found = re.fullmatch(DAYS, part, re.IGNORECASE)
        if found is None:
            yield f"'{shorten(part)}' is no day of the week"
        elif found[2] and _weekday(found[1]) > _weekday(found[2]):
            yield f"'{part}' goes backwards: a week begins with Mon"


def _weekday(name: str) -> int:
    return WEEK.index(name[:3].lower())


def _wrong_numbers(pattern: str, what: str, text: str) -> Iterator[str]:
    found = re.fullmatch(pattern, text)
    if found is None:
        yield f"'{shorten(text)}' is not {what}"
        return
    for name, numbers in found.groupdict().items():
        for part in numbers.split(",") if numbers not in (None, "*") else ():
            yield from _wrong_part(UNITS[name], part)


def _wrong_part(unit: Unit, part: str) -> Iterator[str]:
    """Yield what is wrong with `FIRST`, `FIRST..LAST` or `FIRST/STEP`."""
    number = f"({unit.number})"
    found = re.fullmatch(rf"{number}(?:\.\.{number})?(?:/{number})?", part)
    if found is None:
        yield f"'{shorten(part)}' is no {unit.noun}"
        return
    ends = [_value(unit, text) for text in found.group(1, 2) if text is not None]
    step = None if found[3] is None else float(found[3])
    if ends != sorted(ends):
        yield f"'{shorten(part)}' goes backwards"
    if step is not None and not _leads_on(unit, ends, step):
        yield f"'{shorten(part)}' has a step that leads nowhere"
    elif step and len(ends) == 2:
        ends[1] -= (ends[1] - ends[0]) % step  # the last that steps come to is what counts
    for text, value in zip(found.group(1, 2), ends, strict=False):
        if not unit.low <= value < unit.high + 1:
            yield f"{shorten(text)} is no {unit.noun} ({unit.low} to {unit.high})"


def _value(unit: Unit, text: str) -> float:
    """Read a number; a year of two digits is one from 1970 to 2069."""
    value = float(text)
    if unit is not YEAR or value >= 100:
        return value
    return value + (1900 if value >= 70 else 2000)


def _leads_on(unit: Unit, ends: Sequence[float], step: float) -> bool:
    """Whether a step goes anywhere; one that is longer than a range is cut by systemd."""
    if len(ends) == 1 and unit.down:
        return 0 < step <= ends[0] - unit.low
    return step > 0 and (len(ends) == 2 or ends[0] + step < unit.high + 1)
