"""Writes `tables.py`: the LALR(1) tables that lark computes from `grammar.lark`.

In: the grammar. Out: the text of a Python module, the same for the same grammar.
Run `python -m punix.frontend.syntax.generate` after a change of the grammar.

States are numbered breadth first from the start. A state that does nothing but
reduce a rule that vanishes (`?rule` with one child) is skipped: what leads to it
leads to where the reduction would go.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["GRAMMAR", "TABLES", "generate"]

GRAMMAR = Path(__file__).with_name("grammar.lark")
TABLES = Path(__file__).with_name("tables.py")

END = "$END"
WORD_END = "(?![A-Za-z0-9_-])"
OPENING = {"LPAR", "LSQB", "LBRACE", "IF", "FOR"}
FLAT = {"module", "scenario", "else_if"}
"""Rules whose opening word or bracket is no level of nesting."""

HEADER = '''"""The LALR(1) tables of `grammar.lark`, written by `generate.py`; not for editing.

A symbol is a number, terminals before the rules' names. `ROWS[state][symbol]` is the
next state, or `~number` of the rule to reduce. A rule is its symbol, the number of
its children and its name: `first` and `more` collect what is repeated. A state of
NESTING is entered by what opens a level of nesting.
"""
'''


class Automaton(NamedTuple):
    """Rows lead from a symbol to a state, or to `~rule` for a reduction."""

    rows: list[dict[str, int]]
    start: int
    end: int
    nesting: frozenset[int]


def generate(grammar: str) -> str:
    """Return the text of the tables. Raises lark's GrammarError on any conflict."""
    from lark import Lark  # heavy, and not needed when punix runs
    from lark.parsers.lalr_analysis import LALR_Analyzer

    lark: Any = Lark(grammar, parser="lalr", lexer="basic")
    rules = list(lark.parser.parser_conf.rules)
    analyzer: Any = LALR_Analyzer(lark.parser.parser_conf, debug=True, strict=True)
    analyzer.compute_lalr()
    automaton = _renumber(_skip_vanishing(_number(analyzer.parse_table, rules), rules))
    return _write(automaton, rules, sorted(lark.terminals, key=lambda found: found.name))


def _number(table: Any, rules: list[Any]) -> Automaton:
    states = {state: number for number, state in enumerate(table.states)}
    numbers = {rule: ~number for number, rule in enumerate(rules)}
    rows = [
        {
            symbol: numbers[target] if action.name == "Reduce" else states[target]
            for symbol, (action, target) in row.items()
        }
        for row in table.states.values()
    ]
    nesting = frozenset(states[state] for state in table.states if _opens(state))
    start, end = states[table.start_states["start"]], states[table.end_states["start"]]
    rows[end][END] = end  # so that the end of input is a token like any other
    return Automaton(rows, start, end, nesting)


def _opens(items: Iterable[Any]) -> bool:
    return any(
        item.index
        and not item.is_satisfied
        and item.rule.expansion[item.index - 1].name in OPENING
        and item.rule.origin.name not in FLAT
        for item in items
    )


def _skip_vanishing(automaton: Automaton, rules: list[Any]) -> Automaton:
    """Lead past the states that only reduce a rule that vanishes."""
    vanishing = {
        state: str(rules[~action].origin.name)
        for state, row in enumerate(automaton.rows)
        if len(set(row.values())) == 1
        and (action := next(iter(row.values()))) < 0
        and _vanishes(rules[~action])
    }

    def settle(row: dict[str, int], target: int) -> int:
        while target in vanishing:
            target = row[vanishing[target]]
        return target

    rows = [{symbol: settle(row, row[symbol]) for symbol in row} for row in automaton.rows]
    return automaton._replace(rows=rows)


def _vanishes(rule: Any) -> bool:
    inlined = rule.options.expand1 or rule.origin.name == "_member"
    return bool(inlined) and len(rule.expansion) == 1


def _renumber(automaton: Automaton) -> Automaton:
    """Number the states that the start reaches, breadth first."""
    order = {automaton.start: 0}
    waiting = [automaton.start]
    for state in waiting:
        for _, target in sorted(automaton.rows[state].items()):
            if target >= 0 and target not in order:
                order[target] = len(order)
                waiting.append(target)
    rows = [
        {symbol: order.get(target, target) for symbol, target in automaton.rows[state].items()}
        for state in order
    ]
    nesting = frozenset(order[state] for state in automaton.nesting if state in order)
    return Automaton(rows, 0, order[automaton.end], nesting)


def _write(automaton: Automaton, rules: list[Any], terminals: list[Any]) -> str:
    used = {str(symbol.name) for rule in rules for symbol in rule.expansion if symbol.is_term}
    tokens = [END, *sorted(used)]
    origins = sorted({str(rule.origin.name) for rule in rules})
    symbols = {name: number for number, name in enumerate(tokens + origins)}
    shown = [found for found in terminals if found.name in used]
    words = {p.pattern.value.removesuffix(WORD_END): p.name for p in shown if _is_word(p)}
    marks = {p.pattern.value: p.name for p in shown if p.pattern.type == "str"}
    rest = {
        p.name: p.pattern.value for p in shown if p.name not in {*words.values(), *marks.values()}
    }
    parts = [
        HEADER,
        *(f"{name.strip('$')} = {number}" for number, name in enumerate(tokens)),
        f"\nTERMINALS = {len(tokens)}",
        "\nWORDS = {",
        *(f"    {text!r}: {name}," for text, name in words.items()),
        "}\n\nMARKS = {",
        *(f"    {text!r}: {name}," for text, name in marks.items()),
        "}\n\nPATTERNS = {",
        *(f"    {name}: {text!r}," for name, text in rest.items()),
        "}\n\nRULES = (",
        *(f"    {_rule(rule, symbols)}," for rule in rules),
        ")",
        f"\nNESTING = frozenset({sorted(automaton.nesting)})",
        f"\nACCEPT = {automaton.end}",
        "\nROWS: tuple[dict[int, int], ...] = (",
        *(f"    {_row(row, symbols)}," for row in automaton.rows),
        ")",
    ]
    return "\n".join(parts) + "\n"


def _is_word(terminal: Any) -> bool:
    return str(terminal.pattern.value) == str(terminal.name).lower() + WORD_END


def _rule(rule: Any, symbols: dict[str, int]) -> tuple[int, int, str]:
    origin, size = str(rule.origin.name), len(rule.expansion)
    if origin.startswith("__"):
        name = "more" if rule.expansion[0] == rule.origin else "first"
    else:
        name = "vanish" if _vanishes(rule) else str(rule.alias or origin)
    return symbols[origin], size, name


def _row(row: dict[str, int], symbols: dict[str, int]) -> str:
    entries = sorted((symbols[name], target) for name, target in row.items())
    return "{" + ", ".join(f"{symbol}: {target}" for symbol, target in entries) + "}"


if __name__ == "__main__":
    TABLES.write_text(generate(GRAMMAR.read_text(encoding="utf-8")), encoding="utf-8")
