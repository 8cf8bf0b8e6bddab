"""Which machine this is, as derivations name it."""

import os

__all__ = ["this_system"]


def this_system() -> str:
    """Name the machine that builds happen on: `x86_64-linux`."""
    here = os.uname()
    return f"{here.machine}-{here.sysname.lower()}"
