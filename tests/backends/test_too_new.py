"""What a systemd of some version does not know."""

import re
import subprocess
from pathlib import Path

import pytest
from stacks import closure, service, timer

from punix.backends.base import load_backend
from punix.backends.systemd.since import SINCE, VALUES_SINCE
from punix.backends.systemd.too_new import since, too_new
from punix.ir.names import ModuleName
from punix.ir.stack import Service
from punix.ir.text import Secret

TIMER = {
    *("DeferReactivation", "FixedRandomDelay", "OnClockChange", "OnTimezoneChange"),
    *("RandomizedDelaySec", "RandomizedOffsetSec"),
}


def found(version: int, *services: Service) -> list[str]:
    bundle = load_backend("systemd").emit(closure(services), ModuleName("HelloStack"))
    return [one.message for one in too_new(bundle, version)]


def test_each_line_that_is_too_new_is_named() -> None:
    one = service("a", directives={"Nice": "5", "ProtectClock": "true", "RestartSteps": "5"})
    assert found(244, one) == [
        "'ProtectClock' of a.service needs systemd 245, and 244 is there",
        "'RestartSteps' of a.service needs systemd 254, and 244 is there",
    ]
    assert found(254, one) == []


def test_what_punix_writes_by_itself_counts_too() -> None:
    secret = service("a", credentials={"key": Secret("from_env", "K")})
    delayed = service("b", timer=timer(onBootSec="1", randomizedDelay="1h"))
    assert found(220, secret, delayed) == [
        "'LoadCredential' of a.service needs systemd 247, and 220 is there",
        "'RandomizedDelaySec' of b.timer needs systemd 229, and 220 is there",
    ]


@pytest.mark.parametrize(
    ("key", "value", "wanted"),
    [
        ("Type", "simple", 0),
        ("Type", "notify-reload", 253),
        ("ProtectSystem", "full", 0),
        ("ProtectSystem", "strict", 232),
        ("StandardOutput", "append:/var/log/a", 240),
        ("DynamicUser", "true", 235),
        ("NoSuchThing", "", 0),
    ],
)
def test_a_value_may_be_younger_than_its_directive(key: str, value: str, wanted: int) -> None:
    assert since(key, value) == wanted


@pytest.mark.systemd
def test_the_table_agrees_with_the_systemd_that_is_here(tmp_path: Path) -> None:
    """Each directive is known to it exactly if the table says so; and each value."""
    said = subprocess.run(["systemctl", "--version"], capture_output=True, text=True, check=True)
    version = int(said.stdout.split()[1])
    for key in SINCE:
        service_text = "[Service]\nType=oneshot\nExecStart=/bin/true\n"
        if key in TIMER:
            (tmp_path / f"{key}.timer").write_text(f"[Timer]\nOnBootSec=1\n{key}=x\n")
        else:
            service_text += f"{key}=x\n"
        (tmp_path / f"{key}.service").write_text(service_text)
    command = ["systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stderr
    unknown = set(re.findall(r"Unknown key(?: name)? '(\w+)'", told))
    assert unknown == {key for key, needs in SINCE.items() if needs > version}


def test_values_are_of_directives_that_are_older() -> None:
    for key, values in VALUES_SINCE.items():
        assert all(at > SINCE.get(key, 0) for at in values.values())
