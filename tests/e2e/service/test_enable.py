"""`--enable` as a person meets it, with every kind of unit."""

from pathlib import Path

import pytest

from ..conftest import Punix
from .managed_site import site

STACK = site("""
    { name = "db" package = "Hello" binary = "hi" },
    { name = "job" package = "Hello" binary = "hi" timer = { onCalendar = "daily" } },
    { name = "off" package = "Hello" binary = "hi" enable = false },
    { name = "web" package = "Hello" binary = "hi" socket = { listenStream = ["8080"] } },
  """)


@pytest.mark.sandbox
def test_what_starts_a_service_is_what_starts_at_boot(
    punix: Punix, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("site.pcl").write_text(STACK)
    monkeypatch.setenv("PUNIX_STORE_ROOT", f"{tmp_path}/store")
    monkeypatch.setenv("PUNIX_DEPLOYMENTS_ROOT", "/srv/deploys")
    monkeypatch.setenv("PUNIX_TRANSPORT_ROOT", f"{tmp_path}/root")
    units = tmp_path / "root/etc/systemd/system"

    def links() -> list[str]:
        return sorted(str(path.relative_to(units)) for path in units.glob("*.wants/*"))

    wanted = [
        "multi-user.target.wants/db.service",
        "sockets.target.wants/web.socket",
        "timers.target.wants/job.timer",
    ]
    assert punix("service", "plan", "Site", "--file", "site.pcl", "--plan", "p").code == 0
    assert punix("service", "apply", "p", "--enable").code == 0
    assert links() == wanted
    assert all((units / link).read_text().startswith("[Unit]") for link in links())
    assert punix("service", "deploy", "Site", "--file", "site.pcl").code == 0
    assert links() == wanted
    (units / wanted[1]).unlink()
    found = punix("service", "verify", "Site")
    assert (found.code, "the link that starts it at boot is gone" in found.out) == (5, True)
    assert punix("service", "verify", "Site", "--fix").code == 0
    assert links() == wanted
    assert punix("service", "remove", "Site").code == 0
    assert list(units.parent.glob("**/*")) == []
