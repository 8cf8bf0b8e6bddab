"""What `escape` writes, read back by readers of systemd's grammars."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from punix.backends.systemd.escape import (
    Refused,
    assignment,
    executable,
    file_value,
    line_value,
    word,
)
from punix.backends.systemd.read import read
from punix.ir.names import StoreName
from punix.ir.text import StorePath, Symbol, Text, fill, join

STORE = StorePath(StoreName("abcdefghijklmnopqrstuvwxyz234567-hello-1.0"))
SPECIAL = st.sampled_from([*"%$\\\"'; \t\n\r@-:+!#=`{}", "%n", "$HOME", "${A}", "\\x41", "\x85"])
PLAIN = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
TEXTS = st.lists(st.one_of(SPECIAL, PLAIN), max_size=20).map("".join)
SYMBOLIC = st.lists(st.one_of(TEXTS, st.just(STORE)), max_size=4).map(join)
SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "'": "'", "s": " "}


def shown(symbol: Symbol) -> str:
    assert isinstance(symbol, StorePath)
    return f"/store/{symbol.name}"


def is_noncharacter(char: str) -> bool:
    return 0xFDD0 <= ord(char) <= 0xFDEF or ord(char) & 0xFFFE == 0xFFFE


def words_of(line: str) -> list[bytes]:
    """Split a line as systemd's extract_first_word does, with C escapes and quotes."""
    words: list[bytes] = []
    word = bytearray()
    quote, inside, at = "", False, 0
    while at < len(line):
        char = line[at]
        at += 1
        if char == "\\":
            inside = True
            char = line[at]
            at += 1
            if char == "x":
                word.append(int(line[at : at + 2], 16))
                at += 2
            else:
                word += SIMPLE[char].encode()
        elif char == quote:
            quote = ""
        elif char in "\"'" and not quote:
            quote, inside = char, True
        elif char in " \t" and not quote:
            words += [bytes(word)] if inside else []
            word, inside = bytearray(), False
        else:
            word += char.encode()
            inside = True
    assert not quote
    return [*words, bytes(word)] if inside else words


def unspecified(value: bytes) -> bytes:
    """Replace specifiers: here every one but `%%` is an error."""
    assert value.replace(b"%%", b"").count(b"%") == 0
    return value.replace(b"%%", b"%")


def expanded(value: bytes) -> bytes:
    """Replace variables: here every one but `$$` is an error."""
    assert value.replace(b"$$", b"").count(b"$") == 0
    return value.replace(b"$$", b"$")


def on_one_line(text: str) -> None:
    assert all(char == "\t" or char.isprintable() for char in text)


@given(SYMBOLIC)
def test_words_of_exec_lines(text: Text) -> None:
    written = fill(word(text), shown)
    on_one_line(written)
    assert written != ";"
    (found,) = words_of(written)
    assert expanded(unspecified(found)) == fill(text, shown).encode()


@given(st.lists(TEXTS, max_size=5))
def test_exec_lines_keep_their_words_apart(texts: list[str]) -> None:
    line = " ".join(fill(word((text,)), shown) for text in texts)
    assert [expanded(unspecified(found)) for found in words_of(line)] == [
        text.encode() for text in texts
    ]
    assert read(f"[Service]\nExecStart=/x {line}\n") == [
        ("Service", "ExecStart", f"/x {line}".rstrip())
    ]


@given(SYMBOLIC)
def test_assignments(text: Text) -> None:
    plain = fill(text, shown)
    if any(map(is_noncharacter, plain)):
        with pytest.raises(Refused):
            assignment("A", text)
        return
    written = fill(assignment("A", text), shown)
    on_one_line(written)
    (found,) = words_of(written)
    assert unspecified(found) == f"A={plain}".encode()


@given(TEXTS)
def test_values_of_environment_files(value: str) -> None:
    if any(map(is_noncharacter, value)):
        with pytest.raises(Refused):
            file_value(value)
        return
    written = file_value(value)
    found, at = "", 0
    while at < len(written):
        char = written[at]
        if char == "\\" and written[at + 1] in '"\\`$':
            at += 1
            char = written[at]
        else:
            assert char not in '"`$\\'
        found += char
        at += 1
    assert found == value


@given(TEXTS)
def test_plain_values_stay_on_their_line(text: str) -> None:
    try:
        written = fill(line_value((text,)), shown)
    except Refused:
        control = any((ord(char) < 32 and char != "\t") or char == "\x7f" for char in text)
        odd = text != text.strip() or text.endswith("\\") or any(map(is_noncharacter, text))
        assert control or odd
        return
    assert read(f"[Service]\nNice={written}\n") == [("Service", "Nice", written)]
    assert unspecified(written.removesuffix("%").encode()) in (
        text.encode(),
        text.removesuffix("%").encode(),
    )


@given(SYMBOLIC)
def test_executables(text: Text) -> None:
    plain = "".join(part for part in text if isinstance(part, str))
    try:
        written = fill(executable((STORE, "/", *text)), shown)
    except Refused:
        assert any(char in "'\"\\\x7f" or ord(char) < 32 for char in plain)
        return
    wanted = fill((STORE, "/", *text), shown).encode()
    found = words_of(written.removeprefix("@"))
    assert unspecified(found[0]) == wanted
    assert written.startswith("@") == ("$" in plain) == (len(found) == 2)
    assert [expanded(unspecified(name)) for name in found[1:]] == [wanted] * (len(found) - 1)


@pytest.mark.parametrize("write", [word, executable, line_value])
def test_nul_is_refused(write: object) -> None:
    assert callable(write)
    with pytest.raises(Refused):
        write(("a\0b",))


def test_reading_units() -> None:
    text = "# c\n[Unit]\n; c\nA = b c \n\n[Service]\nX=1 \\\n# c\n  2\nY=\n"
    assert read(text) == [
        ("Unit", "A", "b c"),
        ("Service", "X", "1  2"),
        ("Service", "Y", ""),
    ]
    with pytest.raises(ValueError, match="not an entry: 'A'"):
        read("[Unit]\nA\n")
