"""What the tokens of a program are for, as far as layout cares.

In: the tokens of a file without syntax errors. Out: a role for each of them. The
tables that parse programs find them, so a word in a name's place is never taken
for a keyword.
"""

from collections.abc import Callable
from enum import IntEnum
from typing import Any

from ..syntax import tables
from ..syntax.lalr import Machine
from ..syntax.lexer import Tokens

__all__ = ["Role", "find_roles"]

Children = list[Any]
"""For each child of a rule its first token; for what is repeated, a list of these."""


class Role(IntEnum):
    """What layout has to know of a token besides its kind."""

    NONE = 0
    ITEM = 1  # begins a block, member, field or list item
    CLAUSE = 2  # may begin a line: `then`, `else`, `where`, `and`, `yield`, `|`
    TIGHT = 3  # no space before it: the bracket of `List[Str]`, the colon of `port: Int`
    BLOCK = 4  # the brace of a module or scenario


def find_roles(tokens: Tokens) -> list[Role]:
    """Return the role of each token. The tokens must be those of a valid file."""
    marker = _Marker(tokens.kinds)
    actions = [(symbol, size, marker.action(name)) for symbol, size, name in tables.RULES]
    stopped = Machine(actions).run(tokens.kinds, 0, len(tokens.kinds))
    assert stopped is None, f"the parser stopped at token {stopped}"
    return marker.roles


class _Marker:
    """The actions: each notes the roles that its rule gives and returns its first token."""

    def __init__(self, kinds: list[int]) -> None:
        self.kinds = kinds
        self.roles = [Role.NONE] * len(kinds)

    def action(self, rule: str) -> Callable[[Children], Any]:
        """The action of a rule; most give no role."""
        found: Callable[[Children], Any] = getattr(self, rule, _first_token)
        return found

    def mark(self, role: Role, *tokens: int) -> None:
        for token in tokens:
            self.roles[token] = role

    def first(self, children: Children) -> Children:
        return children

    def more(self, children: Children) -> Children:
        collected: Children = children[0]
        collected += children[1:]
        return collected

    def start(self, children: Children) -> None:
        del children  # a file without blocks has none

    def module(self, children: Children) -> int:
        self.mark(Role.BLOCK, children[2])
        return self.item(children)

    scenario = module

    def item(self, children: Children) -> int:
        begin: int = children[0]
        self.mark(Role.ITEM, begin)
        return begin

    option = derived = contribution = field = item

    def field_type(self, children: Children) -> int:
        self.mark(Role.TIGHT, children[1])
        return self.item(children)

    def named_type(self, children: Children) -> int:
        self.mark(Role.TIGHT, *children[1:2])
        return _first_token(children)

    def enum_type(self, children: Children) -> int:
        self.mark(Role.CLAUSE, *(children[1][::2] if len(children) > 1 else ()))
        return _first_token(children)

    def list_expr(self, children: Children) -> int:
        for part in children[1:-1]:
            tokens = part if isinstance(part, list) else [part]
            self.mark(Role.ITEM, *(one for one in tokens if self.kinds[one] != tables.COMMA))
        return _first_token(children)

    def if_expr(self, children: Children) -> int:
        then, otherwise = children[2], children[-2]
        self.mark(Role.CLAUSE, then, otherwise)
        return _first_token(children)

    def else_if(self, children: Children) -> int:
        self.mark(Role.CLAUSE, children[0], children[3])
        return _first_token(children)

    def for_expr(self, children: Children) -> int:
        distinct = self.kinds[children[-2]] == tables.DISTINCT
        word = children[-3 if distinct else -2]
        self.mark(Role.CLAUSE, children[4], word)
        for part in children[5:]:
            if isinstance(part, list):
                self.mark(Role.CLAUSE, *part[::2])
        return _first_token(children)


def _first_token(children: Children) -> int:
    token: int = children[0]
    return token
