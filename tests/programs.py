"""Programs made by hand, for tests of what comes after the frontend."""

from collections.abc import Iterable, Mapping
from typing import Any

from punix.ir.names import Digest, Label, ModuleName
from punix.ir.program import Edge, Kind, Member, Module, Program, Site, SourceDigest
from punix.ir.span import Source, Span
from punix.ir.text import Out, Symbol, join
from punix.ir.value import BoolValue, Field, IntValue, ListValue, RecordValue, TextValue, Value

Plain = bool | int | str | Out | tuple[str | Symbol, ...] | list["Plain"] | Mapping[str, "Plain"]
"""A value as Python writes it; a tuple is a text with symbolic parts."""

SPAN = Span("dir/hello.pcl", 0, 1)
DIGEST = Digest("ab" * 32)


def value(plain: Plain, span: Span = SPAN) -> Value:
    if isinstance(plain, bool):
        return BoolValue(plain, span)
    if isinstance(plain, int):
        return IntValue(plain, span)
    if isinstance(plain, str):
        return TextValue(join([plain]), span)
    if isinstance(plain, Out):
        return TextValue((plain,), span)
    if isinstance(plain, tuple):
        return TextValue(join(plain), span)
    if isinstance(plain, list):
        return ListValue(tuple(value(item, span) for item in plain), span)
    fields = (Field(Label(key), value(plain[key], span), span) for key in sorted(plain))
    return RecordValue(tuple(fields), span)


def module(
    name: str,
    members: Mapping[str, Any],
    needs: Iterable[str] = (),
    kind: Kind | None = None,
    span: Span = SPAN,
) -> Module:
    found: Kind = "package" if "recipe" in members else "stack" if "backend" in members else "data"
    site = Site("derived", "plain", name, span)
    return Module(
        ModuleName(name),
        kind or found,
        tuple(
            Member(Label(key), value(members[key], span), span, site, (), ())
            for key in sorted(members)
        ),
        tuple(Edge(ModuleName(target), span) for target in sorted(needs)),
        span,
    )


def program(modules: Iterable[Module], local: Iterable[str] = ()) -> Program:
    return Program(
        None,
        tuple(sorted(modules, key=lambda one: one.name)),
        tuple(SourceDigest(ModuleName(name), "source", DIGEST) for name in sorted(local)),
        (),
        (Source(SPAN.file, (0,)),),
    )


COMMAND = (
    "mkdir -p $OUTPUT/bin && echo '#!/bin/sh\nwhile :; do echo tick; sleep 5; done'"
    " > $OUTPUT/bin/hi && chmod +x $OUTPUT/bin/hi"
)


def tutorial() -> Program:
    """Return the program of examples/hello as the frontend would evaluate it."""
    hello = module(
        "Hello",
        {
            "pname": "hello",
            "version": "1.0",
            "recipe": "std.shell",
            "recipeArgs": {"command": COMMAND},
            "source": {"type": "local", "path": "./src"},
        },
    )
    service: Plain = {
        "name": "hello",
        "package": "Hello",
        "binary": "hi",
        "args": [],
        "dependsOn": [],
    }
    config: Plain = {"path": "/etc/hello.conf", "content": "verbose = true\nbind = 127.0.0.1\n"}
    stack = module(
        "HelloStack",
        {
            "backend": "systemd",
            "storeModules": ["Hello"],
            "services": [service],
            "configFiles": [config],
        },
        needs=["Hello"],
    )
    return program([hello, stack], local=["Hello"])


def richer() -> Program:
    """Return three packages that need each other, and two stacks; one service is a data module."""
    lib = module(
        "Lib",
        {
            "version": "2.1",
            "recipe": "std.shell",
            "recipeArgs": {"command": "make install"},
            "source": {"type": "local", "path": "lib", "exclude": ["*.o"]},
        },
    )
    tool = module(
        "Tool",
        {
            "pname": "tool",
            "recipe": "std.shell",
            "recipeArgs": {"command": ("gcc -I", Out(ModuleName("Lib")), "/include ${DEP:Lib}")},
            "deps": ["Lib"],
            "env": {"CFLAGS": ("-L", Out(ModuleName("Lib")), "/lib")},
            "source": {
                "type": "url",
                "url": "https://example.org/tool.tar.gz",
                "hash": "0" * 64,
                "patches": [{"url": "https://example.org/fix.patch", "hash": "1" * 64}],
            },
            "meta": {"description": "not hashed"},
        },
        needs=["Lib"],
    )
    unused = module("Unused", {"recipe": "std.shell", "recipeArgs": {"command": "true"}})
    worker = module("Worker", {"name": "worker", "package": "Tool", "binary": "tool"})
    config: Plain = {
        "path": "/etc/tool.conf",
        "content": ("lib = ", Out(ModuleName("Lib")), "/lib\n"),
        "mode": "0600",
        "owner": "tool",
        "install": "copy",
    }
    listener: Plain = {
        "name": "listener",
        "package": "Tool",
        "binary": "tool",
        "args": ["--data", (Out(ModuleName("Lib")), "/share")],
        "dependsOn": ["worker"],
        "environment": {"B": "2", "A": (Out(ModuleName("Lib")),)},
        "serviceConfig": {"MemoryMax": "64M", "Nice": 5, "PrivateTmp": True},
        "enable": False,
        "user": "tool",
        "restart": "always",
    }
    front = module(
        "Front",
        {"backend": "systemd", "services": ["Worker", listener], "configFiles": [config]},
        needs=["Lib", "Tool"],
    )
    back = module("Back", {"backend": "systemd", "scope": "user", "storeModules": ["Lib"]})
    return program([lib, tool, unused, worker, front, back], local=["Lib"])


def chain(size: int) -> Program:
    """Return packages each of which needs the next one."""
    return program(
        module(
            f"P{at}",
            {"recipe": "std.shell", "recipeArgs": {"command": "true"}},
            needs=[f"P{at + 1}"] if at + 1 < size else [],
        )
        for at in range(size)
    )
