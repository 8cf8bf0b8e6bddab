"""`punix why`: where a value of a program comes from.

In: a program and the name of a value. Out: the value, who set it and where, what
was overridden, and what it is made of. Of a secret only the reference is shown.
"""

import json
from collections.abc import Iterator, Mapping

import click

from ...frontend.evaluation.json_text import json_text
from ...frontend.parse import parse_program
from ...frontend.syntax.load import load
from ...ir.depth import deep
from ...ir.diagnostics import Collector
from ...ir.pcl_text import pcl_text
from ...ir.span import Source, Span, by_name, locate
from ...ir.value import Value
from .. import options
from ..compiling.program import load_program, vocabulary
from ..console import shortened, write_json
from .account import Account, Offered, account

__all__ = ["why"]

SHORT = 60
"""What is only mentioned is cut to so many characters."""


@click.command()
@options.files
@click.argument("name", metavar="NAME")
@options.scenario
@options.output_format("text", "json")
def why(files: tuple[str, ...], name: str, scenario: str | None, style: str) -> None:
    """Say where the value NAME of a program comes from.

    NAME is Module.member; .0 and .label lead on into lists and records. FILE is
    a program file or a folder of them.
    """
    files = files or (".",)
    program = load_program(files, scenario)
    read = Collector()
    ast, texts = parse_program(load(files, read), read)
    told = _Told(by_name(program.sources), texts)
    with deep():
        found = account(program, ast, name, vocabulary().recipes)
        if style == "json":
            write_json(told.document(found))
        else:
            click.echo("\n".join(told.as_text(found)))


class _Told:
    """Writes an account, with places as people count them and expressions as they were written."""

    def __init__(self, sources: Mapping[str, Source], texts: Mapping[str, str]) -> None:
        self._sources = sources
        self._texts = texts

    def as_text(self, found: Account) -> Iterator[str]:
        """Yield the lines for a person."""
        yield f"{found.name} = {pcl_text(found.value, 0, len(found.name) + 3)}"
        if found.implied:
            yield f"  implied     {found.implied}"
        if found.winner:
            yield f"  set         {self._place(found.winner.site.span)}  {_rung(found.winner)}"
        if found.written and not self._on_one_line(found):
            yield f"  written     {self._place(found.written)}"
        for offered in found.agreed:
            yield f"  agreed      {self._place(offered.site.span)}  {_rung(offered)}"
        for offered in found.overridden:
            wrote = self._expression(offered)
            yield f"  overridden  {self._place(offered.site.span)}  {_rung(offered)}: {wrote}"
        for part in found.made_of:
            shown = shortened(pcl_text(part.value), SHORT)
            yield f"  made of     {self._place(part.span)}  {part.name} = {shown}"

    def _on_one_line(self, found: Account) -> bool:
        """Whether a value stands beside the name that it was set by."""
        assert found.winner is not None and found.written is not None
        return self._line(found.winner.site.span) == self._line(found.written)

    def _line(self, span: Span) -> tuple[str, int]:
        place = locate(span, self._sources)
        return place.file, place.line

    def document(self, found: Account) -> dict[str, object]:
        """Return the versioned document."""
        return {
            "version": 1,
            "name": found.name,
            "value": _tree(found.value),
            "pcl": pcl_text(found.value),
            "implied": found.implied,
            "written": self._facts(found.written) if found.written else None,
            "winner": self._offered(found.winner) if found.winner else None,
            "agreed": [self._offered(one) for one in found.agreed],
            "overridden": [self._offered(one) for one in found.overridden],
            "made_of": [
                {"name": part.name, "value": _tree(part.value), **self._facts(part.span)}
                for part in found.made_of
            ],
        }

    def _place(self, span: Span) -> str:
        return str(locate(span, self._sources))

    def _facts(self, span: Span) -> dict[str, object]:
        return locate(span, self._sources)._asdict()

    def _offered(self, offered: Offered) -> dict[str, object]:
        site = offered.site
        wrote = {"origin": site.origin, "rung": site.rung, "by": site.module}
        return {**wrote, "expression": self._expression(offered), **self._facts(site.span)}

    def _expression(self, offered: Offered) -> str:
        """Quote the program; a secret stands there as a reference only."""
        if offered.expr is None:
            return ""
        span = offered.expr.span
        return shortened(self._texts[span.file][span.start : span.end], SHORT)


def _rung(offered: Offered) -> str:
    site = offered.site
    words = {"option": "option default", "derived": "derived"}
    return f"{words.get(site.origin, site.rung)}, by {site.module}"


def _tree(value: Value) -> object:
    return json.loads(json_text(value))
