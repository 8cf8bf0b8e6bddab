"""Text to `Ast`.

In: the names and bytes of files. Out: the blocks that could be read, the tables of
lines, and the texts. Every mistake goes to the collector, located; nothing raises.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ..ir.ast import Ast, ModuleBlock, ScenarioBlock
from ..ir.diagnostics import Code, Collector
from ..ir.span import Source, Span
from .syntax.blocks import Layout
from .syntax.build import Builder
from .syntax.lalr import Machine
from .syntax.lexer import decode, tokenize

if TYPE_CHECKING:
    from .syntax_errors.recovery import Recovery

__all__ = ["parse_file", "parse_program"]

Block = ModuleBlock | ScenarioBlock


def parse_program(
    files: Iterable[tuple[str, bytes]], collector: Collector
) -> tuple[Ast, dict[str, str]]:
    """Read all files of a program; return the tree, blocks by (file, offset), and the texts."""
    modules: list[ModuleBlock] = []
    scenarios: list[ScenarioBlock] = []
    sources: list[Source] = []
    texts: dict[str, str] = {}
    for name, data in sorted(files, key=lambda file: file[0]):
        found_modules, found_scenarios, source, text = parse_file(name, data, collector)
        modules += found_modules
        scenarios += found_scenarios
        sources.append(source)
        texts[name] = text
    return Ast(tuple(modules), tuple(scenarios), tuple(sources)), texts


def parse_file(
    name: str, data: bytes, collector: Collector
) -> tuple[tuple[ModuleBlock, ...], tuple[ScenarioBlock, ...], Source, str]:
    """Read one file: its modules, its scenarios, its lines, its text with LF line ends.

    A block with a mistake in it has `whole=False` and the members that are right.
    """
    text, invalid = decode(data)
    source = Source.of(name, text)
    tokens = tokenize(text)
    if invalid is not None:
        collector.error(Code.E0, "not UTF-8", Span(name, invalid, invalid + 1))
    builder = Builder(name, text, tokens, collector)
    reader = _Reader(Layout(source, tokens), builder, "" if invalid is None else "\ufffd")
    blocks = list(reader.blocks())
    if reader.recovery is not None and reader.recovery.lost:
        blocks = [replace(block, whole=False) for block in blocks]
    modules = tuple(block for block in blocks if isinstance(block, ModuleBlock))
    scenarios = tuple(block for block in blocks if isinstance(block, ScenarioBlock))
    return modules, scenarios, source, text


class _Reader:
    """Reads the blocks of one file, one after the other.

    `replaced` is what stands in the text for bytes that are reported already, or empty.
    """

    def __init__(self, layout: Layout, builder: Builder, replaced: str) -> None:
        self.layout, self.builder, self.replaced = layout, builder, replaced
        self.actions = builder.actions()
        self.recovery: Recovery | None = None  # made for the first mistake

    def blocks(self) -> Iterator[Block]:
        """Read all blocks; where brackets do not match, a range may hold several."""
        for begin, end in self.layout.blocks():
            rest: int | None = begin
            while rest is not None:
                found, rest = self.block(rest, end)
                yield from found

    def block(self, begin: int, end: int) -> tuple[list[Block], int | None]:
        """Read what a range holds, up to a mistake in a later block; also where that begins."""
        machine = Machine(self.actions)
        self.builder.whole = self.builder.clean = True
        stopped = machine.run(self.layout.kinds, begin, end)
        if stopped is not None:
            return self.recover(machine, begin, stopped, end)
        made: Block | list[Block] = machine.values[0]
        return made if isinstance(made, list) else [made], None

    def recover(
        self, machine: Machine, begin: int, stopped: int, end: int
    ) -> tuple[list[Block], int | None]:
        """Read on where the machine stopped."""
        if self.recovery is None:
            # Nearly half of the parser, which only a program with mistakes imports.
            from .syntax_errors.recovery import Recovery

            self.recovery = Recovery(self.layout, self.builder, self.replaced)
        return self.recovery.block(machine, begin, stopped, end)
