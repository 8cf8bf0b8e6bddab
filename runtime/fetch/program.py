"""Programs that fetching needs: whether they are there, and what they see of the caller.

In: a name; the environment of this process. Out: a located E31, or the few variables
that such a program gets.
"""

import os

from ...ir.span import Span
from .failure import cannot

__all__ = ["PROXIES", "need", "tidy_environment"]

PROXIES = (
    "http_proxy",
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
    "no_proxy",
    "NO_PROXY",
)
PASSED = ("PATH", "SUDO_UID", "SSH_AUTH_SOCK", "SSL_CERT_FILE", "SSL_CERT_DIR", *PROXIES)
"""How to reach others, how to know them, and for root whose repositories git may trust too."""


def need(program: str, span: Span) -> None:
    """Raise FetchFailed if a program is not installed; its Debian package has its name."""
    import shutil  # imports all compressions; most builds ask for no program

    if shutil.which(program) is None:
        hint = f"install it: apt-get install {program}"
        raise cannot(f"this needs the program '{program}'", span, hint)


def tidy_environment() -> dict[str, str]:
    """Return what a program may see of the environment."""
    found = {name: os.environ[name] for name in PASSED if name in os.environ}
    return {**found, "LC_ALL": "C", "TZ": "UTC", "HOME": "/homeless"}
