"""What a build costs besides itself: processes and syncs, counted in a trace of the kernel."""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[2]
CALLS = "execve,fsync,fdatasync,syncfs,sync"

PROGRAM = """
import sys
from pathlib import Path
from builds import Workshop, derive
from punix.runtime.building.sandbox import sandbox_named

folder, sandbox, count, files = sys.argv[1:]
shop = Workshop.at(Path(folder), sandbox_named(sandbox))
tool = derive("Tool", "printf '' > $OUTPUT/done")
shop.ok(tool)
script = f"for i in {{1..{files}}}; do printf '' > $OUTPUT/$i; done"
shop.ok(*(derive(f"P{number}", script, inputs=[tool]) for number in range(int(count))))
"""


def calls(folder: Path, sandbox: str, count: int, files: int) -> Counter[str]:
    """Count the calls that succeed while packages with some files are built; execve by program."""
    folder.mkdir()
    trace = folder / "trace"
    watch = ["strace", "-f", "-z", f"-o{trace}", "-e", f"trace={CALLS}"]
    program = [sys.executable, "-B", "-c", PROGRAM, str(folder), sandbox, str(count), str(files)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path])}
    subprocess.run([*watch, *program], env=environment, check=True)
    found = re.findall(r'^\d+ +(\w+)\((?:"([^"]*)")?', trace.read_text(), re.MULTILINE)
    return Counter(Path(program).name or call for call, program in found)


@pytest.mark.strace
@pytest.mark.parametrize(
    ("sandbox", "programs"),
    [
        pytest.param("bubblewrap", {"bwrap": 1, "bash": 1}, marks=pytest.mark.sandbox),
        ("off", {"bash": 1}),
    ],
)
def test_a_build_starts_few_programs_and_syncs_twice(
    tmp_path: Path, sandbox: str, programs: dict[str, int]
) -> None:
    one = calls(tmp_path / "one", sandbox, 1, 1)
    more = calls(tmp_path / "more", sandbox, 3, 100)
    each = {name: (more[name] - one[name]) / 2 for name in more if more[name] != one[name]}
    assert each == {"fsync": 1, "syncfs": 1, **programs}
