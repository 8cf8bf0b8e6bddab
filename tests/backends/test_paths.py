"""Where files may go, and which stand in each other's way."""

import pytest
from stacks import closure, config, service

from punix.backends.base import BACKENDS, backend_names, load_backend
from punix.backends.paths import GROUNDS
from punix.ir.diagnostics import ProgramError
from punix.ir.names import ModuleName
from punix.ir.stack import ConfigFile, Scope

STACK = ModuleName("HelloStack")


def errors(*files: ConfigFile, scope: Scope = "system") -> list[str]:
    with pytest.raises(ProgramError) as caught:
        load_backend("systemd").emit(closure([service("hello")], files, scope), STACK)
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    "path",
    ["/etc/a", "/etc/odd name/ü", "/srv/x", "/var/lib/x/y", "/opt/a", "/usr/local/bin/x",
     "/etc/systemd/resolved.conf.d/x.conf", "/etc/securities", "/etc/ssh.d/x",
     "/etc/logrotate.d/x", "/etc/sysctl.d/x.conf", "/etc/default/x", "/etc/ssl/private/x.key",
     "/etc/hosts", "/var/lib/systemd/x", "/etc/modulesx"],
)  # fmt: skip
def test_allowed_paths(path: str) -> None:
    bundle = load_backend("systemd").emit(closure([], [config(path)]), STACK)
    assert [file.path for file in bundle.files] == [path]


@pytest.mark.parametrize(
    "path",
    [
        "/etc",
        "/root/x",
        "/var/spool/cron/root",
        "/usr/bin/x",
        "/var/lib",
        "/etcetera/x",
        "/tmp/x",
        "/usr/localx",
    ],
)
def test_paths_outside(path: str) -> None:
    assert f"[E18] a stack may not write '{path}'" in errors(config(path))[0]


@pytest.mark.parametrize(
    "path",
    [
        *("/etc/sudoers", "/etc/sudoers.d/x", "/etc/ssh/sshd_config", "/etc/pam.d/login"),
        *("/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow", "/etc/security/limits.conf"),
        *("/etc/environment", "/etc/profile", "/etc/profile.d/x.sh", "/etc/bash.bashrc"),
        *("/etc/crontab", "/etc/cron.d/x", "/etc/cron.daily/x", "/etc/ld.so.preload"),
        *("/etc/ld.so.conf.d/x", "/etc/udev/rules.d/x", "/etc/polkit-1/rules.d/x"),
        *("/etc/init.d/x", "/etc/rc.local", "/etc/modprobe.d/x", "/etc/apt/apt.conf.d/x"),
        *("/etc/NetworkManager/dispatcher.d/x", "/etc/nsswitch.conf"),
        *("/etc/doas.conf", "/etc/csh.login", "/etc/tmpfiles.d/x.conf", "/etc/sysusers.d/x.conf"),
        *("/etc/dbus-1/system.d/x.conf", "/etc/apt/sources.list.d/x.list", "/etc/fstab"),
        *("/etc/ld.so.cache", "/etc/default/grub.d/x.cfg", "/etc/ppp/ip-up.d/x", "/etc/zsh/zshrc"),
        *("/etc/systemd/logind.conf.d/x.conf", "/etc/ssl/certs/x.pem", "/etc/punix/x"),
        *("/usr/local/lib/tmpfiles.d/x.conf", "/usr/local/share/polkit-1/rules.d/x"),
        *("/var/lib/dpkg/status", "/var/lib/systemd/linger/me", "/var/lib/punix/store/x"),
    ],
)
def test_protected_paths(path: str) -> None:
    found = errors(config(path, line=50))
    assert found[0] == f"app.pcl:50:1: error: [E18] '{path}' is protected"
    assert found[1].removeprefix("  hint: ") in GROUNDS["system"].protected


@pytest.mark.parametrize("scope", GROUNDS)
def test_protected_paths_are_sorted_and_stand_once(scope: Scope) -> None:
    table = GROUNDS[scope].protected
    every = [path for paths in table.values() for path in paths]
    assert len(every) == len(set(every))
    assert all(list(paths) == sorted(paths) for paths in table.values())


@pytest.mark.parametrize(
    "path",
    ["~/x", "~/.config/app/app.conf", "~/.local/share/x", "~/odd name/ü", "~/.sshx", "~/bashrc",
     "~/.config/systemdx", "~/.profiles", "~/~/x", "~/etc/passwd"],
)  # fmt: skip
def test_allowed_paths_of_a_user(path: str) -> None:
    bundle = load_backend("systemd").emit(closure([], [config(path)], "user"), STACK)
    assert [file.path for file in bundle.files] == [path]


@pytest.mark.parametrize(
    "path",
    [
        *("~/.ssh/config", "~/.ssh", "~/.gnupg/gpg.conf", "~/.profile", "~/.bashrc"),
        *("~/.bash_profile", "~/.zshrc", "~/.zsh/x", "~/.punix/store/x", "~/.config/punix/x"),
        *("~/.config/autostart/x.desktop", "~/.config/environment.d/x.conf", "~/.xsessionrc"),
        *("~/.config/fish/config.fish", "~/.pam_environment", "~/.rhosts", "~/.forward"),
        *("~/.local/share/dbus-1/services/x.service", "~/.config/user-tmpfiles.d/x.conf"),
    ],
)
def test_protected_paths_of_a_user(path: str) -> None:
    found = errors(config(path, line=50), scope="user")
    assert found[0] == f"app.pcl:50:1: error: [E18] '{path}' is protected"
    assert found[1].removeprefix("  hint: ") in GROUNDS["user"].protected


@pytest.mark.parametrize("path", ["~/.config/systemd/user/x.service", "~/.config/systemd/x"])
def test_folders_of_a_users_units(path: str) -> None:
    assert "is in a folder of units" in errors(config(path), scope="user")[0]


def test_each_scope_has_its_own_ground() -> None:
    assert errors(config("/etc/x"), scope="user") == [
        "app.pcl:50:1: error: [E18] a stack may not write '/etc/x'",
        "  hint: in scope 'user' files go below the user's home: write ~/…",
    ]
    assert errors(config("~/x")) == [
        "app.pcl:50:1: error: [E18] a stack may not write '~/x'",
        "  hint: ~/… is for stacks of scope 'user'",
    ]


@pytest.mark.parametrize(
    "path",
    [
        *("/etc/systemd/system/x.service", "/etc/systemd/system/a.service.d/x.conf"),
        *("/etc/systemd/user/x.service", "/etc/systemd/system-generators/x"),
        *("/etc/systemd/system.conf", "/usr/local/lib/systemd/system/x.service"),
    ],
)
def test_folders_of_units(path: str) -> None:
    assert "is in a folder of units" in errors(config(path))[0]


def test_two_files_in_one_place_and_one_below_another() -> None:
    found = errors(
        config("/etc/a", line=50),
        config("/etc/a", line=60),
        config("/etc/a/b/c", line=70),
    )
    assert found == [
        "app.pcl:60:1: error: [E19] two files on '/etc/a'",
        "app.pcl:50:1: note: the other is here",
        "  hint: give each a path of its own",
        "app.pcl:70:1: error: [E19] '/etc/a/b/c' is below a file of this stack",
        "app.pcl:50:1: note: '/etc/a' is a file",
        "  hint: a path is a file or a folder, not both",
    ]


def test_backends_by_name() -> None:
    assert {"systemd"} == set(BACKENDS) <= backend_names()
    assert load_backend("systemd").name == "systemd"
    with pytest.raises(ProgramError, match=r"E8.*unknown backend 'sysv'"):
        load_backend("sysv")
