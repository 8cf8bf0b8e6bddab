"""Where a build runs: what it can see of the machine, and what it can reach.

In: a `BuildRequest`. Out: the command line that runs it. Two sandboxes:

    bubblewrap   a file system of its own, no network, own processes, no privileges
    off          the file system of the host, its network and its processes
"""

import os
from functools import cache
from pathlib import Path
from typing import Protocol

from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.node import Frozen, frozen
from .request import BuildRequest, Mount
from .seccomp import rules

__all__ = ["Bubblewrap", "Off", "Sandbox", "sandbox_named"]

SYSTEM_FOLDERS = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
SYSTEM_FILES = ("/etc/alternatives", "/etc/ld.so.cache")
"""Without these two, programs and libraries of /usr are not found where links lead to them."""
NETWORK_FILES = (
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/nsswitch.conf",
    "/etc/ca-certificates",
    "/etc/ssl/certs",
    "/etc/ssl/cert.pem",
    "/etc/ssl/openssl.cnf",
    "/etc/pki/ca-trust",
    "/etc/pki/tls/certs",
    "/etc/pki/tls/cert.pem",
    "/etc/pki/tls/openssl.cnf",
)
"""Beside these lie keys, which root can read."""
BUILDER_ID = "1000"
MOST_NAMED = 2_500
"""bwrap takes 9,000 arguments; each input and each variable is three."""


class Sandbox(Protocol):
    """A way to run builds.

    `private`: a build sees mounts at places of their own and writes its output
    elsewhere; else everything lies where the host has it. `helpers` is the number of its
    own processes beside a build.
    """

    @property
    def name(self) -> str: ...
    @property
    def private(self) -> bool: ...
    @property
    def helpers(self) -> int: ...
    @property
    def warning(self) -> str | None:
        """Return what a person must be told each time it is used."""

    def check(self, store: Path) -> None:
        """Raise ProgramError: E30 if it cannot run here, E29 if it may not enter a store."""

    @property
    def rules(self) -> bytes:
        """Return what its command line reads from a descriptor."""

    def command(self, request: BuildRequest, alive: int, rules: int) -> tuple[str, ...]:
        """Return the command line of a build; for the descriptors see `Processes.run`."""

    def environment(self, request: BuildRequest) -> dict[str, str]:
        """Return the environment of that command line."""


