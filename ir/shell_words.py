"""A symbolic text as a shell splits it into words.

In: a text without NUL. Out: its words, quotes taken off; symbolic parts stay what they are.
"""

import shlex

from .text import Symbol, Text, fill, join

__all__ = ["split_words"]


def split_words(text: Text) -> list[Text]:
    """Return the words of a text; raises ValueError for a quote that is opened and not closed."""
    symbols: list[Symbol] = []

    def mark(symbol: Symbol) -> str:
        symbols.append(symbol)
        return f"\0{len(symbols) - 1}\0"

    return [
        join(symbols[int(piece)] if at % 2 else piece for at, piece in enumerate(word.split("\0")))
        for word in shlex.split(fill(text, mark))
    ]
