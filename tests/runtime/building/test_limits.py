"""What a build may take: builds that take more are stopped, and told which limit it was."""

import os
import subprocess
from pathlib import Path

import pytest
from builds import Workshop, derive
from patience import PATIENCE

from punix.runtime.building import limits
from punix.runtime.building.log_pipe import log_pipe
from punix.runtime.building.request import Limits
from punix.runtime.building.sandbox import sandbox_named
from punix.runtime.files.size import human_size, tree_size

MEGABYTE = 1 << 20
TOUCH = "touch $OUTPUT/done"
HOLD = "x=$(head -c 20000000 /dev/zero | tr '\\0' x); read -t 1000 <> <(:) || true"
"""Holds 20 MB until it is ended."""


PAST = {
    "time": ("sleep 1000", Limits(seconds=0.3), "took more than 0.3 seconds: raise --timeout"),
    "memory of one process": (
        HOLD,
        Limits(memory=10 * MEGABYTE),
        "took more than 10.0 MiB of memory: raise --max-memory",
    ),
    "memory of all processes": (
        f"for i in 1 2 3 4; do ({HOLD}) & done; wait",
        Limits(memory=50 * MEGABYTE),
        "took more than 50.0 MiB of memory: raise --max-memory",
    ),
    "memory that is a file": (
        'exec python3 -c \'import os, time; f = os.memfd_create("x"); '
        "os.write(f, bytes(60000000)); time.sleep(60)'",
        Limits(memory=50 * MEGABYTE),
        "took more than 50.0 MiB of memory: raise --max-memory",
    ),
    "processes": (
        "sleep 1000 & sleep 1000 & sleep 1000",
        Limits(processes=3),
        "had more than 3 processes and threads: raise --max-processes",
    ),
    "orphans": (
        "(sleep 1000 & sleep 1000 &) ; sleep 1000",
        Limits(processes=3),
        "had more than 3 processes and threads: raise --max-processes",
    ),
    **{
        f"bytes in {where}": (
            f"head -c 2000000 /dev/zero > {where}; sleep 1000",
            Limits(output=MEGABYTE),
            "wrote more than 1.0 MiB: raise --max-output",
        )
        for where in ("$OUTPUT/big", "$TMPDIR/big", "/dev/stderr")
    },
    "bytes in a file without a name": (
        "exec 7> $TMPDIR/x; rm $TMPDIR/x; head -c 2000000 /dev/zero >&7; sleep 60",
        Limits(output=MEGABYTE),
        "wrote more than 1.0 MiB: raise --max-output",
    ),
    "bytes in what it inherits": (
        "for at in /proc/self/fd/*; do test ! -f $at || cat /dev/zero > $at; done; sleep 1000",
        Limits(output=MEGABYTE),
        "wrote more than 1.0 MiB: raise --max-output",
    ),
    "bytes of many files": (
        "for i in {1..1000}; do echo 12345 > $OUTPUT/$i; sleep 0.001; done; sleep 1000",
        Limits(output=1000),
        "wrote more than 1.0 KiB: raise --max-output",
    ),
}


@pytest.mark.parametrize(("script", "limits", "words"), PAST.values(), ids=PAST)
def test_what_takes_more_is_stopped(
    shop: Workshop, script: str, limits: Limits, words: str
) -> None:
    [result] = shop.build(derive("Greedy", f"{TOUCH}; {script}"), limits=limits)
    assert result.status == "failed"
    assert result.message.startswith(f"build failed ({words})  (log: ")
    assert shop.left() == []


def test_what_takes_no_more_is_not(shop: Workshop) -> None:
    hold = HOLD.replace("1000", "0.2")
    script = f"sleep 0.2 & sleep 0.2; wait; {hold}; head -c 900000 /dev/zero > $OUTPUT/big"
    generous = Limits(seconds=PATIENCE, memory=80 * MEGABYTE, processes=4, output=MEGABYTE)
    results = shop.build(
        derive("Sleepers", f"{TOUCH}; sleep 0.2 & sleep 0.2"), limits=Limits(processes=3)
    ) + shop.build(derive("Modest", script), limits=generous)
    assert [result.status for result in results] == ["ok"] * 2, results


