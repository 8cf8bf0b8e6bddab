"""What somebody may have meant by a name that means nothing.

In: a reference that leads nowhere, and what is declared around it. Out: a hint, or None.
"""

from collections.abc import Iterable, Sequence

from ...ir.ast import RecordLiteral
from ...ir.spell import did_you_mean
from ..suggestions.literals import LITERALS
from .declarations import Declarations, ModuleDecl

__all__ = ["member_hint", "module_hint"]

NOTHING = ("None", "null", "nil", "undefined")
"""What other languages call a value that is none."""


def member_hint(
    word: str,
    home: ModuleDecl,
    binders: Iterable[str],
    records: Iterable[RecordLiteral],
    declarations: Declarations,
) -> str | None:
    """Say what a name without a dot may mean; `records` are those around it."""
    near = did_you_mean(word, binders)
    if near:
        return near
    if word in LITERALS:
        return f"did you mean '{LITERALS[word]}'?"
    if word in NOTHING:
        return "PCL has no null: leave out what has no value"
    if any(word == field.label for record in records for field in record.fields):
        return f"fields of a record may not name each other; make '{word}' a member"
    other = declarations.modules.get(word)
    if other is not None and other.kind == "package":
        return f'write "{word}" for its name, {word}.out for its place'
    if other is not None:
        return f"'{word}' is a module; name one of its members"
    owner = declarations.only_owner(word)
    if owner:
        return f"did you mean '{owner}.{word}'?"
    return home.spelling.hint(word) or f'write "{word}" if it is a text'


def module_hint(
    segments: Sequence[str], home: str, binders: Iterable[str], declarations: Declarations
) -> str | None:
    """Say what `a.b` may mean where there is no module `a`."""
    module, rest = segments[0], segments[1:]
    members = declarations.modules[home].members if home in declarations.modules else {}
    if module in members:
        return f"'{module}' is a member; write '{home}.{'.'.join(segments)}'"
    if module == "std":
        return f'write "{".".join(segments)}"'
    near = did_you_mean(module, binders) or declarations.spelling.hint(module)
    return near or (f"write '{'.'.join(rest)}'" if rest[0] in members else None)
