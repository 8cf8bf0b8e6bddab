"""A user of the machine deploys what is their own, with the command and the manager as they are.

The command runs on the host as that user, with the machine's processes and the machine's
folder of that user below /run. So it meets the user's real systemd, which runs in the machine.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import pytest
from command import COMMAND
from machine import Machine
from patience import until

pytestmark = pytest.mark.systemd

UID = 2000
AS_USER = """
mount -t proc proc /proc
mount -t tmpfs none /run
mkdir -p /run/systemd/system /run/user
[ -z "$1" ] || ln -s "/proc/$1/root/run/user/$2" "/run/user/$2"
uid=$2
shift 2
may_read="--inh-caps +dac_read_search --ambient-caps +dac_read_search"
exec setpriv --reuid "$uid" --regid "$uid" --clear-groups $may_read -- "$@"
"""
"""The user may read everything, because the interpreter may lie where root alone can look."""

PROGRAM = """
module Notes {
  recipe = "std.shell"
  recipeArgs = { command = \"""
    mkdir $OUTPUT/bin
    cat >$OUTPUT/bin/notes <<'END'
    #!/bin/sh
    { pwd; id -un; cat .config/notes.conf; printenv TOKEN; cat $CREDENTIALS_DIRECTORY/key; } >got
    exec sleep 1000
    END
    printf '#!/bin/sh\\nsystemd-notify --ready; exec sleep 1000\\n' >$OUTPUT/bin/other
    printf '#!/bin/sh\\necho no such option; exit 3\\n' >$OUTPUT/bin/broken
    chmod +x $OUTPUT/bin/*
    \""" }
}
module Mine {
  backend = "systemd"
  scope = "user"
  services = [
    {
      name = "notes" package = "Notes" binary = "notes"
      args = ["--config", ".config/notes.conf"]
      environment = { TOKEN = { from_env = "TOKEN" } }
      credentials = { key = { from_env = "TOKEN" } }
    },
    {
      name = "other" package = "Notes" binary = "other" args = ["one"]
      serviceConfig = { Type = "notify" NotifyAccess = "all" }
      health = { exec = ["/bin/sh", "-c", "[ $(id -un)$TOKEN = me ]"] within = 60 settle = 0 }
    },
    {
      name = "tick" package = "Notes" binary = "other"
      timer = { onCalendar = "daily" persistent = false }
      socket = { listenStream = ["127.0.0.1:2000"] }
    }
  ]
  configFiles = [{ path = "~/.config/notes.conf" content = "first\\n" }]
}
"""


class Said(NamedTuple):
    """The lines of standard output and of standard error."""

    out: list[str]
    err: list[str]


@dataclass(frozen=True)
class User:
    """A user of the machine; `manager` is the pid, there, of their systemd."""

    machine: Machine
    home: Path
    manager: str

    def run(self, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the host as this user; `more` is what differs in the environment."""
        known = {
            "HOME": str(self.home),
            "PATH": os.environ["PATH"],
            "TOKEN": "t0ken",
            "XDG_RUNTIME_DIR": f"/run/user/{UID}",
        }
        environment = [f"{name}={value}" for name, value in (known | more).items() if value]
        inside = ["nsenter", "-t", str(self.machine.leader), "-p", "--", "unshare", "--mount"]
        as_user = ["sh", "-ec", AS_USER, "sh", self.manager, str(UID), "/usr/bin/env", "-i"]
        return subprocess.run(
            [*inside, *as_user, *environment, *command],
            cwd=self.home,
            capture_output=True,
            text=True,
            check=False,
        )

    def punix(self, verb: str, *more: str, code: int = 0, **environment: str) -> Said:
        """Run a `service` command on the stack."""
        done = self.run(*COMMAND, "service", verb, "Mine", *more, **environment)
        assert done.returncode == code, done.stdout + done.stderr
        return Said(done.stdout.splitlines(), done.stderr.splitlines())

    def deploy(self, *more: str, code: int = 0, **environment: str) -> Said:
        options = ("--file", "mine.pcl", "--sandbox", "off", *more)
        return self.punix("deploy", *options, code=code, **environment)

    def edit(self, before: str, after: str) -> None:
        program = self.home / "mine.pcl"
        text = program.read_text()
        assert before in text
        program.write_text(text.replace(before, after))

    def unit(self, name: str, fact: str) -> str:
        done = self.run("systemctl", "--user", "show", "--value", f"--property={fact}", name)
        return done.stdout.strip()

    def wait_for(self, *words: str) -> None:
        """Wait until the service has written what it found, which it does once it runs."""
        got, wanted = self.home / "got", [str(self.home), "me", *words]
        until(lambda: got.read_text().split() if got.exists() else [], lambda now: now == wanted)

    def files(self) -> list[str]:
        """What of the user's files is no folder, but for punix's own."""
        found = self.home.rglob("*")
        names = [str(one.relative_to(self.home)) for one in found if not one.is_dir()]
        return sorted(name for name in names if not name.startswith((".punix", ".cache")))


@pytest.fixture
def user(machine: Machine, tmp_path: Path) -> Iterator[User]:
    home = machine.shared / tmp_path.name
    machine.run(
        "useradd",
        f"--uid={UID}",
        "--create-home",
        f"--home-dir={home}",
        "-K",
        "UMASK=077",
        "-k",
        "/nowhere",
        "me",
    )
    machine.run("loginctl", "enable-linger", "me")
    machine.systemctl("start", f"user@{UID}.service")
    (home / "mine.pcl").write_text(PROGRAM)
    yield User(
        machine, home, machine.systemctl("show", "--value", "--property=MainPID", f"user@{UID}")
    )
    machine.run("loginctl", "disable-linger", "me")
    machine.systemctl("stop", f"user@{UID}.service")
    machine.run("userdel", "--remove", "me")


def test_a_users_stack_runs_changes_goes_back_and_goes(user: User) -> None:
    assert user.deploy("--activate").out == [
        "deployed: stack Mine → gen-001 (6 config file(s), 1 store path(s) pinned)"
    ]
    user.wait_for("first", "t0ken", "t0ken")
    assert user.files() == [
        ".config/notes.conf",
        ".config/systemd/user/notes.service",
        ".config/systemd/user/other.service",
        ".config/systemd/user/tick.service",
        ".config/systemd/user/tick.socket",
        ".config/systemd/user/tick.timer",
        "got",
        "mine.pcl",
    ]
    assert user.unit("notes", "FragmentPath") == f"{user.home}/.config/systemd/user/notes.service"
    waiting = [user.unit(f"tick.{kind}", "ActiveState") for kind in ("timer", "socket", "service")]
    assert waiting == ["active", "active", "inactive"]
    before = {name: user.unit(name, "MainPID") for name in ("notes", "other")}

    assert user.punix("status").out[-1] == "Mine: 5 unit(s) as gen-001 wants"

    user.edit("first", "second")
    (wanted,) = [
        line for line in user.punix("plan", "--file", "mine.pcl").out if "  restart" in line
    ]
    assert "restart notes.service" in wanted
    assert f"{user.home}/.config/notes.conf changed (mine.pcl:37)" in wanted
    user.deploy("--activate")
    user.wait_for("second", "t0ken", "t0ken")
    after = {name: user.unit(name, "MainPID") for name in ("notes", "other")}
    assert [name for name in after if after[name] != before[name]] == ["notes"]

    user.edit('binary = "other"', 'binary = "broken"')
    said = user.deploy("--activate", code=4)
    assert said.out == [
        "not activated: stack Mine gen-003: gen-002 is live again, and its units run"
    ]
    [hint] = [line for line in said.err if line.startswith("  hint: ")]
    assert hint.endswith("`journalctl --user -u other.service` has more")
    assert user.unit("other", "ActiveState") == "active"

    user.punix("rollback", "--activate")
    user.wait_for("first", "t0ken", "t0ken")
    assert user.punix("verify").out == ["Mine gen-001: as deployed"]

    user.punix("remove", "--activate")
    assert user.unit("notes", "LoadState") == "not-found"
    assert user.files() == ["got", "mine.pcl"]
    user.punix("switch", "2", "--activate")
    user.wait_for("second", "t0ken", "t0ken")


def test_a_manager_that_cannot_be_reached_is_told_before_anything_is_done(user: User) -> None:
    def refused(**environment: str) -> list[str]:
        return user.deploy("--activate", code=1, **environment).err

    assert refused(XDG_RUNTIME_DIR="") == [
        "error: [E34] XDG_RUNTIME_DIR is not set",
        f"  hint: export XDG_RUNTIME_DIR=/run/user/{UID}",
    ]
    elsewhere = user.home / "elsewhere"
    user.run("mkdir", str(elsewhere))
    assert refused(HOME=str(elsewhere)) == [
        f"error: [E34] your systemd reads no units in '{elsewhere}/.config/systemd/user'",
        "  hint: HOME has to be the home folder that your systemd knows",
    ]
    assert refused(HOME="/root") == [
        f"error: [E44] HOME is '/root', which belongs to uid 0, and you are uid {UID}",
        "  hint: set HOME to your home folder",
    ]
    assert refused(PATH=f"{user.home}") == [
        "error: [E34] no 'systemctl' in the PATH",
        "  hint: without --activate only files change, and units are yours",
    ]
    unknown = replace(user, manager="")
    assert unknown.deploy("--activate", code=1, XDG_RUNTIME_DIR="").err == [
        "error: [E34] no systemd of yours runs",
        f"  hint: as root: loginctl enable-linger {UID}; that starts it now and at boot",
    ]
    assert user.files() == ["mine.pcl"]


def test_files_need_no_manager(user: User) -> None:
    """As in a cron job, or in a container: units are put in place, and verified."""
    user.edit('NotifyAccess = "all"', 'MemoryMax = "lots"')
    said = user.deploy(code=1, XDG_RUNTIME_DIR="").err
    assert any("mine.pcl:28" in line and "[E20] unit 'other.service'" in line for line in said)
    user.edit("lots", "64M")
    assert user.deploy(XDG_RUNTIME_DIR="").out[0].startswith("deployed: stack Mine → gen-001")
    link = user.home / ".config/systemd/user/other.service"
    assert link.readlink() == Path("../../../.punix/deployments/Mine/live" + str(link))
    user.punix("remove", XDG_RUNTIME_DIR="")
    assert user.files() == ["mine.pcl"]


def looked_at(user: User) -> dict[str, tuple[str, str]]:
    """What `status` says of each unit: its state, and the name of its executable."""
    (stack,) = json.loads("".join(user.punix("status", "--format", "json").out))["stacks"]
    assert (stack["as_wanted"], stack["not_looked_at"]) == (True, None)
    return {
        unit["unit"]: (unit["state"], Path(unit["executable"] or "").name)
        for unit in stack["units"]
    }


def test_status_asks_the_users_manager_and_looks_at_the_users_processes(user: User) -> None:
    told = [json.loads(line) for line in user.deploy("--activate", "--events", "-").out]
    assert [(one["unit"], one["state"]) for one in told if one["event"] == "start"] == [
        (unit, state)
        for state in ("begun", "done")
        for unit in ("notes.service", "other.service", "tick.socket", "tick.timer")
    ]
    user.wait_for("first", "t0ken", "t0ken")
    until(lambda: looked_at(user), lambda found: found == {
        "notes.service": ("active", "sleep"),
        "other.service": ("active", "sleep"),
        "tick.service": ("inactive", ""),
        "tick.socket": ("active", ""),
        "tick.timer": ("active", ""),
    })  # fmt: skip

    user.edit("first", "second")
    user.edit('["one"]', '["two"]')
    user.deploy()
    told = user.punix("status", code=5).out
    assert "activation behind: gen-001 runs, gen-002 is live" in told
    assert [line.split(": ")[0] for line in told if line.startswith("    ")] == [
        "    runs as of gen-001",
        "    runs as of gen-001",
    ]
    blind = user.punix("status", XDG_RUNTIME_DIR="").out
    assert blind[-1] == "Mine: units were not looked at: XDG_RUNTIME_DIR is not set"


def test_what_is_enabled_starts_with_the_users_systemd(user: User) -> None:
    user.deploy("--enable")
    wants = user.home / ".config/systemd/user/default.target.wants"
    assert sorted(path.name for path in wants.iterdir()) == ["notes.service", "other.service"]
    assert "got" not in user.files()
    user.machine.systemctl("restart", f"user@{UID}.service")
    user.wait_for("first", "t0ken", "t0ken")
