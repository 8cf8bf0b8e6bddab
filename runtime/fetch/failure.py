"""How a fetch ends that brought nothing.

In: nothing. Out: `FetchFailed`, `mismatch`.
"""

from ...ir.diagnostics import Code, Diagnostic
from ...ir.span import Span

__all__ = ["FetchFailed", "cannot", "mismatch"]


class FetchFailed(Exception):
    """A source that cannot be had; its diagnostic says where it is named."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
        super().__init__(diagnostic.message)


def cannot(message: str, span: Span, hint: str | None = None) -> FetchFailed:
    """Return an E31 to raise."""
    return FetchFailed(Diagnostic(Code.E31, message, span, hint=hint))


def mismatch(
    code: Code, what: str, field: str, kind: str, wanted: str, got: str, span: Span
) -> FetchFailed:
    """Return an E10 or E13 to raise; `field` of the program is what says the hash."""
    said = f"has another hash: wanted {kind} {wanted}," if wanted else f"has no {field} yet:"
    hint = f'{field} = "{got}"'
    if wanted:
        hint = f"find out why; if it is what you want: {hint}"
    return FetchFailed(Diagnostic(code, f"{what} {said} got {got}", span, hint=hint))
