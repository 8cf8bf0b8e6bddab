"""What lowering fills in, and what it refuses."""

from typing import Any

import pytest
from programs import DIGEST, SPAN, module, program, richer, tutorial

from punix.ir.diagnostics import ProgramError
from punix.ir.names import Digest, ModuleName
from punix.ir.package import FetchedSource, LocalSource, Lowered, NoSource, Package, Patch
from punix.ir.program import Program
from punix.ir.recipe import BuildScript, Recipe, RecipeInput
from punix.ir.shape import FieldSpec, ListShape, Schema, TextShape
from punix.ir.text import Out, Secret, Variable
from punix.ir.value import get
from punix.passes.lower import Lower
from punix.passes.sources import local_folders, with_digests
from punix.recipes import RECIPES

SHELL = {"recipe": "std.shell", "recipeArgs": {"command": "true"}}


def lower(root: Program, system: str = "x86_64-linux") -> Lowered:
    return Lower(system, "seeded", RECIPES).run(root)


def package(**more: Any) -> Package:
    members = {**SHELL, **more}
    return lower(program([module("A", members)], local=["A"])).packages[0]


def test_defaults() -> None:
    made = package()
    assert (made.pname, made.version, made.network, made.inputs) == ("A", "0", False, ())
    assert made.source == NoSource()
    stack = lower(program([module("S", {"backend": "systemd"})])).stacks[0]
    assert (stack.scope, stack.pins, stack.services, stack.config_files) == ("system", (), (), ())


def test_a_recipe_gets_checked_arguments_with_defaults_under_their_own_names() -> None:
    seen: list[RecipeInput] = []

    def make(given: RecipeInput) -> BuildScript:
        seen.append(given)
        return BuildScript(("x ", Out(ModuleName("Lib"))), (Variable("Z", ("1",), SPAN),))

    arguments = Schema(
        "std.odd",
        "",
        (
            FieldSpec("make_flags", ListShape(TextShape()), "", default=(), alias="makeFlags"),
            FieldSpec("target", TextShape(), "", default="all"),
            FieldSpec("absent", TextShape(), ""),
        ),
    )
    lib = module("Lib", {"pname": "lib", "recipe": "std.odd"})
    members = {
        "recipe": "std.odd",
        "recipeArgs": {"makeFlags": ["-j"]},
        "env": {"A": "1", "Z": "2"},
    }
    root = program([lib, module("A", members, needs=["Lib"])])
    recipes = {"std.odd": Recipe("std.odd", 3, arguments, make, "")}
    made = Lower("x86_64-linux", "seeded", recipes).run(root).packages[0]
    assert [field.label for field in seen[0].arguments.fields] == ["make_flags", "target"]
    assert get(seen[0].arguments, "target").text == ("all",)  # type: ignore[union-attr]
    assert seen[0].dependencies == {"lib": "Lib"}
    assert (made.recipe_version, made.inputs) == (3, ("Lib",))
    assert [(one.name, one.text) for one in made.environment] == [("A", ("1",)), ("Z", ("2",))]


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ({"type": "local", "path": "./src"}, LocalSource(DIGEST, "dir/src", (), SPAN)),
        (
            {"type": "url", "url": "u", "hash": "h", "patches": [{"url": "p", "hash": "q"}]},
            FetchedSource("url", "u", "u", "h", "sha256", (Patch("p", "q", 1),), SPAN),
        ),
        (
            {"type": "git", "url": "u", "rev": "v1", "submodules": True},
            FetchedSource("git", "u", "", "v1", "git", (), SPAN, None, True),
        ),
        (
            {
                "type": "url_per_arch",
                "perArch": [
                    {"system": "aarch64-linux", "url": "a", "hash": "1"},
                    {"system": "x86_64-linux", "url": "x", "hash": "2"},
                ],
            },
            FetchedSource("url", "x", "x", "2", "sha256", (), SPAN),
        ),
    ],
)
def test_sources(source: Any, wanted: object) -> None:
    assert package(source=source).source == wanted


def test_a_local_path_is_relative_to_the_file_in_which_it_stands() -> None:
    assert [(one.module, one.member, one.path, one.exclude) for one in local_folders(richer())] == [
        ("Lib", "source", "dir/lib", ("*.o",))
    ]
    source = package(source={"type": "local", "path": "./src"}).source
    assert isinstance(source, LocalSource)
    assert source.path == "dir/src"


def test_digests_are_put_in() -> None:
    root = with_digests(tutorial(), {(ModuleName("Hello"), "source"): Digest("cd" * 32)})
    source = lower(root).packages[0].source
    assert isinstance(source, LocalSource)
    assert source.digest == "cd" * 32


