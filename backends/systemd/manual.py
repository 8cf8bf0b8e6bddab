"""The directives of the hardening levels, explained: what they forbid and what that breaks.

In: nothing. Out: an entry for each directive, from which `punix explain` makes its pages.
The facts are those of systemd.exec(5) and capabilities(7).
"""

from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["MANUAL", "Entry"]


class Entry(NamedTuple):
    """A directive: what it forbids and what for; what stops working; an exception from it.

    `instead` is the value of the exception as PCL has it, "" where the directive is left out.
    """

    forbids: str
    breaks: str
    instead: str
    reason: str


MANUAL: Mapping[str, Entry] = {
    "CapabilityBoundingSet": Entry(
        "Takes the rights of root apart and leaves only those named; a process that gets root by "
        "a fault, or runs as root, has no others. `default` leaves the right to open ports below "
        "1024, `strict` none.",
        "A daemon that becomes another user itself, changes owners of files, reads files of others "
        "as root, sends raw packets or sets the network up.",
        '"CAP_NET_BIND_SERVICE CAP_NET_RAW"',
        "it sends pings",
    ),
    "LockPersonality": Entry(
        "Keeps a process from changing how the kernel lays out and runs programs for it, which "
        "turns protections of its memory off and reaches code that is little tested.",
        "Emulators of other systems, and `setarch`.",
        "",
        "it runs 32-bit programs in an emulator",
    ),
    "MemoryDenyWriteExecute": Entry(
        "Forbids memory that is written and then executed, which is how injected code gets to run.",
        "What compiles code as it runs: JavaScript engines, Java, .NET, LuaJIT, PyPy, some regular "
        "expression libraries; and libffi where it makes callbacks.",
        "",
        "its JavaScript engine compiles as it runs",
    ),
    "NoNewPrivileges": Entry(
        "No program that the service starts gets more rights than it has, whatever setuid bits or "
        "file capabilities that program has.",
        "`sudo`, `su`, `ping` or a setuid helper called by the service; some mail servers.",
        "false",
        "it delivers mail by a setuid helper",
    ),
    "PrivateDevices": Entry(
        "Gives it a /dev of its own with null, zero, random and terminals, and no disk or other "
        "hardware.",
        "What uses hardware: sound, graphics, serial ports, USB, /dev/fuse, /dev/kvm, tunnels.",
        "false",
        "it reads a serial port",
    ),
    "PrivateMounts": Entry(
        "What the service mounts is seen by itself alone, and goes when it ends.",
        "A service that mounts file systems for others.",
        "false",
        "it mounts disks for others",
    ),
    "PrivateTmp": Entry(
        "Gives it a /tmp and a /var/tmp of its own, which go when it ends: no other can read its "
        "temporary files or put links in their way.",
        "Services that meet in /tmp by a socket or a file; packages that lie there.",
        "false",
        "it shares a socket in /tmp",
    ),
    "PrivateUsers": Entry(
        "The service sees root, itself and nobody: all other users are one, and rights of root "
        "hold for nothing outside.",
        "Ports below 1024, also with `AmbientCapabilities`; files that are told apart by their "
        "owner; capabilities of any kind.",
        "false",
        "it tells callers apart by their uid",
    ),
    "ProcSubset": Entry(
        "Leaves of /proc only what concerns processes, and nothing of the kernel and its settings.",
        "What reads /proc/cpuinfo, /proc/meminfo, /proc/stat, /proc/mounts of others or "
        "/proc/sys: run-time systems that count processors or memory, monitoring.",
        '"all"',
        "it sizes its pool by /proc/meminfo",
    ),
    "ProtectClock": Entry(
        "Forbids to set the clock of the machine, by which certificates, logs and timers go.",
        "Time servers.",
        "false",
        "it sets the clock",
    ),
    "ProtectControlGroups": Entry(
        "Makes the tree of control groups read-only, in which limits of all services are kept.",
        "Managers of containers.",
        "false",
        "it starts containers",
    ),
    "ProtectHome": Entry(
        "Hides /home, /root and /run/user: keys, mail and papers of people.",
        "What serves or backs up home folders; packages that lie there.",
        '"read-only"',
        "it backs up home folders",
    ),
    "ProtectHostname": Entry(
        "Forbids to change the name of the machine.",
        "What sets it up; a service does not see it change while it runs.",
        "false",
        "it sets the name that a lease gives",
    ),
    "ProtectKernelLogs": Entry(
        "Hides the log of the kernel, which has addresses of its memory and words of others.",
        "Collectors of logs that read /dev/kmsg, and `dmesg`.",
        "false",
        "it collects messages of the kernel",
    ),
    "ProtectKernelModules": Entry(
        "Forbids to load code into the kernel, and hides the modules that there are.",
        "What loads drivers or firewall modules itself; load them by modules-load.d instead.",
        "false",
        "it loads the module of its tunnel",
    ),
    "ProtectKernelTunables": Entry(
        "Makes the settings of the kernel in /proc/sys, /sys and the like read-only.",
        "What sets sysctl values or drives hardware through /sys; use sysctl.d instead.",
        "false",
        "it sets brightness in /sys",
    ),
    "ProtectProc": Entry(
        "Hides processes of other users in /proc: their arguments, environment and limits.",
        "Monitoring; `ps` shows the service's own. Root sees all where it has CAP_SYS_PTRACE.",
        '"default"',
        "it watches all processes",
    ),
    "ProtectSystem": Entry(
        "`full` makes /usr, /boot, /efi and /etc read-only; `strict` everything but /dev, /proc, "
        "/sys and the folders that the service names.",
        "Under `full` programs that write to /etc or update themselves; under `strict` all that "
        "write where no StateDirectory, CacheDirectory, LogsDirectory, RuntimeDirectory or "
        "ReadWritePaths is.",
        '"full"',
        "it writes to /srv/images",
    ),
    "RemoveIPC": Entry(
        "Removes shared memory and queues of its user when it ends. Root's are never touched.",
        "Two services of one user that share memory, such as a database beside its backup.",
        "false",
        "its segments outlive it",
    ),
    "RestrictAddressFamilies": Entry(
        "Leaves sockets for IPv4, IPv6 and those of paths; with `default` also netlink, by which "
        "programs learn addresses of the machine. Others are rarely used and have had many faults.",
        "Packet capture, Bluetooth, CAN, virtual machine sockets; under `strict` what asks for "
        "routes or interfaces.",
        '"AF_INET AF_INET6 AF_UNIX AF_NETLINK"',
        "it follows changes of addresses",
    ),
    "RestrictNamespaces": Entry(
        "Forbids name spaces of its own, with which much of the kernel comes into reach.",
        "Containers, sandboxes of browsers, bubblewrap, `unshare`.",
        "false",
        "it renders pages in a sandboxed browser",
    ),
    "RestrictRealtime": Entry(
        "Forbids real-time scheduling, with which a process can take a processor from all others.",
        "Sound, telephony, control of machines.",
        "false",
        "it plays sound without gaps",
    ),
    "RestrictSUIDSGID": Entry(
        "Forbids to make files that run with the rights of their owner or group.",
        "Installers and package managers; folders whose group is inherited.",
        "false",
        "it unpacks system images",
    ),
    "SystemCallArchitectures": Entry(
        "Leaves system calls of the machine's own architecture, and none by the tables of another, "
        "through which filters have been passed by.",
        "32-bit programs on a 64-bit machine.",
        '"native x86"',
        "it runs 32-bit tools",
    ),
    "SystemCallErrorNumber": Entry(
        "A system call that SystemCallFilter refuses fails with EPERM, where without this the "
        "process would be killed.",
        "Nothing: it makes what the filter breaks easier to see, and some programs go on without.",
        "",
        "better ended than confused",
    ),
    "SystemCallFilter": Entry(
        "Leaves the system calls that services use, without those for root; `strict` takes those "
        "that change priorities and limits as well. What a process cannot call it cannot misuse.",
        "Changing users or owners, which needs an exception from CapabilityBoundingSet as well; "
        "mounting, tracing, loading modules; under `strict` also `nice`, binding to processors and "
        "raising limits.",
        '"@system-service @mount"',
        "it mounts images of disks",
    ),
    "UMask": Entry(
        "Files that it makes can be read by its own user alone.",
        "A service whose files others read: a web root, a socket for a group.",
        '"0027"',
        "its group reads what it writes",
    ),
}
