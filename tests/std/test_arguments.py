"""What the arguments of recipes do, tried with the tools that they are for."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from programs import Plain
from scripts import Run, files


def said_by(program: Path) -> str:
    return subprocess.run([program], capture_output=True, text=True, check=True).stdout


# C -----------------------------------------------------------------------


def test_make(run: Run) -> None:
    arguments: Mapping[str, Plain] = {
        "src_dir": "a/b",
        "env": {"TO": "share/made"},
        "pre_build": ["echo before >made"],
        "make_target": "one two",
        "make_flags": "A=1 --no-print-directory",
        "make_args": ["B=2  3"],
        "install_target": ["put"],
        "install_flags": ["C=4"],
        "post_install": 'cp "$OUTPUT/share/made" "$OUTPUT/again"',
    }
    makefile = "one two:\n\techo '$@ $(A) $(B)' >>made\nput:\n\tinstall -D made $(PREFIX)/$(TO)\n"
    makefile += "\techo '$(C)' >>$(PREFIX)/$(TO)\n"
    out = run("std.make", arguments, {"a/b/Makefile": makefile, "c": ""})
    assert files(out) == ["again", "share/made"]
    assert (out / "again").read_text() == "before\none 1 2  3\ntwo 1 2  3\n4\n"


def test_make_without_installing(run: Run) -> None:
    makefile = "all:\n\ttouch $(PREFIX)/all\ninstall:\n\tfalse\n"
    assert files(run("std.make", {"skip_install": True}, {"Makefile": makefile})) == ["all"]


def test_autotools(run: Run) -> None:
    arguments: Mapping[str, Plain] = {
        "configure_command": ["echo one >said", "./setup here"],
        "configure_flags": ["--a=b c"],
        "make_flags": ["D=d"],
        "pre_configure": "echo zero",
        "post_configure": "echo three >>said",
        "install_target": "put",
        "final_prefix": True,
    }
    setup = 'echo "$1" "$2" "$3" >>said\n'
    makefile = "all:\n\techo $(D) >>said\nput:\n\tcp said $(OUTPUT)/said\n"
    source = {"setup": f"#!/bin/sh\n{setup}", "Makefile": makefile}
    arguments = {**arguments, "pre_configure": "chmod +x setup"}
    out = run("std.autotools", arguments, source)
    assert (out / "said").read_text() == f"one\nhere --prefix={out} --a=b c\nthree\nd\n"


@pytest.mark.cmake
def test_cmake(run: Run) -> None:
    arguments: Mapping[str, Plain] = {
        "cmake_flags": ["-DWORD=two words"],
        "build_type": "Debug",
        "build_dir": "else where",
        "pre_configure": "echo from here >own",
    }
    lists = "cmake_minimum_required(VERSION 3.20)\nproject(hi NONE)\nfile(READ own OWN)\n"
    lists += "cmake_path(GET CMAKE_BINARY_DIR FILENAME HERE)\n"
    lists += 'file(WRITE said "${WORD}, ${CMAKE_BUILD_TYPE}, ${HERE}, ${OWN}")\n'
    lists += "install(FILES said DESTINATION share)\n"
    out = run("std.cmake", arguments, {"CMakeLists.txt": lists})
    assert (out / "share/said").read_text() == "two words, Debug, else where, from here\n"


@pytest.mark.meson
def test_meson(run: Run) -> None:
    arguments: Mapping[str, Plain] = {"meson_flags": "-Dbuildtype=debug", "build_dir": "else where"}
    build = "project('hi')\nconfigure_file(output: 'said', install: true, capture: true,\n"
    build += "  install_dir: 'share', command: ['sh', '-c', 'basename \"$PWD\"; echo \"$0\"',\n"
    build += "  get_option('buildtype')])\n"
    out = run("std.meson", arguments, {"meson.build": build})
    assert (out / "share/said").read_text() == "else where\ndebug\n"


# Other languages ---------------------------------------------------------


@pytest.mark.cargo
def test_cargo(run: Run) -> None:
    arguments: Mapping[str, Plain] = {
        "manifest_path": "cli/Cargo.toml",
        "locked": False,
        "features": ["loud", "clear"],
        "no_default_features": True,
        "bin": ["hi"],
        "extra_cargo_args": ["--debug"],
        "binary_renames": {"hi": "hello"},
    }
    crate = '[package]\nname = "hi"\nversion = "1.0.0"\n'
    crate += '[features]\ndefault = ["extra"]\nextra = []\nloud = []\nclear = []\n'
    names = ("loud", "clear", "extra")
    tests = ", ".join(f'cfg!(feature = "{name}")' for name in names)
    main = f'fn main() {{ println!("{{}} {{}} {{}} {{}}", {tests}, cfg!(debug_assertions)); }}\n'
    source = {"cli/Cargo.toml": crate, "cli/src/bin/hi.rs": main, "README": ""}
    out = run("std.cargo", arguments, {**source, "cli/src/bin/other.rs": "fn main() {}\n"})
    assert files(out) == ["bin/hello"]
    assert said_by(out / "bin/hello") == "true true false true\n"


@pytest.mark.go
def test_go(run: Run) -> None:
    arguments: Mapping[str, Plain] = {
        "subdir": "tools",
        "package": "./cmd/hi",
        "install_name": "hello",
        "ldflags": ["-s", "-X 'main.word=two words'"],
        "tags": ["loud", "clear"],
        "gopath_external": True,
    }
    main = 'package main\n\nimport "syscall"\n\nvar word string\n'
    main += "func main() { syscall.Write(1, []byte(word)) }\n"
    source = {
        "tools/go.mod": "module example.org/hi\n\ngo 1.19\n",
        "tools/cmd/hi/main.go": f"//go:build loud && clear\n\n{main}",
    }
    out = run("std.go", arguments, {**source, "go.mod": "module example.org/top\n"})
    assert files(out) == ["bin/hello"]
    assert said_by(out / "bin/hello") == "two words"


@pytest.mark.npm
def test_npm(run: Run) -> None:
    about = {
        "name": "hi",
        "version": "1.0.0",
        "bin": {"hi": "hi.js"},
        "scripts": {"prepack": "exit 1", "postinstall": "exit 1"},
    }
    arguments: Mapping[str, Plain] = {
        "ignore_scripts": True,
        "pre_install": ["echo '#!/usr/bin/env node' >hi.js", "echo 'console.log(1)' >>hi.js"],
    }
    out = run("std.npm", arguments, {"package.json": json.dumps(about)})
    assert said_by(out / "bin/hi") == "1\n"
