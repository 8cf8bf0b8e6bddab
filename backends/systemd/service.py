"""One service to the sections of its unit, and to the text of its secret file.

In: a `Service` whose texts name packages by content. Out: sections whose values
are escaped, each with the span of what it came from. What systemd cannot carry
is added to the collector with its place: E28; what does not belong there: E1.
"""

from collections.abc import Iterator, Mapping
from functools import partial

from ...ir.bundle import SecretFile
from ...ir.diagnostics import Code, Collector
from ...ir.names import ModuleName, UnitName
from ...ir.span import Span
from ...ir.stack import Directive, Scope, Service, Stack
from ...ir.text import LiveFolder, Part, Secret, Text, Variable, join
from .directives import COMMANDS, command_line, misplaced
from .escape import assignment, executable, line_value, word
from .guard import guarded
from .hardening import block
from .unit import Comment, Line, Section, description

__all__ = ["reloads", "secret_files", "sections"]


def secret_files(service: Service) -> list[SecretFile]:
    """Return a file for the secrets of a service's environment, if any, and one a credential."""
    environment = _environment_file(service)
    return ([environment] if environment else []) + [
        SecretFile(_credential_file(service, one), one.text, one.span, (one.span,))
        for one in service.credentials
    ]


def _credential_file(service: Service, credential: Variable) -> str:
    """Name a file that no other service has: no name of a service has a `+`."""
    return f"{service.name}+{credential.name}"


def _environment_file(service: Service) -> SecretFile | None:
    secret = [entry for entry in service.environment if _is_secret(entry)]
    if not secret:
        return None
    parts: list[Part] = []
    for entry in secret:
        parts += [f'{entry.name}="', *entry.text, '"\n']
    spans = tuple(entry.span for entry in secret)
    return SecretFile(f"{service.name}.env", join(parts), service.span, spans)


def _is_secret(entry: Variable) -> bool:
    return any(isinstance(part, Secret) for part in entry.text)


def sections(
    stack: Stack,
    service: Service,
    requires: Mapping[UnitName, Span],
    wanted_by: str | None,
    found: Collector,
) -> tuple[Section, ...]:
    """Return the sections of a service's unit, which requires others, each for what a span says."""
    wanted = [Line("WantedBy", (wanted_by,), service.span)] if wanted_by else []
    install = [Section("Install", tuple(wanted), service.span)] if wanted else []
    return (
        Section("Unit", tuple(_unit(stack.module, service, requires)), service.span),
        Section("Service", tuple(_service(stack.scope, service, found)), service.span),
        *install,
    )


def reloads(service: Service) -> bool:
    """Whether a service can be told to read its files again."""
    own = any(directive.name == "ExecReload" for directive in service.directives)
    return own or service.reload_signal is not None


def _unit(stack: ModuleName, service: Service, requires: Mapping[UnitName, Span]) -> Iterator[Line]:
    yield description(stack, service)
    if requires:
        names, span = " ".join(sorted(requires)), next(iter(requires.values()))
        yield Line("Requires", (names,), span)
        yield Line("After", (names,), span)


def _service(scope: Scope, service: Service, found: Collector) -> Iterator[Line | Comment]:
    own = {directive.name for directive in service.directives}
    yield Line("ExecStart", _command(service, found), service.binary_span)
    for key, value in (("Type", "simple"), ("Restart", service.restart), ("User", service.user)):
        if value is not None and key not in own:
            yield Line(key, guarded(line_value, (value,), service.span, found), service.span)
    if service.reload_signal is not None:
        yield Line("ExecReload", (_send(service.reload_signal),), service.span)
    secrets = _environment_file(service)
    if secrets is not None:
        yield Line("EnvironmentFile", _in_live(secrets.name), secrets.span)
    for one in service.credentials:
        path = _in_live(_credential_file(service, one))
        yield Line("LoadCredential", join((f"{one.name}:", *path)), one.span)
    for entry in service.environment:
        if not _is_secret(entry):
            write = partial(assignment, entry.name)
            yield Line("Environment", guarded(write, entry.text, entry.span, found), entry.span)
    for directive in service.directives:
        if directive.name == "ExecReload" and service.reload_signal is not None:
            hint = "keep one of them"
            found.error(Code.E1, "'ExecReload' beside 'reloadSignal'", directive.span, hint=hint)
            continue
        yield from _directive(scope, directive, found)
    yield from block(service, found)


def _send(signal: str) -> str:
    """Write a command that sends a signal; a shell is on every machine, `kill` is not."""
    return f'/bin/sh -c "kill -s {signal.removeprefix("SIG")} ${{MAINPID}}"'


def _in_live(name: str) -> Text:
    """Return where a secret file lies; its name has no character that a unit knows."""
    return join((LiveFolder(), f"/secrets/{name}"))


def _command(service: Service, found: Collector) -> Text:
    parts = list(guarded(executable, service.executable, service.binary_span, found))
    for text, span in zip(service.arguments, service.argument_spans, strict=True):
        parts += [" ", *guarded(word, text, span, found)]
    return join(parts)


def _directive(scope: Scope, directive: Directive, found: Collector) -> Iterator[Line]:
    problem = misplaced(directive.name, scope)
    if problem is not None:
        found.error(Code.E1, problem.message, directive.span, hint=problem.hint)
        return
    write = command_line if directive.name in COMMANDS else line_value
    yield Line(
        directive.name, guarded(write, directive.text, directive.span, found), directive.span
    )
