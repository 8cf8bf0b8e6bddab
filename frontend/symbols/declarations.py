"""What a program declares: its modules and members, and the offers for each.

In: what `declare` finds in an `Ast`. Out: `Declarations`, in which all later steps look
things up.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from ...ir.ast import Expr, OptionDecl, Rung
from ...ir.names import Label as MemberName
from ...ir.names import ModuleName
from ...ir.program import Kind, Origin, Site
from ...ir.span import Span
from ...ir.spell import Speller
from .references import Key, Use

__all__ = ["PRECEDENCE", "Declarations", "MemberDecl", "ModuleDecl", "Offer"]

PRECEDENCE: Final[Mapping[Rung, int]] = {"default": 1, "plain": 2, "force": 3}
"""Of the rungs; an option's own default is below them, at 0."""


class Offer(NamedTuple):
    """A value that somebody offers for a member.

    `site` is the module or scenario that offers it, `home` the module whose
    members its bare names mean; `precedence` is that of the rung.
    """

    origin: Origin
    rung: Rung
    precedence: int
    site: str
    home: str
    expr: Expr
    span: Span
    uses: tuple[Use, ...]

    def as_site(self) -> Site:
        """Give the place of the offer as the Program keeps it."""
        return Site(self.origin, self.rung, self.site, self.span)


@dataclass(slots=True, eq=False, repr=False)
class MemberDecl:
    """A member: its option declaration if it is one, and all offers for it.

    `broken`: it is declared twice or stands in a cycle; `is_slip`: its name is a slip for that
    of a field; `is_meant`: a contribution that misspells its name is reported.
    """

    key: Key
    name: MemberName
    span: Span
    option: OptionDecl | None
    offers: list[Offer]
    in_scenario: dict[str, list[Offer]] = field(default_factory=dict)
    broken: bool = False
    is_slip: bool = False
    is_meant: bool = False

    def offered(self, scenario: str | None) -> list[Offer]:
        """Return the offers that hold in the base or in one scenario."""
        if scenario is None or scenario not in self.in_scenario:
            return self.offers
        return self.offers + self.in_scenario[scenario]


@dataclass(slots=True, eq=False, repr=False)
class ModuleDecl:
    """All blocks of one name. `whole` is false where something of it could not be read."""

    name: ModuleName
    span: Span
    whole: bool
    members: dict[str, MemberDecl]
    spelling: Speller
    kind: Kind = "data"

    @property
    def implicit(self) -> tuple[str, ...]:
        """The members that it has without declaring them."""
        return ("out", "pname") if self.kind == "package" else ()


@dataclass(slots=True, eq=False, repr=False)
class Declarations:
    """Everything that a program declares; `changes` maps a scenario to the members it aims at."""

    modules: dict[str, ModuleDecl]
    changes: dict[str, list[MemberDecl]]
    spelling: Speller
    _owners: dict[str, list[str]] = field(default_factory=dict)

    def members(self) -> Iterator[MemberDecl]:
        """Yield every member of every module."""
        return (member for module in self.modules.values() for member in module.members.values())

    def only_owner(self, member: str) -> str | None:
        """Return the one module that has a member of this name, None if none or several have."""
        if not self._owners:
            for module, label in (one.key for one in self.members()):
                self._owners.setdefault(label, []).append(module)
        owners = self._owners.get(member, [])
        return owners[0] if len(owners) == 1 else None

    def find(self, key: Key) -> MemberDecl | None:
        """Return a member, None if it is not declared."""
        module = self.modules.get(key[0])
        return module.members.get(key[1]) if module else None
