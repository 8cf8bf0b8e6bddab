"""What a grammar refuses is an error at its place.

In: a writer of `escape`, a text and where it stands. Out: what the writer makes of it;
nothing, and an E28 in the collector, if it refuses.
"""

from collections.abc import Callable

from ...ir.diagnostics import Code, Collector
from ...ir.span import Span
from ...ir.text import Text
from .escape import Refused

__all__ = ["guarded"]


def guarded(write: Callable[[Text], Text], text: Text, span: Span, found: Collector) -> Text:
    """Return what `write` makes of a text; nothing, and E28, if it refuses."""
    try:
        return write(text)
    except Refused as problem:
        found.error(Code.E28, str(problem), span, hint=problem.hint)
        return ()
