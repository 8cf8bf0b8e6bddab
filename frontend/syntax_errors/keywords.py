"""Words that stand before the place at which the parser stopped, and are the mistake.

In: where it stopped. Out: a `Mistake` at the token that is wrong, or None. A slip
in a word and most habits from other languages read as something else at first:
`froce 80` is a member `froce` and a number too many.
"""

from ...ir.spell import did_you_mean
from ..syntax import tables
from ..syntax.blocks import CLOSER, NAMES
from ..syntax.mistake import Mistake
from .literals import malformed_literal
from .phrases import CONDITION, FUNCTIONS, LOOP, NIX, QUOTES, SCENARIO
from .stop import BEFORE_VALUE, VALUES, Stop

__all__ = ["misused_word"]

MODIFIERS = {"override": "force", "mkForce": "force", "mkDefault": "default", "unique": "distinct"}
"""What other languages call the words before a value."""

DECLARES = ("const", "export", "local", "set", "static", "val", "var")
"""Words with which a member begins in other languages."""
FUNCTION = ("def", "fn", "func", "function")

CHOOSES = ("case", "match", "switch", "unless", "when")
"""With what other languages choose between values."""

GOVERNED = NAMES | {tables.TRUE, tables.FALSE}
LOOK_BACK = 8
"""How many tokens before the stop a word before a value may stand."""

LONGEST_LET = 200
"""How many tokens before its `in` a `let` is looked for."""


def misused_word(stop: Stop) -> Mistake | None:
    """Recognise a mistake by what stands around the place."""
    return (
        _nix(stop)
        or _statement(stop)
        or _let(stop)
        or malformed_literal(stop)
        or _in_scenario(stop)
        or _modifier(stop)
        or _no_contribution(stop)
        or _value_words(stop)
        or _first_word(stop)
        or _after_value(stop)
        or _not(stop)
    )


def _nix(stop: Stop) -> Mistake | None:
    """A word of Nix before something that it would govern there."""
    for token in (stop.position - 1, stop.position - 2, stop.position):
        word, after = stop.word(token), stop.word(token + 1)
        governs = stop.kind(token + 1) in GOVERNED or after[:1] in tuple('{("/<')
        if word in NIX and (governs or (after == "." and stop.word(token + 2) in ("/", "."))):
            return stop.mistake(f"unexpected '{word}'", token, f"PCL has no '{word}': {NIX[word]}")
    return None


def _statement(stop: Stop) -> Mistake | None:
    """`if a { … }`, `for x in y yield z`: in place of a member, what gives a value."""
    at = stop.position - 1
    hint = {tables.IF: CONDITION, tables.FOR: LOOP}.get(stop.kind(at))
    if hint is None or not stop.wants(tables.EQUAL) or not stop.layout.leads(at):
        return None
    hint = hint.replace("write ", "write name = ")
    return stop.mistake(f"unexpected '{stop.word(at)}'", at, hint)


def _let(stop: Stop) -> Mistake | None:
    """`x = let y = 1; in y`: all before `in` reads as members."""
    if stop.word(stop.position - 1) != "in":
        return None
    for token in range(stop.position - 1, max(stop.begin, stop.position - LONGEST_LET), -1):
        if stop.word(token) == "let" and stop.kind(token - 1) == tables.EQUAL:
            return stop.mistake("unexpected 'let'", token, f"PCL has no 'let': {NIX['let']}")
    return None


def _in_scenario(stop: Stop) -> Mistake | None:
    """A scenario holds nothing but contributions."""
    if stop.accepted != {tables.DOT} or stop.kind(stop.position - 1) not in NAMES:
        return None
    return stop.mistake(f"unexpected {stop.quoted(stop.position - 1)}", stop.position - 1, SCENARIO)


def _modifier(stop: Stop) -> Mistake | None:
    """A slip in `force`, `default` or `distinct`."""
    for token in range(stop.position - 1, max(stop.begin, stop.position - LOOK_BACK), -1):
        if stop.kind(token) != tables.NAME or stop.kind(token + 1) not in VALUES:
            continue
        words: tuple[str, ...] = ()
        if stop.kind(token - 1) == tables.YIELD:
            words = ("distinct",)
        elif stop.kind(token - 1) == tables.EQUAL and stop.kind(token - 3) == tables.DOT:
            words = ("default", "force")
        word = stop.word(token)
        meant = MODIFIERS.get(word)
        hint = f"did you mean '{meant}'?" if meant in words else did_you_mean(word, words)
        if hint:
            return stop.mistake(f"unexpected {stop.quoted(token)}", token, hint)
    return None


