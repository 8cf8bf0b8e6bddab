"""What punix says when something is wrong.

In: codes, phrases and spans from any stage. Out: `Diagnostic` values, collected
and ordered, and their rendering as text or as plain trees for JSON. Pure: the
excerpt comes from texts that the caller hands over.

The first line of a rendered diagnostic is `FILE:LINE:COL: error: [E1] message`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from .codes import Code
from .node import Frozen, frozen
from .span import Source, Span, locate

__all__ = [
    "Code",
    "Collector",
    "Diagnostic",
    "Label",
    "ProgramError",
    "readable",
    "render",
    "to_tree",
    "way_round",
]


EXCERPTS = 8
"""How many notes show their line; a ring may have thousands."""

RING = 8
"""How many names of a ring a message shows."""

LONG_WORD = r"([^\s']{120})[^\s']{17,}([^\s']{120})"
"""What nobody reads to its end; a path, which may be up to 256 characters, stays whole."""

Severity = Literal["error", "warning"]


@frozen
class Label(Frozen):
    """A note at another site: `FILE:LINE:COL: note: also set here`."""

    span: Span
    message: str


@frozen
class Diagnostic(Frozen):
    """One fact that a person has to know: code, phrase, place, other places, a hint.

    `span` is None only where no program text is to blame (a lock, a full disk).
    """

    code: Code
    message: str
    span: Span | None = None
    notes: tuple[Label, ...] = ()
    hint: str | None = None
    severity: Severity = "error"

    def order(self) -> tuple[str, int, int, str]:
        """Sort key: by place, then code; what has no place comes first."""
        span = self.span or Span("", 0, 0)
        return (span.file, span.start, int(self.code[1:]), self.message)


class ProgramError(Exception):
    """Errors that end a command; carries every diagnostic of the run."""

    def __init__(self, diagnostics: Iterable[Diagnostic], sources: Iterable[Source] = ()) -> None:
        self.diagnostics = tuple(sorted(diagnostics, key=Diagnostic.order))
        self.sources = tuple(sources)
        super().__init__("\n".join(render(self.diagnostics, self.sources)))


class Collector:
    """Gathers diagnostics, so that one run reports all independent ones."""

    def __init__(self) -> None:
        self._found: dict[Diagnostic, None] = {}

    def add(self, diagnostic: Diagnostic) -> None:
        """Keep a diagnostic; the same one twice counts once."""
        self._found[diagnostic] = None

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Keep several, as those of an error that was caught."""
        for diagnostic in diagnostics:
            self.add(diagnostic)

    def error(
        self,
        code: Code,
        message: str,
        span: Span | None,
        *,
        notes: Iterable[Label] = (),
        hint: str | None = None,
    ) -> None:
        """Keep an error."""
        self.add(Diagnostic(code, message, span, tuple(notes), hint))

    def warning(
        self, code: Code, message: str, span: Span | None, *, hint: str | None = None
    ) -> None:
        """Keep a warning; it never fails a command."""
        self.add(Diagnostic(code, message, span, (), hint, "warning"))

    def sorted(self) -> tuple[Diagnostic, ...]:
        """Return all diagnostics in the order of their places."""
        return tuple(sorted(self._found, key=Diagnostic.order))

    @property
    def failed(self) -> bool:
        """Whether an error is among them."""
        return any(found.severity == "error" for found in self._found)

    def raise_errors(self, sources: Iterable[Source] = ()) -> None:
        """Raise ProgramError with everything found if an error is among it."""
        if self.failed:
            raise ProgramError(self.sorted(), sources)


def way_round(ring: Sequence[str]) -> str:
    """Write a ring for a message: `a → b → a`. Of a long one only the beginning; notes have all."""
    shown = list(ring[:RING])
    if len(ring) > RING:
        shown.append(f"… ({len(ring)} in all)")
    return " → ".join([*shown, ring[0]])


def readable(text: str) -> str:
    """Leave out the middle of words that are too long for a message."""
    return re.sub(LONG_WORD, r"\1…\2", text)


def render(
    diagnostics: Iterable[Diagnostic],
    sources: Iterable[Source] = (),
    texts: Mapping[str, str] | None = None,
) -> list[str]:
    """Turn diagnostics into lines; an excerpt follows where the text is at hand."""
    table = {source.name: source for source in sources}
    lines: list[str] = []
    for diagnostic in diagnostics:
        lines.extend(_render_one(diagnostic, table, texts or {}))
    return lines


def _render_one(
    diagnostic: Diagnostic, sources: Mapping[str, Source], texts: Mapping[str, str]
) -> Iterable[str]:
    head = f"{diagnostic.severity}: [{diagnostic.code}] {readable(diagnostic.message)}"
    span = diagnostic.span
    yield f"{locate(span, sources)}: {head}" if span else head
    if span:
        yield from excerpt(span, sources, texts)
    for number, note in enumerate(diagnostic.notes):
        yield f"{locate(note.span, sources)}: note: {readable(note.message)}"
        if number < EXCERPTS and span and not _one_line(span, note.span, sources):
            yield from excerpt(note.span, sources, texts)
    if diagnostic.hint:
        yield f"  hint: {readable(diagnostic.hint)}"


def _one_line(left: Span, right: Span, sources: Mapping[str, Source]) -> bool:
    """Whether two spans begin on the same line."""
    return locate(left, sources)._replace(column=0) == locate(right, sources)._replace(column=0)


def excerpt(span: Span, sources: Mapping[str, Source], texts: Mapping[str, str]) -> Iterable[str]:
    """Yield the source line with the span underlined; nothing if the text is not at hand."""
    text, source = texts.get(span.file), sources.get(span.file)
    if text is None or source is None:
        return
    place = source.place(span.start)
    start = source.lines[place.line - 1]
    end = text.find("\n", start)
    line = text[start : len(text) if end < 0 else end]
    if len(line) > 200:
        return
    width = max(1, min(span.end, start + len(line)) - span.start)
    pad = "".join("\t" if char == "\t" else " " for char in line[: place.column - 1])
    yield f"  {line}"
    yield f"  {pad}{'^' * width}"


def to_tree(diagnostic: Diagnostic, sources: Mapping[str, Source]) -> dict[str, object]:
    """Give the facts of a diagnostic as a plain tree, for `--format json`."""
    place = locate(diagnostic.span, sources) if diagnostic.span else None
    return {
        "code": str(diagnostic.code),
        "severity": diagnostic.severity,
        "message": readable(diagnostic.message),
        "file": place and place.file,
        "line": place and place.line,
        "column": place and place.column,
        "notes": [
            {**locate(note.span, sources)._asdict(), "message": readable(note.message)}
            for note in diagnostic.notes
        ],
        "hint": diagnostic.hint and readable(diagnostic.hint),
    }
