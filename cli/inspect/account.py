"""Where a value of a program comes from: what `why` tells.

In: a program, its tree, and a name such as `Stack.services.0.name`. Out: an
`Account`; ProgramError (E26, E2) with the nearest name where the name means nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ...frontend.program.provenance import Ingredient, ingredients, offers
from ...ir.ast import Ast, Expr
from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.names import ModuleName
from ...ir.program import Module, Program, Site
from ...ir.schema.shape import Schema
from ...ir.span import Span
from ...ir.spell import did_you_mean
from ...ir.text import Out
from ...ir.value import ListValue, RecordValue, TextValue, Value, get
from .schemas import field_at, schema_at

__all__ = ["Account", "Offered", "Part", "account"]


@dataclass(frozen=True, slots=True)
class Offered:
    """A value that was offered on a rung, and the expression that it was written as."""

    site: Site
    expr: Expr | None


@dataclass(frozen=True, slots=True)
class Part:
    """A member that a value refers to, what that is, and where the reference stands."""

    name: str
    value: Value
    span: Span


@dataclass(frozen=True, slots=True)
class Account:
    """A value and all that led to it.

    `written` is the place of the value itself, which a reference may lead away
    from that of the winner. `implied` says why there is a value that nobody
    wrote; it has neither place nor winner.
    """

    name: str
    value: Value
    written: Span | None = None
    implied: str | None = None
    winner: Offered | None = None
    agreed: tuple[Offered, ...] = ()
    overridden: tuple[Offered, ...] = ()
    made_of: tuple[Part, ...] = ()


def account(program: Program, ast: Ast, name: str, recipes: Mapping[str, Schema]) -> Account:
    """Account for one value of a program; `recipes` are the schemas of their arguments."""
    module_name, *path = name.split(".")
    module = _module(program, module_name)
    if not path or not path[0]:
        some = [f"{module.name}.{member.name}" for member in module.members[:5]]
        hint = f"name a member: {', '.join(some)}" if some else None
        raise _nothing(Code.E2, f"'{module.name}' is a module", hint)
    found = _find(module, path)
    if found is None:
        return _implied(module, path, recipes)
    return _written(program, ast, module, path, found)


def _module(program: Program, name: str) -> Module:
    for module in program.modules:
        if module.name == name:
            return module
    hint = did_you_mean(name, [module.name for module in program.modules])
    raise _nothing(Code.E26, f"no module '{name}' in the program", hint)


def _nothing(code: Code, message: str, hint: str | None = None) -> ProgramError:
    return ProgramError([Diagnostic(code, message, hint=hint)])


def _find(module: Module, path: Sequence[str]) -> Value | None:
    """Follow a way into a module; None where a member or field on it is not there."""
    value = module.get(path[0])
    name = f"{module.name}.{path[0]}"
    for step in path[1:]:
        if value is None:
            return None
        value = _part_of(value, step, name)
        name = f"{name}.{step}"
    return value


def _part_of(value: Value, step: str, name: str) -> Value | None:
    """Return an element or field; None for a label that a record lacks."""
    if isinstance(value, RecordValue):
        return get(value, step)
    if not isinstance(value, ListValue):
        raise _nothing(Code.E2, f"'{name}' has no parts; there is no '{step}'")
    if not (step.isascii() and step.isdecimal() and len(step) < 10):
        hint = "elements are named by number, from 0"
        raise _nothing(Code.E2, f"'{name}' is a list; it has no '{step}'", hint)
    if int(step) >= len(value.items):
        hint = f"it has {len(value.items)} element(s), counted from 0"
        raise _nothing(Code.E2, f"'{name}' has no element '{step}'", hint)
    return value.items[int(step)]


# Values that somebody wrote ----------------------------------------------


def _written(
    program: Program, ast: Ast, module: Module, path: Sequence[str], value: Value
) -> Account:
    member = next(one for one in module.members if one.name == path[0])
    found = offers(ast, (module.name, member.name), program.scenario)

    def offered(site: Site) -> Offered:
        return Offered(site, found[site.span].expr if site.span in found else None)

    offer = found.get(member.winner.span)
    return Account(
        ".".join((module.name, *path)),
        value,
        value.span,
        None,
        offered(member.winner),
        tuple(map(offered, member.agreed)),
        tuple(map(offered, member.overridden)),
        _parts(program, ingredients(offer, tuple(path[1:])) if offer else ()),
    )


def _parts(program: Program, found: Iterable[Ingredient]) -> tuple[Part, ...]:
    """Look up what a value refers to."""
    modules = {module.name: module for module in program.modules}
    parts: dict[str, Part] = {}
    for one in found:
        module = modules[ModuleName(one.key[0])]
        path = (one.key[1], *one.path)
        value = _find(module, path)
        if value is None and len(path) == 1:
            value = _of_package(module, path[0])
        if value is not None:
            name = ".".join((module.name, *path))
            parts.setdefault(name, Part(name, value, one.span))
    return tuple(parts.values())


# Values that nobody wrote ------------------------------------------------


def _implied(module: Module, path: Sequence[str], recipes: Mapping[str, Schema]) -> Account:
    """Account for what a package has anyway, and for defaults of schemas."""
    name = ".".join((module.name, *path))
    value = _of_package(module, path[0]) if len(path) == 1 else None
    if value is not None and path[0] == "pname":
        return Account(name, value, implied="the name of the module")
    if value is not None:
        parts = [
            Part(f"{module.name}.{member.name}", member.value, member.winner.span)
            for member in module.members
            if member.name != "meta"
        ]
        implied = "the store path of the package"
        return Account(name, value, implied=implied, made_of=tuple(parts))
    spec = field_at(module, path, recipes)
    default = spec.default_value(module.span) if spec is not None else None
    if default is None:
        raise _missing(module, path, recipes)
    return Account(name, default, implied="the default; nothing sets it")


def _of_package(module: Module, label: str) -> TextValue | None:
    """Return what a package has without saying so."""
    if module.kind != "package" or label not in ("pname", "out"):
        return None
    text = (Out(module.name),) if label == "out" else (str(module.name),)
    return TextValue(text, module.span)


def _missing(module: Module, path: Sequence[str], recipes: Mapping[str, Schema]) -> ProgramError:
    """Say which step of a way leads nowhere."""
    at = next(at for at in range(len(path)) if _find(module, path[: at + 1]) is None)
    spec = field_at(module, path[: at + 1], recipes)
    name = ".".join((module.name, *path[: at + 1]))
    if spec is not None:
        return _nothing(Code.E2, f"nothing sets '{name}'", f"{spec.name}: {spec.doc}")
    schema = schema_at(module, path[:at], recipes)
    known = [*_labels(module, path[:at]), *(schema.labels() if schema is not None else ())]
    if at == 0:
        known += ["out"] if module.kind == "package" else []
        message = f"unknown member '{path[0]}' of module '{module.name}'"
    else:
        message = f"'{'.'.join((module.name, *path[:at]))}' has no field '{path[at]}'"
    return _nothing(Code.E2, message, did_you_mean(path[at], known))


def _labels(module: Module, path: Sequence[str]) -> list[str]:
    """Return the names of the members of a module, or of the fields of a record in it."""
    if not path:
        return [str(member.name) for member in module.members]
    holder = _find(module, path)
    return [str(one.label) for one in holder.fields] if isinstance(holder, RecordValue) else []
