"""Links that start units at boot: made with `--enable`, kept, mended, and taken along."""

from dataclasses import replace
from pathlib import Path

import pytest
from faults import Unsynced
from stacks_on_disk import UNITS, caller, outside, target, units, wish

from punix.ir.bundle import Bundle
from punix.ir.names import UnitName
from punix.runtime.deploy.target.layout import Target
from punix.runtime.deploy.transaction.verify import verify, verify_and_repair
from punix.runtime.service.deploy import deploy
from punix.runtime.service.outcome import Outcome
from punix.runtime.service.remove import remove
from punix.runtime.service.switch import rollback

WANTS = f"{UNITS[1:]}/multi-user.target.wants"
WEB = units({"web": "1"})
BOTH = units({"db": "1", "web": "1"})


def put(here: Target, bundle: Bundle, *, enable: bool = False) -> Outcome:
    return deploy(here, replace(wish(bundle), enable=enable), caller())


def links(root: Path) -> dict[str, str]:
    return {path.name: str(path.readlink()) for path in (root / WANTS).glob("*")}


def without_boot(bundle: Bundle, name: str) -> Bundle:
    found = (replace(one, enable=one.service != name) for one in bundle.units)
    return replace(bundle, units=tuple(found))


def drifts(here: Target, *, fix: bool = False) -> list[tuple[str, str]]:
    found = (verify_and_repair if fix else verify)(here, caller()).drifts
    return [(one.path.rpartition("/")[2], one.what) for one in found]


def test_only_with_enable_and_kept_without(tmp_path: Path) -> None:
    here = target(tmp_path)
    assert put(here, WEB).live.enablement == ()
    assert links(tmp_path) == {}
    done = put(here, WEB, enable=True)
    assert (done.live.enablement, done.skipped) == (("web.service",), ())
    assert links(tmp_path) == {"web.service": "../web.service"}
    assert (tmp_path / WANTS / "web.service").read_text().startswith("[Service]")
    put(here, BOTH)
    assert links(tmp_path) == {"web.service": "../web.service"}
    put(here, BOTH, enable=True)
    assert sorted(links(tmp_path)) == ["db.service", "web.service"]


def test_a_service_that_gets_a_socket_starts_at_boot_by_that(tmp_path: Path) -> None:
    here = target(tmp_path)
    put(here, WEB, enable=True)
    web = WEB.units[0]
    listens = replace(
        web, name=UnitName("web.socket"), kind="socket", wanted_by="sockets.target", executable=()
    )
    behind = replace(web, triggers=(listens.name,), wanted_by=None)
    done = put(here, replace(WEB, units=(listens, behind)))
    assert done.live.enablement == ("web.socket",)
    wants = tmp_path / UNITS[1:] / "sockets.target.wants/web.socket"
    assert (wants.readlink(), links(tmp_path)) == (Path("../web.socket"), {})


def test_what_goes_takes_its_link_along(tmp_path: Path) -> None:
    here = target(tmp_path)
    put(here, BOTH, enable=True)
    put(here, WEB)
    assert sorted(links(tmp_path)) == ["web.service"]
    put(here, without_boot(WEB, "web"), enable=True)
    assert not (tmp_path / WANTS).exists()
    rollback(here, None, caller())
    assert sorted(links(tmp_path)) == ["web.service"]
    remove(here, caller())
    assert not (tmp_path / WANTS).exists()


def test_a_folder_of_many_links_is_listed_once(tmp_path: Path) -> None:
    class Listing(Unsynced):
        def names(self, path: str) -> list[str]:
            listed.append(path)
            return super().names(path)

    listed: list[str] = []
    here = target(tmp_path, transport=Listing(str(tmp_path)))
    put(here, units({f"web{number}": "1" for number in range(20)}), enable=True)
    listed.clear()
    assert drifts(here) == []
    assert listed.count(UNITS) == 1
    listed.clear()
    remove(here, caller())
    assert listed.count(f"/{WANTS}") == 1
    assert not (tmp_path / WANTS).exists()


def test_what_is_not_ours_stays(tmp_path: Path) -> None:
    here = target(tmp_path)
    (tmp_path / WANTS).mkdir(parents=True)
    (tmp_path / WANTS / "web.service").symlink_to("/lib/systemd/system/web.service")
    (tmp_path / WANTS / "other.service").symlink_to("../other.service")
    theirs = links(tmp_path)
    done = put(here, BOTH, enable=True)
    assert [(one.path, one.reason) for one in done.skipped] == [
        (f"/{WANTS}/web.service", "it is not ours")
    ]
    remove(here, caller())
    assert links(tmp_path) == theirs


def test_what_systemctl_disable_did_is_named_and_mended(tmp_path: Path) -> None:
    here = target(tmp_path)
    put(here, BOTH, enable=True)
    before = outside(tmp_path)
    (tmp_path / WANTS / "web.service").unlink()
    (tmp_path / UNITS[1:] / "web.service").unlink()
    gone = [("web.service", "missing"), ("web.service", "disabled")]
    assert drifts(here) == gone
    assert drifts(here, fix=True) == gone
    assert drifts(here) == []
    assert outside(tmp_path) == before


@pytest.mark.parametrize("leads", ["/srv/deploys/HelloStack/gen-001{}", "../../../other"])
def test_a_link_that_leads_elsewhere_is_named_and_mended(tmp_path: Path, leads: str) -> None:
    here = target(tmp_path)
    put(here, WEB, enable=True)
    before = outside(tmp_path)
    link = tmp_path / WANTS / "web.service"
    link.unlink()
    link.symlink_to(leads.format(f"{UNITS}/web.service"))
    what = "enabled" if "gen" in leads else "link"
    assert drifts(here) == [("web.service", what)]
    assert drifts(here, fix=True) == [("web.service", what)]
    assert drifts(here) == []
    assert outside(tmp_path) == before
