"""What a program receives is what was written, through a systemd that runs."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest
from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st
from machine import Machine
from stacks import HELLO, closure, service

from punix.backends.base import load_backend
from punix.ir.bundle import Bundle
from punix.ir.names import ModuleName
from punix.ir.text import LiveFolder, Secret, StorePath, Symbol, Text, fill

pytestmark = pytest.mark.systemd

PROBE = """\
#!/usr/bin/python3
import os
with open(os.environ["PROBE_OUT"] + ".argv", "wb") as out:
    out.write(open("/proc/self/cmdline", "rb").read())
with open(os.environ["PROBE_OUT"] + ".env", "wb") as out:
    out.write(open("/proc/self/environ", "rb").read())
"""

ODD = (
    *("", " ", "  two  words  ", "\t", "\n", "a\nb\n\nc", "\r\n", "\x01\x1b[31m\x7f", "\x85\xa0"),
    *("%", "%%", "%n %i %h %H", "100%", "%s%", "$", "$$", "$HOME", "${HOME}", "$${HOME}", "$1"),
    *("$HOME/x", "$MAINPID", "${", "$}", "\\", "\\\\", "\\n", "\\x41", "a\\", "\\;", "'", '"'),
    *("'a' \"b\"", "`id`", "$(id)", ";", ";;", "a;b", "; rm", "|", "&", "#", "# a", "; a", "<"),
    *("@", "-", ":", "+", "!", "!!", "@-:+!", "-n", "--", "=", "A=B", "*", "?", "~", "{a,b}"),
    *("é", "日本語", "🐍", "\u200b", "\u2028", "\u202e", "\ufeff", "e\u0301", "\U0010fffd"),
    *("[Service]", "ExecStart=/bin/sh", "x\nExecStartPre=/bin/sh", "x\n[Install]\n"),
    *("a" * 100_000, "\n" * 5_000),
)  # fmt: skip
NONCHARACTERS = ("\ufffe", "\uffff", "\ufdd0", "\U0010ffff")


SPECIAL = "%$\\\"'; \t\n\r@-:+!#=`{}[]~"
# noncharacters are among the code points without a category (Cn); NONCHARACTERS has some
ALL = st.characters(exclude_characters="\0", exclude_categories=["Cs", "Cn"])
TEXTS = st.text(SPECIAL, max_size=40) | st.text(ALL, max_size=40)
BOTH = st.lists(TEXTS, min_size=1, max_size=4).map("".join)


@cache
def drawn_texts(count: int) -> Sequence[str]:
    """Let hypothesis draw texts, to be tried all at once: the machine loads units but once.

    So there is no shrinking: what arrives changed is short and printed as it is.
    """
    found: list[str] = []

    @seed(int(os.environ.get("FUZZ_FROM", "1")))
    @settings(max_examples=2 * count, phases=[Phase.generate], database=None, deadline=None)
    @given(BOTH)
    def draw(text: str) -> None:
        found.append(text)

    draw()
    distinct = list(dict.fromkeys(found))[:count]
    assert len(distinct) == count
    return distinct


class Host:
    """Where a bundle lies on the machine: below its shared folder."""

    def __init__(self, shared: Path) -> None:
        self.shared = shared

    def fill(self, symbol: Symbol) -> str:
        if isinstance(symbol, StorePath):
            return f"{self.shared}/store/{symbol.name}"
        assert isinstance(symbol, LiveFolder)
        return f"{self.shared}/live"

    def install_probe(self) -> None:
        probe = self.shared / "store" / HELLO / "bin" / "a probe%n"
        probe.parent.mkdir(parents=True, exist_ok=True)
        probe.write_text(PROBE, encoding="utf-8")
        probe.chmod(0o755)

    def write_units(self, bundle: Bundle, folder: Path) -> list[Path]:
        folder.mkdir(parents=True, exist_ok=True)
        for file in bundle.files:
            (folder / Path(file.path).name).write_text(fill(file.text, self.fill), encoding="utf-8")
        return sorted(folder.iterdir())


def bundle_of(
    shared: Path,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    secrets: Mapping[str, str],
) -> Bundle:
    """One service for each twenty arguments and variables; it ends when it has written."""
    names = list(environment)
    services = [
        service(
            f"probe-{first}",
            *arguments[first : first + 20],
            binary="a probe%n",
            environment={
                **{name: environment[name] for name in names[first : first + 20]},
                **{name: (Secret("from_env", name),) for name in list(secrets)[first : first + 20]},
                "PROBE_OUT": f"{shared}/probe-{first}",
            },
            directives={"Type": "oneshot"},
            restart="no",
        )
        for first in range(0, max(len(arguments), len(names)), 20)
    ]
    return load_backend("systemd").emit(closure(services), ModuleName("HelloStack"))


@pytest.mark.fuzz
def test_arguments_and_environments_arrive_byte_for_byte(machine: Machine) -> None:
    texts = [*ODD, *drawn_texts(2_000)]
    arguments = [*texts, *NONCHARACTERS]
    environment = {f"V{at}": value for at, value in enumerate(texts)}
    secrets = {f"S{at}": value for at, value in enumerate(texts)}
    backend = load_backend("systemd")
    bundle = bundle_of(machine.shared, arguments, environment, secrets)
    host = Host(machine.shared)
    host.install_probe()
    live = machine.shared / "live" / "secrets"
    live.mkdir(parents=True)
    for secret in bundle.secret_files:
        text = fill(
            secret.text,
            lambda one: backend.secret(secrets[one.key]) if isinstance(one, Secret) else "",
        )
        (live / secret.name).write_text(text, encoding="utf-8")
    units = host.write_units(bundle, machine.shared / "units")
    for unit in units:
        machine.run("cp", str(unit), "/etc/systemd/system/")
    machine.systemctl("daemon-reload")
    machine.systemctl("start", *(unit.name for unit in units))

    sent, received = [], []
    got_environment: dict[str, str] = {}
    for first in range(0, len(arguments), 20):
        argv = (machine.shared / f"probe-{first}.argv").read_bytes().split(b"\0")[2:-1]
        sent += [text.encode() for text in arguments[first : first + 20]]
        received += argv
        for line in (machine.shared / f"probe-{first}.env").read_bytes().split(b"\0")[:-1]:
            name, _, value = line.decode().partition("=")
            got_environment[name] = value
    assert received == sent
    assert {name: got_environment.get(name) for name in environment} == environment
    assert {name: got_environment.get(name) for name in secrets} == secrets


def verify(units: Sequence[Path]) -> str:
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, units)],
        capture_output=True,
        text=True,
        check=False,
    )
    return f"{done.stdout}{done.stderr}"


def test_verify_says_nothing_about_any_unit(tmp_path: Path) -> None:
    texts = [*ODD, *drawn_texts(2_000)]
    environment = {f"V{at}": value for at, value in enumerate(texts)}
    host = Host(tmp_path)
    host.install_probe()
    bundle = bundle_of(tmp_path, [*texts, *NONCHARACTERS], environment, {})
    assert verify(host.write_units(bundle, tmp_path / "units")) == ""


def test_verify_says_nothing_about_directives(tmp_path: Path) -> None:
    host = Host(tmp_path)
    host.install_probe()
    directives: dict[str, str | Text] = {
        "CPUQuota": "20%",
        "ExecReload": "/bin/echo -HUP $MAINPID '$HOME a;b %n' ;",
        "ExecStartPre": "/bin/sh -c 'exit 0'",
        "LogExtraFields": "X=%n",
        "MemoryMax": "50%",
        "ReadOnlyPaths": (StorePath(HELLO), "/share"),
        "Type": "notify",
        "TimeoutStartSec": "1min 30s",
    }
    services = [
        service("web", binary="a probe%n", directives=directives, depends_on=["db"], user="daemon"),
        service("db", binary="a probe%n"),
    ]
    bundle = load_backend("systemd").emit(closure(services), ModuleName("HelloStack"))
    units = host.write_units(bundle, tmp_path / "units")
    assert verify(units) == ""
    units[0].write_text(
        units[0].read_text(encoding="utf-8") + "[Service]\nNise=5\n", encoding="utf-8"
    )
    assert "'Nise'" in verify(units)
