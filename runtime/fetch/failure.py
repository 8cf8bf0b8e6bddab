"""How a fetch ends that brought nothing.

In: nothing. Out: `FetchFailed`, and what to raise for the two ways to fail.
"""

from ...ir.diagnostics import Code, Diagnostic
from ...ir.node import Frozen, frozen
from ...ir.span import Span

__all__ = ["Expected", "FetchFailed", "cannot", "mismatch"]


class FetchFailed(Exception):
    """A source that cannot be had; its diagnostic says where it is named."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
        super().__init__(diagnostic.message)


def cannot(message: str, span: Span, hint: str | None = None) -> FetchFailed:
    """Return an E31 to raise."""
    return FetchFailed(Diagnostic(Code.E31, message, span, hint=hint))


@frozen
class Expected(Frozen):
    """The hash that a program has for a source, empty where it has none yet.

    `kind` is `sha256`, …; `span` is the place of the field that says it.
    """

    kind: str
    hash: str
    span: Span
    field: str = "hash"


def mismatch(code: Code, what: str, expected: Expected, got: str) -> FetchFailed:
    """Return an E10 or E13 to raise."""
    said, hint = f"has no {expected.field} yet:", f'{expected.field} = "{got}"'
    if expected.hash:
        said = f"has another hash: wanted {expected.kind} {expected.hash},"
        hint = f"find out why; if it is what you want: {hint}"
    return FetchFailed(Diagnostic(code, f"{what} {said} got {got}", expected.span, hint=hint))
