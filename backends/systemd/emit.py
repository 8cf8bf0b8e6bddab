"""A stack of a closure to the files and units that systemd takes.

In: a `Closure` and the name of a stack. Out: a `Bundle`: a unit for each service
in the folder of its scope's manager, the config files, and for each service with
secrets in its environment a secret file that its unit names.

Raises ProgramError with all errors: E1, E2, E18, E19, E24, and E28 for a text
that systemd's syntax cannot carry.
"""

from ...ir.bundle import Bundle, BundleFile, SecretFile, Unit
from ...ir.closure import Closure, StackClosure
from ...ir.diagnostics import Code, Collector
from ...ir.names import BadName, FilePath, ModuleName, UnitName
from ...ir.stack import ConfigFile, Service, Stack
from ...ir.text import StorePath, fill
from ..paths import check_collisions, check_place
from .mention import Named, files_of
from .order import in_order
from .scope import FOLDERS, TARGETS
from .service import reloads, secret_files, sections, unit_of
from .unit import line_spans, meaning, render

__all__ = ["emit"]


def emit(closure: Closure, stack: ModuleName) -> Bundle:
    """Make the bundle of one stack; `stack` is one of the closure's."""
    found = Collector()
    entry = next(entry for entry in closure.stacks if entry.stack.module == stack)
    bundle = _bundle(closure, entry, found)
    check_collisions(bundle.files, found)
    found.raise_errors(closure.sources)
    return bundle


def _bundle(closure: Closure, entry: StackClosure, found: Collector) -> Bundle:
    stack = entry.stack
    services = [one for one in in_order(stack.services, found) if _check_name(one, found)]
    named, shared = files_of(services, stack.config_files)
    made = [_service(stack, one, named[one.name], found) for one in services]
    files = [
        _config_file(file)
        for file in stack.config_files
        if check_place(file.path, stack.scope, file.span, found)
    ]
    files += [file for file, _, _ in made]
    secrets = [secret for _, those, _ in made for secret in those]
    return Bundle(
        stack=stack.module,
        backend=stack.backend,
        scope=stack.scope,
        scenario=closure.scenario,
        program=closure.program,
        files=tuple(sorted(files, key=lambda file: file.path)),
        secret_files=tuple(sorted(secrets, key=lambda file: file.name)),
        units=tuple(unit for _, _, unit in made),
        shared_files=shared,
        roots=entry.roots,
        declared=entry.members,
        sources=closure.sources,
    )


def _check_name(service: Service, found: Collector) -> bool:
    """Whether a service's name is that of a unit which can be started."""
    name = unit_of(service.name)
    if name.endswith("@.service"):
        found.error(Code.E1, f"'{service.name}' is the name of a template", service.span)
        return False
    try:
        UnitName(name)
    except BadName as problem:
        found.error(Code.E1, str(problem), service.span)
        return False
    return True


def _config_file(file: ConfigFile) -> BundleFile:
    lines = fill(file.text, lambda _: "x").removesuffix("\n").count("\n") + bool(file.text)
    return BundleFile(
        path=file.path,
        text=file.text,
        mode=file.mode,
        owner=file.owner,
        group=file.group,
        install=file.install,
        span=file.span,
        line_spans=(file.text_span,) * lines,
    )


def _service(
    stack: Stack, service: Service, reads: Named, found: Collector
) -> tuple[BundleFile, list[SecretFile], Unit]:
    """Make the unit file of a service, its secret files, and what a plan has to know of it."""
    secrets = secret_files(service)
    parts = sections(stack.module, stack.scope, service, found)
    name = UnitName(unit_of(service.name))
    file = BundleFile(
        path=FilePath(f"{FOLDERS[stack.scope]}/{name}"),
        text=render(parts),
        mode=0o644,
        owner=None,
        group=None,
        install="link",
        span=service.span,
        line_spans=line_spans(parts),
    )
    mentioned = {
        part.name for text in service.texts() for part in text if isinstance(part, StorePath)
    }
    unit = Unit(
        name=name,
        service=service.name,
        path=file.path,
        executable=service.executable,
        binary=service.binary,
        meaning=meaning(file.text, tuple(part for one in secrets for part in one.text)),
        requires=tuple(sorted({UnitName(unit_of(other)) for other in service.depends_on})),
        files=reads.files,
        packages=tuple(sorted(mentioned)),
        secrets=tuple(sorted(secret.name for secret in secrets)),
        reloads=reloads(service),
        start_files=reads.at_start,
        enable=service.enable,
        wanted_by=TARGETS[stack.scope],
        health=service.health,
        span=service.span,
        binary_span=service.binary_span,
    )
    return file, secrets, unit
