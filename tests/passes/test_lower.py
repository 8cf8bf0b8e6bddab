"""What lowering fills in, and what it refuses."""

from typing import Any

import pytest
from programs import DIGEST, SPAN, module, program, richer, tutorial

from punix.ir.diagnostics import Code, ProgramError
from punix.ir.names import (
    BinaryName,
    Digest,
    ModuleName,
)
from punix.ir.package import (
    FetchedSource,
    FixedSource,
    LocalPatch,
    LocalSource,
    Lowered,
    NoSource,
    Package,
    Patch,
)
from punix.ir.program import Program
from punix.ir.recipe import BuildScript, Recipe, RecipeInput
from punix.ir.schema.shape import FieldSpec, ListShape, Schema, TextShape
from punix.ir.text import Out, Secret, Variable
from punix.ir.value import get
from punix.passes.lower.lower import Lower
from punix.passes.lower.sources import local_folders, with_digests
from punix.recipes.registry import RECIPES

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


def test_a_variable_may_mention_a_dependency() -> None:
    lib = module("Lib", {**SHELL, "pname": "lib"})
    env = {"A": "${DEP:lib}/x"}
    root = program([lib, module("P", {**SHELL, "env": env}, needs=["Lib"])])
    (made,) = (one for one in lower(root).packages if one.module == "P")
    assert [one.text for one in made.environment] == [(Out(ModuleName("Lib")), "/x")]


def test_all_that_is_wrong_with_a_package_comes_at_once() -> None:
    with pytest.raises(ProgramError) as caught:
        package(
            recipeArgs={"command": "ls ${DEP:a}"},
            env={"A": "${DEP:b}", "B": "${DEP:c}"},
            source={"type": "url", "url": "x", "hash": ""},
        )
    messages = sorted(found.message for found in caught.value.diagnostics)
    wanted = [f"'{name}' is not a dependency of this package" for name in "abc"]
    assert messages == [*wanted, "'x' is not a URL"]


