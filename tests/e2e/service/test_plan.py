"""`service plan` and `apply`: seen before, done just so, or refused because something moved."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from stacks_on_disk import tree

from punix.cli.compiling.stored import read_plan
from punix.cli.options import Roots
from punix.cli.service.target import target
from punix.ir.names import Digest, ModuleName, RootPath
from punix.runtime.deploy.records import journal
from punix.runtime.deploy.records.journal import Journal
from punix.runtime.files.sealed import seal

from ..conftest import Punix
from .managed_site import edit

STACK = """
module Hello {
  pname = "hello" version = "1.0"
  recipe = "std.shell"
  recipeArgs = { command = "mkdir -p $OUTPUT/bin && cp /bin/true $OUTPUT/bin/hi" }
}
module Site {
  backend = "systemd"
  services = [
    { name = "web" package = "Hello" binary = "hi" args = ["/etc/web.conf"] },
    { name = "worker" package = "Hello" binary = "hi" args = ["/etc/worker.conf"]
      environment = { TOKEN = { from_env = "SITE_TOKEN" } } }
  ]
  configFiles = [
    { path = "/etc/web.conf" content = "port = 80\\n" },
    { path = "/etc/worker.conf" content = "jobs = 1\\n" }
  ]
}
"""


@pytest.fixture
def roots(roots: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    monkeypatch.setenv("SITE_TOKEN", "canary")
    Path("site.pcl").write_text(STACK)
    return roots


def plan(punix: Punix, roots: tuple[str, ...], *more: object) -> str:
    outcome = punix("service", "plan", "Site", "--file", "site.pcl", *roots, *more)
    assert outcome.code == 0, outcome.err
    return outcome.out


def deploy(punix: Punix, roots: tuple[str, ...]) -> None:
    outcome = punix("service", "deploy", "Site", "--file", "site.pcl", *roots)
    assert outcome.code == 0, outcome.err


def activated(tmp_path: Path, number: int) -> None:
    """Let an activation of a generation have completed."""
    link = Path(f"{tmp_path}/root{tmp_path}/deploys/Site/active")
    link.unlink(missing_ok=True)
    link.symlink_to(f"gen-{number:03}.json")


@pytest.mark.systemd
def test_a_stack_that_was_never_deployed_and_nothing_is_written(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    before = tree(tmp_path)
    assert plan(punix, roots).splitlines() == [
        "Site: nothing is live here",
        "  start web.service: it is new (site.pcl:10)",
        "  start worker.service: it is new (site.pcl:11)",
        "  exposure 9.6: web.service worker.service",
        "  + /etc/web.conf (site.pcl:15)",
        "  + /etc/worker.conf (site.pcl:16)",
        "  + /etc/systemd/system/web.service (site.pcl:10)",
        "  + /etc/systemd/system/worker.service (site.pcl:11)",
        "  + package hello-1.0",
        "units, with --activate: 2 start; files: 4 added",
        "packages: which others they need to run is known after the build",
    ]
    assert tree(tmp_path) == before


@pytest.mark.sandbox
def test_one_line_of_one_file(punix: Punix, roots: tuple[str, ...], tmp_path: Path) -> None:
    deploy(punix, roots)
    edit("port = 80", "port = 81")
    before = tree(tmp_path)
    assert plan(punix, roots).splitlines() == [
        "Site: gen-001 is live, and none was activated",
        "  restart web.service: /etc/web.conf changed (site.pcl:15)",
        "  start worker.service: it may not run (site.pcl:11)",
        "  ~ /etc/web.conf (site.pcl:15)",
        "      @@ -1 +1 @@",
        "      -port = 80",
        "      +port = 81",
        "units, with --activate: 1 restart, 1 start; files: 1 changed, 3 kept",
    ]
    assert tree(tmp_path) == before


@pytest.mark.sandbox
def test_what_can_reload_is_not_restarted(punix: Punix, roots: tuple[str, ...]) -> None:
    edit('args = ["/etc/web.conf"]', 'args = ["/etc/web.conf"] reloadSignal = "SIGHUP"')
    deploy(punix, roots)
    edit("port = 80", "port = 81")
    assert plan(punix, roots).splitlines()[1] == (
        "  reload web.service: /etc/web.conf changed (site.pcl:15)"
    )


@pytest.mark.sandbox
def test_what_is_live_and_active_needs_nothing(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    deploy(punix, roots)
    activated(tmp_path, 1)
    assert plan(punix, roots) == "Site: gen-001 is live\nnothing changes\n"
    found = json.loads(plan(punix, roots, "--format", "json"))
    assert (found["version"], found["changes"], found["live"]) == (1, False, 1)


@pytest.mark.sandbox
def test_what_a_remove_would_do(punix: Punix, roots: tuple[str, ...], tmp_path: Path) -> None:
    deploy(punix, roots)
    before = tree(tmp_path)
    outcome = punix("service", "plan", "Site", "--remove", *roots)
    assert outcome.out.splitlines() == [
        "Site: gen-001 is live, and none was activated",
        "  stop worker.service: the stack is removed (site.pcl:11)",
        "  stop web.service: the stack is removed (site.pcl:10)",
        "  - /etc/web.conf",
        "  - /etc/worker.conf",
        "  - /etc/systemd/system/web.service",
        "  - /etc/systemd/system/worker.service",
        "  - package hello-1.0",
        "units, with --activate: 2 stop; files: 4 removed",
    ]
    assert tree(tmp_path) == before
    assert punix("service", "remove", "Site", *roots).code == 0
    gone = punix("service", "plan", "Site", "--remove", *roots)
    assert "[E26] stack 'Site' is not deployed here" in gone.err


@pytest.mark.parametrize("option", ["--file", "--plan"])
def test_a_plan_is_for_a_program_or_for_a_remove(
    punix: Punix, roots: tuple[str, ...], option: str
) -> None:
    outcome = punix("service", "plan", "Site", *roots, "--remove", option, "p")
    assert outcome.code == 2
    assert f"{option} and --remove do not go together" in outcome.err
    assert not Path("p").exists()


@pytest.mark.sandbox
def test_a_package_made_of_other_things(punix: Punix, roots: tuple[str, ...]) -> None:
    deploy(punix, roots)
    edit("/bin/true", "/bin/false")
    lines = plan(punix, roots).splitlines()
    assert lines[1].startswith("  restart web.service: package hello-1.0 changed (site.pcl:")
    assert any(line.startswith("  ~ package hello-1.0: made of other things (") for line in lines)


@pytest.mark.sandbox
def test_secrets_are_compared_and_never_shown(
    punix: Punix, roots: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(punix, roots)
    monkeypatch.setenv("SITE_TOKEN", "another")
    found = plan(punix, roots)
    assert "  restart worker.service: a secret that it uses changed (site.pcl:11)\n" in found
    for style in ("text", "json"):
        told = plan(punix, roots, "--format", style, "--plan", "saved")
        assert "another" not in told + Path("saved").read_text()
    monkeypatch.delenv("SITE_TOKEN")
    missing = "environment variable 'SITE_TOKEN' is not set"
    assert f"  ! secret: {missing} (site.pcl:12)\n" in plan(punix, roots)
    (fact,) = json.loads(plan(punix, roots, "--format", "json"))["secrets"]["missing"]
    assert fact["message"] == f"secret: {missing}" and fact["source"] == "site.pcl:12"


@pytest.mark.sandbox
def test_units_are_compared_with_what_is_active_and_what_is_live(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    deploy(punix, roots)
    edit("port = 80", "port = 81")
    deploy(punix, roots)
    activated(tmp_path, 1)
    since = "  restart web.service: /etc/web.conf changed (site.pcl:15, since gen-001)"
    assert plan(punix, roots).splitlines() == [
        "Site: gen-002 is live, gen-001 was activated last",
        since,
        "units, with --activate: 1 restart, 1 none; files: 4 kept",
    ]
    (unit, _) = json.loads(plan(punix, roots, "--format", "json"))["units"]
    assert (unit["action"], unit["since"]) == ("restart", 1)
    edit("port = 81", "port = 80")  # as what is active; somebody may have restarted it by hand
    found = plan(punix, roots).splitlines()
    assert found[1] == "  restart web.service: /etc/web.conf changed (site.pcl:15)"
    assert found[-1] == "units, with --activate: 1 restart, 1 none; files: 1 changed, 3 kept"


@pytest.mark.sandbox
def test_what_was_never_activated_is_started_and_may_run_all_the_same(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    deploy(punix, roots)
    assert plan(punix, roots).splitlines() == [
        "Site: gen-001 is live, and none was activated",
        "  start web.service: it may not run (site.pcl:10)",
        "  start worker.service: it may not run (site.pcl:11)",
        "units, with --activate: 2 start; files: 4 kept",
    ]
    activated(tmp_path, 1)
    assert punix("service", "remove", "Site", *roots).code == 0
    edit("port = 80", "port = 81")  # its units may run still: --activate was not given
    assert plan(punix, roots).splitlines()[:3] == [
        "Site: nothing is live here",
        "  restart web.service: /etc/web.conf changed (site.pcl:15, since gen-001)",
        "  start worker.service: it is new (site.pcl:11)",
    ]


@pytest.mark.sandbox
def test_after_an_interrupted_activation_any_unit_may_not_run(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    deploy(punix, roots)
    activated(tmp_path, 1)
    place = target(ModuleName("Site"), Roots(*map(RootPath, roots[1::2])))
    entry = Journal("deploy", 1, 1, None, (), 1, "here", "activate", True, ())
    journal.write(place, entry)
    assert plan(punix, roots).splitlines()[:2] == [
        "Site: gen-001 is live, but an activation was interrupted",
        "  start web.service: it may not run (site.pcl:10)",
    ]


@pytest.mark.sandbox
def test_what_was_planned_is_done_whatever_the_program_says_now(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    plan(punix, roots, "--plan", "plan.json")
    edit("port = 80", "port = 81")
    outcome = punix("service", "apply", "plan.json", *roots)
    assert (
        outcome.out == "deployed: stack Site → gen-001 (4 config file(s), 1 store path(s) pinned)\n"
    )
    assert (tmp_path / "root/etc/web.conf").read_text() == "port = 80\n"


@pytest.mark.sandbox
def test_apply_says_all_that_moved(
    punix: Punix, roots: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    deploy(punix, roots)
    edit("port = 80", "port = 81")
    plan(punix, roots, "--plan", "plan.json")
    deploy(punix, roots)
    monkeypatch.setenv("SITE_TOKEN", "another")
    before = tree(tmp_path)
    outcome = punix("service", "apply", "plan.json", *roots[:-1], f"{tmp_path}/root/.")
    told = [line for line in outcome.err.splitlines() if not line.startswith("  ")]
    assert outcome.code == 1
    assert told[0].startswith(
        "error: [E33] gen-001 was live when the plan was made, now it is gen-002, deployed at "
    )
    assert told[1:] == [
        "error: [E33] the secrets in 'worker.env' have other values than when the plan was made"
    ]
    elsewhere = punix("service", "apply", "plan.json", *roots[:-1], f"{tmp_path}/other")
    assert f"[E33] the plan is for the transport root '{tmp_path}/root', " in elsewhere.err
    assert tree(tmp_path) == before


@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff", b'{"punix": {"ir": "plan"}}'])
def test_what_is_no_saved_plan_is_refused(
    punix: Punix, roots: tuple[str, ...], damage: bytes
) -> None:
    Path("plan.json").write_bytes(damage)
    outcome = punix("service", "apply", "plan.json", *roots)
    assert outcome.code == 1
    assert outcome.err.startswith("error: [E25] plan.json: ")


def test_a_changed_byte_of_a_saved_plan_is_found(punix: Punix, roots: tuple[str, ...]) -> None:
    plan(punix, roots, "--plan", "plan.json")
    text = Path("plan.json").read_text()
    Path("plan.json").write_text(text.replace("port = 80", "port = 66"))
    outcome = punix("service", "apply", "plan.json", *roots)
    assert outcome.err.startswith("error: [E25] plan.json: field 'closure' was changed\n")
    assert not Path("root").exists()


OBSERVED = """
import os, sys
opened = []
sys.addaudithook(lambda event, given: opened.append(given[0]) if event == "open" else None)
from punix.cli.main import run
code = run(sys.argv[1:])
here = os.getcwd() + "/"
ours = [str(name).removeprefix(here) for name in opened if str(name).startswith(here)]
print("opened", *(name for name in ours if name != "site.pcl"), file=sys.stderr)
print("modules", *sys.modules, file=sys.stderr)
sys.exit(code)
"""


@pytest.mark.sandbox
def test_a_plan_of_100_services_reads_the_manifest_and_what_changed(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    more = "".join(
        f'{{ name = "s{at}" package = "Hello" binary = "hi" args = ["/etc/s/{at}"] }},\n'
        for at in range(100)
    )
    files = "".join(f'{{ path = "/etc/s/{at}" content = "{at}.\\n" }},\n' for at in range(100))
    edit("services = [\n", f"services = [\n{more}")
    edit("configFiles = [\n", f"configFiles = [\n{files}")
    deploy(punix, roots)
    edit('content = "50.', 'content = "51.')
    command = ("service", "plan", "Site", "--file", "site.pcl", *roots)
    done = subprocess.run(
        [sys.executable, "-c", OBSERVED, *command], capture_output=True, text=True, check=True
    )
    opened, modules = (line.split()[1:] for line in done.stderr.splitlines())
    folder = f"root{tmp_path}/deploys/Site"
    names = ("gen-001.json", "journal.json", "key", "gen-001/etc/s/50")
    assert opened == [f"{folder}/{name}" for name in names]  # there is no journal
    assert "units, with --activate: 1 restart, 101 start; files: 1 changed, 203 kept" in done.stdout
    slow = {"networkx", "rich", "jinja2", "lark", "sqlite3", "multiprocessing"}
    assert slow.isdisjoint(modules)
    assert not [name for name in modules if name.startswith("punix.runtime.building")]


def test_another_bundle_of_the_same_program_is_refused(
    punix: Punix, roots: tuple[str, ...]
) -> None:
    plan(punix, roots, "--plan", "plan.json")
    saved = read_plan("plan.json")
    other = replace(saved, plan=replace(saved.plan, bundle=Digest("0" * 64)))
    Path("plan.json").write_bytes(seal(other))
    outcome = punix("service", "apply", "plan.json", *roots)
    assert outcome.err.startswith("error: [E33] plan.json: the bundle is another\n")
    assert not Path("store").exists()


@pytest.mark.sandbox
def test_apply_refuses_when_another_generation_became_active(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    deploy(punix, roots)
    deploy(punix, roots)
    plan(punix, roots, "--plan", "plan.json")
    Path(f"{tmp_path}/root{tmp_path}/deploys/Site/active").symlink_to("gen-001.json")
    outcome = punix("service", "apply", "plan.json", *roots)
    assert outcome.err.startswith("error: [E33] another generation is active than when the plan ")


@pytest.mark.sandbox
def test_a_journal_that_cannot_be_read_stops_no_plan(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    deploy(punix, roots)
    Path(f"{tmp_path}/root{tmp_path}/deploys/Site/journal.json").write_bytes(b"{")
    assert plan(punix, roots).startswith("Site: gen-001 is live, and none was activated\n")


def test_a_plan_that_cannot_be_saved_names_the_file(punix: Punix, roots: tuple[str, ...]) -> None:
    found = punix("service", "plan", "Site", "--file", "site.pcl", "--plan", "no/plan.json", *roots)
    assert found.code == 1
    assert found.err == "error: [E29] no/plan.json: No such file or directory\n"


def test_a_saved_plan_is_for_its_owner(punix: Punix, roots: tuple[str, ...]) -> None:
    Path("plan.json").write_text("another, which anybody may read")
    Path("link").symlink_to("plan.json")
    plan(punix, roots, "--plan", "link")
    assert Path("link").is_symlink()
    assert Path("plan.json").stat().st_mode & 0o777 == 0o600
    assert read_plan("plan.json").plan.stack == "Site"


def test_a_plan_can_be_written_to_what_is_no_file(punix: Punix, roots: tuple[str, ...]) -> None:
    os.mkfifo("pipe")
    reader = os.open("pipe", os.O_RDONLY | os.O_NONBLOCK)
    plan(punix, roots, "--plan", "pipe")
    assert os.read(reader, 10) == b'{\n"punix":'
    os.close(reader)
    assert Path("pipe").is_fifo()
    outcome = punix("service", "plan", "Site", "--file", "site.pcl", "--plan", ".", *roots)
    assert (outcome.code, outcome.err) == (1, "error: [E29] .: Is a directory\n")


def test_a_stack_is_no_saved_plan(punix: Punix, roots: tuple[str, ...]) -> None:
    assert punix("service", "apply", "Site", *roots).err == (
        "error: [E29] Site: No such file or directory\n"
        "  hint: `punix service plan Site --plan FILE` writes what it reads\n"
    )


@pytest.mark.parametrize("command", ["plan", "deploy"])
def test_a_vault_that_is_not_there_is_told_though_nobody_asks_it(
    punix: Punix, roots: tuple[str, ...], command: str
) -> None:
    found = punix("service", command, "Site", "--file", "site.pcl", "--vault", "/nope", *roots)
    assert (found.code, found.out) == (2, "")
    assert "'--vault': Directory '/nope' does not exist." in found.err
