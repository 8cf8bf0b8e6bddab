"""What a build may not ask of the kernel, because no namespace keeps it apart.

In: nothing. Out: a program of seccomp(2) that refuses, as a kernel would that has none of it:

    add_key, request_key, keyctl    keyrings(7): keys belong to a user, in whatever namespace
    socket(AF_VSOCK, …)             vsock(7): a way to the host of a virtual machine
    socketcall, io_uring_setup      what makes sockets too, and hides of which family

It is a list of classic BPF instructions, as <linux/filter.h> has them: a code, how many to
skip if true and if false, a constant; what they look at is `struct seccomp_data`.
"""

import struct
from functools import cache
from typing import NamedTuple

__all__ = ["rules"]

LOAD, EQUAL, AND, RETURN = 0x20, 0x15, 0x54, 0x06
NUMBER, MACHINE, FIRST_ARGUMENT = 0, 4, 16
ALLOW, NO_SUCH_CALL = 0x7FFF0000, 0x00050000 | 38
AF_VSOCK = 40
IO_URING_SETUP = 425
"""On every machine."""
NOT_X32 = 0xBFFFFFFF
"""A bit says that a call is one of x32, which has the same numbers otherwise."""


class _Calls(NamedTuple):
    """A machine as <linux/audit.h> numbers it, and its numbers of these calls."""

    machine: int
    refused: tuple[int, ...]
    socket: int


MACHINES = (
    _Calls(0xC000003E, (248, 249, 250), 41),  # x86_64
    _Calls(0x40000003, (286, 287, 288, 102), 359),  # i386, which alone has socketcall
    _Calls(0xC00000B7, (217, 218, 219), 198),  # aarch64
    _Calls(0x40000028, (309, 310, 311), 281),  # arm
    _Calls(0xC00000F3, (217, 218, 219), 198),  # riscv64
)


@cache
def rules() -> bytes:
    """Return the program; a machine that it does not know may make every call."""
    return b"".join([*map(_machine, MACHINES), _step(RETURN, ALLOW)])


def _machine(calls: _Calls) -> bytes:
    """Return the instructions for one machine, which all others skip."""
    body = [
        _step(LOAD, NUMBER),
        _step(AND, NOT_X32),
        *map(_refuse, (*calls.refused, IO_URING_SETUP)),
        _step(EQUAL, calls.socket, if_not=3),
        _step(LOAD, FIRST_ARGUMENT),
        _refuse(AF_VSOCK),
        _step(RETURN, ALLOW),
    ]
    instructions = b"".join(body)
    others = len(instructions) // len(_step(RETURN, ALLOW))
    return _step(LOAD, MACHINE) + _step(EQUAL, calls.machine, if_not=others) + instructions


def _refuse(value: int) -> bytes:
    return _step(EQUAL, value, if_not=1) + _step(RETURN, NO_SUCH_CALL)


def _step(code: int, constant: int, *, if_not: int = 0) -> bytes:
    """Write an instruction; a comparison that fails skips `if_not` of them."""
    return struct.pack("=HBBI", code, 0, if_not, constant)
