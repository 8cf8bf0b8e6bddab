"""What of a unit decides how exposed it is: what it may do, and not what it runs.

In: the text of a unit. Out: a smaller unit with the same exposure. Units that may do the
same have the same one, so that a hundred services of one level are measured once.
"""

from .directives import COMMANDS
from .read import read

__all__ = ["bearing"]

NOT_BEARING = COMMANDS | {
    *("ExecStart", "Environment", "EnvironmentFile", "LoadCredential", "Restart", "RestartSec"),
}


def bearing(text: str) -> str:
    """Return the unit that `systemd-analyze security` is asked about in place of a whole one."""
    kept = [
        f"{key}={value}"
        for section, key, value in read(text)
        if section == "Service" and key not in NOT_BEARING
    ]
    return "\n".join(["[Service]", "ExecStart=/bin/true", *kept, ""])
