"""A program that dies: `activate_once.py LEADER ROOT JOB WHEN TEXTS`, one deploy with activation.

Units are those of TEXTS, JSON of names and lines of `[Service]`, on the machine whose PID 1 is
LEADER. At the first JOB (`stop`, `daemon-reload`, …) it kills itself with SIGKILL: `before` it
asks for it, or `within`, when it has asked and the machine is at it.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from stacks_on_disk import caller, target, units, wish

from punix.backends.systemd.transition import transition
from punix.runtime.deploy.target.local import Local
from punix.runtime.deploy.target.transport import Run
from punix.runtime.service.deploy import deploy
from punix.runtime.units.activation import Activation
from punix.runtime.units.manager import Systemctl


class Dying(Local):
    """Files of this machine, programs of another, and death at one of them."""

    def __init__(self, root: str, leader: str, job: str, when: str) -> None:
        super().__init__(root)
        self.inside = ["nsenter", "-t", leader, "-a", "--"]
        self.job, self.when = job, when

    def run(self, command: Sequence[str], seconds: float) -> Run:
        if command[1] == self.job:
            if self.when == "within":  # the job is queued by then, and begins
                subprocess.run([*self.inside, command[0], "--no-block", *command[1:]], check=True)
            os.kill(os.getpid(), signal.SIGKILL)
        done = subprocess.run(
            [*self.inside, *command], capture_output=True, timeout=seconds, check=False
        )
        return Run(done.returncode, (done.stdout + done.stderr).decode())


def main(leader: str, root: str, job: str, when: str, texts: str) -> None:
    transport = Dying(root, leader, job, when)
    wanted = replace(
        wish(units(json.loads(texts))), activation=Activation(Systemctl(transport.run), transition)
    )
    deploy(target(Path(root), transport=transport), wanted, caller())


if __name__ == "__main__":
    main(*sys.argv[1:])