URL = "https://example.org/u.tgz"
SHA = "0" * 64
SPANS = (SPAN, SPAN, SPAN)
NAME = BinaryName("u.tgz")


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ({"type": "local", "path": "./src"}, LocalSource(DIGEST, "dir/src", (), SPAN)),
        ({"type": "local", "path": ".//./src"}, LocalSource(DIGEST, "dir/src", (), SPAN)),
        ({"type": "local", "path": "/a./src"}, LocalSource(DIGEST, "/a./src", (), SPAN)),
        (
            {"type": "url", "url": URL, "hash": "A" * 64, "patches": [{"url": URL, "hash": ""}]},
            FetchedSource(
                "url", URL, NAME, "a" * 64, "sha256", (Patch(URL, "", 1, SPAN, SPAN),), *SPANS
            ),
        ),
        (
            {"type": "git", "url": "./repo.git", "rev": "v1", "submodules": True},
            FetchedSource("git", "dir/repo.git", None, "v1", "blake3", (), *SPANS, None, True),
        ),
        (
            {"type": "git", "url": "git@a.org:b", "rev": "main", "treeHash": "b" * 64},
            FetchedSource("git", "git@a.org:b", None, "main", "blake3", (), *SPANS, "b" * 64),
        ),
        (
            {"type": "git", "url": "/b", "rev": "a", "treeHash": "", "hashType": "sha512"},
            FetchedSource("git", "/b", None, "a", "sha512", (), *SPANS, ""),
        ),
        (
            {
                "type": "url_per_arch",
                "hashType": "blake3",
                "perArch": [
                    {"system": "aarch64-linux", "url": URL, "hash": "1" * 64},
                    {"system": "x86_64-linux", "url": "mirror://gnu/x", "hash": "2" * 64},
                ],
            },
            FetchedSource("url", "mirror://gnu/x", BinaryName("x"), "2" * 64, "blake3", (), *SPANS),
        ),
        (
            {"type": "fixed_output", "command": "true", "hash": "", "hashType": "sha512"},
            FixedSource("true", "", "sha512", SPAN),
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


def behind(**more: Any) -> Any:
    """A stack of one service, started by something else."""
    return {"services": [{"name": "a", "package": "A", "binary": "b", **more}]}


def test_a_timer_and_a_socket_of_a_service() -> None:
    listens = {"listenStream": ["80", "/run/a"], "listenDatagram": ["[::1]:53"], "mode": "0660"}
    times = {"onCalendar": "Mon..Fri 08:00", "onBootSec": "1h 30s", "randomizedDelay": "5min"}
    members = {"backend": "systemd", **behind(timer=times, socket=listens)}
    (service,) = lower(program([module("S", members), module("A", SHELL)])).stacks[0].services
    assert service.timer
    assert service.socket
    assert {one.name: one.text for one in service.timer.settings} == {
        "onCalendar": ("Mon..Fri 08:00",),
        "onBootSec": ("1h 30s",),
        "randomizedDelay": ("5min",),
    }
    assert service.timer.persistent
    assert [(one.name, one.text) for one in service.socket.listens] == [
        ("listenStream", ("80",)),
        ("listenStream", ("/run/a",)),
        ("listenDatagram", ("[::1]:53",)),
    ]
    assert (service.socket.mode, service.socket.user) == (0o660, None)


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
        ({"source": {"type": "url", "url": URL}}, "[E1] source url lacks 'hash'"),
        ({"source": {"type": "url_per_arch", "perArch": []}}, "[E14] no source for 'x86_64-linux'"),
        ({"env": {"a-b": "x"}}, "'a-b' is not the name of an environment variable"),
        ({"env": {"A": (SECRET,)}}, "[E1] a secret cannot go into a build"),
        ({"pname": "a b"}, "'a b' is not a package name"),
        ({"version": 1}, "'version' is not a Str"),
        ({"pname": 1}, "dir/hello.pcl:1:1: error: [E1] 'pname' is not a Str"),
        ({"network": "yes"}, "'network' is not a Bool"),
        ({"source": {"type": "local", "path": "x", "exclude": [1]}}, "not a plain text"),
        ({"source": {"type": "git", "url": "./u", "hash": "h", "patches": [1]}}, "not a record"),
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
        (behind(timer={"persistent": True}), "the timer has no onCalendar or onBootSec or"),
        (behind(timer={"onBootSec": "soon"}), "'soon' is not a length of time"),
        (behind(timer={"onCalendar": "a\nb"}), "'a\\nb' is not a time"),
        (behind(socket={}), "the socket listens nowhere"),
        (
            behind(socket={"listenStream": ["8080"], "user": "www"}) | {"scope": "user"},
            "'user' in a stack of scope 'user'",
        ),
        (behind(socket={"listenStream": ["65536"]}), "'65536' is not a port"),
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
        lower(program([module("S", {"backend": "systemd"} | members), module("A", SHELL)]))
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
        return package(source={"type": "url", "url": url, "hash": "0" * 64}).source

    assert named("http://a/x.tgz?token#part") == named("https://b/c/x.tgz")
    assert named("http://a/x.tgz") != named("http://a/y.tgz")


def test_a_local_patch_is_hashed_by_what_it_holds() -> None:
    patches: Any = ["./fix.patch", {"url": "sub/more.patch", "hash": "f" * 64, "strip": 0}]
    source: Any = {"type": "url", "url": URL, "hash": SHA, "patches": patches}
    root = program([module("A", {**SHELL, "source": source})])
    files = [(one.member, one.path) for one in local_folders(root)]
    assert files == [
        ("source.patches.0", "dir/fix.patch"),
        ("source.patches.1", "dir/sub/more.patch"),
    ]
    digests = {(ModuleName("A"), member): DIGEST for member, _ in files}
    made = lower(with_digests(root, digests)).packages[0].source
    assert isinstance(made, FetchedSource)
    assert made.patches == (
        LocalPatch(DIGEST, 1, "dir/fix.patch", "", SPAN, SPAN),
        LocalPatch(DIGEST, 0, "dir/sub/more.patch", "f" * 64, SPAN, SPAN),
    )


@pytest.mark.parametrize(
    ("source", "message", "hint"),
    [
        ({"url": "htps://a/b"}, "nothing can be fetched by 'htps'", "did you mean 'htt"),
        (
            {"url": "ext::sh -c id"},
            "'ext::sh -c id' is not a URL",
            "it begins with https://, http://",
        ),
        ({"url": "./a.tgz"}, "'./a.tgz' is not a URL", "what lies beside the program is 'local'"),
        ({"type": "git", "url": "repo"}, "'repo' is not a URL", "file://, or is a path: ./…"),
        ({"type": "local", "path": ""}, "'' is no path", '"." is the folder of this file'),
        ({"type": "local", "path": "a\0/b"}, "'a\\x00/b' is no path", ""),
        ({"patches": ["a\0"]}, "'a\\x00' is no path", ""),
        ({"url": "https://a b"}, "'https://a b' is not a URL", ""),
        ({"url": "https:///b"}, "'https:///b' names no host", ""),
        ({"url": "https://-oProxy/b"}, "names no host", ""),
        ({"url": "https://a:65536/b"}, "names no host", ""),
        ({"url": "file://etc/passwd"}, "'file://etc/passwd' is not absolute", "write file:///…"),
        ({"url": "mirror://gun/x"}, "no mirror is called 'gun'", "did you mean 'gnu'?"),
        ({"url": "mirror://gnu/"}, "'mirror://gnu/' names no file", ""),
        ({"url": f"https://a/{'b' * 256}"}, "is not one file name", ""),
        ({"patches": [URL]}, "a patch from a URL needs a hash", 'write { url = … hash = "" }'),
        ({"type": "git", "url": "ext::sh -c id"}, "'ext::sh -c id' is not a URL", ""),
        ({"type": "git", "url": "ssh://-oProxyCommand=id/x"}, "names no host", ""),
        ({"type": "git", "url": "u@a:-x"}, "'u@a:-x' is not a URL", ""),
        ({"type": "git", "hash": "--upload-pack=id"}, "cannot be a commit, tag or branch", ""),
        ({"type": "git", "hash": "v1..v2"}, "cannot be a commit, tag or branch", ""),
    ],
)
def test_a_source_that_nothing_could_fetch(source: Any, message: str, hint: str) -> None:
    with pytest.raises(ProgramError) as caught:
        package(source={"type": "url", "url": URL, "hash": SHA} | source)
    [found] = caught.value.diagnostics
    assert (found.code, message in found.message) == (Code.E1, True), found
    assert hint in (found.hint or "")


def test_all_that_is_wrong_with_the_sources_of_a_package_comes_at_once() -> None:
    bad: Any = {"type": "url", "url": "x", "hash": "y", "patches": [URL, "htp://a/b"]}
    git: Any = {"type": "git", "url": "x", "rev": "-y", "treeHash": "z"}
    with pytest.raises(ProgramError) as caught:
        package(source=bad, vendor=git)
    messages = [found.message for found in caught.value.diagnostics]
    assert sorted(messages) == [
        "'-y' cannot be a commit, tag or branch",
        "'x' is not a URL",
        "'x' is not a URL",
        "a patch from a URL needs a hash",
        "nothing can be fetched by 'htp'",
    ]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        (URL, "u.tgz"),
        ("https://a/b.tgz?c=d/e#f", "b.tgz"),
        ("https://a.org/b/", "b"),
        ("https://a.org/b/..", "source"),
    ],
)
def test_what_a_download_is_called(url: str, name: str) -> None:
    source = package(source={"type": "url", "url": url, "hash": SHA}).source
    assert isinstance(source, FetchedSource)
    assert source.filename == name
