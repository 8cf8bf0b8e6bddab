"""What all tests share: golden files, programs that a test needs, and a home of their own."""

import difflib
import os
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from examples import FAULTS, FUZZ

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "tests" / "golden"
SYSTEM_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"

# None is called slow because the machine is busy.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)
# The same examples in every run.
settings.register_profile("punix", UNHURRIED, derandomize=True)
# `make fuzz`: other examples in every run, and many of them.
settings.register_profile("fuzz", UNHURRIED, max_examples=100 * max(1, FUZZ))
settings.load_profile("fuzz" if FUZZ else "punix")

# A shell's background job ignores it, and so would the commands that tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--refresh-golden", action="store_true", help="write golden files anew")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was counted by tests that try what nobody wrote down."""
    counted: Counter[str] = Counter()
    for report in terminalreporter.stats.get("passed", []):
        counted.update(dict(report.user_properties) if FUZZ or FAULTS else {})
    for name, count in sorted(counted.items()):
        terminalreporter.write_line(f"{count:,} {name}")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose programs are missing, with the package to install; under CI, fail.

    Under CI too it is skipped if the only thing missing is optional.
    """
    missing = [row for row in missing_programs() if item.get_closest_marker(row[0])]
    if not missing:
        return
    message = f"needs: apt-get install {' '.join(package for _, package, _ in missing)}"
    if os.environ.get("CI") == "true" and not all(optional for _, _, optional in missing):
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


@cache
def missing_programs() -> tuple[tuple[str, str, bool], ...]:
    """Return (marker, Debian package, optional) for each program of .ci/programs not installed."""
    missing = []
    for line in (ROOT / ".ci" / "programs").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            marker, program, package, *optional = line.split()
            if shutil.which(program, path=SYSTEM_PATH) is None:
                missing.append((marker, package, bool(optional)))
    return tuple(missing)


@pytest.fixture(autouse=True, scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home of its own for the whole run, and no settings of the person who runs it."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(("PUNIX_", "XDG_")):
                patch.delenv(name)
        patch.setenv("HOME", str(folder))
        yield folder


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Hold a text against tests/golden/NAME; show a unified diff where they differ."""

    def check(name: str, actual: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--refresh-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(actual, encoding="utf-8")
        wanted = path.read_text(encoding="utf-8") if path.exists() else ""
        if actual != wanted:
            lines = difflib.unified_diff(
                wanted.splitlines(), actual.splitlines(), f"golden/{name}", "actual", lineterm=""
            )
            pytest.fail("\n".join(lines), pytrace=False)

    return check


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Make a distribution that offers `(name, value)` entry points of a group; one at a time."""
    folder = tmp_path / "site"
    monkeypatch.syspath_prepend(folder)

    def install(group: str, *entries: tuple[str, str]) -> None:
        lines = [f"[{group}]", *(f"{name} = {value}" for name, value in entries)]
        info = folder / "offers-1.0.dist-info"
        info.mkdir(parents=True, exist_ok=True)
        (info / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")

    return install
