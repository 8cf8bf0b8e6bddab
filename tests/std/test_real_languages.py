"""Projects in other languages than C built for real, alone and with what is vendored."""

import base64
import hashlib
import io
import json
import tarfile
import zipfile
from collections.abc import Mapping

import pytest
from real_builds import Site, said_by

pytestmark = pytest.mark.sandbox

HI = """\
module Hi {{
  pname = "hi"
  version = "1.0"
  recipe = "std.{recipe}"
  source = {{ type = "local" path = "./hi" }}
  {more}
}}
"""
VENDOR = 'vendor = { type = "local" path = "./vendor" }'


def archive(files: Mapping[str, str | bytes]) -> bytes:
    """Make a ZIP file whose bytes do not depend on the time."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        for name, text in files.items():
            made.writestr(zipfile.ZipInfo(name), text)
    return data.getvalue()


def built(site: Site, recipe: str, more: str = "") -> str:
    """Build `Hi` twice and return what its program says."""
    program = HI.format(recipe=recipe, more=more)
    hi = site.build(program)["Hi"]
    said = said_by(hi / "bin" / "hi")
    site.holds_when_built_elsewhere(program)
    return said


# Rust --------------------------------------------------------------------

CRATE = '[package]\nname = "{}"\nversion = "1.0.0"\n'
GREET_RS = 'pub fn greeting() -> &\'static str { "hello" }\n'


@pytest.mark.cargo
def test_a_crate_without_dependencies(site: Site) -> None:
    site.write({"hi/Cargo.toml": CRATE.format("hi")})
    site.write({"hi/src/main.rs": 'fn main() { println!("hello"); }\n'})
    assert built(site, "cargo", "recipeArgs = { locked = false }") == "hello\n"


@pytest.mark.cargo
def test_a_crate_with_a_vendored_one(site: Site) -> None:
    site.write({"hi/Cargo.toml": CRATE.format("hi") + '[dependencies]\ngreet = "1"\n'})
    site.write({"hi/src/main.rs": 'fn main() { println!("{}", greet::greeting()); }\n'})
    site.write({"vendor/greet/Cargo.toml": CRATE.format("greet")})
    site.write({"vendor/greet/src/lib.rs": GREET_RS})
    site.write({"vendor/greet/.cargo-checksum.json": '{"files": {}}'})
    assert built(site, "cargo", "recipeArgs = { locked = false } " + VENDOR) == "hello\n"


LOCK = """\
version = 3
[[package]]
name = "greet"
version = "1.0.0"
source = "git+https://example.invalid/greet?tag=v1#0123456789012345678901234567890123456789"
[[package]]
name = "hi"
version = "1.0.0"
dependencies = ["greet"]
"""


@pytest.mark.cargo
def test_a_crate_with_a_vendored_one_of_git(site: Site) -> None:
    needs = '[dependencies]\ngreet = { git = "https://example.invalid/greet", tag = "v1" }\n'
    site.write({"hi/Cargo.toml": CRATE.format("hi") + needs, "hi/Cargo.lock": LOCK})
    site.write({"hi/src/main.rs": 'fn main() { println!("{}", greet::greeting()); }\n'})
    site.write({"vendor/greet/Cargo.toml": CRATE.format("greet")})
    site.write({"vendor/greet/src/lib.rs": GREET_RS})
    site.write({"vendor/greet/.cargo-checksum.json": '{"files": {}}'})
    assert built(site, "cargo", VENDOR) == "hello\n"


# Go ----------------------------------------------------------------------

GO_MOD = "module example.org/{}\n\ngo 1.19\n"
GREET_GO = 'package greet\n\nconst Greeting = "hello\\n"\n'
USES_GREET = """\
package main

import ("syscall"; "example.org/greet")

