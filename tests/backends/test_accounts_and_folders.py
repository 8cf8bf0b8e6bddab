"""The accounts that a stack makes, and what is there before its services start."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stacks import closure, config, service, socket, system_user

from examples import tried
from punix.backends.base import load_backend
from punix.ir.bundle import Accounts, Bundle
from punix.ir.closure import Closure
from punix.ir.diagnostics import ProgramError
from punix.ir.names import AbsPath, AccountName, BadName, ModuleName, UserComment
from punix.ir.text import fill
from punix.ir.verify import verify

Golden = Callable[[str, str], None]
SYSUSERS = "/etc/sysusers.d/punix-HelloStack.conf"
TMPFILES = "/etc/tmpfiles.d/punix-HelloStack.conf"


def emit(source: Closure) -> Bundle:
    bundle = load_backend("systemd").emit(source, ModuleName("HelloStack"))
    assert verify(bundle) == []
    return bundle


def text_at(bundle: Bundle, path: str) -> str:
    (file,) = [file for file in bundle.files if file.path == path]
    written = fill(file.text, str)
    assert len(file.line_spans) == written.count("\n")
    return written


def test_users_and_groups(golden: Golden) -> None:
    web = system_user(
        "web",
        group="www",
        home="/var/lib/web",
        shell="/bin/sh",
        description='100% "web\\',
    )
    bundle = emit(closure([], users=[system_user("db"), web], groups=["logs"]))
    golden("units/sysusers.conf", text_at(bundle, SYSUSERS))
    assert bundle.accounts == Accounts(
        AbsPath(SYSUSERS),
        (AccountName("db"), AccountName("web")),
        (AccountName("db"), AccountName("logs"), AccountName("www")),
    )


def test_no_file_without_need() -> None:
    bundle = emit(closure([service("a")]))
    assert (bundle.accounts, [file.path for file in bundle.files]) == (
        None,
        ["/etc/systemd/system/a.service"],
    )


@pytest.mark.parametrize("text", ["a:b", "a\nu root 0", "a\x00", " a", ""])
def test_what_no_account_is_described_as(text: str) -> None:
    with pytest.raises(BadName):
        UserComment(text)


def test_a_description_that_systemd_does_not_take() -> None:
    with pytest.raises(ProgramError, match=r"app.pcl:60:1: error: \[E28\] .*noncharacter"):
        emit(closure([], users=[system_user("a", description="\ufffe")]))


def test_lines_are_written_anew(golden: Golden) -> None:
    one = service("a", tmpfiles=["d /var/lib/app   0750 web  web 30d", "d\t/run/app"])
    other = service(
        "b", tmpfiles=["f /var/lib/app/x 644 - - - 100% of\tit", "L+ /srv/x - - - - /y"]
    )
    golden("units/tmpfiles.conf", text_at(emit(closure([one, other])), TMPFILES))


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("d", "[E1] a line of tmpfiles has a type and a path"),
        ("", "[E1] a line of tmpfiles has a type and a path"),
        ("d /var/lib/a\nr /etc/passwd", "[E28] a directive cannot hold a line break"),
        ("d /var/lib/a\0", "[E28] a directive cannot hold a line break"),
        ("r /var/lib/a", "[E1] 'r' is no type of a line"),
        ("R! /var/lib/a", "[E1] 'R!' is no type of a line"),
        ("C /srv/a - - - - /etc/shadow", "[E1] 'C' is no type of a line"),
        ("# a comment", "[E1] '#' is no type of a line"),
        ("d -", "[E1] '-' is not an absolute path"),
        ("d /", "[E1] '/' is not an absolute path"),
        ("d var/lib", "[E1] 'var/lib' is not an absolute path"),
        ("d /var/lib/../../etc", "[E1] '/var/lib/../../etc' is not an absolute path"),
        ("d /var/lib/%H", "[E1] '/var/lib/%%H' is not an absolute path"),
        ("z /etc/sha*", "[E1] '/etc/sha*' is not an absolute path"),
        ('d "/var/lib/a b"', "[E1] '\"/var/lib/a' is not an absolute path"),
        ("d /srv/a :0755", "[E1] ':0755' is not a mode"),
        ("f /srv/a 4755", "[E1] '4755' is not a mode"),
        ("d /srv/a 0755 Root", "[E1] 'Root' is not a user or group name"),
        ("d /srv/a - - - soon", "[E1] 'soon' is not a length of time"),
        ("d /srv/a - - - 10 days", "[E1] 'days' is too much in a line of type 'd'"),
        ("z /etc/shadow 0644", "[E18] '/etc/shadow' is protected"),
        ("Z /etc/ssh", "[E18] '/etc/ssh' is protected"),
        ("d /etc/systemd/system/x.service.d", "[E18] '/etc/systemd/system/x.service.d' is in a"),
        ("Z /usr", "[E18] a stack may not write '/usr'"),
        ("Z /run", "[E18] a stack may not write '/run'"),
        (
            "d /var/cahce/a",
            "[E18] a stack may not write '/var/cahce/a'\n  hint: it goes below /etc, /opt, /srv, "
            "/usr/local, /var/lib, /run, /tmp, /var/cache, /var/log, /var/spool, /var/tmp",
        ),
        ("Z /run/systemd", "[E18] '/run/systemd' is protected"),
        ("L+ /etc/systemd - - - - /srv/x", "[E18] below '/etc/systemd' there are protected paths"),
        ("Z /etc/X11 0777 web", "[E18] below '/etc/X11' there are protected paths"),
        ("D /usr/local/lib", "[E18] below '/usr/local/lib' there are protected paths"),
    ],
)
def test_refused_lines(line: str, wanted: str) -> None:
    with pytest.raises(ProgramError) as caught:
        emit(closure([service("a", tmpfiles=[line])]))
    assert str(caught.value).startswith(f"app.pcl:16:1: error: {wanted}")


@pytest.mark.parametrize("line", ["d var/lib", "d -", "# a comment", "R! var/lib 9 Root"])
def test_one_mistake_is_one_error(line: str) -> None:
    with pytest.raises(ProgramError) as caught:
        emit(closure([service("a", tmpfiles=[line])]))
    assert len(caught.value.diagnostics) == 1


def test_no_line_goes_through_a_link_of_another() -> None:
    """systemd follows it to wherever it leads."""
    link = service("a", tmpfiles=["L /srv/a/etc - - - - /etc", "d /srv/a/etcetera"])
    emit(closure([link]))
    with pytest.raises(ProgramError) as caught:
        emit(closure([link, service("b", tmpfiles=["f+ /srv/a/etc/sudoers.d/x"], line=30)]))
    assert str(caught.value).startswith(
        "app.pcl:36:1: error: [E18] '/srv/a/etc/sudoers.d/x' is behind the link '/srv/a/etc'"
    )


@pytest.mark.parametrize(
    ("behind", "place"),
    [
        ({"files": [config("/srv/a/etc/app.conf", line=50)]}, "50:1"),
        ({"services": [service("b", socket=socket("/srv/a/etc/b.sock", line=40))]}, "41:1"),
    ],
)
def test_nothing_of_a_stack_lies_behind_its_links(behind: dict[str, Any], place: str) -> None:
    link = service("a", tmpfiles=["L /srv/a/etc - - - - /etc"])
    services = [link, *behind.get("services", ())]
    with pytest.raises(ProgramError) as caught:
        emit(closure(services, behind.get("files", ())))
    (only,) = caught.value.diagnostics
    assert str(caught.value).startswith(f"app.pcl:{place}: error: [E18] ")
    assert only.message.endswith("is behind the link '/srv/a/etc'")


def test_a_file_of_the_stack_is_not_made_by_a_line_too() -> None:
    lines = ["z /etc/app.conf 0600", "L+ /etc/app.conf - - - - /etc/other"]
    with pytest.raises(ProgramError) as caught:
        emit(closure([service("a", tmpfiles=lines)], [config("/etc/app.conf", line=50)]))
    assert str(caught.value).splitlines()[:2] == [
        "app.pcl:16:1: error: [E19] a line of tmpfiles makes the file '/etc/app.conf'",
        "app.pcl:50:1: note: the other is here",
    ]


def test_two_lines_make_a_path_only_if_they_are_one() -> None:
    """systemd takes the first of two, and passes over the other."""
    one = service("a", tmpfiles=["d /run/app 0750", "z /run/app 0700"])
    emit(closure([one, service("b", tmpfiles=["d /run/app 0750"], line=30)]))
    with pytest.raises(ProgramError) as caught:
        emit(closure([one, service("b", tmpfiles=["d /run/app"], line=30)]))
    assert str(caught.value).splitlines()[:2] == [
        "app.pcl:36:1: error: [E19] two lines of tmpfiles make '/run/app'",
        "app.pcl:16:1: note: the other is here",
    ]


WORDS = st.sampled_from(
    (
        *("d", "f", "L+", "z", "-", "/", "..", "/srv/a", "/srv/../x", "0755", "web", "30d", "/é"),
        *("%", "%n", "\\", '"', "\t", "\n", "\0", "x" * 300, f"/srv/{'a' * 256}", "/a" * 3000),
    )
)


@tried(200)
@given(st.lists(WORDS, max_size=9).map(" ".join))
def test_a_line_is_taken_or_refused_and_stays_one_line(line: str) -> None:
    source = closure([service("a", tmpfiles=[line])])
    try:
        assert text_at(emit(source), TMPFILES).count("\n") == 1
    except ProgramError as problem:
        assert str(problem).startswith("app.pcl:16:1: error: ")


def test_a_stack_of_a_user_makes_neither() -> None:
    source = closure(
        [service("a", tmpfiles=["d /srv/a"])], scope="user", users=[system_user("web")]
    )
    with pytest.raises(ProgramError) as caught:
        emit(source)
    assert [line for line in str(caught.value).splitlines() if "error" in line] == [
        "app.pcl:16:1: error: [E1] tmpfiles in a stack of scope 'user'",
        "app.pcl:60:1: error: [E1] accounts in a stack of scope 'user'",
    ]
