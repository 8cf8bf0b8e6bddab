"""The units that services become, against golden files, and what is refused."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from stacks import HELLO, SOURCE, closure, config, service

from punix.backends.base import load_backend
from punix.ir.bundle import Bundle
from punix.ir.closure import Closure
from punix.ir.codec import envelope
from punix.ir.diagnostics import ProgramError
from punix.ir.dump import render
from punix.ir.health import ExecCheck, Health
from punix.ir.names import ModuleName, UnitName
from punix.ir.span import by_name, locate
from punix.ir.text import LiveFolder, Secret, StorePath, Symbol, Text, fill
from punix.ir.verify import verify

STACK = ModuleName("HelloStack")
Golden = Callable[[str, str], None]


def emit(source: Closure) -> Bundle:
    bundle = load_backend("systemd").emit(source, STACK)
    assert verify(bundle) == []
    return bundle


def shown(symbol: Symbol) -> str:
    if isinstance(symbol, StorePath):
        return f"/store/{symbol.name}"
    return "/live" if isinstance(symbol, LiveFolder) else "<secret>"


def written(text: Text) -> str:
    return fill(text, shown)


def unit_text(bundle: Bundle, name: str = "hello") -> str:
    return next(
        written(file.text) for file in bundle.files if file.path.endswith(f"/{name}.service")
    )


def errors(source: Closure) -> list[str]:
    with pytest.raises(ProgramError) as caught:
        emit(source)
    return str(caught.value).splitlines()


def test_the_unit_of_the_tutorial(golden: Golden) -> None:
    bundle = emit(closure([service("hello")], [config("/etc/hello.conf")]))
    golden("units/tutorial.service", unit_text(bundle))
    assert [file.path for file in bundle.files] == [
        "/etc/hello.conf",
        "/etc/systemd/system/hello.service",
    ]
    assert (bundle.units[0].files, bundle.shared_files) == ((), ("/etc/hello.conf",))
    assert bundle.units[0].packages == (HELLO,)


def test_the_unit_of_a_user(golden: Golden) -> None:
    secret = Secret("from_env", "TOKEN")
    own = service("hello", environment={"TOKEN": (secret,)}, credentials={"key": secret})
    bundle = emit(closure([own], [config("~/.config/hello.conf")], "user"))
    golden("units/user.service", unit_text(bundle))
    golden("units/user.bundle.txt", render(envelope(replace(bundle, sources=()))))


def test_dependencies_give_order_and_requirement(golden: Golden) -> None:
    bundle = emit(
        closure([service("hello", depends_on=["db", "cache"]), service("db"), service("cache")])
    )
    golden("units/dependencies.service", unit_text(bundle))
    assert [unit.service for unit in bundle.units] == ["db", "cache", "hello"]
    assert bundle.units[2].requires == ("cache.service", "db.service")


def test_arguments_and_environment(golden: Golden) -> None:
    odd = ("", "two words", "100% $HOME ${X} \\ \" ' ;", ";", "a\nb\tc", "é€ \u200b", "@-:+!")
    mixed: Text = ("--root=", StorePath(HELLO), "/share/a b")
    bundle = emit(
        closure(
            [
                service(
                    "hello",
                    *odd,
                    mixed,
                    environment={"A": "100% $HOME \\ \"'", "B": "", "C": "x\ny", "D": mixed},
                )
            ]
        )
    )
    golden("units/environment.service", unit_text(bundle))


def test_secrets_go_into_a_file_of_their_own(golden: Golden) -> None:
    secret = Secret("from_env", "DB_PWD")
    bundle = emit(closure([service("hello", environment={"A": "b", "PASSWORD": (secret,)})]))
    golden("units/secrets.service", unit_text(bundle))
    (file,) = bundle.secret_files
    assert (file.name, written(file.text)) == ("hello.env", 'PASSWORD="<secret>"\n')
    assert bundle.units[0].secrets == ("hello.env",)
    assert not any("DB_PWD" in str(entry.text) for entry in bundle.files)


def test_directives_replace_and_add(golden: Golden) -> None:
    directives: dict[str, str | Text] = {
        "CPUQuota": "20%",
        "ExecReload": "/bin/kill -HUP $MAINPID '$HOME a;b' ;",
        "LogExtraFields": "X=%n",
        "MemoryMax": "64M",
        "ReadOnlyPaths": (StorePath(HELLO), "/share"),
        "Restart": "always",
        "Type": "notify",
    }
    bundle = emit(closure([service("hello", directives=directives, user="web")]))
    golden("units/directives.service", unit_text(bundle))


def test_a_dollar_in_the_name_of_a_binary_is_no_variable() -> None:
    bundle = emit(closure([service("hello", binary="a$HOME b")]))
    exec_line = unit_text(bundle).splitlines()[4]
    path = f"/store/{HELLO}/bin/a"
    assert exec_line == f'ExecStart=@"{path}$HOME b" "{path}$$HOME b"'


def test_each_line_of_a_file_has_its_place() -> None:
    bundle = emit(
        closure(
            [service("hello", "x", environment={"A": "1"}, directives={"Nice": "5"})],
            [
                config(f"/etc/{at}", content)
                for at, content in enumerate(("", "\n", "a", "a\n", "a\nb", "a\n\n"))
            ],
        )
    )
    for file in bundle.files:
        assert len(file.line_spans) == len(written(file.text).splitlines())
    lines = dict(zip(unit_text(bundle).splitlines(), bundle.files[-1].line_spans, strict=True))
    assert locate(lines["Environment=A=1"], by_name([SOURCE])).line == 13
    assert locate(lines["Nice=5"], by_name([SOURCE])).line == 14


@pytest.mark.parametrize(
    ("directives", "wanted"),
    [
        ({"ExecStart": "/bin/sh"}, "error: [E1] 'ExecStart' has a field of its own"),
        ({"EnvironmentFile": "/etc/x"}, "error: [E1] 'EnvironmentFile' has a field of its own"),
        ({"WantedBy": "x.target"}, "error: [E1] 'WantedBy' belongs to [Install]"),
        ({"Nice": "5\nExecStartPre=/bin/sh"}, "[E28] a directive cannot hold a line break"),
        ({"Nice": "5\rX=1"}, "[E28] a directive cannot hold a line break"),
        ({"Nice": "5\\"}, "[E28] a directive cannot begin or end with a space"),
        ({"Nice": "\0"}, "[E28] a directive cannot hold a line break"),
        ({"ExecReload": "sh -c x"}, "[E28] a command begins with the absolute path"),
        ({"ExecReload": "/bin/sh 'x"}, "[E28] a quote is opened and not closed"),
    ],
)
def test_refused_directives(directives: dict[str, str], wanted: str) -> None:
    found = errors(closure([service("hello", directives=directives)]))
    assert found[0].startswith("app.pcl:14:1: error:")
    assert wanted in found[0]


def test_refused_texts_have_their_places() -> None:
    bad = service(
        "hello", "ok", "a\0b", "x" * 131_072, binary='a"b', environment={"A": "\ufffe", "B": "\0"}
    )
    found = [line for line in errors(closure([bad])) if "hint" not in line]
    assert [line.split(": error: ")[0] for line in found] == [
        "app.pcl:11:1",
        "app.pcl:12:1",
        "app.pcl:12:1",
        "app.pcl:13:1",
        "app.pcl:13:1",
    ]
    assert all("[E28]" in line for line in found)


@pytest.mark.parametrize("argument", ["a\0b", "x" * 131_072])
def test_a_check_has_no_words_that_a_program_cannot_be_given(argument: str) -> None:
    health = Health(ExecCheck((("/bin/true",), (argument,))), 1, 1)
    found, *_ = errors(closure([service("hello", health=health)]))
    assert found.startswith("app.pcl:10:1: error: [E28]")


@pytest.mark.parametrize("name", ["DynamicUser", "Group", "SupplementaryGroups", "User"])
def test_a_user_has_no_other_accounts(name: str) -> None:
    own = service("hello", directives={name: "web"})
    emit(closure([own]))
    assert errors(closure([own], scope="user")) == [
        f"app.pcl:14:1: error: [E1] '{name}' in a stack of scope 'user'",
        "  hint: a user's own services run as that user, with no more rights",
    ]


def test_names_that_systemd_cannot_start() -> None:
    found = errors(closure([service("a@"), service("b" * 199)]))
    heads = [line.split("] ")[0] for line in found if not line.startswith("  hint:")]
    assert heads == ["app.pcl:10:1: error: [E1"] * 2


def test_two_services_of_one_unit() -> None:
    found = errors(closure([service("web", line=10), service("web.service", line=20)]))
    assert found == [
        "app.pcl:20:1: error: [E1] services 'web' and 'web.service' have one unit",
        "app.pcl:10:1: note: the other is here",
        "  hint: give each a name of its own",
    ]


def test_two_thousand_services_in_a_chain() -> None:
    count = 2_000
    services = [
        service(f"s{n}", depends_on=[f"s{n + 1}"] if n + 1 < count else []) for n in range(count)
    ]
    bundle = emit(closure(services))
    assert [unit.name for unit in bundle.units] == [
        UnitName(f"s{n}.service") for n in reversed(range(count))
    ]


def test_a_file_is_used_by_the_services_that_name_it_or_its_folder() -> None:
    bundle = emit(
        closure(
            [
                service("a", "--config=/etc/app/a.conf"),
                service("b", "--folder", "/etc/app"),
                service("c", environment={"X": "/etc/odd name:/etc/app/a.conf.d"}),
            ],
            [config("/etc/app/a.conf"), config("/etc/odd name"), config("/etc/all.conf")],
        )
    )
    assert {unit.service: unit.files for unit in bundle.units} == {
        "a": ("/etc/app/a.conf",),
        "b": ("/etc/app/a.conf",),
        "c": ("/etc/odd name",),
    }
    assert bundle.shared_files == ("/etc/all.conf",)


def test_a_file_of_a_user_is_named_from_the_home_folder_on() -> None:
    bundle = emit(
        closure(
            [
                service("a", "--config=.config/app/a.conf"),
                service("b", "-c", "cat ~/.config/app/a.conf $HOME/.apprc"),
                service("c", "--folder", ".config/app", environment={"X": "odd name"}),
                service("d", "config", "/x/.config/app/a.conf"),
            ],
            [config(f"~/{name}") for name in (".config/app/a.conf", ".apprc", "odd name", "all")],
            "user",
        )
    )
    assert {unit.service: unit.files for unit in bundle.units} == {
        "a": ("~/.config/app/a.conf",),
        "b": ("~/.apprc", "~/.config/app/a.conf"),
        "c": ("~/.config/app/a.conf", "~/odd name"),
        "d": (),
    }
    assert bundle.shared_files == ("~/all",)


def test_a_line_break_is_no_new_entry_even_in_what_a_program_cannot_say() -> None:
    with pytest.raises(ProgramError, match="cannot hold a line break"):
        emit(closure([service("hello", restart="no\nExecStartPre=/bin/sh")]))


def test_credentials_are_files_that_the_unit_loads(golden: Golden) -> None:
    secrets = {"db": Secret("from_env", "DB"), "tls.key": Secret("from_file", "/k")}
    bundle = emit(
        closure(
            [service("hello", environment={"A": (Secret("from_env", "A"),)}, credentials=secrets)]
        )
    )
    golden("units/credentials.service", unit_text(bundle))
    assert [(file.name, written(file.text)) for file in bundle.secret_files] == [
        ("hello+db", "<secret>"),
        ("hello+tls.key", "<secret>"),
        ("hello.env", 'A="<secret>"\n'),
    ]
    assert bundle.units[0].secrets == ("hello+db", "hello+tls.key", "hello.env")


def test_a_signal_to_reload_is_sent_by_a_shell() -> None:
    text = unit_text(emit(closure([service("hello", reload_signal="SIGHUP")])))
    assert 'ExecReload=/bin/sh -c "kill -s HUP ${MAINPID}"\n' in text
    both = service("hello", reload_signal="SIGHUP", directives={"ExecReload": "/bin/true"})
    assert errors(closure([both])) == [
        "app.pcl:14:1: error: [E1] 'ExecReload' beside 'reloadSignal'",
        "  hint: keep one of them",
    ]
