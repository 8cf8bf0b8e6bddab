"""A throw-away machine under systemd-nspawn.

In: a root file system, which is never written to. Out: a `Machine` that runs
systemd as PID 1 without a network, and one folder that it shares with the host
under the same path. It lives in a cgroup of its own, because a systemd started
in the root cgroup moves the host's processes; at the end machine, cgroup and
folder are gone. What it writes elsewhere is gone as well, unless it is booted from
a `disk`, which can be booted again.
"""

import fcntl
import itertools
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from patience import PATIENCE, until

__all__ = ["FORGETS", "KEEPS", "Machine", "boot", "disk", "root_file_system"]

PACKAGES = (
    "systemd,systemd-sysv,dbus,libpam-systemd,dbus-user-session,"
    "openssh-server,rsync,python3,gunicorn,iproute2,procps"
)
FORGETS, KEEPS = ("--volatile=overlay",), ()
"""What systemd-nspawn is told of its root: the machine never writes to it, or does."""
NUMBERS = itertools.count()
GONE = (FileNotFoundError, ProcessLookupError)
"""What a look below /proc raises where the process has ended, before the look or within it."""


@dataclass(frozen=True, slots=True)
class Machine:
    """A booted machine: `leader` is the host's pid of its PID 1, `shared` the common folder."""

    name: str
    leader: int
    shared: Path

    def run(
        self, *command: str, check: bool = True, text: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run a command inside with `text` on its standard input; raise if it fails."""
        done = subprocess.run(
            ["nsenter", "-t", str(self.leader), "-a", "--", *command],
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode != 0:
            raise AssertionError(f"{command}: rc={done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def systemctl(self, *arguments: str, check: bool = True) -> str:
        """Run systemctl inside and return what it printed."""
        return self.run("systemctl", *arguments, check=check).stdout.strip()

    def write(self, path: str, text: str, mode: int = 0o644) -> None:
        """Write a file inside."""
        self.run("install", "-D", "-m", f"{mode:o}", "/dev/stdin", path, text=text)

    def remove(self, path: str) -> None:
        """Remove a file or folder inside."""
        self.run("rm", "-rf", "--", path)

    def journal(self, *options: str) -> str:
        """Return the last that the journal has, for whoever wonders why something failed."""
        return self.run("journalctl", "--no-pager", "--lines=60", *options, check=False).stdout


def root_file_system(path: Path) -> Path:
    """Return a Debian with systemd, made by mmdebstrap at its first use."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path.parent / f"{path.name}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            half = path.with_name(f"{path.name}.half")
            shutil.rmtree(half, ignore_errors=True)
            options = ["--quiet", "--variant=minbase", f"--include={PACKAGES}"]
            subprocess.run(
                ["mmdebstrap", *options, "bookworm", str(half)],
                check=True,
                stdin=subprocess.DEVNULL,
            )
            half.rename(path)
    return path


@contextmanager
def disk(root: Path) -> Iterator[Path]:
    """Return a root file system like another one, in memory, that may be written to."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="punix-disk-", dir="/var/tmp"))
        stack.callback(folder.rmdir)
        stack.enter_context(_mounted("tmpfs", "mode=0755", folder))
        upper, work, merged = (folder / name for name in ("upper", "work", "merged"))
        for one in (upper, work, merged):
            one.mkdir()
        layers = f"lowerdir={root},upperdir={upper},workdir={work}"
        yield stack.enter_context(_mounted("overlay", layers, merged))


@contextmanager
def _mounted(kind: str, options: str, where: Path) -> Iterator[Path]:
    subprocess.run(["mount", "-t", kind, "-o", options, kind, where], check=True)
    try:
        yield where
    finally:
        subprocess.run(["umount", where], check=True)


@contextmanager
def boot(root: Path, writes: Sequence[str] = FORGETS) -> Iterator[Machine]:
    """Boot a machine and halt it at the end."""
    with ExitStack() as stack:
        shared = Path(tempfile.mkdtemp(prefix="punix-machine-", dir="/var/tmp"))
        stack.callback(shutil.rmtree, shared)
        shared.chmod(0o755)
        name = f"punix-{os.getpid()}-{next(NUMBERS)}"
        groups = [hierarchy / name for hierarchy in _hierarchies()]
        stack.callback(_remove_groups, groups)
        for group in groups:
            group.mkdir()
        log = stack.enter_context(open(shared / "console.log", "wb"))
        nspawn = subprocess.Popen(
            _command(root, writes, name, shared, groups),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        stack.callback(_halt, nspawn)
        yield Machine(name, _leader(nspawn, shared / "console.log"), shared)


def _hierarchies() -> list[Path]:
    """Return where the trees of cgroups lie that systemd keeps its units in."""
    found = []
    for line in Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines():
        _, where, kind, options, *_ = line.split()
        if kind == "cgroup2" or (kind == "cgroup" and "name=systemd" in options.split(",")):
            found.append(Path(where))
    return found


def _command(
    root: Path, writes: Sequence[str], name: str, shared: Path, groups: Sequence[Path]
) -> list[str]:
    enter = 'until [ "$1" = -- ]; do echo $$ >"$1/cgroup.procs"; shift; done; shift; exec "$@"'
    return [
        *("sh", "-ec", enter, "sh", *map(str, groups), "--"),
        *("setpriv", "--pdeathsig", "TERM"),
        *("systemd-nspawn", "--quiet", f"--directory={root}", f"--machine={name}", "--boot"),
        *("--register=no", "--keep-unit", "--console=pipe", *writes),
        *("--private-network", f"--bind={shared}"),
    ]


def _leader(nspawn: subprocess.Popen[bytes], log: Path) -> int:
    """Wait until the machine is up and return the pid of its systemd."""

    def found() -> int:
        assert nspawn.poll() is None, f"no machine: {log.read_text(encoding='utf-8')}"
        return next(filter(_is_up, _children(nspawn.pid)), 0)

    return until(found, told=lambda: log.read_text(encoding="utf-8"))


def _is_up(pid: int) -> bool:
    """Whether a process is a systemd that has started all that it should.

    Before it is, it is nspawn's, and whoever enters its namespaces meets the host's systemd.
    """
    with suppress(*GONE):
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
        if not re.search(r"^NSpid:\s\d+\s(\d+\s)*1$", status, re.MULTILINE):
            return False
    ready = ["nsenter", "-t", str(pid), "-a", "systemctl", "is-system-running"]
    state = subprocess.run(ready, capture_output=True, text=True, check=False).stdout
    return state.strip() in ("running", "degraded")


def _children(pid: int) -> list[int]:
    with suppress(*GONE):
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
        return [int(child) for child in text.split()]
    return []


def _halt(nspawn: subprocess.Popen[bytes]) -> None:
    for pid in _children(nspawn.pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGRTMIN + 4)
    try:
        nspawn.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        nspawn.kill()  # which takes the machine's PID 1 with it
        nspawn.wait()


def _remove_groups(groups: Sequence[Path]) -> None:
    for group in groups:
        until(partial(_remove_tree, group))


def _remove_tree(group: Path) -> bool:
    """Remove a cgroup and those in it; False while a process is still leaving."""
    try:
        for folder, _, _ in os.walk(group, topdown=False):
            os.rmdir(folder)
    except OSError:
        return False
    return True
