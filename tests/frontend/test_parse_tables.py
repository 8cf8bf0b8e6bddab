"""The tables are those of the grammar, and our loop reads what lark reads."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from punix.frontend.syntax import tables
from punix.frontend.syntax.generate import GRAMMAR, TABLES, generate
from punix.frontend.syntax.lalr import Machine
from punix.frontend.syntax.lexer import tokenize

CORPUS = sorted((Path(__file__).parent.parent / "data" / "corpus").glob("*.pcl"))
LARK: Any = Lark(
    GRAMMAR.read_text(encoding="utf-8"),
    parser="lalr",
    lexer="basic",
    keep_all_tokens=True,
    maybe_placeholders=False,
)


class Flat(list[Any]):
    """What is repeated, until the rule around it takes it in."""


def test_the_tables_are_fresh() -> None:
    assert TABLES.read_text(encoding="utf-8") == generate(GRAMMAR.read_text(encoding="utf-8"))


def theirs(tree: Any) -> Any:
    if isinstance(tree, Token):
        return str(tree)
    return (str(tree.data), [theirs(child) for child in tree.children])


def ours(text: str) -> Any:
    """The tree of our loop in the same form, None where it stops."""
    tokens = tokenize(text)

    def spread(children: list[Any]) -> Iterator[Any]:
        for child in children:
            if isinstance(child, Flat):
                yield from child
            else:
                start, end = tokens.spans[child] if isinstance(child, int) else (0, 0)
                yield text[start:end] if isinstance(child, int) else child

    def make(name: str) -> Any:
        if name == "vanish":
            return lambda children: children[0]
        if name in ("first", "more"):
            return lambda children: Flat(spread(children))
        return lambda children: (name, list(spread(children)))

    machine = Machine([(symbol, size, make(name)) for symbol, size, name in tables.RULES])
    stopped = machine.run(tokens.kinds, 0, len(tokens.kinds))
    return machine.values[0] if stopped is None else None


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_real_recipes_are_read_alike(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ours(text) == theirs(LARK.parse(text))


TERMINAL_TEXTS = {
    "NAME": ("a", "rustc-bootstrap", "a--b", "_x1", "truex"),
    "INT": ("0", "007", "-12"),
    "STR": ('""', r'"a \" # b"'),
    "RAW": ('"""a "b" c"""', '"""\n  x\n"""'),
    "FSTR": ('f"{a.b}"', 'f""'),
    "FRAW": ('f"""{a}"""',),
}


class Writer:
    """Writes random sentences of the grammar."""

    def __init__(self) -> None:
        self.rules: dict[str, list[list[Any]]] = {}
        for rule in LARK.parser.parser_conf.rules:
            self.rules.setdefault(rule.origin.name, []).append(rule.expansion)
        self.texts = {
            found.name: TERMINAL_TEXTS.get(found.name)
            or (found.pattern.value.removesuffix("(?![A-Za-z0-9_-])"),)
            for found in LARK.terminals
        }
        self.least = dict.fromkeys(self.rules, 99)
        for _ in range(20):
            for name, expansions in self.rules.items():
                self.least[name] = min(map(self.height, expansions))

    def height(self, expansion: list[Any]) -> int:
        return 1 + max((self.least[s.name] for s in expansion if not s.is_term), default=0)

    def words(self, name: str, chance: random.Random, room: int) -> list[str]:
        expansions = self.rules[name]
        fitting = [found for found in expansions if self.height(found) <= room]
        words: list[str] = []
        for symbol in chance.choice(fitting or [min(expansions, key=self.height)]):
            if symbol.is_term:
                words.append(chance.choice(self.texts[symbol.name]))
            else:
                words += self.words(symbol.name, chance, room - 1)
        return words


WRITER = Writer()


@given(st.integers(0, 2**32), st.integers(6, 22))
def test_sentences_of_the_grammar_are_read_alike(seed: int, room: int) -> None:
    words = WRITER.words("module", random.Random(seed), room)
    text = " ".join(words)
    expected = theirs(LARK.parse(text))
    assert ours(text) == expected
    assert ours("#c\n".join(words)) == expected


@given(st.integers(0, 2**32), st.integers(10, 20), st.data())
def test_what_is_no_sentence_is_refused_alike(seed: int, room: int, data: st.DataObject) -> None:
    words = WRITER.words("module", random.Random(seed), room)
    place = data.draw(st.integers(0, len(words) - 1))
    words[place : place + data.draw(st.integers(0, 2))] = data.draw(
        st.lists(st.sampled_from([*tables.WORDS, *tables.MARKS, "x", "1", '"s"']), max_size=2)
    )
    text = " ".join(words)
    try:
        tree: Tree[Token] | None = LARK.parse(text)
    except UnexpectedInput:
        tree = None
    assert ours(text) == (theirs(tree) if tree else None)
