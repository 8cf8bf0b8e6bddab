"""Lengths of time and calendar events, held against what systemd reads."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import tried
from punix.ir.names import BadName
from punix.ir.times import CalendarTime, TimeSpan


@pytest.mark.parametrize("text", ["5", "30s", "1h30min", "2.5h", "1M"])
def test_lengths(text: str) -> None:
    assert TimeSpan(text) == text


@pytest.mark.parametrize("text", ["-1", "s", "5parsecs", "1h,", ""])
def test_no_lengths(text: str) -> None:
    with pytest.raises(BadName):
        TimeSpan(text)


def accepts(text: str) -> bool:
    try:
        return CalendarTime(text) == text
    except BadName:
        return False


def systemd_accepts(text: str) -> bool:
    done = subprocess.run(
        ["systemd-analyze", "calendar", "--", text], capture_output=True, check=False
    )
    return done.returncode == 0


GOOD = (
    *("minutely", "Daily", "semi-annually", "weekly UTC", "@1700000000", "Mon @5", "Mon"),
    *("Mon..Fri 08:00", "mon-WEDNESDAY,Sun, 1:2:3", "*:0/15", "*-*-1..7 4:00", "12-31", "*~1"),
    *("2003-03-05 05:40", "69-1-1", "*-*~3/2", "*:*:0/0.5", "*:*:59.5", "1..3/5:0,30"),
    *("*-*-* 1:00 Europe/Berlin", "1:00 utc", "0..23/23:0", "Sat..Sun 2020/2-1/3-31  23:59:59"),
)
BAD = (
    *("Mon 25:00", "24:00", "*:60", "*:*:60", "*-13-1", "*-0-1", "*-*-32", "*-*-0", "*-*~29"),
    *("1969-1-1", "2200-1-1", "*:0/0", "23/2:00", "*:*/5", "5..0:00", "0,,1:0", "1,*:0", "1:"),
    *("Mo 8:00", "Tues", "Fri..Mon", "Mon..", "Mon..Tue..Wed", "Mon Tue", "8:00 Mon", "Mon 8"),
    *("@", "@daily", "@1.5", "10", "10am", "1.5:0", "0 3 * * *", "daily 8:00", "1:0 2:0", "UTC"),
)


@pytest.mark.parametrize("text", GOOD)
def test_events(text: str) -> None:
    assert accepts(text)


@pytest.mark.parametrize("text", BAD)
def test_no_events(text: str) -> None:
    assert not accepts(text)


@pytest.mark.systemd
def test_systemd_says_the_same() -> None:
    assert [*filter(systemd_accepts, GOOD + BAD)] == list(GOOD)


NUMBER = st.sampled_from(["0", "1", "5", "07", "12", "23", "24", "28", "31", "59", "60", "2026"])
PART = st.builds(
    "{}{}{}".format,
    NUMBER,
    st.one_of(st.just(""), NUMBER.map("..{}".format)),
    st.one_of(st.just(""), NUMBER.map("/{}".format)),
)
CHAIN = st.one_of(st.just("*"), st.lists(PART, min_size=1, max_size=2).map(",".join))
DAY = st.sampled_from(["Mon", "Tuesday", "sat", "Sun", "mo"])
DAYS = st.one_of(DAY, st.builds("{}{}{}".format, DAY, st.sampled_from(["..", "-", ","]), DAY))
DATE = st.builds("{}{}{}{}".format, st.sampled_from(["", "*-", "2026-", "70-"]), CHAIN,
                 st.sampled_from("-~"), CHAIN)  # fmt: skip
TIME = st.builds("{}:{}{}".format, CHAIN, CHAIN, st.sampled_from(["", ":0", ":60", ":*", ":5/9"]))
EVENT = st.tuples(
    st.one_of(st.just(""), st.just("daily "), DAYS.map("{} ".format)),
    st.lists(st.one_of(DATE, TIME), min_size=1, max_size=2).map(" ".join),
)


@pytest.mark.systemd
@tried(100)
@given(EVENT.map("".join))
def test_no_more_and_no_less_than_systemd(text: str) -> None:
    assert accepts(text) == systemd_accepts(text)
