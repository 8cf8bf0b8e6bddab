"""Texts against the shape of their field: choices, rules, secrets, store paths and names.

In: a value where a text is wanted, and what names mean in the program (`NameScope`; see
`names`). Out: nothing; reports E1 for what does not fit, E7 for a package that refers to
its own store path.
"""

from typing import Protocol

from ...ir.diagnostics import Code, Collector
from ...ir.names import shorten
from ...ir.schema.shape import Schema, TextShape
from ...ir.text import Out
from ...ir.value import ArtifactValue, RecordValue, TextValue, Value, is_secret, plain
from ..suggestions.checked_texts import broken_rule, suggest_text
from ..suggestions.shape_words import nearest_choice
from .use_site import UseSite, report_misuse, report_secret, report_wrong_type

__all__ = ["NameScope", "check_text"]


class NameScope(Protocol):
    """What names mean in the program at hand."""

    def name(self, kind: str, text: TextValue, word: str | None, at: UseSite) -> None:
        """Report a text that is not the name of what it should name."""

    def own(self, part: Out) -> bool:
        """Whether a store path is that of the package which is being checked."""

    def arguments(self) -> tuple[str, Schema] | None:
        """Return the recipe of the package that is being checked, and its arguments."""

    def as_record(self, value: Value, schema: Schema | None) -> RecordValue | None:
        """Return the members of the data module that a text names; None if it names none."""


def check_text(
    shape: TextShape, value: Value, at: UseSite, names: NameScope, collector: Collector
) -> None:
    """Report everything about a value that the shape of a text forbids."""
    if not isinstance(value, TextValue):
        if not (isinstance(value, ArtifactValue) and shape.secret):
            report_wrong_type(collector, shape, value, at)
        return
    word = plain(value)
    if word is None:
        if not _symbols_fit(shape, value, at, names, collector):
            return
    elif shape.choices and word not in shape.choices:
        choices = ", ".join(f"'{choice}'" for choice in shape.choices)
        message = f"{at.shown} is one of {choices}, not '{shorten(word)}'"
        report_misuse(collector, value, at, message, nearest_choice(word, shape.choices))
    elif shape.rule is not None:
        problem = broken_rule(shape.rule, word)
        if problem:
            message = f"{at.shown}: {problem}"
            report_misuse(collector, value, at, message, suggest_text(shape.rule, word))
            return
    if shape.names is not None:
        names.name(shape.names, value, word, at)


def _symbols_fit(
    shape: TextShape, value: TextValue, at: UseSite, names: NameScope, collector: Collector
) -> bool:
    """Whether a field may hold the secrets and store paths that a text mentions."""
    if is_secret(value) and not shape.secret:
        report_secret(collector, value, at)
        return False
    outs = [part for part in value.text if isinstance(part, Out)]
    if outs and not shape.symbolic:
        message = f"{at.shown} may not hold a store path"
        alone = shape.names == "package" and len(value.text) == 1
        report_misuse(collector, value, at, message, f'write "{outs[0].module}"' if alone else None)
        return False
    for part in outs:
        if names.own(part):
            message = f"package '{part.module}' refers to its own store path"
            hint = "in a build, $OUTPUT is that place"
            collector.error(Code.E7, message, at.place(value), hint=hint)
            return False
    return True
