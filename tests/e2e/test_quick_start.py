"""What commands import: each only what it needs, counted and named."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

HELLO = Path(__file__).parents[2] / "examples" / "hello" / "hello.pcl"
HEAVY = {
    *("concurrent.futures", "importlib.metadata", "jinja2", "lark", "logging", "networkx"),
    *("pathspec", "rich", "socket", "subprocess", "tomli_w", "tomllib", "yaml"),
}

SCRIPT = """
import json, sys
from punix.cli.main import run
code = run(sys.argv[1:])
print(json.dumps([code, sorted(sys.modules)]))
"""


def imported(*arguments: str | Path) -> set[str]:
    """Run a command in a process of its own and return what it imported."""
    command = [sys.executable, "-c", SCRIPT, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    code, modules = json.loads(done.stdout.splitlines()[-1])
    assert code == 0, done.stderr
    return set(modules)


def ours(modules: set[str]) -> set[str]:
    """The folders of the package among some modules."""
    return {name.split(".")[1] for name in modules if name.startswith("punix.")}


def test_help_imports_no_stage() -> None:
    modules = imported("--help")
    assert ours(modules) == {"cli", "ir"}
    assert modules & {*HEAVY, "blake3", "pathspec"} == set()


def test_check_imports_nothing_heavy_and_nothing_of_builds() -> None:
    modules = imported("check", HELLO)
    assert modules & HEAVY == set()
    assert not any(name.startswith("punix.frontend.syntax_errors") for name in modules)
    runtime = {name for name in modules if name.startswith("punix.runtime.")}
    assert {name for name in runtime if name.count(".") > 2} == {
        f"punix.runtime.{name}"
        for name in ("fetch.source", "files.stat_cache", "files.tree", "files.walk")
    }


@pytest.fixture
def deploy(tmp_path: Path) -> list[str | Path]:
    roots = ("--store-root", tmp_path / "store", "--deployments-root", tmp_path / "deploys")
    return [
        "service",
        "deploy",
        "HelloStack",
        "--dry-run",
        "--sandbox=off",
        "--file",
        HELLO,
        *roots,
    ]


def test_a_deploy_of_what_is_built_imports_nothing_heavy(deploy: list[str | Path]) -> None:
    first, again = imported(*deploy), imported(*deploy)
    assert "punix.runtime.building.builder" in first - again
    assert again & HEAVY == set()
    assert first & HEAVY == {"subprocess"}


@pytest.fixture
def deployed(deploy: list[str | Path], tmp_path: Path) -> list[str | Path]:
    """Two generations; returns the options that name where they are."""
    imported(*deploy)
    imported(*deploy)
    return [*deploy[-4:], "--transport-root", tmp_path / "deploys" / ".dry-run"]


@pytest.mark.parametrize("command", ["rollback", "switch 1", "status", "list", "diff 1", "remove"])
def test_what_compiles_nothing_imports_no_compiler(
    command: str, deployed: list[str | Path]
) -> None:
    verb, *more = command.split()
    modules = imported("service", verb, "HelloStack", *more, *deployed)
    assert modules & HEAVY == set()
    assert ours(modules) <= {"cli", "ir", "runtime"}


def test_a_plan_imports_nothing_heavy_and_no_builder(deployed: list[str | Path]) -> None:
    modules = imported("service", "plan", "HelloStack", "--file", HELLO, *deployed)
    assert modules & {*HEAVY, "difflib"} == set()
    assert not any(name.startswith("punix.runtime.building") for name in modules)


def test_a_plan_to_remove_imports_no_compiler(deployed: list[str | Path]) -> None:
    modules = imported("service", "plan", "HelloStack", "--remove", *deployed)
    assert modules & HEAVY == set()
    assert ours(modules) == {"backends", "cli", "ir", "runtime"}
