"""What a command does to the disk, counted: independent of the size of the stack."""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from faults import Faulty, Unsynced, memory_folder
from stacks_on_disk import bundle, caller, copy, link, services, target, wish

from punix.ir.bundle import Bundle
from punix.runtime.service.deploy import deploy
from punix.runtime.service.remove import remove
from punix.runtime.service.switch import rollback


def counted(root: Path) -> Faulty:
    return Faulty(Unsynced(str(root)))


def changes_of_deploy(root: Path, stack: Bundle) -> Counter[str]:
    counter = counted(root)
    deploy(target(root, transport=counter.as_transport()), wish(stack), caller())
    return Counter(counter.calls)


def changes_of_rollback(count: int) -> list[str]:
    with memory_folder() as root:
        deploy(target(root), wish(services(count, "1")), caller())
        deploy(target(root), wish(services(count, "2")), caller())
        counter = counted(root)
        rollback(target(root, transport=counter.as_transport()), None, caller())
        return counter.calls


def test_a_rollback_of_1000_services_changes_what_one_of_2_does() -> None:
    assert changes_of_rollback(2) == changes_of_rollback(1000)


def test_fsyncs_do_not_grow_with_files() -> None:
    syncs = []
    for count in (2, 200):
        with memory_folder() as root:
            found = [changes_of_deploy(root, services(count, text)) for text in ("1", "2")]
            syncs.append([one["sync_folder"] + one["sync_filesystem"] for one in found])
    assert syncs[0] == syncs[1]


def test_copies_are_synced_together() -> None:
    syncs = []
    for count in (2, 200):
        files = {f"/etc/copy{number}": copy("c") for number in range(count)}
        with memory_folder() as root:
            syncs.append(changes_of_deploy(root, bundle(files))["sync_filesystem"])
    assert syncs[0] == syncs[1]


def test_the_same_content_writes_manifest_journal_links_and_history(tmp_path: Path) -> None:
    changes_of_deploy(tmp_path, services(50))
    assert changes_of_deploy(tmp_path, services(50)) == {
        "write": 2,  # journal, manifest
        "make_link": 2,  # current, live
        "rename": 4,
        "remove": 1,  # journal
        "append": 1,  # history
        "sync_folder": 3,
    }


def test_unchanged_files_are_second_names_of_the_old_ones(tmp_path: Path) -> None:
    files = {f"/etc/{number}": link(str(number)) for number in range(20)}
    deploy(target(tmp_path), wish(bundle(files)), caller())
    found = changes_of_deploy(tmp_path, bundle(files | {"/etc/0": link("changed")}))
    assert found["hard_link"] == 19
    assert found["write"] == 4  # journal, manifest, bundle, the changed file


def test_2000_services_deploy() -> None:
    with memory_folder() as root:
        done = deploy(target(root), wish(services(2000)), caller())
        assert len(done.live.units) == 2000
        assert len(list((root / "etc/systemd/system").iterdir())) == 2000


def test_two_stacks_of_1000_services_deploy_side_by_side() -> None:
    with memory_folder() as root:
        for stack in ("One", "Two"):
            files = {f"/etc/systemd/system/{stack}{at}.service": link(stack) for at in range(1000)}
            done = deploy(target(root, stack), wish(bundle(files, stack)), caller())
            assert len(done.live.files) == 1000
        names = [path.name for path in (root / "etc/systemd/system").iterdir()]
        assert sorted(Counter(name[:3] for name in names).items()) == [("One", 1000), ("Two", 1000)]
        remove(target(root, "One"), caller())
        assert len(list((root / "etc/systemd/system").iterdir())) == 1000


ROLLBACK = """
import sys
from pathlib import Path
from stacks_on_disk import caller, target
from punix.runtime.service.switch import rollback
rollback(target(Path(sys.argv[1])), None, caller())
"""
CALLS = "write,rename,renameat,renameat2,symlink,symlinkat,unlink,unlinkat,mkdir,rmdir,link,linkat"


@pytest.mark.strace
def test_system_calls_of_a_rollback_do_not_grow_with_services() -> None:
    counts = []
    for count in (1, 1000):
        with memory_folder() as root:
            for text in "12":
                deploy(target(root / "root"), wish(services(count, text)), caller())
            trace = root / "trace"
            watch = ["strace", "-f", f"-o{trace}", "-e", f"trace={CALLS}"]
            program = [sys.executable, "-B", "-c", ROLLBACK, str(root / "root")]
            environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
            subprocess.run([*watch, *program], env=environment, check=True)
            calls = re.findall(r"^\d+ +(\w+)\(", trace.read_text(), re.MULTILINE)
            counts.append(Counter(calls))
    assert counts[0] == counts[1]
    assert counts[0]["rename"] == 3  # journal, current, live
