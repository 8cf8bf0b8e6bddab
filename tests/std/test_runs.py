"""Scripts of recipes run for real, where that needs nothing but a shell, make and Python."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from programs import Plain
from scripts import Run, files, script

CRATE = """\
[package]
name = "hi"
version = "1.0.0"
[lib]
path = "Cargo.toml"
[dependencies]
never-there = "1"
"""


def test_make_installs_below_the_output(run: Run) -> None:
    makefile = "all:\n\techo $(A) >made\ninstall:\n\tinstall -D made $(PREFIX)/share/made\n"
    out = run("std.make", {"make_args": ["A=two  words"]}, {"hello-1.0/Makefile": makefile})
    assert (out / "share" / "made").read_text(encoding="utf-8") == "two words\n"


@pytest.mark.parametrize("name", ["configure", "config", "autogen.sh", "bootstrap"])
def test_autotools_finds_what_configures(run: Run, name: str) -> None:
    configure = '#!/bin/sh\necho "$@" >flags\n'
    maker = f"cat >configure <<'END'\n{configure}END\n"
    source = {name: configure if name.startswith("conf") else maker}
    makefile = "all:\ninstall:\n\tinstall -D flags $(OUTPUT)/flags\n"
    flags = ["--x='$HOME'"]
    out = run("std.autotools", {"configure_flags": list(flags)}, {**source, "Makefile": makefile})
    assert (out / "flags").read_text(encoding="utf-8") == f"--prefix={out} --x='$HOME'\n"


def test_python_programs_find_their_modules(run: Run) -> None:
    arguments: Mapping[str, Plain] = {
        "python_deps": [],
        "packages": ["hello"],
        "console_scripts": {"hi": "hello.main:Program.run"},
        "pth_files": [{"name": "more.pth", "content": "hello/more\n"}],
    }
    module = "class Program:\n    @staticmethod\n    def run():\n        import hi\n"
    source = {"hello/__init__.py": "", "hello/main.py": module, "README": ""}
    source["hello/more/hi.py"] = "print('hi')\n"
    out = run("std.python_wheel", arguments, source)
    done = subprocess.run([out / "bin" / "hi"], capture_output=True, text=True, check=True)
    assert done.stdout == "hi\n"


def test_patterns_choose_what_is_copied(run: Run) -> None:
    source = {"a.t": "", "b c.t": "", ".d.t": "", "e": "", "f/x": "", "f/xx": ""}
    out = run("std.copy_tree", {"dest": "a b", "patterns": ["*.t", "f/?"]}, source)
    assert files(out) == ["a b/.d.t", "a b/a.t", "a b/b c.t", "a b/x"]


@pytest.mark.parametrize(
    ("arguments", "source", "wanted"),
    [
        ({}, ["p-1/a", "p-1/b"], ["bin/a", "bin/b"]),
        ({}, ["p-1/bin/a", "p-1/share/b"], ["bin/a", "share/b"]),
        ({}, ["bin/a"], ["bin/a"]),
        ({"binaries": ["x/a"]}, ["x/a", "x/b", "c"], ["bin/a"]),
        ({"extract_to": "x"}, ["x/a", "c"], ["bin/a"]),
        ({"src_dir": "x"}, ["x/a", "c"], ["bin/a"]),
        ({"install_command": "cp x/b $OUTPUT"}, ["x/b", "c"], ["b"]),
    ],
)
def test_programs_that_are_built_already(
    run: Run, arguments: Mapping[str, Plain], source: list[str], wanted: list[str]
) -> None:
    out = run("std.binary", arguments, dict.fromkeys(source, ""))
    assert files(out) == wanted


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("recipe", "arguments", "source"),
    [
        ("std.cargo", {}, {"Cargo.toml": "", "Cargo.lock": 'source = "registry"\n'}),
        ("std.go", {}, {"go.mod": "", "go.sum": "x\n"}),
        ("std.python_venv", {"packages": ["x"]}, {}),
        pytest.param("std.cargo", {}, {"Cargo.toml": CRATE}, marks=pytest.mark.cargo),
        pytest.param(
            "std.npm", {}, {"package.json": '{"dependencies": {"x": "1"}}'}, marks=pytest.mark.npm
        ),
        pytest.param(
            "std.npm",
            {},
            {"package.json": '{"devDependencies": {"x": "1"}, "scripts": {"prepare": "x"}}'},
            marks=pytest.mark.npm,
        ),
    ],
)
def test_what_would_fetch_stops_at_once_without_a_network(
    tmp_path: Path, recipe: str, arguments: Mapping[str, Plain], source: Mapping[str, str]
) -> None:
    for name, text in source.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        [
            *("bwrap", "--unshare-net", "--dev-bind", "/", "/", "--chdir", str(tmp_path)),
            *("bash", "-c", script(recipe, arguments)),
        ],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "OUTPUT": str(tmp_path), "TMPDIR": str(tmp_path)},
    )
    assert done.returncode == 1
    assert "has to fetch dependencies, and this build has no network\nhint:" in done.stderr


def test_run_paths_are_not_asked_of_a_machine_without_patchelf(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    done = subprocess.run(
        ["/bin/bash", "-c", script("std.make", {"rpath": True})],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": str(tmp_path / "bin"), "OUTPUT": str(tmp_path)},
    )
    assert done.returncode == 1
    assert done.stderr.startswith("rpath = true needs patchelf, and this build has none\nhint:")