@frozen
class Bubblewrap(Frozen):
    """Runs builds in namespaces made by bwrap(1)."""

    program: str = "bwrap"
    name: str = "bubblewrap"
    private: bool = True
    helpers: int = 2
    warning: str | None = None

    def check(self, store: Path) -> None:
        import shutil  # commands that build nothing need neither
        import subprocess

        if shutil.which(self.program) is None:
            raise ProgramError([_cannot_run("bubblewrap is not installed")])
        probe = (self.program, *ISOLATION, "--unshare-net", "--ro-bind", "/", "/", "true")
        result = subprocess.run(probe, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise ProgramError([_cannot_run(f"bubblewrap cannot run: {result.stderr.strip()}")])
        if closed := _closed(store):
            raise ProgramError([_cannot_enter(closed)])

    @property
    def rules(self) -> bytes:
        return rules()

    def command(self, request: BuildRequest, alive: int, rules: int) -> tuple[str, ...]:
        network = () if request.network else ("--unshare-net",)
        return (
            self.program,
            *("--info-fd", str(alive), "--seccomp", str(rules)),
            *ISOLATION,
            *network,
            "--clearenv",
            *_each("--setenv", *sorted(request.environment.items())),
            *_system(request.network),
            *_shared_memory(request.limits.memory),
            *_writable(request.mounts),
            *_store(request),
            *_each("--remount-ro", ("/dev",), ("/proc",), (str(request.store),), ("/",)),
            *("--chdir", str(request.folder), "--"),
            *request.argv,
        )

    def environment(self, request: BuildRequest) -> dict[str, str]:  # noqa: ARG002  # Sandbox's
        """Give bwrap itself nothing of the build: LD_PRELOAD would act outside the sandbox."""
        return {"PATH": os.environ.get("PATH", os.defpath)}


ISOLATION = (
    *("--unshare-user", "--uid", BUILDER_ID, "--gid", BUILDER_ID, "--cap-drop", "ALL"),
    *("--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"),
    *("--hostname", "localhost", "--die-with-parent", "--new-session"),
)


@cache
def _system(network: bool) -> tuple[str, ...]:
    """Show the programs of the host, its folders of links as the links that they are.

    It is looked at once: a host does not move its programs while a command runs.
    """
    files = SYSTEM_FILES + (NETWORK_FILES if network else ())
    folders = [Path(folder) for folder in SYSTEM_FOLDERS]
    return (
        *_each(
            "--symlink", *((os.readlink(link), str(link)) for link in folders if link.is_symlink())
        ),
        *_each(
            "--ro-bind", *((str(it),) * 2 for it in folders if it.is_dir() and not it.is_symlink())
        ),
        *("--perms", "0755", "--dir", "/etc"),
        *_each("--ro-bind-try", *((file, file) for file in files)),
        *("--proc", "/proc", "--dev", "/dev"),
    )


def _shared_memory(limit: int | None) -> tuple[str, ...]:
    """Make /dev/shm; what lies there is no process's memory, and so has the limit as its size."""
    return (*(() if limit is None else ("--size", str(limit))), "--tmpfs", "/dev/shm")


def _store(request: BuildRequest) -> tuple[str, ...]:
    """Show of the store the inputs and the output only, wherever the store lies.

    Where inputs and variables are more than bwrap takes, all entries are shown, read-only.
    """
    store = str(request.store)
    if len(request.inputs) + len(request.environment) > MOST_NAMED:
        inner = tuple((f"{store}/{name}",) for name in (".meta", ".logs", ".tmp"))
        shown = ("--ro-bind", store, store, *_each("--tmpfs", *inner))
    else:
        inputs = _each("--ro-bind", *((str(path), str(path)) for path in request.inputs))
        shown = ("--tmpfs", store, *inputs)
    return (*shown, *_writable((request.output,)))


def _writable(mounts: tuple[Mount, ...]) -> tuple[str, ...]:
    return _each("--bind", *((str(mount.host), str(mount.inside)) for mount in mounts))


def _each(option: str, *values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for value in values for word in (option, *value))


@frozen
class Off(Frozen):
    """Runs builds as ordinary processes of the user."""

    name: str = "off"
    private: bool = False
    helpers: int = 0
    warning: str | None = "the sandbox is off: builds see the whole machine and its network"

    def check(self, store: Path) -> None:
        """Return at once: it runs everywhere."""

    @property
    def rules(self) -> bytes:
        return b""

    def command(self, request: BuildRequest, alive: int, rules: int) -> tuple[str, ...]:  # noqa: ARG002  # Sandbox's
        return request.argv

    def environment(self, request: BuildRequest) -> dict[str, str]:
        return dict(request.environment)


def sandbox_named(name: str) -> Sandbox:
    """Return the sandbox called `bubblewrap` or `off`; KeyError for another name."""
    sandboxes: dict[str, Sandbox] = {"bubblewrap": Bubblewrap(), "off": Off()}
    return sandboxes[name]


def _closed(store: Path) -> Path | None:
    """Return the first folder on the way to a store that root alone may enter, as root."""
    groups = {os.getegid(), *os.getgroups()}
    real = store.resolve()
    for folder in (*reversed(real.parents), real):
        status = folder.stat()
        is_ours, is_group = status.st_uid == os.geteuid(), status.st_gid in groups
        if not status.st_mode & (0o100 if is_ours else 0o010 if is_group else 0o001):
            return folder
    return None


def _cannot_enter(folder: Path) -> Diagnostic:
    return Diagnostic(
        Code.E29,
        f"a build may not enter '{folder}', for it has no rights of root there",
        hint=f"keep the store elsewhere (--store-root), or: chmod o+x {folder}",
    )


def _cannot_run(problem: str) -> Diagnostic:
    return Diagnostic(
        Code.E30,
        problem,
        hint="install it (apt-get install bubblewrap) and allow user namespaces, "
        "or build with --sandbox=off",
    )