func main() { syscall.Write(1, []byte(greet.Greeting)) }
"""
"""Without `os`, of which a compiler that starts from nothing makes ten times as much."""
REQUIRE = "\nrequire example.org/greet v1.0.0\n"


def go_hash(files: Mapping[str, str | bytes]) -> str:
    """Hash a module as go.sum does: SHA-256 over the sorted lines of its files."""
    lines = [
        f"{hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()}  {name}\n"
        for name, text in sorted(files.items())
    ]
    return "h1:" + base64.b64encode(hashlib.sha256("".join(lines).encode()).digest()).decode()


@pytest.mark.go
def test_a_module_with_a_vendor_folder(site: Site) -> None:
    site.write({"hi/go.mod": GO_MOD.format("hi") + REQUIRE, "hi/main.go": USES_GREET})
    site.write(
        {"vendor/modules.txt": "# example.org/greet v1.0.0\n## explicit\nexample.org/greet\n"}
    )
    site.write({"vendor/example.org/greet/greet.go": GREET_GO})
    assert built(site, "go", VENDOR) == "hello\n"


@pytest.mark.go
def test_a_module_with_a_cache_of_modules(site: Site) -> None:
    mod = GO_MOD.format("greet")
    module = {
        f"example.org/greet@v1.0.0/{name}": text
        for name, text in {"go.mod": mod, "greet.go": GREET_GO}.items()
    }
    place = "vendor/cache/download/example.org/greet/@v/v1.0.0"
    site.write({f"{place}.mod": mod, f"{place}.zip": archive(module)})
    site.write({f"{place}.info": '{"Version": "v1.0.0"}'})
    sums = [f"v1.0.0 {go_hash(module)}", f"v1.0.0/go.mod {go_hash({'go.mod': mod})}"]
    site.write({"hi/go.sum": "".join(f"example.org/greet {line}\n" for line in sums)})
    site.write({"hi/go.mod": GO_MOD.format("hi") + REQUIRE, "hi/main.go": USES_GREET})
    program = HI.format(recipe="go", more=VENDOR)
    assert said_by(site.build(program)["Hi"] / "bin" / "hi") == "hello\n"


# Node --------------------------------------------------------------------

MAIN_JS = "#!/usr/bin/env node\nconsole.log({});\n"
GREET_JS = {
    "package.json": '{"name": "greet", "version": "1.0.0", "dependencies": {"word": "^1.0.0"}}',
    "index.js": 'module.exports = require("word");\n',
}
WORD_JS = {
    "package.json": '{"name": "word", "version": "1.2.0"}',
    "index.js": 'module.exports = "hello";\n',
}


def write_package(site: Site, main: str, **more: object) -> None:
    about = {"name": "hi", "version": "1.0.0", "bin": {"hi": "hi.js"}, **more}
    site.write({"hi/package.json": json.dumps(about), "hi/hi.js": MAIN_JS.format(main)})


def npm_pack(files: Mapping[str, str]) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as pack:
        for name, text in files.items():
            about = tarfile.TarInfo(f"package/{name}")
            about.size = len(text)
            pack.addfile(about, io.BytesIO(text.encode()))
    return data.getvalue()


@pytest.mark.npm
def test_a_package_without_dependencies(site: Site) -> None:
    write_package(site, '"hello"', devDependencies={"never-there": "1"})
    assert built(site, "npm") == "hello\n"


@pytest.mark.npm
@pytest.mark.parametrize("form", ["modules", "packs"])
def test_a_package_with_vendored_ones(site: Site, form: str) -> None:
    write_package(
        site, 'require("greet")', dependencies={"greet": "1"}, devDependencies={"never-there": "1"}
    )
    for name, files in {"greet": GREET_JS, "word": WORD_JS}.items():
        if form == "packs":
            site.write({f"vendor/{name}.tgz": npm_pack(files)})
        else:
            site.write({f"vendor/node_modules/{name}/{file}": files[file] for file in files})
    assert built(site, "npm", VENDOR) == "hello\n"


# Python ------------------------------------------------------------------


def wheel(name: str, text: str, *, needs: str = "", script: bool = False) -> dict[str, bytes]:
    """Make a wheel of one module, by file name."""
    info = f"{name}-1.0.dist-info"
    requires = f"Requires-Dist: {needs}\n" if needs else ""
    files = {
        f"{name}.py": text,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{requires}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    if script:
        files[f"{info}/entry_points.txt"] = f"[console_scripts]\n{name} = {name}:main\n"
    files[f"{info}/RECORD"] = "".join(f"{file},,\n" for file in [*files, f"{info}/RECORD"])
    return {f"{name}-1.0-py3-none-any.whl": archive(files)}


GREET_PY = wheel("greet", 'GREETING = "hello"\n')
HI_PY = wheel(
    "hi",
    "from greet import GREETING\n\n\ndef main():\n    print(GREETING)\n",
    needs="greet",
    script=True,
)


def put(site: Site, folder: str, *wheels: Mapping[str, bytes]) -> None:
    for one in wheels:
        site.write({f"{folder}/{name}": data for name, data in one.items()})


@pytest.mark.pip
def test_a_wheel_finds_the_modules_of_its_dependencies(site: Site) -> None:
    put(site, "hi", HI_PY)
    put(site, "greet", GREET_PY)
    more = 'recipeArgs = { python_deps = [Greet.out] console_scripts = { hi = "hi:main" } }'
    greet = HI.format(recipe="python_wheel", more="recipeArgs = { python_deps = [] }")
    program = HI.format(recipe="python_wheel", more=more) + greet.replace("hi", "greet").replace(
        "Hi", "Greet"
    )
    hi = site.build(program)["Hi"]
    assert said_by(hi / "bin" / "hi") == "hello\n"
    assert site.references(hi) == ["greet"]
    site.holds_when_built_elsewhere(program)


@pytest.mark.pip
def test_programs_of_a_wheel_find_their_modules(site: Site) -> None:
    put(site, "hi", HI_PY, GREET_PY)
    assert built(site, "python_wheel", "recipeArgs = { python_deps = [] }") == "hello\n"


@pytest.mark.pip
@pytest.mark.parametrize("folder", ["vendor", "hi"])
def test_an_environment_of_wheels(site: Site, folder: str) -> None:
    site.write({"hi/README": ""})
    put(site, folder, HI_PY, GREET_PY)
    more = VENDOR if folder == "vendor" else ""
    packages = 'recipeArgs = { packages = "hi==1.0" } '
    assert built(site, "python_venv", packages + more) == "hello\n"


@pytest.mark.pip
def test_an_environment_of_what_is_listed_alone(site: Site) -> None:
    put(site, "vendor", HI_PY)
    site.write({"hi/README": ""})
    words = 'packages = ["hi==1.0"] no_deps = true extra_pip_args = "--quiet --compile"'
    program = HI.format(recipe="python_venv", more=f"recipeArgs = {{ {words} }} {VENDOR}")
    hi = site.build(program)["Hi"]
    assert (hi / "bin" / "hi").exists()
    assert list(hi.glob("lib/python*/site-packages/__pycache__/hi.*.pyc"))


# Ruby --------------------------------------------------------------------

GEMSPEC = """\
Gem::Specification.new do |gem|
  gem.name, gem.version, gem.summary, gem.authors = "{name}", "1.0", "a gem", ["us"]
  gem.files, gem.bindir, gem.executables = ["lib/{name}.rb"], "exe", {programs}
