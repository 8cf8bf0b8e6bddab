"""What is legal in each stage, as one table of rules for each IR.

In: a whole IR. Out: the problems found: where, and a phrase. Types and names are `codec`'s
concern; the rules say what a type cannot: order, uniqueness, references that exist, names that
follow from content, stages that have passed. The pass manager verifies what it runs on request;
an IR that a user hands over is always verified.
"""

from collections.abc import Mapping
from importlib import import_module

from .depth import deep
from .diagnostics import Code, Diagnostic, ProgramError
from .node import Document
from .rules.rule import Problem, Rule

__all__ = ["RULES", "require", "rules_of", "verify"]

RULES: Mapping[str, str] = {
    "program": ".rules.program:PROGRAM",
    "lowered": ".rules.program:LOWERED",
    "derivation": ".rules.graph:DERIVATION",
    "closure": ".rules.graph:CLOSURE",
    "bundle": ".rules.deploy:BUNDLE",
    "plan": ".rules.deploy:PLAN",
    "manifest": ".rules.deploy:MANIFEST",
}
"""IR name → module of this folder and table; an IR that is not here has no rules.

Imported when one is verified: who reads a manifest needs no types of programs.
"""


def rules_of(ir: str) -> tuple[Rule, ...]:
    """Return the rules of an IR by its name."""
    if ir not in RULES:
        return ()
    module, _, table = RULES[ir].partition(":")
    rules: tuple[Rule, ...] = getattr(import_module(module, __package__), table)
    return rules


def verify(root: Document) -> list[Problem]:
    """Return every problem of a whole IR; an empty list means that it is legal."""
    with deep():
        return [problem for rule in rules_of(root.IR) for problem in rule(root)]


def require(root: Document, after: str | None = None) -> None:
    """Raise ProgramError with an E25 for each problem; `after` names the pass that made it."""
    what = f"pass '{after}' made" if after else "this is"
    found = [
        Diagnostic(Code.E25, f"{what} no valid '{root.IR}': {path}: {phrase}")
        for path, phrase in verify(root)
    ]
    if found:
        raise ProgramError(found, getattr(root, "sources", ()))