def _no_contribution(stop: Stop) -> Mistake | None:
    """`option port : Int = default 80`, `x = force 1`: only contributions have rungs."""
    at = stop.position - 1
    if stop.kind(at) not in (tables.DEFAULT, tables.FORCE) or stop.kind(at - 1) != tables.EQUAL:
        return None
    if stop.kind(stop.position) not in VALUES or tables.NAME not in stop.accepted:
        return None
    word = stop.word(at)
    return stop.mistake(f"'{word}' where nothing is contributed", at, f"remove '{word}'")


def _value_words(stop: Stop) -> Mistake | None:
    """`x = hello world`, `x = mkIf c 1`, `x = when c then 1`: all but the first read as members."""
    at = _reference_start(stop, stop.position - 1)
    first = _reference_start(stop, at - 1)
    if not stop.wants(tables.EQUAL) or stop.layout.leads(at):
        return None
    if stop.word(at) in ("or", "and") and stop.kind(at - 1) in (tables.TRUE, tables.FALSE):
        return stop.mistake(f"unexpected '{stop.word(at)}'", at, CONDITION)
    if stop.kind(at - 1) != tables.NAME:
        return None
    if stop.kind(first - 1) not in BEFORE_VALUE:
        return None
    word, kind = stop.word(at - 1), stop.kind(stop.position)
    if kind == tables.THEN or word == "IF":
        return stop.mistake(f"unexpected '{word}'", first, "did you mean 'if'?")
    if kind == tables.IN or word == "FOR":
        return stop.mistake(f"unexpected '{word}'", first, "did you mean 'for'?")
    if stop.word(at) in ("or", "and"):
        return stop.mistake(f"unexpected '{stop.word(at)}'", at, CONDITION)
    if word in CHOOSES:
        return stop.mistake(f"unexpected '{word}'", first, CONDITION)
    called = kind in (*VALUES, tables.COLON) and not stop.layout.leads(stop.position)
    if called and first < at - 1:  # `lib.mkIf c 1`
        return stop.mistake(f"unexpected {stop.shown(first, at - 1)}", first, FUNCTIONS)
    hint = FUNCTIONS if called else QUOTES
    return stop.mistake(f"unexpected '{stop.word(at)}' after '{word}'", at, hint)


def _reference_start(stop: Stop, last: int) -> int:
    """The token at which a reference begins that ends at `last`."""
    while stop.kind(last - 1) == tables.DOT:
        last -= 2
    return last


def _first_word(stop: Stop) -> Mistake | None:
    """A word too many, or misspelt, at the beginning of a member."""
    first = stop.position - 1
    if not stop.wants(tables.EQUAL) or stop.kind(stop.position) not in NAMES:
        return None
    word, kind = stop.word(first), stop.kind(first)
    after = stop.kind(stop.position + 1)
    hint = None
    if kind in (tables.MODULE, tables.SCENARIO) and after == tables.LBRACE:
        hint = "modules and scenarios do not nest"
    elif kind == tables.MODULE and after == tables.DOT:
        hint = "remove 'module'"
    elif kind == tables.OPTION:
        hint = f"a record has no options: write {stop.word(stop.position)} = …"
    elif kind in (tables.FORCE, tables.DEFAULT) and after == tables.DOT:
        target = f"{stop.word(stop.position)}.{stop.word(stop.position + 2)}"
        hint = f"write {target} = {word} …"
    elif after == tables.COLON:
        hint = did_you_mean(word.lower(), ["option"]) or did_you_mean(word, ["option"])
        hint = "did you mean 'option'?" if word.lower() in ("option", "opt") else hint
    elif word in (*DECLARES, *FUNCTION):
        hint = FUNCTIONS if after == tables.LPAR else f"remove '{word}'"
    return stop.mistake(f"unexpected '{word}'", first, hint) if hint else None


def _after_value(stop: Stop) -> Mistake | None:
    """`1 if c else 2`, `1 else 2`: the word reads as the name of the next member."""
    at = stop.position - 1
    if stop.kind(at) not in (tables.IF, tables.ELSE, tables.FOR) or stop.layout.leads(at):
        return None
    before = stop.kind(at - 1)
    if before not in VALUES and before not in CLOSER.values():
        return None
    hint = "write for x in … yield …" if stop.kind(at) == tables.FOR else CONDITION
    return stop.mistake(f"unexpected '{stop.word(at)}'", at, hint)


def _not(stop: Stop) -> Mistake | None:
    at = stop.position - 1
    if stop.word(at) != "not" or not stop.accepted & {tables.THEN, tables.ELSE}:
        return None
    return stop.mistake(
        "unexpected 'not'", at, "PCL has no 'not': swap what 'then' and 'else' give"
    )
