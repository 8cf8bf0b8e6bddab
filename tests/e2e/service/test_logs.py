"""`service logs` as a person and a program meet it; the journal is a file of the test."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from managed import Managed
from patience import PATIENCE

from ..conftest import Punix
from .managed_site import site, written

STACK = site("""
    { name = "database" package = "Hello" binary = "hi" },
    { name = "web" package = "Hello" binary = "hi" }
  """)
SECOND = 1_795_000_000
"""2026-11-18T11:06:40Z"""


pytestmark = pytest.mark.usefixtures("managed")


@pytest.fixture
def roots(punix: Punix, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """A stack that is deployed to a folder, which counts as a machine that systemd runs."""
    monkeypatch.chdir(tmp_path)
    given = written(tmp_path, STACK)
    assert punix("service", "deploy", "Site", "--file", "site.pcl", *given).code == 0
    return given


def journal(tmp_path: Path, *entries: tuple[str, object]) -> None:
    """Write a journal of messages by unit, a second apart."""
    lines = [
        {
            "__REALTIME_TIMESTAMP": str((SECOND + at) * 1_000_000 + 5),
            "_SYSTEMD_UNIT": unit,
            "_PID": "7",
            "PRIORITY": "6",
            "MESSAGE": message,
        }
        for at, (unit, message) in enumerate(entries)
    ]
    text = "".join(f"{json.dumps(line)}\n" for line in lines)
    (tmp_path / "root/srv/journal.ndjson").write_text(f"{text}{{cut off")


def asked(tmp_path: Path) -> list[str]:
    """What journalctl was asked for, but for what it always is."""
    found: list[str] = json.loads((tmp_path / "root/srv/asked.json").read_text())
    return [word for word in found if word.startswith(("--lines", "--since", "--follow", "--unit"))]


@pytest.mark.sandbox
def test_lines_for_a_person(punix: Punix, roots: tuple[str, ...], tmp_path: Path) -> None:
    journal(
        tmp_path,
        ("web.service", "hello"),
        ("database.service", "one\ntwo"),
        ("other.service", "not ours"),
    )
    assert punix("service", "logs", "Site", *roots).out.splitlines() == [
        "2026-11-18T11:06:40Z  web.service       hello",
        "2026-11-18T11:06:41Z  database.service  one",
        "2026-11-18T11:06:41Z  database.service  two",
    ]
    assert asked(tmp_path) == ["--lines=100", "--unit=database.service", "--unit=web.service"]
    for name in ("web", "web.service"):
        found = punix("service", "logs", "Site", name, *roots)
        assert found.out == "2026-11-18T11:06:40Z  web.service  hello\n"


@pytest.mark.sandbox
def test_nothing_that_was_written_moves_a_cursor(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    journal(
        tmp_path,
        ("web.service", "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b2J\r\nend\x08 \u202egnp"),
        ("web.service", list(b"caf\xe9 \x1b[2J")),
        ("web.service", None),
    )
    out = punix("service", "logs", "Site", "web", *roots).out
    assert [line.split("  ", 2)[2] for line in out.splitlines()] == [
        "red  \ufffd2J",
        "end\ufffd \ufffdgnp",
        "caf\ufffd ",
        "",
    ]
    assert not set(out) & {"\x1b", "\x9b", "\x07", "\x08", "\r", "\u202e"}


@pytest.mark.sandbox
def test_what_a_service_says_of_its_entries_is_not_believed(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    """Whatever fields a program gives to an entry, those with a `_` are the journal's own."""
    entry = {"__REALTIME_TIMESTAMP": f"{SECOND}000000", "MESSAGE": "hi", "PRIORITY": "9" * 5000}
    of_manager = {**entry, "_SYSTEMD_UNIT": "init.scope", "UNIT": "web.service", "PRIORITY": "6"}
    of_service = {**entry, "_SYSTEMD_UNIT": "web.service", "UNIT": "database.service"}
    lines = "".join(f"{json.dumps(line)}\n" for line in (of_manager, of_service))
    (tmp_path / "root/srv/journal.ndjson").write_text(lines)
    out = punix("service", "logs", "Site", "--format", "json", *roots).out
    found = [json.loads(line) for line in out.splitlines()]
    assert [(line["unit"], line["priority"]) for line in found] == [
        ("web.service", 6),
        ("web.service", None),
    ]


