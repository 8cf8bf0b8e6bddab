"""Stacks of scope user, as somebody deploys them who is not root, where no systemd runs.

Whoever runs the tests is uid 1000 in a user namespace, to whom their files belong.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest
from command import COMMAND

from ..conftest import Outcome

pytestmark = pytest.mark.sandbox

STACK = """
module Hello {
  recipe = "std.shell"
  recipeArgs = { command = "install -D /bin/true $OUTPUT/bin/hi" }
}
module Mine {
  backend = "systemd"
  scope = "user"
  services = [{
    name = "hi" package = "Hello" binary = "hi"
    environment = { TOKEN = { from_env = "TOKEN" } }
  }]
  configFiles = [{ path = "~/.config/hi.conf" content = "loud\\n" }]
}
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("mine.pcl").write_text(STACK)
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def punix(home: Path, *arguments: str, **environment: str) -> Outcome:
    as_user = ("/usr/bin/bwrap", "--dev-bind", "/", "/", "--unshare-user", "--uid", "1000")
    done = subprocess.run(
        [*as_user, *COMMAND, *arguments],
        env={**os.environ, "HOME": str(home), "TOKEN": "t0ken", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def deploy(home: Path, *more: str, **environment: str) -> Outcome:
    options = ("--file", "mine.pcl", "--sandbox", "off", *more)
    return punix(home, "service", "deploy", "Mine", *options, **environment)


def test_a_dry_run_has_the_home_folder_below_its_scratch(home: Path) -> None:
    assert deploy(home, "--dry-run").code == 0
    scratch = Path(f"{home}/.punix/deployments/.dry-run{home}")
    assert (scratch / ".config/hi.conf").read_text() == "loud\n"
    unit = (scratch / ".config/systemd/user/hi.service").read_text()
    assert f"EnvironmentFile={home}/.punix/deployments/Mine/live/secrets/hi.env\n" in unit
    assert unit.endswith("[Install]\nWantedBy=default.target\n")
    assert [path.name for path in home.iterdir()] == [".punix"]


def test_a_manager_is_not_needed_and_what_it_cannot_check_is_said(home: Path) -> None:
    done = deploy(home, PATH="/nowhere")
    assert (done.code, done.out.startswith("deployed: stack Mine → gen-001")) == (0, True)
    assert done.err.splitlines()[-1] == (
        "systemd-analyze is not there: the units were not verified"
    )
    assert (home / ".config/hi.conf").read_text() == "loud\n"
    folder = home / ".punix/deployments/Mine"
    secrets = folder / "live/secrets"
    assert (secrets / "hi.env").read_text() == 'TOKEN="t0ken"\n'
    assert [path.stat().st_mode & 0o777 for path in (secrets, secrets / "hi.env")] == [0o700, 0o600]
    assert json.loads((folder / "gen-001.json").read_text())["home"] == str(home)
    assert punix(home, "service", "verify", "Mine").code == 0


def test_a_bundle_is_compared_in_the_home_folder_of_the_manifest(home: Path) -> None:
    deploy(home)
    manifest = f"{home}/.punix/deployments/Mine/gen-001.json"
    plan = punix(home, "compile", "mine.pcl", "--emit", "plan", "--against", manifest).out
    files = json.loads(plan)["files"]
    assert [(file["path"], file["change"]) for file in files] == [
        (f"{home}/.config/hi.conf", "kept"),
        (f"{home}/.config/systemd/user/hi.service", "kept"),
    ]


def test_a_plan_is_for_one_home_folder(home: Path) -> None:
    roots = ("--store-root", f"{home}/s", "--deployments-root", f"{home}/d")
    plan = ("service", "plan", "Mine", "--file", "mine.pcl", "--plan", "plan.json", *roots)
    assert punix(home, *plan).code == 0
    other = home.parent / "other"
    other.mkdir()
    apply = ("service", "apply", "plan.json", "--sandbox", "off", *roots)
    refused = punix(other, *apply)
    assert (refused.code, refused.err) == (
        1,
        f"error: [E33] the plan is for the home folder '{home}', this is '{other}'\n",
    )
    assert punix(home, *apply).code == 0
    assert (home / ".config/hi.conf").read_text() == "loud\n"


def test_a_path_that_is_too_long_in_a_home_folder_is_refused(home: Path) -> None:
    """Without the home folder it is as long as a path may be."""
    long = f"~{'/name' * 818}"
    Path("mine.pcl").write_text(STACK.replace("~/.config/hi.conf", long))
    done = deploy(home, "--transport-root", "root")
    assert (done.code, done.out) == (1, "")
    assert f"error: [E44] HOME is '{home}', and in it '/" in done.err
