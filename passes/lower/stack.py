"""One stack module to a `Stack`: services and files as typed records.

In: a module of kind stack and all modules by name, because a service or
a data file may be the name of a data module. Out: a `Stack` whose texts name packages by module.
"""

from collections.abc import Mapping, Sequence
from typing import cast

from ...ir.names import (
    AccountName,
    BinaryName,
    CheckedStr,
    CredentialName,
    DirectiveName,
    ModuleName,
    UnitName,
    VariableName,
)
from ...ir.program import Module
from ...ir.schema.service import SERVICE, SOCKET
from ...ir.schema.stack import CONFIG_FILE, DATA_FILE, STACK
from ...ir.stack import Directive, Hardening, Scope, Service, Stack
from ...ir.text import Out, Secret, Variable
from ...ir.value import RecordValue, Value, plain
from .accounts import system_groups, system_users
from .config_sources import Contents
from .files import config_files, data_file
from .hardening import exceptions_of, exposure_limit_of, level_of
from .health import health_of
from .read import Fields, as_record, checked, directive_text, misfit, record_of, text_of, word_of
from .triggers import socket_of, timer_of
from .user_scope import refuse_for_users

__all__ = ["lower_stack"]

Modules = Mapping[ModuleName, Module]


def lower_stack(module: Module, modules: Modules, contents: Contents) -> Stack:
    """Lower one stack; raises ProgramError where a value does not fit."""
    fields = Fields(as_record(module), STACK)
    pins = {
        checked(word_of(item), ModuleName, item.span): item for item in fields.items("storeModules")
    }
    for name, item in pins.items():
        _check_package(name, item, modules)
    services = [_named_record(item, modules) for item in fields.items("services")]
    texts = [record_of(item) for item in fields.items("configFiles")]
    data = [_named_record(item, modules) for item in fields.items("dataFiles")]
    scope = cast(Scope, fields.choice("scope", ("system", "user")))
    if scope == "user":
        _check_user_scope(as_record(module), services, texts, data)
    files = [file for record in texts for file in config_files(record, contents)]
    files += map(data_file, data)
    level = level_of(fields, "none")
    return Stack(
        module=module.name,
        backend=fields.text("backend"),
        scope=scope,
        pins=tuple(sorted(pins)),
        services=tuple(_service(record, modules, level) for record in services),
        config_files=tuple(sorted(files, key=lambda file: file.path)),
        max_exposure=exposure_limit_of(fields),
        users=system_users(fields),
        groups=system_groups(fields),
        span=module.span,
    )


def _check_user_scope(
    stack: RecordValue,
    services: Sequence[RecordValue],
    texts: Sequence[RecordValue],
    data: Sequence[RecordValue],
) -> None:
    """Refuse in a stack of a user what only a stack of the machine can have."""
    sockets = [Fields(one, SERVICE).find("socket") for one in services]
    records = [(stack, STACK), *((one, SERVICE) for one in services)]
    records += [(record_of(one), SOCKET) for one in sockets if one is not None]
    records += [(one, CONFIG_FILE) for one in texts] + [(one, DATA_FILE) for one in data]
    refuse_for_users(records)


def _named_record(value: Value, modules: Modules) -> RecordValue:
    """Return a record given in place, or the data module that a text names."""
    name = plain(value)
    if name is None:
        return record_of(value)
    module = modules.get(checked(name, ModuleName, value.span))
    if module is None:
        raise misfit(f"no module '{name}'", value.span)
    return as_record(module)


def _check_package(name: ModuleName, value: Value, modules: Modules) -> None:
    module = modules.get(name)
    if module is None or module.kind != "package":
        raise misfit(f"'{name}' is no package", value.span)


def _service(record: RecordValue, modules: Modules, level: Hardening) -> Service:
    fields = Fields(record, SERVICE)
    package = fields.name("package", ModuleName)
    _check_package(package, cast(Value, fields.find("package")), modules)
    binary = fields.name("binary", BinaryName)
    return Service(
        name=fields.name("name", UnitName),
        package=package,
        binary=binary,
        executable=(Out(package), f"/bin/{binary}"),
        arguments=fields.texts("args"),
        depends_on=fields.words("dependsOn"),
        environment=_variables(fields.record("environment"), VariableName),
        credentials=_credentials(fields.record("credentials")),
        directives=_directives(fields.record("serviceConfig")),
        enable=fields.flag("enable"),
        user=fields.maybe_name("user", AccountName),
        restart=fields.text("restart"),
        reload_signal=fields.maybe("reloadSignal"),
        health=health_of(fields),
        timer=timer_of(fields),
        socket=socket_of(fields),
        hardening=level_of(fields, level),
        exceptions=exceptions_of(fields),
        tmpfiles=fields.words("tmpfiles"),
        span=record.span,
        binary_span=fields.span_of("binary"),
        argument_spans=tuple(item.span for item in fields.items("args")),
        depends_on_spans=tuple(item.span for item in fields.items("dependsOn")),
        tmpfiles_spans=tuple(item.span for item in fields.items("tmpfiles")),
    )


def _variables(record: RecordValue, rule: type[CheckedStr]) -> tuple[Variable, ...]:
    return tuple(
        Variable(checked(field.label, rule, field.span), text_of(field.value), field.value.span)
        for field in sorted(record.fields, key=lambda field: field.label)
    )


def _credentials(record: RecordValue) -> tuple[Variable, ...]:
    found = _variables(record, CredentialName)
    for one in found:
        if len(one.text) != 1 or not isinstance(one.text[0], Secret):
            hint = 'write { from_file = "/path" }, or use the environment'
            raise misfit(f"credential '{one.name}' is not a secret", one.span, hint=hint)
    return found


def _directives(record: RecordValue) -> tuple[Directive, ...]:
    return tuple(
        Directive(
            checked(field.label, DirectiveName, field.span),
            directive_text(field.value),
            field.value.span,
        )
        for field in sorted(record.fields, key=lambda field: field.label)
    )
