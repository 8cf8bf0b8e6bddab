"""Diagnostics as SARIF 2.1.0, for code hosts and editors (OASIS standard, March 2020).

In: diagnostics and the tables of lines that their places need. Out: a plain tree.
Lines and columns count from 1, columns in code points, and a region ends behind
its last character. A hint is the second line of its message.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ...ir.diagnostics import Diagnostic, readable
from ...ir.span import Source, Span, by_name, locate

__all__ = ["as_sarif"]

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_sarif(
    diagnostics: Iterable[Diagnostic], sources: Iterable[Source], version: str
) -> dict[str, Any]:
    """Return one run with a result for each diagnostic and a rule for each code that comes."""
    found, table = tuple(diagnostics), by_name(sources)
    codes = sorted({one.code for one in found}, key=lambda code: int(code[1:]))
    rules = [{"id": str(code), "shortDescription": {"text": code.meaning}} for code in codes]
    numbers = {code: number for number, code in enumerate(codes)}
    run = {
        "tool": {"driver": {"name": "punix", "version": version, "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, numbers[one.code], table) for one in found],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(one: Diagnostic, rule: int, sources: Mapping[str, Source]) -> dict[str, Any]:
    text = readable(f"{one.message}\nhint: {one.hint}" if one.hint else one.message)
    result: dict[str, Any] = {
        "ruleId": str(one.code),
        "ruleIndex": rule,
        "level": one.severity,
        "message": {"text": text},
        "locations": [_location(one.span, sources)] if one.span else [],
    }
    if one.notes:
        result["relatedLocations"] = [
            {
                "id": number,
                **_location(note.span, sources),
                "message": {"text": readable(note.message)},
            }
            for number, note in enumerate(one.notes)
        ]
    return result


def _location(span: Span, sources: Mapping[str, Source]) -> dict[str, Any]:
    start, end = locate(span, sources), locate(span._replace(start=span.end), sources)
    region = {
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    }
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(span.file)}, "region": region}}


def _uri(file: str) -> str:
    """Write a file name as a URI reference (RFC 3986)."""
    from urllib.parse import quote  # only who asks for SARIF pays for it

    return f"file://{quote(file)}" if file.startswith("/") else quote(file)
