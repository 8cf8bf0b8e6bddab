"""The script of each recipe, against golden files and through bash."""

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from programs import Plain
from scripts import DEP, script

from punix.ir.diagnostics import ProgramError
from punix.ir.schema.shape import BoolShape
from punix.recipes.registry import RECIPES, load_recipes

GOLDEN = Path(__file__).parents[1] / "golden"
CASES: Mapping[str, Mapping[str, Plain]] = {
    "std.shell": {"command": ["echo ${DEP:zlib}", "make -C x"], "env": {"A": "1 $OUTPUT"}},
    "std.autotools": {
        "configure_flags": ["--x=$OUTPUT/etc", "a b", ("--zlib=", DEP)],
        "make_flags": "V=1 'CC=gcc -m64'",
        "pre_configure": ["echo one", "echo two"],
        "post_configure": "echo three",
        "pre_build": "echo four\n",
        "post_install": "rm -f $OUTPUT/share/info/dir",
        "src_dir": "lib/x y",
    },
    "std.make": {"make_args": ["PREFIX=$OUTPUT", "A=$HOME"], "make_target": "all docs"},
    "std.cmake": {
        "rpath": True,
        "cmake_flags": ["-DX=a b"],
        "build_dir": "out dir",
        "build_type": "Debug",
    },
    "std.meson": {"meson_flags": "-Dx=1 -Dy='a b'"},
    "std.cargo": {
        "features": ["a", "b"],
        "bin": ["x"],
        "no_default_features": True,
        "locked": True,
        "binary_renames": {"x": "y z"},
        "manifest_path": "cli/Cargo.toml",
    },
    "std.go": {"package": "./cmd/x", "tags": ["a", "b"], "subdir": "src", "install_name": "x"},
    "std.npm": {"ignore_scripts": True, "pre_install": "echo"},
    "std.python_wheel": {
        "python_deps": [DEP, "zlib"],
        "packages": ["hello"],
        "console_scripts": {"hi": "hello.main:run"},
        "pth_files": [{"name": "a.pth", "content": "x\n"}],
    },
    "std.python_venv": {"packages": ["a==1", "b"], "no_deps": True, "pip_dep": DEP},
    "std.ruby_gem": {"ruby_deps": [DEP], "console_scripts": ["hi"]},
    "std.swift": {"extra_swift_args": ["-Xcc", "-O2"]},
    "std.copy_tree": {"dest": "share/a b", "patterns": ["*.txt", "a b/[0-9]?"]},
    "std.binary": {"binaries": ["bin/a b"], "src_dir": "x"},
}

COMMON = "src_dir env pre_build post_install rpath"
NAMES = {
    "std.shell": "command src_dir env",
    "std.autotools": f"configure_flags make_flags configure_command pre_configure post_configure "
    f"install_target final_prefix {COMMON}",
    "std.make": f"make_target make_flags make_args install_target install_flags skip_install "
    f"{COMMON}",
    "std.cmake": f"cmake_flags build_type build_dir pre_configure {COMMON}",
    "std.meson": f"meson_flags build_dir {COMMON}",
    "std.cargo": f"manifest_path locked no_default_features features bin extra_cargo_args "
    f"binary_renames {COMMON}",
    "std.go": f"subdir package install_name ldflags tags cgo_enabled gowork gopath_external "
    f"{COMMON}",
    "std.npm": f"pre_install ignore_scripts {COMMON}",
    "std.swift": f"configuration install_name extra_swift_args {COMMON}",
    "std.python_wheel": f"python_deps packages console_scripts pth_files {COMMON}",
    "std.python_venv": f"packages python_dep pip_dep no_deps extra_pip_args {COMMON}",
    "std.ruby_gem": f"ruby_deps gem_file console_scripts {COMMON}",
    "std.copy_tree": f"dest patterns {COMMON}",
    "std.binary": f"extract_to install_command binaries pre_install {COMMON}",
}
REQUIRED = {
    ("std.shell", "command"),
    ("std.python_wheel", "python_deps"),
    ("std.python_venv", "packages"),
    ("std.ruby_gem", "ruby_deps"),
}


def test_the_arguments_are_those_that_programs_use() -> None:
    fields = {name: recipe.arguments.fields for name, recipe in RECIPES.items()}
    assert {name: [one.name for one in fields[name]] for name in fields} == {
        name: names.split() for name, names in NAMES.items()
    }
    required = {(name, one.name) for name in fields for one in fields[name] if one.required}
    assert required == REQUIRED