end
"""


@pytest.mark.gem
def test_a_gem_finds_those_that_it_needs(site: Site) -> None:
    site.write({"greet/greet.gemspec": GEMSPEC.format(name="greet", programs=[])})
    site.write({"greet/lib/greet.rb": 'GREETING = "hello"\n'})
    site.write({"hi/hi.gemspec": GEMSPEC.format(name="hi", programs='["hi"]')})
    site.write({"hi/lib/hi.rb": 'require "greet"\n', "hi/README": ""})
    site.write({"hi/exe/hi": '#!/usr/bin/env ruby\nrequire "hi"\nputs GREETING\n'})
    greet = HI.format(recipe="ruby_gem", more="recipeArgs = { ruby_deps = [] }")
    program = greet.replace("hi", "greet").replace("Hi", "Greet") + HI.format(
        recipe="ruby_gem", more="recipeArgs = { ruby_deps = [Greet.out] }"
    )
    hi = site.build(program)["Hi"]
    assert said_by(hi / "bin" / "hi") == "hello\n"
    assert site.references(hi) == ["greet"]
    site.holds_when_built_elsewhere(program)


# Swift -------------------------------------------------------------------

PACKAGE_SWIFT = """\
// swift-tools-version:5.5
import PackageDescription
let package = Package(name: "hi", targets: [.executableTarget(name: "hi", path: "src")])
"""


@pytest.mark.swift
def test_a_package_of_swift(site: Site) -> None:
    site.write({"hi/Package.swift": PACKAGE_SWIFT, "hi/src/main.swift": 'print("hello")\n'})
    hi = site.build(HI.format(recipe="swift", more=""))["Hi"]
    assert said_by(hi / "bin" / "hi") == "hello\n"
