"""What each rule of the grammar makes: the nodes of `ir/ast`.

In: the children of a rule as the parser stacks them, a token as its number (int)
and everything else as what its rule made. Out: nodes. A member with a mistake in
it is reported and left out; its block then is not whole.
"""

from collections.abc import Callable, Iterable
from typing import Any

from ...ir import ast
from ...ir.diagnostics import Code, Collector
from ...ir.names import Label, ModuleName
from ...ir.span import Span
from . import tables
from .lexer import Tokens
from .mistake import Mistake
from .strings import Flaw, Hole, Piece, f_pieces, f_raw_pieces, one_line, raw
from .well_formed import named_type, record, unique

__all__ = ["MAX_DIGITS", "Builder", "Make"]

MAX_DIGITS = 4300

make_tuple = tuple.__new__
"""Makes a Span in a third of the time that its constructor takes; most of a tree is spans."""

Children = list[Any]
Make = Callable[[Children], Any]


class Builder:
    """The actions of one file; each method makes what the rule of its name means."""

    def __init__(self, file: str, text: str, tokens: Tokens, collector: Collector) -> None:
        self.file, self.text, self.tokens, self.collector = file, text, tokens, collector
        self.labels: dict[str, Label] = {}
        self.clean = True  # no mistake in the member being read
        self.whole = True  # nor in the block
        self.bad_string = -1  # where the last string stands that could not be decoded

    def actions(self) -> list[tuple[int, int, Make]]:
        """The rules of the tables with the methods for their names."""
        return [(symbol, size, getattr(self, name)) for symbol, size, name in tables.RULES]

    # Places and names ------------------------------------------------------

    def word(self, token: int) -> str:
        """The text of a token."""
        start, end = self.tokens.spans[token]
        return self.text[start:end]

    def span(self, first: int, last: int) -> Span:
        """The range from one token to another, both included."""
        spans = self.tokens.spans
        return make_tuple(Span, (self.file, spans[first][0], spans[last][1]))

    def label(self, token: int) -> Label:
        """The name that a token is; equal names are checked once."""
        start, end = self.tokens.spans[token]
        text = self.text[start:end]
        label = self.labels.get(text)
        if label is None:
            label = self.labels[text] = Label(text)
        return label

    def report(self, mistake: Mistake) -> None:
        """Keep a mistake; the member that holds it will be left out."""
        self.clean = False
        self.collector.error(
            mistake.code, mistake.message, mistake.span, notes=mistake.notes, hint=mistake.hint
        )

    # Blocks and members ----------------------------------------------------

    def vanish(self, children: Children) -> Any:
        return children[0]

    def first(self, children: Children) -> Children:
        return children

    def more(self, children: Children) -> Children:
        collected: Children = children[0]
        if len(children) == 2:
            collected.append(children[1])
        else:
            collected += children[1:]
        return collected

    def start(self, children: Children) -> Children:
        return children[0] if children else []

    def module(self, children: Children) -> ast.ModuleBlock:
        name = children[1]
        members = tuple(_nodes(children[3])) if len(children) > 4 else ()
        return ast.ModuleBlock(
            ModuleName(self.word(name)), members, self.whole, self.span(name, name)
        )

    def scenario(self, children: Children) -> ast.ScenarioBlock:
        name = children[1]
        members = tuple(_nodes(children[3])) if len(children) > 4 else ()
        return ast.ScenarioBlock(self.label(name), members, self.whole, self.span(name, name))

    def option(self, children: Children) -> ast.Member | int:
        name, default = children[1], children[5] if len(children) > 4 else None
        span = self.span(name, name)
        return self.member(ast.OptionDecl(self.label(name), children[3], default, span), name)

    def derived(self, children: Children) -> ast.Member | int:
        name = children[0]
        return self.member(ast.Derived(self.label(name), children[2], self.span(name, name)), name)

    def contribution(self, children: Children) -> ast.Member | int:
        module, member, value = children[0], children[2], children[-1]
        rung: ast.Rung = "plain"
        if len(children) > 5:
            forced = self.tokens.kinds[children[4]] == tables.FORCE
            rung = "force" if forced else "default"
        target = ModuleName(self.word(module))
        node = ast.Contribution(target, self.label(member), rung, value, self.span(module, member))
        return self.member(node, module)

    def member(self, node: ast.Member, token: int) -> ast.Member | int:
        """Keep a member without a mistake; in place of another its name's token."""
        clean, self.clean = self.clean, True
        if clean:
            return node
        self.whole = False
        return token

    # Types -------------------------------------------------------------------

    def named_type(self, children: Children) -> ast.TypeExpr:
        name, argument = children[0], children[2] if len(children) > 1 else None
        name_span, span = self.span(name, name), self.span(name, _last(children))
        try:
            return named_type(self.word(name), argument, name_span, span)
        except Mistake as mistake:
            self.report(mistake)
            return ast.NamedType(self.word(name), None, span)

    def record_type(self, children: Children) -> ast.RecordType:
        fields = tuple(_nodes(children[1])) if len(children) > 2 else ()
        try:
            unique(fields)
        except Mistake as mistake:
            self.report(mistake)
        return ast.RecordType(fields, self.span(children[0], children[-1]))

    def field_type(self, children: Children) -> ast.FieldType:
        name = children[0]
        return ast.FieldType(self.label(name), children[2], self.span(name, name))

    def enum_type(self, children: Children) -> ast.EnumType:
        tokens = [children[0], *(children[1][1::2] if len(children) > 1 else ())]
        choices = tuple(self.decoded(token) for token in tokens)
        return ast.EnumType(choices, self.span(tokens[0], tokens[-1]))

    # Expressions -------------------------------------------------------------

    def integer(self, children: Children) -> ast.IntLiteral:
        token = children[0]
        digits, span = self.word(token), self.span(token, token)
        if len(digits.removeprefix("-")) > MAX_DIGITS:
            self.report(Mistake(Code.E0, f"more than {MAX_DIGITS:,} digits", span))
            return ast.IntLiteral(0, span)
        return ast.IntLiteral(int(digits), span)

    def boolean(self, children: Children) -> ast.BoolLiteral:
        token = children[0]
        value = self.tokens.kinds[token] == tables.TRUE
        return ast.BoolLiteral(value, self.span(token, token))

    def string(self, children: Children) -> ast.StrLiteral:
        token = children[0]
        return ast.StrLiteral(self.decoded(token), self.span(token, token))

    def decoded(self, token: int) -> str:
        """Decode a string that has no holes."""
        start, end = self.tokens.spans[token]
        if self.tokens.kinds[token] == tables.RAW:
            return raw(self.text[start + 3 : end - 3])
        return one_line(self.text[start + 1 : end - 1], start + 1, self.flawed)

    def f_string(self, children: Children) -> ast.FString:
        token = children[0]
        start, end = self.tokens.spans[token]
        if self.tokens.kinds[token] == tables.FRAW:
            pieces = f_raw_pieces(self.text[start + 4 : end - 3], start + 4, self.flawed)
        else:
            pieces = f_pieces(self.text[start + 2 : end - 1], start + 2, self.flawed)
        return ast.FString(self.parts(pieces), self.span(token, token))

    def parts(self, pieces: Iterable[Piece]) -> tuple[str | ast.Reference, ...]:
        """Join neighbouring texts and turn holes into references."""
        parts: list[str | ast.Reference] = []
        texts: list[str] = []
        for piece in pieces:
            if isinstance(piece, Hole):
                parts += self.joined(texts)
                length = sum(map(len, piece.segments)) + len(piece.segments) - 1
                span = Span(self.file, piece.start, piece.start + length)
                parts.append(ast.Reference(piece.segments, span))
            else:
                texts.append(piece)
        return (*parts, *self.joined(texts))

    @staticmethod
    def joined(texts: list[str]) -> list[str]:
        """Take the texts out as one, or none."""
        text = "".join(texts)
        texts.clear()
        return [text] if text else []

    def flawed(self, flaw: Flaw) -> None:
        """Report what is wrong inside a string."""
        self.bad_string = flaw.start
        span = Span(self.file, flaw.start, flaw.end)
        self.report(Mistake(Code.E0, flaw.message, span, hint=flaw.hint))

    def ref(self, children: Children) -> ast.Reference:
        head = children[0]
        if len(children) == 1:
            return ast.Reference((self.word(head),), self.span(head, head))
        tokens = [head, *children[1][1::2]]
        segments = tuple(self.word(token) for token in tokens)
        return ast.Reference(segments, self.span(head, tokens[-1]))

    def list_expr(self, children: Children) -> ast.ListLiteral:
        items: tuple[ast.Expr, ...] = ()
        if len(children) > 2:
            more = children[2] if isinstance(children[2], list) else ()
            items = (children[1], *_nodes(more))
        return ast.ListLiteral(items, self.span(children[0], children[-1]))

    def record_expr(self, children: Children) -> ast.Expr:
        fields = tuple(_nodes(children[1])) if len(children) > 2 else ()
        span = self.span(children[0], children[-1])
        try:
            return record(fields, span)
        except Mistake as mistake:
            self.report(mistake)
            return ast.RecordLiteral((), span)

    def field(self, children: Children) -> ast.FieldLiteral:
        name = children[0]
        return ast.FieldLiteral(self.label(name), children[2], self.span(name, name))

    def group(self, children: Children) -> ast.Expr:
        inner: ast.Expr = children[1]
        return inner

    def if_expr(self, children: Children) -> ast.If:
        word, condition, _, value, *others, _, otherwise = children
        first = ast.Branch(condition, value, self.cover(word, value))
        branches = (first, *(others[0] if others else ()))
        return ast.If(branches, otherwise, self.cover(word, otherwise))

    def else_if(self, children: Children) -> ast.Branch:
        _, word, condition, _, value = children
        return ast.Branch(condition, value, self.cover(word, value))

    def for_expr(self, children: Children) -> ast.For:
        word, binder, _, source, *rest, body = children
        rest = [part for part in rest if not isinstance(part, int)]
        guards = [guard for part in rest for guard in (part if isinstance(part, list) else [part])]
        distinct = isinstance(children[-2], int) and (
            self.tokens.kinds[children[-2]] == tables.DISTINCT
        )
        return ast.For(
            self.word(binder),
            source,
            tuple(_nodes(guards)),
            distinct,
            body,
            self.cover(word, body),
        )

    def guard(self, children: Children) -> ast.Guard:
        left, _, right = children
        return ast.Guard(left, right, Span(self.file, left.span.start, right.span.end))

    def cover(self, token: int, node: ast.Expr) -> Span:
        """The range from a token to the end of a node."""
        return Span(self.file, self.tokens.spans[token][0], node.span.end)


def _nodes(children: Iterable[Any]) -> list[Any]:
    """What is not a token."""
    return [child for child in children if not isinstance(child, int)]


def _last(children: Children) -> int:
    token: int = children[-1]
    return token
