"""What systemd's own tool says of units: what levels promise, and what is asked in its place."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from stacks import closure, service, without

from punix.backends.base import load_backend
from punix.backends.systemd.exposure import bearing
from punix.backends.systemd.hardening import LEVELS
from punix.backends.systemd.manual import MANUAL
from punix.ir.names import ModuleName
from punix.ir.stack import Hardening, HardeningException, Service
from punix.ir.text import Secret, fill
from punix.runtime.units import exposure
from punix.runtime.units.exposure import Unmeasured, measure

pytestmark = pytest.mark.systemd

PAGE = (Path(__file__).parents[2] / "docs/hardening.md").read_text(encoding="utf-8")
PROMISED: dict[Hardening, int] = {"default": 20, "strict": 15}
"""In tenths, also for a service that runs as root."""


def unit(one: Service) -> str:
    bundle = load_backend("systemd").emit(closure([one]), ModuleName("HelloStack"))
    return fill(bundle.files[0].text, lambda _: "/store/hello")


def tenths(text: str) -> int:
    return measure([text])[text].tenths


@pytest.mark.parametrize("user", [None, "web"])
@pytest.mark.parametrize("level", ["default", "strict"])
def test_a_level_keeps_its_promise(level: Hardening, user: str | None) -> None:
    found = tenths(unit(service("hello", hardening=level, user=user)))
    assert found <= PROMISED[level] - 2 * (user is not None)


@pytest.mark.parametrize("level", LEVELS)
def test_the_page_has_the_scores_of_a_level(level: Hardening) -> None:
    scores = re.findall(rf'^\| `"{level}"` \|.*\| ([0-9.]+) \| ([0-9.]+) \|$', PAGE, re.MULTILINE)
    units = [unit(service("hello", hardening=level, user=user)) for user in (None, "web")]
    assert scores == [tuple(str(measure([text])[text]) for text in units)]


EXPLAINED = [without(name, "so", one.instead.strip('"') or None) for name, one in MANUAL.items()]


@pytest.mark.parametrize("exceptions", [[], EXPLAINED], ids=["level", "exceptions"])
def test_systemd_takes_each_directive_and_the_exception_that_is_explained(
    exceptions: list[HardeningException], tmp_path: Path
) -> None:
    path = tmp_path / "hello.service"
    text = unit(service("hello", hardening="strict", exceptions=exceptions))
    path.write_text(text.replace("/store/hello/bin/hi", "/bin/true"))
    command = ["systemd-analyze", "verify", "--man=no", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_what_is_measured_in_place_of_a_unit_has_its_exposure(tmp_path: Path) -> None:
    secret = {"key": Secret("from_env", "KEY")}
    directives = {"Type": "notify", "AmbientCapabilities": "CAP_NET_RAW", "ExecStop": "/bin/true"}
    units = [
        unit(service("hello", "a", hardening=level, directives=more, credentials=secret))
        for level in LEVELS
        for more in ({}, directives)
    ]
    whole = []
    for text in units:
        path = tmp_path / "hello.service"
        path.write_text(text)
        command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(path)]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        whole.append(said.rpartition("hello.service: ")[2].split()[0])
    found = measure(map(bearing, units))
    assert [str(found[bearing(text)]) for text in units] == whole


def test_services_that_may_do_the_same_are_one_question() -> None:
    some = [unit(service(f"s{at}", f"{at}", hardening="default")) for at in range(3)]
    assert len(set(some)) == 3
    assert len(set(map(bearing, some))) == 1


def test_the_costliest_comes_first() -> None:
    text = "[Service]\nExecStart=/bin/true\n"
    found = measure([text])[text]
    assert found.missing[:2] == ("CapabilityBoundingSet", "SystemCallFilter")
    assert "NotifyAccess" not in found.missing


def test_many_are_one_call(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    ask = exposure._ask

    def counted(texts: list[str]) -> str:
        calls.append(len(texts))
        return ask(texts)

    monkeypatch.setattr(exposure, "_ask", counted)
    texts = [f"[Service]\nExecStart=/bin/true\nNice={at}\n" for at in range(12)]
    found = measure([*texts, *texts])
    assert {found[text].tenths for text in texts} == {96}
    assert calls == [12]
    assert measure([]) == {}
    assert calls == [12]


def put(folder: Path, script: str) -> str:
    program = folder / "systemd-analyze"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return str(folder)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (None, "systemd-analyze is not there"),
        (
            "echo 'unrecognized option --offline=true' >&2; exit 1",
            "systemd-analyze security: unrecognized option --offline=true",
        ),
        ("exit 1", "systemd-analyze security: it said nothing"),
    ],
)
def test_why_it_cannot_be_measured(
    script: str | None, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", put(tmp_path, script) if script else str(tmp_path))
    with pytest.raises(Unmeasured, match=f"^{reason}$"):
        measure(["[Service]\nExecStart=/bin/true\n"])


def test_colours_of_its_caller_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYSTEMD_COLORS", "1")
    assert tenths("[Service]\nExecStart=/bin/true\n") == 96
    assert os.environ["SYSTEMD_COLORS"] == "1"
