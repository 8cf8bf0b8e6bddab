"""Closures and manifests made by hand, for tests of backends; a span is a line of `app.pcl`."""

from collections.abc import Iterable, Mapping

from punix.ir.bundle import Bundle
from punix.ir.closure import Closure, StackClosure
from punix.ir.codec import identity
from punix.ir.health import Health
from punix.ir.manifest import (
    Manifest,
    ManifestFile,
    ManifestSecret,
    ManifestUnit,
    text_digest,
)
from punix.ir.names import (
    AbsPath,
    AccountName,
    Digest,
    DirectiveName,
    FilePath,
    ModuleName,
    NewAccountName,
    Reason,
    RootPath,
    StoreName,
    UserComment,
)
from punix.ir.span import Source, Span
from punix.ir.stack import (
    ConfigFile,
    Directive,
    Hardening,
    HardeningException,
    Scope,
    Service,
    Socket,
    Stack,
    SystemUser,
    Timer,
)
from punix.ir.text import Secret, StorePath, Text, Variable

HELLO = StoreName("abcdefghijklmnopqrstuvwxyz234567-hello-1.0")
SOURCE = Source("app.pcl", tuple(range(0, 100_000, 10)))


def at(line: int) -> Span:
    """The span of a line of `app.pcl`."""
    return Span("app.pcl", (line - 1) * 10, (line - 1) * 10 + 5)


def service(
    name: str,
    *arguments: str | Text,
    line: int = 10,
    binary: str = "hi",
    package: StoreName = HELLO,
    depends_on: Iterable[str] = (),
    environment: Mapping[str, str | Text] | None = None,
    directives: Mapping[str, str | Text] | None = None,
    credentials: Mapping[str, Secret] | None = None,
    user: str | None = None,
    restart: str = "on-failure",
    reload_signal: str | None = None,
    health: Health | None = None,
    timer: Timer | None = None,
    socket: Socket | None = None,
    hardening: Hardening = "none",
    exceptions: Iterable[HardeningException] = (),
    tmpfiles: Iterable[str] = (),
) -> Service:
    names, made = tuple(depends_on), tuple(tmpfiles)
    return Service(
        name=name,
        package=ModuleName("Hello"),
        binary=binary,
        executable=(StorePath(package), f"/bin/{binary}"),
        arguments=tuple(text(argument) for argument in arguments),
        depends_on=names,
        environment=tuple(
            Variable(key, text(value), at(line + 3))
            for key, value in sorted((environment or {}).items())
        ),
        credentials=tuple(
            Variable(key, (value,), at(line + 5))
            for key, value in sorted((credentials or {}).items())
        ),
        directives=tuple(
            Directive(key, text(value), at(line + 4))
            for key, value in sorted((directives or {}).items())
        ),
        enable=True,
        user=None if user is None else AccountName(user),
        restart=restart,
        reload_signal=reload_signal,
        health=health,
        timer=timer,
        socket=socket,
        hardening=hardening,
        exceptions=tuple(exceptions),
        tmpfiles=made,
        span=at(line),
        binary_span=at(line + 1),
        argument_spans=(at(line + 2),) * len(arguments),
        depends_on_spans=(at(line + 5),) * len(names),
        tmpfiles_spans=(at(line + 6),) * len(made),
    )


def timer(*, persistent: bool = True, line: int = 30, **settings: str) -> Timer:
    """A timer with settings as a program names them, all of one line."""
    entries = tuple(Directive(name, text(value), at(line)) for name, value in settings.items())
    return Timer(entries, persistent, at(line))


def socket(
    *addresses: str,
    datagrams: Iterable[str] = (),
    mode: int | None = None,
    user: str | None = None,
    group: str | None = None,
    line: int = 40,
) -> Socket:
    """A socket that listens at some addresses."""
    listens = [("listenStream", one) for one in addresses]
    listens += [("listenDatagram", one) for one in datagrams]
    return Socket(
        tuple(Directive(name, (address,), at(line + 1)) for name, address in listens),
        mode,
        None if user is None else AccountName(user),
        None if group is None else AccountName(group),
        at(line),
    )


