"""A stack of a closure to the files and units that systemd takes.

In: a `Closure` and the name of a stack. Out: a `Bundle`: the units of each service
in the folder of its scope's manager, the config files, and for each service with
secrets in its environment a secret file that its unit names.

Raises ProgramError with all errors: E1, E2, E18, E19, E24, E45, and E28 for a text
that systemd's syntax cannot carry.
"""

from collections.abc import Iterable, Iterator

from ...ir.bundle import Bundle, BundleFile
from ...ir.closure import Closure, StackClosure
from ...ir.diagnostics import Code, Collector, Label
from ...ir.names import BadName, ModuleName, UnitName
from ...ir.stack import ConfigFile, Service, Stack
from ...ir.text import fill
from ..listening import check_listens
from ..paths import check_collisions, check_place
from .make import make_units
from .mention import files_of
from .order import in_order
from .service import secret_files
from .sysusers import make_accounts
from .tmpfiles import make_tmpfiles
from .trigger import check_waits, unit_of

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
    stack, services = entry.stack, _services(entry.stack, found)
    reads, shared = files_of(services, stack.config_files)
    others = {one.name: one for one in services}
    made = [
        pair for one in services for pair in make_units(stack, one, others, reads[one.name], found)
    ]
    files = [*_config_files(stack, found), *(file for file, _ in made)]
    accounts, tmpfiles = make_accounts(stack, found), make_tmpfiles(stack, found)
    files += [accounts[0]] if accounts else []
    files += [tmpfiles] if tmpfiles else []
    secrets = [secret for one in services for secret in secret_files(one)]
    return Bundle(
        stack=stack.module,
        backend=stack.backend,
        scope=stack.scope,
        scenario=closure.scenario,
        program=closure.program,
        files=tuple(sorted(files, key=lambda file: file.path)),
        secret_files=tuple(sorted(secrets, key=lambda file: file.name)),
        units=tuple(unit for _, unit in made),
        shared_files=shared,
        accounts=accounts[1] if accounts else None,
        roots=entry.roots,
        declared=entry.members,
        sources=closure.sources,
    )


def _services(stack: Stack, found: Collector) -> list[Service]:
    """Return the services of which units can be made, each after those that it depends on."""
    named = (one for one in in_order(stack.services, found) if _check_name(one, found))
    services = _without_twins(named, found)
    check_listens(services, found)
    table = {one.name: one for one in services}
    for one in services:
        check_waits(one, table, found)
    return services


def _check_name(service: Service, found: Collector) -> bool:
    """Whether a service's name is that of a unit which can be started."""
    name = unit_of(service.name)
    if name.endswith("@.service"):
        message, hint = f"'{service.name}' is the name of a template", "take the '@' out"
        found.error(Code.E1, message, service.span, hint=hint)
        return False
    try:
        UnitName(name)
    except BadName as problem:
        found.error(Code.E1, str(problem), service.span)
        return False
    return True


def _without_twins(services: Iterable[Service], found: Collector) -> list[Service]:
    """Leave out a service whose unit another one has: `web.service` is a name of `web` too."""
    units: dict[str, Service] = {}
    for service in services:
        first = units.setdefault(unit_of(service.name), service)
        if first is not service:
            message = f"services '{first.name}' and '{service.name}' have one unit"
            notes = [Label(first.span, "the other is here")]
            hint = "give each a name of its own"
            found.error(Code.E1, message, service.span, notes=notes, hint=hint)
    return list(units.values())


def _config_files(stack: Stack, found: Collector) -> Iterator[BundleFile]:
    for file in stack.config_files:
        if check_place(file.path, stack.scope, file.span, found):
            yield _config_file(file)


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
