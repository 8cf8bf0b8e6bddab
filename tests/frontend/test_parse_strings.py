"""What the text of a string means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from punix.frontend.syntax.strings import (
    Flaw,
    Hole,
    Piece,
    f_pieces,
    f_raw_pieces,
    indented,
    one_line,
    raw,
)


def none(flaw: Flaw) -> None:
    """Nothing is wrong."""
    raise AssertionError(flaw)


ESCAPES = {"\\": r"\\", '"': r"\"", "\n": r"\n", "\t": r"\t", "\r": r"\r"}


@given(st.text())
def test_every_text_can_be_written(text: str) -> None:
    assert one_line("".join(ESCAPES.get(char, char) for char in text), 0, none) == text
    assert one_line("".join(f"\\u{{{ord(char):x}}}" for char in text), 0, none) == text


@given(st.text())
def test_every_text_can_be_written_in_an_f_string(text: str) -> None:
    escaped = "".join(ESCAPES.get(char, char) for char in text).replace("{", "{{")
    assert "".join(map(str, f_pieces(escaped, 0, none))) == text


@pytest.mark.parametrize(
    ("body", "message", "start", "end"),
    [
        (r"ab\q", r"unknown escape '\q'", 2, 4),
        (r"\é", r"unknown escape '\é'", 0, 2),
        (r"\u41", r"expected hexadecimal digits after '\u'", 0, 2),
        (r"\u{}", r"expected hexadecimal digits after '\u'", 0, 4),
        (r"\u{d800}", "no such Unicode character", 0, 8),
        (r"\u{110000}", "no such Unicode character", 0, 10),
        (r"\u{00000000000041}", "no such Unicode character", 0, 18),
    ],
)
def test_what_is_no_escape(body: str, message: str, start: int, end: int) -> None:
    for decode in (one_line, lambda *given: list(f_pieces(*given))):
        found: list[Flaw] = []
        decode(body, 100, found.append)
        assert [flaw[:3] for flaw in found] == [(message, 100 + start, 100 + end)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("a", "a"),
        (" a", "a"),
        ("   ", ""),
        ("", ""),
        ("\n", ""),
        ("\n\n", "\n"),
        ("\n    a\n     b\n  ", "  a\n   b\n"),
        ("\n    a\n      ", "a\n"),
        ("\n    a\n", "a\n"),
        ("x\n    a\n    ", "x\n    a\n"),
        ("\n  a   \n   \n    b", "a   \n\n  b"),
        ("\n    a\n\tb\n  ", "   a\nb\n"),
        ("\n\t a\n\t  b", "a\n b"),
        ('\n a"b\\n', 'a"b\\n'),
        ("\n  \fa\n   b", "\fa\n b"),
        ("\n  a\n \f\n  b", "a\n\nb"),
        ("\n      a\n  \xa0 ", "  a\n"),
        ("\n    \n", "    \n"),
        ("\n \xa0\n", " \xa0\n"),
        ("\n    \n  ", "\n"),
        ("    ", ""),
    ],
)
def test_indentation_of_a_raw_string(body: str, expected: str) -> None:
    assert raw(body) == expected
    assert "".join(map(str, f_raw_pieces(body, 0, none))) == expected
    assert raw(indented(f'"""{body}"""', 7)[3:-3]) == expected, "a margin may move"


def hole(name: str, start: int) -> Hole:
    return Hole(tuple(name.split(".")), start)


def test_holes() -> None:
    assert list(f_pieces(r"a{b}\n{c.d.e}{{f}}${g}", 10, none)) == [
        "a",
        hole("b", 12),
        "\n",
        hole("c.d.e", 17),
        "{",
        "f}}$",
        hole("g", 30),
    ]
    assert list(f_pieces("{{{a}}}", 0, none)) == ["{", hole("a", 3), "}}"]
    assert list(f_raw_pieces("\n  {a}\\n\n    {{{b.c}", 0, none)) == [
        hole("a", 4),
        "\\n",
        "\n",
        "  ",
        "{",
        hole("b.c", 16),
    ]


@pytest.mark.parametrize(
    "body", ["{}", "{ a}", "{a }", "{a.}", "{1}", "{true}", "{a.false}", "{a", "{"]
)
def test_what_is_no_hole(body: str) -> None:
    for split in (f_pieces, f_raw_pieces):
        found: list[Flaw] = []
        assert "".join(map(str, split(f"é{body}", 5, found.append))).startswith("é")
        assert [(flaw.start, flaw.end) for flaw in found] == [(6, 6 + len(body))]


def test_each_thing_that_is_wrong_is_told() -> None:
    found: list[Flaw] = []
    pieces: list[Piece] = list(f_pieces(r"\q{a.b()}{c}\w{ d }", 0, found.append))
    assert [flaw.start for flaw in found] == [0, 2, 12, 14]
    assert hole("c", 10) in pieces