@pytest.mark.sandbox
def test_lines_for_a_program(punix: Punix, roots: tuple[str, ...], tmp_path: Path) -> None:
    journal(tmp_path, ("web.service", "\x1b[31mred\nmore"))
    found = punix("service", "logs", "Site", "--format", "json", *roots)
    assert [json.loads(line) for line in found.out.splitlines()] == [
        {
            "version": 1,
            "at": "2026-11-18T11:06:40.000005Z",
            "service": "web",
            "unit": "web.service",
            "pid": 7,
            "priority": 6,
            "message": "\x1b[31mred\nmore",
        }
    ]
    assert "\x1b" not in found.out


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        (["-n", "5", "-f"], ["--lines=5", "--follow"]),
        (["--since", "2 h"], ["--lines=all", "--since=-2 h"]),
        (["--since", "1h30min"], ["--lines=all", "--since=-1h30min"]),
        (["--since", "2 weeks"], ["--lines=all", "--since=-2 weeks"]),
        (["--since", "1h ago"], ["--lines=all", "--since=1h ago"]),
        (["--since", "2026-11-18T11:06:40Z"], ["--lines=all", "--since=@1795000000.000000"]),
        (["--since", "yesterday", "--lines", "3"], ["--lines=3", "--since=yesterday"]),
    ],
)
def test_how_much_is_wanted(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path, options: list[str], wanted: list[str]
) -> None:
    journal(tmp_path)
    assert punix("service", "logs", "Site", "web", *options, *roots).code == 0
    assert asked(tmp_path) == [*wanted, "--unit=web.service"]


@pytest.mark.sandbox
def test_what_is_not_there(
    punix: Punix, roots: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert punix("service", "logs", "Site", "databse", *roots).err.splitlines() == [
        "error: [E26] stack 'Site' has no service 'databse'",
        "  hint: did you mean 'database'?",
    ]
    found = punix("service", "logs", "Site", "mail", *roots)
    assert (found.code, found.err.splitlines()[1]) == (1, "  hint: there is database, web")
    monkeypatch.undo()
    found = punix("service", "logs", "Site", *roots)
    assert (found.code, "[E34]" in found.err) == (1, True)


@pytest.mark.sandbox
def test_a_stack_without_services_has_none_of_the_journal(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    journal(tmp_path, ("other.service", "not ours"))
    text = STACK[: STACK.index("  services")] + STACK[STACK.index("  ]\n") + 4 :]
    Path("site.pcl").write_text(text)
    assert punix("service", "deploy", "Site", "--file", "site.pcl", *roots).code == 0
    found = punix("service", "logs", "Site", *roots)
    assert (found.code, found.out, found.err) == (0, "", "stack Site has no services\n")


@pytest.mark.sandbox
def test_control_c_is_how_following_ends(
    punix: Punix, roots: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Managed, "lines", interrupted)
    assert punix("service", "logs", "Site", "-f", *roots).code == 0
    assert punix("service", "logs", "Site", *roots).code == 130


@pytest.mark.sandbox
@pytest.mark.parametrize(("way", "code"), [("the reader goes", 141), ("control c", 0)])
def test_following_ends_though_nothing_more_is_written(
    roots: tuple[str, ...], tmp_path: Path, way: str, code: int
) -> None:
    journal(tmp_path, ("web.service", "hello"))
    command = [sys.executable, str(Path(__file__).parents[2] / "deploy_managed.py")]
    with subprocess.Popen(
        [*command, "service", "logs", "Site", "web", "-f", *roots],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().endswith("hello\n")
        if way == "control c":
            process.send_signal(signal.SIGINT)
        else:
            process.stdout.close()
        assert (process.wait(PATIENCE), process.stderr.read()) == (code, "")


@pytest.mark.sandbox
def test_an_empty_journal_is_told(punix: Punix, roots: tuple[str, ...], tmp_path: Path) -> None:
    journal(tmp_path)
    found = punix("service", "logs", "Site", *roots)
    assert (found.code, found.out) == (0, "")
    assert found.err == "the journal has nothing of Site that you asked for and may read\n"


def test_a_time_that_is_none(punix: Punix) -> None:
    found = punix("service", "logs", "Site", "--since", "tomorow")
    assert (found.code, found.out) == (2, "")
    assert "'--since': 'tomorow' is not a time, such as '30 min', '3d', 'yesterday'" in found.err
