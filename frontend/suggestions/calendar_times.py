"""What somebody meant whose calendar event is none: cron's, another order, another clock.

In: a text. Out: events that may be meant, the likeliest first; whether each is one is the
caller's to check.
"""

import re
from collections.abc import Iterator

__all__ = ["suggest_times"]

CRON_DAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
"""As crontab(5) counts them, from 0 to 7."""

NAMES = {"midnight": "daily", "noon": "12:00", "every day": "daily", "every hour": "hourly"}


def suggest_times(text: str) -> Iterator[str]:
    """Yield events that a text may mean."""
    words = text.split()
    if len(words) == 5:
        yield _of_cron(*words)
    plain = text.removeprefix("@").lower()
    yield NAMES.get(plain, plain)
    yield re.sub(r", +", ",", text)
    yield text.replace("*/", "0/")
    yield re.sub(r"([0-9]) ?am\b", r"\1", text, flags=re.IGNORECASE)
    yield f"{text}:00"
    yield re.sub(r"([0-9]) ?am\b", r"\1:00", text, flags=re.IGNORECASE)
    if words[-1:] and words[-1][:3].title() in CRON_DAYS:
        yield " ".join((words[-1], *words[:-1]))
    yield re.sub(r"\b24:00", "00:00", text)


def _of_cron(minute: str, hour: str, day: str, month: str, weekday: str) -> str:
    """Write the five fields of crontab(5) in the order of systemd."""
    days = re.sub("[0-7]", lambda found: CRON_DAYS[int(found[0])], weekday).replace("-", "..")
    date = f"*-{_chain(month, 1)}-{_chain(day, 1)} "
    time = f"{_chain(hour, 0)}:{_chain(minute, 0)}"
    return f"{'' if days == '*' else f'{days} '}{'' if date == '*-*-* ' else date}{time}"


def _chain(field: str, first: int) -> str:
    return field.replace("*/", f"{first}/").replace("-", "..")
