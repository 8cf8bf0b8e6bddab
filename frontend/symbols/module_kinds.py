"""What kind each module is, and members that look like a slip.

In: `Declarations` and which members are used. Out: `kind` set on every module,
and the schema of each module that has one. Reports E1 for a module of two kinds
and for near misses (`recpie`), a warning for any other member of a package or
stack that nothing uses, and for a module that lacks what would make it one.
"""

from collections.abc import Container, Mapping
from typing import Final

from ...ir.ast import StrLiteral
from ...ir.diagnostics import Code, Collector
from ...ir.program import Kind
from ...ir.schema.kinds import KINDS
from ...ir.schema.package import SOURCES
from ...ir.schema.shape import Schema
from ...ir.spell import distance
from .declarations import Declarations, MemberDecl, ModuleDecl
from .declare import conflict
from .references import Key

__all__ = ["classify", "used_members"]

TELLING: Final[Mapping[str, tuple[str, str]]] = {
    "services": ("backend", 'backend = "systemd"'),
    "configFiles": ("backend", 'backend = "systemd"'),
    "recipeArgs": ("recipe", 'recipe = "std.…"'),
}
"""Members that nobody has but a stack or a package, and what makes a module one."""

KIND_OF: Final[Mapping[str, Kind]] = {"recipe": "package", "backend": "stack", "hosts": "fleet"}


def used_members(declarations: Declarations) -> set[Key]:
    """Return every member that some expression refers to, in the base or in any scenario."""
    found: set[Key] = set()
    for member in declarations.members():
        for offers in (member.offers, *member.in_scenario.values()):
            for offer in offers:
                found.update(use.key for use in offer.uses)
    return found


def classify(
    declarations: Declarations,
    used: Container[Key],
    recipes: Mapping[str, Schema],
    collector: Collector,
    *,
    read_whole: bool,
) -> dict[str, Schema]:
    """Set the kind of every module; return the schemas of those whose members are checked.

    Unless the program was `read_whole`, nobody can tell that a member is unused.
    """
    schemas: dict[str, Schema] = {}
    for module in declarations.modules.values():
        present = [label for label in KINDS if label in module.members]
        meant = None if present else _meant_kind(module, used, collector)
        if len(present) > 1:
            _two_kinds(module, present, collector)
        elif present:
            schemas[module.name] = _set_kind(module, present[0])
            if read_whole:
                arguments = recipes.get(_word(module, "recipe"))
                _odd_members(module, schemas[module.name], arguments, used, collector)
        elif meant is not None:
            schemas[module.name] = _set_kind(module, meant)
        elif read_whole:
            _no_kind(module, used, collector)
    return schemas


def _set_kind(module: ModuleDecl, label: str) -> Schema:
    """Make a module what the member `label` makes it; return the schema of that."""
    module.kind = KIND_OF[label]
    return KINDS[label]


def _two_kinds(module: ModuleDecl, present: list[str], collector: Collector) -> None:
    module.kind = KIND_OF[present[0]]
    if any(module.members[label].broken for label in present):
        return
    both = " and ".join(f"'{label}'" for label in present)
    message = f"module '{module.name}' has {both}: it is one kind of thing or the other"
    spans = [module.members[label].span for label in present]
    conflict(collector, Code.E1, message, spans, "and here")


def _meant_kind(module: ModuleDecl, used: Container[Key], collector: Collector) -> str | None:
    """Return the kind of a module that spells the member which makes it one slightly wrong."""
    if not module.whole:
        return None
    for label, schema in KINDS.items():
        fitting = sum(schema.get(member) is not None for member in module.members)
        if fitting < 2:
            continue
        for member in module.members.values():
            if _is_slip(member, label, used):
                _report(member, label, collector)
                return label
    return None


def _no_kind(module: ModuleDecl, used: Container[Key], collector: Collector) -> None:
    """Warn of a module without the member for which its others would be built or deployed."""
    for label, (kind, mend) in TELLING.items():
        member = module.members.get(label)
        if member is not None and member.key not in used:
            message = f"nothing uses '{label}': module '{module.name}' has no '{kind}'"
            collector.warning(Code.E1, message, member.span, hint=f"add {mend}")
            return


def _word(module: ModuleDecl, label: str) -> str:
    """Return the text that stands as a member's value; "" where none stands."""
    member = module.members.get(label)
    exprs = [offer.expr for offer in member.offers] if member else []
    return exprs[0].value if len(exprs) == 1 and isinstance(exprs[0], StrLiteral) else ""


def _odd_members(
    module: ModuleDecl,
    schema: Schema,
    arguments: Schema | None,
    used: Container[Key],
    collector: Collector,
) -> None:
    """Report members that are no fields of the schema and that nothing uses."""
    for label, member in module.members.items():
        if schema.get(label) is not None or member.key in used or member.broken:
            continue
        absent = [field.name for field in schema.fields if field.name not in module.members]
        slips = [field for field in absent if _is_slip(member, field, used)]
        if slips:
            _report(member, slips[0], collector)
        elif arguments is not None and arguments.get(label) and member.option is None:
            member.is_slip = True
            message = f"'{label}' of package '{module.name}' is an argument of {arguments.name}"
            hint = f"write recipeArgs = {{ {label} = … }}"
            collector.error(Code.E1, message, member.span, hint=hint)
        elif module.kind != "fleet":
            message = f"nothing uses '{label}' of {schema.name} '{module.name}'"
            collector.warning(Code.E1, message, member.span, hint=_belongs(label, schema))


def _belongs(label: str, schema: Schema) -> str | None:
    """Say what has a field of this name."""
    for other in KINDS.values():
        if other.get(label) and other is not schema:
            return f"'{label}' is a field of a {other.name}"
    tag = next((name for name, source in SOURCES.items() if source.get(label)), None)
    if tag is not None and schema.get("source"):
        return f'write source = {{ type = "{tag}" {label} = … }}'
    if schema.get("meta"):
        return f"what is for people goes into meta = {{ {label} = … }}"
    return None


def _is_slip(member: MemberDecl, field: str, used: Container[Key]) -> bool:
    """Whether a derived that nothing uses is a field's name with an edit or two."""
    if member.option is not None or member.broken or member.key in used or len(field) <= 4:
        return False
    allowed = 2 if len(field) >= 8 else 1
    label = member.key[1]
    return abs(len(label) - len(field)) <= allowed and distance(label, field) <= allowed


def _report(member: MemberDecl, field: str, collector: Collector) -> None:
    member.is_slip = True
    message = f"unknown field '{member.key[1]}' on module '{member.key[0]}'"
    collector.error(Code.E1, message, member.span, hint=f"did you mean '{field}'?")
