"""What a build may try against the machine that it runs on, and who can do it.

In: a folder, the name of a sandbox and a user's number, as arguments. Out: JSON on stdout,
two sorted lists: the attempts that succeed for that user, and those that succeed for a build
which that user started in that sandbox. All happens in the folder, which is the user's.
"""

import contextlib
import ctypes
import json
import os
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from builds import Workshop, derive
from users import become

import punix.runtime.building.batch  # noqa: F401  see `become`
from punix.runtime.building.sandbox import sandbox_named

SPACES = ("ipc", "mnt", "net", "pid", "user", "uts")
ADD_KEY, KEYCTL = (248, 250) if os.uname().machine == "x86_64" else (217, 219)
"""Numbers of system calls; newer machines all have the same."""
JOIN_SESSION, READ_KEY, SESSION = 1, 11, -3
SECONDS = f"86400.{os.getpid()}"
"""An argument of a process of the user; no other process on the machine has it."""

ATTEMPTS = {
    "reach a server on the machine": "exec 3<>/dev/tcp/127.0.0.1/$PORT",
    "see a socket of the machine": 'grep -q "@$MARK" /proc/net/unix',
    "read a key in the caller's home": 'cat "$CALLER_HOME/.ssh/id_ed25519"',
    "find the caller's home": 'test -e "$CALLER_HOME"',
    "read the caller's environment": 'test -n "${SECRET-}"',
    "read the environment of a process": "grep -qs SECRET=leaked /proc/[0-9]*/environ",
    "see a process of the machine": 'grep -qs "[8]6400.$NUMBER" /proc/[0-9]*/cmdline',
    "see shared memory of the machine": "test -e /dev/shm/$MARK",
    "see a file of the machine": "test -e $FOLDER/note",
    "read the names of accounts": "cat /etc/passwd",
    "see what services keep": "test -e /var/lib",
    "read a key that the kernel keeps": f"perl -e 'exit(0 > syscall({KEYCTL}, {READ_KEY}, "
    "$ENV{KEY} + 0, 0, 0))'",
    "ask the host of a virtual machine": "perl -e 'socket(my $s, 40, 1, 0) or exit(1)'",
    "find an entry that is no input": "test -e $OTHER",
    "read the facts of entries": 'test -n "$(ls $OUTPUT/../.meta)"',
    "write beside the store": "test -w $FOLDER/note",
    "add to the store": "touch $OUTPUT/../.new",
    "add to an input": "chmod u+w $DEP_TOOL && touch $DEP_TOOL/new && rm $DEP_TOOL/new",
    "change an input": "chmod u+w $DEP_TOOL/done && echo >> $DEP_TOOL/done",
    "gain privileges by execve": 'grep -q "^NoNewPrivs:.0" /proc/self/status',
    "become root by setuid": 'test "$($DEP_TOOL/su -u)" = 0',
    "be root": 'test "$(id -u)" = 0',
    "have a capability": 'grep -qE "^Cap(Inh|Prm|Eff|Amb):.*[1-9a-f]" /proc/self/status',
    "mount": 'mount --bind "$FOLDER" "$FOLDER" && umount "$FOLDER"',
    "write to the system's folders": "test -w /usr -o -w /etc",
    "set a value of the kernel": "test -w /proc/sys/kernel/core_pattern",
    **{
        f"share the machine's {kind} namespace": f'test "$(readlink /proc/self/ns/{kind})" = '
        f'"${kind.upper()}_SPACE"'
        for kind in SPACES
    },
}
"""For each attempt a command that succeeds if it does; none leaves a trace outside the folder."""

IN_DOUBT = {
    "read a key that the kernel keeps",
    "ask the host of a virtual machine",
    "become root by setuid",
    "be root",
    "have a capability",
    "mount",
    "write to the system's folders",
    "set a value of the kernel",
}
"""Attempts that the machine itself may refuse to its user: for want of root, or in a container."""


SCRIPT = "touch $OUTPUT/did\n" + "".join(
    f"if ({command}) >/dev/null 2>&1; then echo {shlex.quote(name)} >> $OUTPUT/did; fi\n"
    for name, command in ATTEMPTS.items()
)


def main(folder: Path, sandbox: str, user: int) -> None:
    """Let the user, and a build that the user starts, try everything."""
    (folder / "su").write_bytes(Path("/usr/bin/id").read_bytes())
    (folder / "su").chmod(0o4755)
    become(user)
    shop = Workshop.at(folder, sandbox_named(sandbox))
    tool, other = derive("Tool", "touch $OUTPUT/done"), derive("Other", "touch $OUTPUT/done")
    shop.ok(tool, other)
    shop.output(tool).chmod(0o755)
    (folder / "su").rename(shop.output(tool) / "su")
    with world(folder) as things:
        things |= {"OTHER": str(shop.output(other)), "FOLDER": str(folder)}
        order = derive("Try", SCRIPT, env=things, inputs=[tool])
        shop.ok(order)
        here = shop.store.inner("by-hand")
        here.mkdir()
        things |= {"OUTPUT": str(here), "DEP_TOOL": str(shop.output(tool))}
        subprocess.run(["bash", "-c", SCRIPT], env=os.environ | things, check=True)
    json.dump([succeeded(here), succeeded(shop.output(order))], sys.stdout)


@contextlib.contextmanager
def world(folder: Path) -> Iterator[dict[str, str]]:
    """Make what a build may look for; yields the variables that tell where it is."""
    (folder / "home" / ".ssh").mkdir(parents=True)
    (folder / "home" / ".ssh" / "id_ed25519").write_text("key")
    (folder / "note").touch()
    mark = f"punix-{os.getpid()}"
    shared = Path("/dev/shm", mark)
    os.environ |= {"SECRET": "leaked", "HOME": str(folder / "home")}
    with contextlib.ExitStack() as ending:
        server = ending.enter_context(socket.create_server(("127.0.0.1", 0)))
        named = ending.enter_context(socket.socket(socket.AF_UNIX))
        named.bind(f"\0{mark}")
        shared.touch()
        ending.callback(shared.unlink)
        witness = ending.enter_context(subprocess.Popen(["sleep", SECONDS]))
        ending.callback(witness.kill)
        yield {
            "PORT": str(server.getsockname()[1]),
            "MARK": mark,
            "NUMBER": SECONDS.partition(".")[2],
            "KEY": str(_new_key()),
            "CALLER_HOME": os.environ["HOME"],
            **{f"{kind.upper()}_SPACE": os.readlink(f"/proc/self/ns/{kind}") for kind in SPACES},
        }


def _new_key() -> int:
    """Give a key to this process and all that come of it; its number, -1 where none is made."""
    call = ctypes.CDLL(None).syscall
    call(KEYCTL, JOIN_SESSION, None)
    return int(call(ADD_KEY, b"user", b"punix", b"secret", 6, ctypes.c_int(SESSION)))


def succeeded(folder: Path) -> list[str]:
    return sorted((folder / "did").read_text().splitlines())


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