def test_what_is_written_between_two_looks_counts_too(shop: Workshop) -> None:
    order = derive("Quick", "echo 123456789 > $OUTPUT/x")
    [result] = shop.build(order, limits=Limits(output=9))
    assert (result.status, shop.left()) == ("failed", [])
    assert "more than 9" in result.message


def test_nobody_reads_what_is_too_much(shop: Workshop) -> None:
    order = derive("Sparse", "{ yes | head -c 9000; truncate -s 4T /dev/stdout; } > $OUTPUT/x")
    [result] = shop.build(order, limits=Limits(output=MEGABYTE))
    assert "wrote more than 1.0 MiB: raise --max-output" in result.message
    assert shop.left() == []


def test_what_is_written_before_the_first_look_counts_too(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("before")
    with (tmp_path / "log").open("w+b") as log, log_pipe(log.fileno(), MEGABYTE) as printed:
        look = limits.watching(Limits(output=100), 0, [tmp_path], log.fileno(), printed)
        (tmp_path / "x").write_text("x" * 200)
        with subprocess.Popen(["sleep", "1000"]) as process:
            assert look(process.pid) == "wrote more than 100 bytes: raise --max-output"
            process.kill()


def test_without_limits_nothing_is_measured(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def measured(*_: object) -> None:
        raise AssertionError("measured")

    for name in ("tree_size", "_threads"):
        monkeypatch.setattr(limits, name, measured)
    shop.ok(derive("Free", f"{TOUCH}; sleep 0.1"))


@pytest.mark.sandbox
def test_shared_memory_has_the_limit_as_its_size(tmp_path: Path) -> None:
    shop = Workshop.at(tmp_path, sandbox_named("bubblewrap"))
    script = f"{TOUCH}; if head -c 2000000 /dev/zero > /dev/shm/big; then exit 9; fi"
    [result] = shop.build(derive("Sharer", script), limits=Limits(memory=MEGABYTE))
    assert result.status == "ok", result


# Measures ----------------------------------------------------------------


def test_the_size_of_a_tree(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "x").write_bytes(b"123")
    (tmp_path / "y").write_bytes(b"12")
    (tmp_path / "link").symlink_to("a")
    assert tree_size(tmp_path) == 5 + len("a")
    assert (tree_size(tmp_path / "y"), tree_size(tmp_path / "none")) == (2, 0)


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 KiB"), (3 << 29, "1.5 GiB")],
)
def test_sizes_as_people_write_them(size: int, text: str) -> None:
    assert human_size(size) == text


def test_a_log_is_bounded_without_being_asked(shop: Workshop) -> None:
    endless = derive("Endless", f"{TOUCH}; yes")
    quick = derive("Quick", f"{TOUCH}; head -c 2000 /dev/zero")
    assert Limits().log == 64 * MEGABYTE
    first, second = shop.build(endless, quick, limits=Limits(log=1000))
    words = "build failed (printed more than 1.0 KiB: raise --max-log)"
    assert (first.status, first.message.startswith(words)) == ("failed", True), first
    assert [shop.store.log_path(it.name).stat().st_size for it in (first, second)] == [1000] * 2


def test_the_last_words_of_what_was_stopped_are_kept(tmp_path: Path) -> None:
    with (
        (tmp_path / "log").open("wb") as log,
        pytest.raises(TimeoutError),
        log_pipe(log.fileno(), 9) as printed,
    ):
        os.write(printed.inlet.fileno(), b"last words and more")
        raise TimeoutError
    assert (tmp_path / "log").read_bytes() == b"last word"


def test_a_log_is_all_that_was_printed_in_its_order(shop: Workshop) -> None:
    script = "for i in {1..3000}; do echo out $i; echo err $i > /dev/stderr; done"
    order = derive("Talker", f"{TOUCH}; {script}; (sleep 0.1; echo late) &")
    shop.ok(order)
    both = [f"{which} {at}" for at in range(1, 3001) for which in ("out", "err")]
    assert shop.store.log_path(order.name).read_text().splitlines()[:6000] == both
