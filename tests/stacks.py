"""Closures made by hand, for tests of backends; spans count up, one a line of `app.pcl`."""

from collections.abc import Iterable, Mapping

from punix.ir.closure import Closure, StackClosure
from punix.ir.names import AbsPath, Digest, ModuleName, StoreName
from punix.ir.span import Source, Span
from punix.ir.stack import ConfigFile, Directive, Service, Stack
from punix.ir.text import StorePath, Text, Variable

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
    user: str | None = None,
    restart: str = "on-failure",
) -> Service:
    names = tuple(depends_on)
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
        directives=tuple(
            Directive(key, text(value), at(line + 4))
            for key, value in sorted((directives or {}).items())
        ),
        enable=True,
        user=user,
        restart=restart,
        span=at(line),
        binary_span=at(line + 1),
        argument_spans=(at(line + 2),) * len(arguments),
        depends_on_spans=(at(line + 5),) * len(names),
    )


def text(value: str | Text) -> Text:
    if isinstance(value, tuple):
        return value
    return (value,) if value else ()


def config(path: str, content: str = "a = 1\n", *, line: int = 50, mode: int = 0o644) -> ConfigFile:
    return ConfigFile(
        AbsPath(path), text(content), mode, None, None, "link", at(line), at(line + 1)
    )


def closure(services: Iterable[Service], files: Iterable[ConfigFile] = ()) -> Closure:
    """A closure of one stack, `HelloStack`."""
    stack = Stack(
        module=ModuleName("HelloStack"),
        backend="systemd",
        scope="system",
        pins=(),
        services=tuple(services),
        config_files=tuple(sorted(files, key=lambda file: file.path)),
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