def without(
    directive: str, reason: str, value: str | None = None, *, line: int = 20
) -> HardeningException:
    """An exception from a hardening level."""
    instead = None if value is None else Directive(directive, text(value), at(line))
    return HardeningException(DirectiveName(directive), instead, Reason(reason), at(line))


def text(value: str | Text) -> Text:
    if isinstance(value, tuple):
        return value
    return (value,) if value else ()


def config(path: str, content: str = "a = 1\n", *, line: int = 50, mode: int = 0o644) -> ConfigFile:
    return ConfigFile(
        FilePath(path), text(content), mode, None, None, "link", at(line), at(line + 1)
    )


def system_user(name: str, line: int = 60, **more: str) -> SystemUser:
    """An account; `more` are its other fields."""
    return SystemUser(
        NewAccountName(name),
        AccountName(more["group"]) if "group" in more else None,
        RootPath(more["home"]) if "home" in more else None,
        RootPath(more["shell"]) if "shell" in more else None,
        UserComment(more["description"]) if "description" in more else None,
        at(line),
    )


def closure(
    services: Iterable[Service],
    files: Iterable[ConfigFile] = (),
    scope: Scope = "system",
    users: Iterable[SystemUser] = (),
    groups: Iterable[str] = (),
) -> Closure:
    """A closure of one stack, `HelloStack`."""
    stack = Stack(
        module=ModuleName("HelloStack"),
        backend="systemd",
        scope=scope,
        pins=(),
        services=tuple(services),
        config_files=tuple(sorted(files, key=lambda file: file.path)),
        max_exposure=None,
        users=tuple(users),
        groups=tuple(map(NewAccountName, groups)),
        span=at(1),
    )
    packages = {
        part.name
        for one in stack.services
        for part in one.executable
        if isinstance(part, StorePath)
    }
    roots = tuple(sorted(packages))
    return Closure(
        system="x86_64-linux",
        bootstrap="seeded",
        scenario=None,
        program=Digest("0" * 64),
        derivations=(),
        packages=(),
        stacks=(StackClosure(stack, roots, roots),),
        sources=(SOURCE,),
    )


def manifest(bundle: Bundle, keyed: Mapping[str, Digest] | None = None) -> Manifest:
    """The manifest of generation 1 of a bundle."""
    keys = keyed or {}
    return Manifest(
        stack=bundle.stack,
        kind="stack",
        backend=bundle.backend,
        scope=bundle.scope,
        scenario=bundle.scenario,
        generation=1,
        tree="gen-001",
        previous=None,
        deployed_at="2026-01-01T00:00:00Z",
        deployed_by="root",
        tool="0",
        source_hash=bundle.program,
        bundle=identity(bundle),
        store_root="/store",
        store_paths=bundle.declared,
        files=tuple(
            ManifestFile(
                AbsPath(file.path),
                "0" * 64,
                text_digest(file.text),
                file.mode,
                file.owner,
                file.group,
                file.install,
                "app.pcl:1",
                size=0,
                modified=0,
            )
            for file in bundle.files
        ),
        secrets=tuple(
            ManifestSecret(file.name, (), keys.get(file.name, Digest("0" * 64)))
            for file in bundle.secret_files
        ),
        units=tuple(
            ManifestUnit(
                unit.name,
                unit.kind,
                unit.service,
                AbsPath(unit.path),
                unit.meaning,
                unit.requires,
                unit.triggers,
                tuple(map(AbsPath, unit.files)),
                unit.packages,
                unit.secrets,
                unit.enable,
                unit.wanted_by,
                unit.health,
                "app.pcl:7",
            )
            for unit in sorted(bundle.units, key=lambda unit: unit.name)
        ),
        shared_files=tuple(map(AbsPath, bundle.shared_files)),
        enablement=(),
        dirs=(),
        home=bundle.home,
    )