def bash(text: str, *options: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["bash", *options, "-c", text],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", **environment},
    )


@pytest.mark.parametrize("recipe", sorted(RECIPES))
def test_golden_script(recipe: str, golden: Callable[[str, str], None]) -> None:
    text = script(recipe, CASES[recipe])
    golden(f"recipes/{recipe}.sh", text)
    done = bash(text, "-n")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.shellcheck
def test_nothing_in_a_script_is_a_known_mistake() -> None:
    scripts = sorted((GOLDEN / "recipes").glob("*.sh"))
    done = subprocess.run(
        ["shellcheck", "--shell=bash", "--severity=warning", *scripts],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")
    assert len(scripts) == len(RECIPES)


@pytest.mark.parametrize("recipe", sorted(RECIPES))
def test_script_with_required_arguments_only(recipe: str) -> None:
    required = {field.name for field in RECIPES[recipe].arguments.fields if field.required}
    text = script(recipe, {k: v for k, v in CASES[recipe].items() if k in required})
    done = bash(text, "-n")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("recipe", sorted(RECIPES))
def test_arguments_are_documented_and_have_aliases(recipe: str) -> None:
    for field in RECIPES[recipe].arguments.fields:
        assert field.doc
        assert field.alias or "_" not in field.name
        assert field.default is False or not isinstance(field.shape, BoolShape) or field.default


def refused(recipe: str, arguments: Mapping[str, Plain]) -> list[str]:
    with pytest.raises(ProgramError) as caught:
        script(recipe, arguments)
    return str(caught.value).splitlines()


def test_dependencies_that_are_not_declared() -> None:
    assert refused("std.shell", {"command": "echo ${DEP:zlip} ${DEP:curl}"}) == [
        "dir/hello.pcl:1:1: error: [E2] 'curl' is not a dependency of this package",
        "  hint: no package has this pname",
        "dir/hello.pcl:1:1: error: [E2] 'zlip' is not a dependency of this package",
        "  hint: did you mean 'zlib'?",
    ]


@pytest.mark.parametrize(
    ("recipe", "arguments", "wanted"),
    [
        (
            "std.binary",
            {"extract_to": "a", "src_dir": "b"},
            "[E1] 'extract_to' is another name of 'src_dir': keep one",
        ),
        ("std.make", {"make_flags": "a 'b"}, "[E1] a quote is opened and not closed"),
        ("std.make", {"make_flags": ["a\0"]}, "[E28] a script cannot hold a NUL"),
        ("std.make", {"make_flags": "'a\0"}, "[E28] a script cannot hold a NUL"),
        (
            "std.python_wheel",
            {"python_deps": [], "console_scripts": {"x": "a:b(); evil"}},
            "[E1] 'a:b(); evil' is not module:function",
        ),
    ],
)
def test_refused_arguments(recipe: str, arguments: Mapping[str, Plain], wanted: str) -> None:
    found = refused(recipe, arguments)
    assert wanted in found[0]
    assert sum("error:" in line for line in found) == 1


def test_the_sole_top_folder_is_entered(tmp_path: Path) -> None:
    (tmp_path / "hello-1.0").mkdir()
    (tmp_path / "hello-1.0" / "Makefile").write_text("all install:\n\t@pwd\n", encoding="utf-8")
    text = f"cd '{tmp_path}'\n{script('std.make', {})}"
    done = bash(text, OUTPUT=str(tmp_path / "out"))
    assert done.stdout.splitlines()[0] == str(tmp_path / "hello-1.0")


def test_a_folder_of_the_file_hierarchy_is_content(tmp_path: Path) -> None:
    (tmp_path / "source" / "share").mkdir(parents=True)
    (tmp_path / "source" / "share" / "a").touch()
    (tmp_path / "out").mkdir()
    text = f"cd '{tmp_path}/source'\n{script('std.copy_tree', {})}"
    done = bash(text, OUTPUT=str(tmp_path / "out"))
    assert done.stderr == ""
    assert (tmp_path / "out" / "share" / "a").exists()


def test_recipes_by_name() -> None:
    assert all(recipe.name == name for name, recipe in RECIPES.items())
    assert RECIPES.items() <= load_recipes().items()


def test_each_recipe_is_named_in_the_language_page() -> None:
    page = (Path(__file__).parents[2] / "docs/language.md").read_text(encoding="utf-8")
    assert [name for name in RECIPES if f"`{name}`" not in page] == []
