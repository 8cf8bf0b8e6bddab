"""`punix`, as if it ran on a machine of the tests: `on_machine.py LEADER ROOT [ARGUMENT]...`.

Files go below ROOT, a folder that the machine sees as well; programs run on the machine whose
PID 1 is LEADER, and so do its units. Started in that machine's network, it asks its services.
"""

import subprocess
import sys
from collections.abc import Sequence
from unittest.mock import patch

from punix.cli.main import main
from punix.runtime.deploy.target.local import Local
from punix.runtime.deploy.target.transport import Run


class There(Local):
    """Files of this machine, programs of another."""

    def __init__(self, root: str, leader: str) -> None:
        super().__init__(root)
        self.leader = leader

    def at(self, path: str) -> str:
        """Return where this machine sees the processes of the other one."""
        return f"/proc/{self.leader}/root{path}" if path.startswith("/proc/") else super().at(path)

    def run(self, command: Sequence[str], seconds: float) -> Run:
        asked = ["nsenter", "-t", self.leader, "-a", "--", *command]
        done = subprocess.run(
            asked, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=seconds, check=False
        )
        return Run(done.returncode, done.stdout.decode())


def on_machine(leader: str, root: str) -> None:
    """Run the command of `sys.argv`; the folder counts as what its machine's manager runs."""
    with (
        patch("punix.cli.service.target.Local", lambda _: There(root, leader)),
        patch("punix.cli.service.activate.barrier", lambda *_: None),
    ):
        main()


if __name__ == "__main__":
    leader, root, *sys.argv[1:] = sys.argv[1:]
    on_machine(leader, root)
