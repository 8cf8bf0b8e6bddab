"""Stacks made by hand, targets in scratch folders, and what can be seen on them."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from faults import Unsynced
from patience import PATIENCE

from punix.ir.bundle import Bundle, BundleFile, SecretFile, Unit
from punix.ir.canonical import digest
from punix.ir.health import Health
from punix.ir.names import AbsPath, Digest, ModuleName, RootPath, StoreName, UnitName
from punix.ir.span import Source, Span
from punix.ir.text import Secret, StorePath
from punix.runtime.deploy.staging.secrets import LocalSecrets
from punix.runtime.deploy.target.caller import Caller
from punix.runtime.deploy.target.layout import Target
from punix.runtime.deploy.target.transport import Transport
from punix.runtime.service.deploy import Wish

NAME = StoreName("a" * 32 + "-hello-1.0")
SPAN = Span("hello.pcl", 0, 5)
SOURCE = Source.of("hello.pcl", "module Hello {\n}\n")
DIGEST = Digest("0" * 64)
DEPLOYS = RootPath("/srv/deploys")
STORE = RootPath("/srv/store")


@dataclass(frozen=True)
class File:
    """What a test says about a file."""

    text: str
    install: Literal["link", "copy"] = "link"
    mode: int = 0o644


Files = Mapping[str, File]


def link(text: str, mode: int = 0o644) -> File:
    return File(text, "link", mode)


def copy(text: str, mode: int = 0o644) -> File:
    return File(text, "copy", mode)


def bundle(files: Files, stack: str = "HelloStack", secrets: Mapping[str, str] = {}) -> Bundle:
    """A bundle of files; `secrets` maps a secret file's name to an environment variable."""
    return Bundle(
        stack=ModuleName(stack),
        backend="systemd",
        scope="system",
        scenario=None,
        program=DIGEST,
        files=tuple(
            BundleFile(
                AbsPath(path),
                (file.text, StorePath(NAME)) if file.text else (),
                file.mode,
                None,
                None,
                file.install,
                SPAN,
                (),
            )
            for path, file in sorted(files.items())
        ),
        secret_files=tuple(
            SecretFile(name, ("V=", Secret("from_env", variable), "\n"), SPAN, (SPAN,))
            for name, variable in sorted(secrets.items())
        ),
        units=(),
        shared_files=(),
        accounts=None,
        roots=(NAME,),
        declared=(NAME,),
        sources=(SOURCE,),
    )


def services(count: int, text: str = "") -> Bundle:
    """A bundle of `count` services and as many files."""
    names = [f"web{number:05d}" for number in range(count)]
    files = {f"/etc/systemd/system/{name}.service": link(f"[Unit]{text}\n") for name in names}
    units = tuple(
        Unit(
            UnitName(f"{name}.service"),
            "service",
            name,
            AbsPath(f"/etc/systemd/system/{name}.service"),
            (StorePath(NAME), "/bin/hi"),
            "hi",
            DIGEST,
            (),
            (),
            (),
            (NAME,),
            (),
            False,
            (),
            True,
            "multi-user.target",
            None,
            SPAN,
            SPAN,
        )
        for name in names
    )
    return replace(bundle(files), units=units)


UNITS = "/etc/systemd/system"


def units(
    texts: Mapping[str, str],
    files: Files | None = None,
    health: Callable[[str], Health | None] = lambda _: None,
) -> Bundle:
    """A bundle of services by name, each the lines of its `[Service]`; and other files.

    `health` says how a service is asked.
    """
    paths = {name: f"{UNITS}/{name}.service" for name in sorted(texts)}
    written = {paths[name]: link(f"[Service]\n{texts[name]}\n#") for name in paths}
    found = tuple(
        replace(
            services(1).units[0],
            name=UnitName(f"{name}.service"),
            service=name,
            path=AbsPath(path),
            meaning=digest([texts[name]], "test"),
            health=health(name),
        )
        for name, path in paths.items()
    )
    return replace(bundle({**written, **(files or {})}), units=found)


def caller(notice: Callable[[str], None] = lambda _: None, **more: object) -> Caller:
    known = Caller(
        who="uid 0",
        tool="punix 0",
        clock=lambda: datetime(2026, 11, 23, 3, 15, tzinfo=UTC),
        is_valid=lambda _: True,
        notice=notice,
        wait=PATIENCE,
    )
    return replace(known, **more)  # type: ignore[arg-type]


def wish(wanted: Bundle, environment: Mapping[str, str] = {}, keep: int = 10) -> Wish:
    return Wish(wanted, (NAME,), LocalSecrets(environment), str, lambda: None, keep)


def target(root: Path, stack: str = "HelloStack", transport: Transport | None = None) -> Target:
    return Target(transport or Unsynced(str(root)), DEPLOYS, STORE, ModuleName(stack))


def read(root: Path, path: str) -> str | None:
    """What opening a path gives: its text without the store path, None if there is nothing."""
    try:
        return (root / path.lstrip("/")).read_text().removesuffix(f"{STORE}/{NAME}")
    except (FileNotFoundError, NotADirectoryError):
        return None


def tree(root: Path) -> dict[str, str]:
    """Everything below a folder: path to kind, mode and content."""
    found = {}
    for folder, folders, files in os.walk(root):
        for name in folders + files:
            path = Path(folder, name)
            if path.is_symlink():
                fact = f"-> {path.readlink()}"
            elif path.is_dir():
                fact = f"folder {path.stat().st_mode & 0o7777:o}"
            else:
                fact = f"{path.stat().st_mode & 0o7777:o} {path.read_text(errors='replace')}"
            found[str(path.relative_to(root))] = fact
    return found


def outside(root: Path) -> dict[str, str]:
    """Everything below a root but punix's own folders."""
    found = tree(root)
    return {path: fact for path, fact in found.items() if not path.startswith("srv")}