def test_a_service_may_be_the_name_of_a_data_module() -> None:
    services = lower(richer()).stacks[1].services
    assert [service.name for service in services] == ["worker", "listener"]
    assert services[1].executable == (Out(ModuleName("Tool")), "/bin/tool")
    directives = [(one.name, one.text) for one in services[1].directives]
    assert directives == [("MemoryMax", ("64M",)), ("Nice", ("5",)), ("PrivateTmp", ("true",))]


SECRET = Secret("from_env", "PW")


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {"source": {"type": "local", "path": "x"}},
            "[E25] the program lacks the digest of B's source",
        ),
        (
            {"recipe": "std.shel"},
            "[E8] unknown recipe 'std.shel'\n  hint: did you mean 'std.shell'?",
        ),
        (
            {"source": {"type": "gti"}},
            "[E1] unknown source type 'gti'\n  hint: did you mean 'git'?",
        ),
        ({"source": {"type": "url", "url": "u"}}, "[E1] source url lacks 'hash'"),
        ({"source": {"type": "url_per_arch", "perArch": []}}, "[E14] no source for 'x86_64-linux'"),
        ({"source": {"type": "git", "url": "u", "hash": "h", "patches": ["p"]}}, "needs a hash"),
        ({"env": {"a-b": "x"}}, "'a-b' is not the name of an environment variable"),
        ({"env": {"A": (SECRET,)}}, "[E1] a secret cannot go into a build"),
        ({"pname": "a b"}, "'a b' is not a package name"),
        ({"version": 1}, "'version' is not a Str"),
        ({"pname": 1}, "dir/hello.pcl:1:1: error: [E1] 'pname' is not a Str"),
        ({"network": "yes"}, "'network' is not a Bool"),
        ({"source": {"type": "local", "path": "x", "exclude": [1]}}, "not a plain text"),
        ({"source": {"type": "git", "url": "u", "hash": "h", "patches": [1]}}, "not a record"),
    ],
)
def test_a_package_that_does_not_fit(members: Any, message: str) -> None:
    plain = {"recipe": "std.shell", "recipeArgs": {"command": "true"}}
    root = program([module("A", plain), module("B", plain | members)])
    with pytest.raises(ProgramError) as caught:
        lower(root)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"scope": "both"}, "'both' is not one of system, user"),
        ({"storeModules": ["Nobody"]}, "'Nobody' is no package"),
        ({"services": ["Nobody"]}, "no module 'Nobody'"),
        ({"services": [1]}, "not a record"),
        ({"services": [{"name": "a"}]}, "service lacks 'package'"),
        ({"services": [{"name": "a", "package": "S", "binary": "b"}]}, "'S' is no package"),
        ({"configFiles": [{"path": "etc", "content": ""}]}, "'etc' is not an absolute path"),
        (
            {"configFiles": [{"path": "/etc/a", "content": "", "mode": "9"}]},
            "'9' is not a file mode",
        ),
        ({"configFiles": [{"path": "/etc/a"}]}, "config file lacks 'content'"),
    ],
)
def test_a_stack_that_does_not_fit(members: Any, message: str) -> None:
    with pytest.raises(ProgramError) as caught:
        lower(program([module("S", {"backend": "systemd"} | members)]))
    assert f"dir/hello.pcl:1:1: error: [E1] {message}" in str(caught.value)


def test_all_errors_of_all_modules_come_at_once() -> None:
    plain = {"recipe": "std.shell", "recipeArgs": {"command": "true"}}
    bad = [
        module("A", plain | {"pname": " "}),
        module("B", plain | {"version": "/"}),
        module("S", {"backend": "systemd", "scope": ""}),
    ]
    with pytest.raises(ProgramError) as caught:
        lower(program(bad))
    assert len(caught.value.diagnostics) == 3


def test_a_vendored_source_has_its_own_digest() -> None:
    members = {"source": {"type": "local", "path": "s"}, "vendor": {"type": "local", "path": "v"}}
    root = program([module("A", {**SHELL, **members})])
    assert [(one.member, one.path) for one in local_folders(root)] == [
        ("source", "dir/s"),
        ("vendor", "dir/v"),
    ]
    digests = {(ModuleName("A"), one): Digest(one[0].encode().hex() * 32) for one in members}
    made = lower(with_digests(root, digests)).packages[0]
    assert isinstance(made.source, LocalSource)
    assert isinstance(made.vendor, LocalSource)
    assert (made.source.digest, made.vendor.digest) == ("73" * 32, "76" * 32)


def test_where_a_download_is_does_not_name_what_it_holds() -> None:
    def named(url: str) -> object:
        return package(source={"type": "url", "url": url, "hash": "h"}).source

    assert named("http://a/x.tgz?token#part") == named("https://b/c/x.tgz")
    assert named("http://a/x.tgz") != named("http://a/y.tgz")
