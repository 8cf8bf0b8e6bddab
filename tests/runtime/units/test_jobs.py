"""What a job came to, by the states that systemd tells when it has ended."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from stacks import manifest
from stacks_on_disk import units

from punix.ir.health import ExecCheck, Health
from punix.ir.manifest import ManifestUnit
from punix.ir.names import UnitName
from punix.runtime.deploy.target.steps import silent
from punix.runtime.deploy.target.transport import Run
from punix.runtime.units.jobs import act
from punix.runtime.units.manager import Systemctl

RUNS = "ActiveState=active\nSubState=running"
ANEW = f"{RUNS}\nNRestarts=1"
TRIED = "ActiveState=activating\nSubState=auto-restart"
DONE = "ActiveState=inactive\nSubState=dead\nType=oneshot"
DEAD = "ActiveState=inactive\nSubState=dead\nType=simple"
FAILED = "ActiveState=failed\nSubState=failed\nType=oneshot"


def known(**requires: Sequence[str]) -> dict[UnitName, ManifestUnit]:
    """Units by name, with what each requires; `web` is asked for its health."""
    health = Health(ExecCheck((("/bin/true",),)), 9, 0)
    bundle = units(
        dict.fromkeys(requires, ""), health=lambda name: health if name == "web" else None
    )
    return {
        one.name: replace(
            one, requires=tuple(UnitName(f"{name}.service") for name in requires[one.service])
        )
        for one in manifest(bundle).units
    }


@pytest.mark.parametrize(
    ("web", "job", "requires", "wrong"),
    [
        (ANEW, DONE, (), []),
        (TRIED, DONE, (), []),
        (ANEW, DONE, ("web",), ["job"]),
        (ANEW, DEAD, (), ["job"]),
        (ANEW, FAILED, (), ["job"]),
        (RUNS, DEAD, (), ["job"]),
    ],
)
def test_who_is_to_blame_for_a_job_that_failed(
    web: str, job: str, requires: Sequence[str], wrong: list[str]
) -> None:
    def run(command: Sequence[str], _: float) -> Run:
        shown = f"Id=job.service\n{job}\n\nId=web.service\n{web}\n"
        return Run(0, shown) if command[1] == "show" else Run(1, "Job for web.service failed")

    of = known(job=requires, web=())
    done, found = act(Systemctl(run), "restart", list(of), 1, silent, of)
    assert found == [UnitName(f"{name}.service") for name in wrong]
    assert (done.code != 0) == bool(wrong)
