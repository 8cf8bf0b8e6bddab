"""A machine is halted while a deploy is under way, and booted again from the same disk."""

from pathlib import Path

import pytest
from machine import KEEPS, boot, disk

from punix.runtime.units.status import status

from .conftest import Shared, activation, here
from .test_killed_activation import NEW, OLD, begin_to_deploy, check, check_running, put

pytestmark = pytest.mark.systemd


def test_what_is_enabled_starts_as_it_is_live_and_the_next_deploy_goes_on(debian: Path) -> None:
    with disk(debian) as root:
        with boot(root, KEEPS) as machine:
            put(Shared(machine, root), OLD, enable=True)
            begin_to_deploy(Shared(machine, root), NEW, "before", "restart")
        with boot(root, KEEPS) as machine:
            again = Shared(machine, root)
            check_running(again, {"db": "/bin/sleep 1001", "web": "/bin/sleep 1005"})
            found = status(here(again), activation(again), lambda _: None)
            assert (found.live, found.active, found.unsettled) == (2, 1, "activation interrupted")
            missed = "it should run, and does not"
            assert [one.service for one in found.units if one.problem == missed] == ["extra"]
            check(again, put(again, NEW), NEW)
