"""One service to its units: itself, its socket and its timer.

In: a service, the others of its stack, and which files it reads. Out: for each unit the
file and what a plan has to know of it, those that start the service before it.
"""

from collections.abc import Iterator, Mapping

from ...ir.bundle import BundleFile, Unit, UnitKind
from ...ir.diagnostics import Collector
from ...ir.names import FilePath, StoreName, UnitName
from ...ir.span import Span
from ...ir.stack import Scope, Service, Stack
from ...ir.text import StorePath
from .escape import word
from .guard import guarded
from .mention import Named
from .scope import FOLDERS, TARGETS
from .service import reloads, secret_files, sections
from .socket import SOCKETS, socket_sections
from .timer import TIMERS, timer_sections
from .trigger import requirements, triggers_of, unit_of
from .unit import Section, line_spans, meaning, render

__all__ = ["make_units"]

Made = tuple[BundleFile, Unit]


def make_units(
    stack: Stack,
    service: Service,
    others: Mapping[str, Service],
    reads: Named,
    found: Collector,
) -> Iterator[Made]:
    """Yield the units of a service; what systemd cannot carry is added to `found`."""
    if service.socket:
        parts = socket_sections(stack, service, service.socket, found)
        yield _trigger(stack.scope, service, "socket", parts, SOCKETS, service.socket.span)
    if service.timer:
        parts = timer_sections(stack, service, service.timer, found)
        yield _trigger(stack.scope, service, "timer", parts, TIMERS, service.timer.span)
    yield _service(stack, service, others, reads, found)


def _trigger(
    scope: Scope,
    service: Service,
    kind: UnitKind,
    parts: tuple[Section, ...],
    wanted_by: str,
    span: Span,
) -> Made:
    file = _file(scope, service, kind, parts, span)
    unit = Unit(
        name=UnitName(unit_of(service.name, kind)),
        kind=kind,
        service=service.name,
        path=file.path,
        executable=(),
        binary="",
        meaning=meaning(file.text, ()),
        requires=(),
        triggers=(),
        files=(),
        packages=(),
        secrets=(),
        reloads=False,
        start_files=(),
        enable=service.enable,
        wanted_by=wanted_by,
        health=None,
        span=span,
        binary_span=span,
    )
    return file, unit


def _service(
    stack: Stack,
    service: Service,
    others: Mapping[str, Service],
    reads: Named,
    found: Collector,
) -> Made:
    triggers, requires = triggers_of(service), requirements(service, others)
    wanted_by = None if triggers else TARGETS[stack.scope]
    file = _file(
        stack.scope,
        service,
        "service",
        sections(stack, service, requires, wanted_by, found),
        service.span,
    )
    for text in service.health.texts() if service.health else ():
        guarded(word, text, service.span, found)  # who asks is given the same words
    secrets = secret_files(service)
    unit = Unit(
        name=UnitName(unit_of(service.name)),
        kind="service",
        service=service.name,
        path=file.path,
        executable=service.executable,
        binary=service.binary,
        meaning=meaning(file.text, tuple(part for one in secrets for part in one.text)),
        requires=tuple(sorted(requires)),
        triggers=triggers,
        files=reads.files,
        packages=tuple(sorted(_mentioned(service))),
        secrets=tuple(sorted(secret.name for secret in secrets)),
        reloads=reloads(service),
        start_files=reads.at_start,
        enable=service.enable and not triggers,
        wanted_by=wanted_by,
        health=service.health,
        span=service.span,
        binary_span=service.binary_span,
    )
    return file, unit


def _mentioned(service: Service) -> set[StoreName]:
    return {part.name for text in service.texts() for part in text if isinstance(part, StorePath)}


def _file(
    scope: Scope, service: Service, kind: UnitKind, parts: tuple[Section, ...], span: Span
) -> BundleFile:
    return BundleFile(
        path=FilePath(f"{FOLDERS[scope]}/{unit_of(service.name, kind)}"),
        text=render(parts),
        mode=0o644,
        owner=None,
        group=None,
        install="link",
        span=span,
        line_spans=line_spans(parts),
    )
