"""Says what is wrong where the parser stopped, and reads on behind it.

In: a machine that has stopped in a range of tokens. Out: the blocks of the range, each with
the members that are right, and `whole=False` where there was a mistake; nothing of one hides
another. The mistakes go to the builder.
"""

from collections.abc import Iterator

from ...ir.ast import Member, ModuleBlock, ScenarioBlock, end_of
from ...ir.names import ModuleName
from ...ir.span import Span
from ..syntax import tables
from ..syntax.blocks import HEADER_SIZE, Layout
from ..syntax.build import Builder
from ..syntax.lalr import Machine, acceptable
from ..syntax.mistake import Mistake
from .explain import explain
from .phrases import ADD_BRACE, COMMENT, ITEMS
from .stop import Stop
from .unexpected_tokens import is_name

__all__ = ["Recovery"]

Block = ModuleBlock | ScenarioBlock


class Recovery:
    """What is known of the mistakes of one file; `replaced` stands for undecoded bytes in it."""

    def __init__(self, layout: Layout, builder: Builder, replaced: str) -> None:
        self.layout, self.builder, self.replaced = layout, builder, replaced
        self.kinds, self.name, self.text = layout.kinds, builder.file, builder.text
        self.nested = 0  # how many modules stood in another; each leaves a '}' over
        self.lost = False  # whether names are defined outside all blocks

    def block(
        self, machine: Machine, begin: int, position: int, end: int
    ) -> tuple[list[Block], int | None]:
        """Read the rest of a range, up to a mistake in a later block; also where that begins."""
        stopped: int | None = position
        while stopped is not None:
            if len(machine.values) > 1 and not isinstance(machine.values[0], int):
                return self.finish(machine), machine.values[1]
            mistake = self.report(machine, begin, stopped, end)
            if len(machine.values) < HEADER_SIZE:
                self.lost = self.lost or tables.EQUAL in self.kinds[begin:end]
                named = len(machine.values) == HEADER_SIZE - 1
                return [*(self.finish(machine) if named else []), *self.unread(begin, end)], None
            if self.closed(machine):
                return [*self.finish(machine), *self.unread(stopped, end)], None
            resumed = self.resume(machine, mistake, stopped, end)
            if resumed is None:
                break
            stopped = machine.run(self.kinds, resumed, end)
        return self.finish(machine), None

    def unread(self, begin: int, end: int) -> Iterator[ModuleBlock]:
        """Yield a module for each name before the first '{': `modul Web {` is about one of them."""
        found: list[ModuleBlock] = []
        for token in range(begin, end):
            start, stop = self.layout.spans[token]
            text = self.text[start:stop].strip("\"'")
            if self.kinds[token] == tables.LBRACE:
                yield from found
            if not is_name(text):
                return
            found.append(ModuleBlock(ModuleName(text), (), False, Span(self.name, start, stop)))

    def report(self, machine: Machine, begin: int, position: int, end: int) -> Mistake:
        """Say why the machine stopped."""
        accepted = acceptable(machine.states)
        if tables.RBRACE in accepted and (position == end or self.layout.leads(position)):
            machine.settle(tables.RBRACE)  # what stands before this line is complete
        member = broken_member(machine, position)
        layout, deep = self.layout, machine.too_deep
        stop = Stop(layout, self.name, self.text, begin, member, position, end, accepted, deep)
        mistake = explain(stop)
        if not self.follows(stop):
            self.builder.report(mistake)
        self.builder.whole = False
        self.builder.clean = True
        return mistake

    def follows(self, stop: Stop) -> bool:
        """Whether what stopped the machine only follows from something that is reported."""
        at = stop.position
        if at == stop.end:
            self.nested += self.layout.nested(stop.begin, stop.end)
            return False
        if self.nested and self.kinds[at] == tables.RBRACE and stop.wants(tables.MODULE):
            self.nested -= 1
            return True
        if self.layout.line(at) <= self.builder.bad_string < self.layout.spans[at][0]:
            return True
        if stop.word(at) == "''" and self.layout.leads(at) and not self.builder.whole:
            return True  # the end of a text as Nix has it
        return bool(self.replaced) and stop.word(at) == self.replaced

    def closed(self, machine: Machine) -> bool:
        """Whether the block is complete, and what follows it was the mistake."""
        last = machine.values[-1]
        members = len(machine.values) - HEADER_SIZE
        at_level = members == 1 or (members == 2 and isinstance(machine.values[HEADER_SIZE], list))
        return at_level and isinstance(last, int) and self.kinds[last] == tables.RBRACE

    def resume(self, machine: Machine, mistake: Mistake, stopped: int, end: int) -> int | None:
        """Forget the broken member and find where the next begins, None if there is none."""
        if mistake.hint == COMMENT:
            return self.layout.after_comment(self.text, stopped)
        level, member = level_of(machine), broken_member(machine, stopped)
        if level > HEADER_SIZE:
            members: list[Member | int] = machine.values[HEADER_SIZE]
            drop_broken(members, mistake)
            if self.is_of_last(members, mistake, stopped):
                drop_last(members)
        machine.cut(level)
        while stopped > member and self.layout.spans[stopped - 1][0] >= mistake.span.start:
            stopped -= 1  # `a =` and then `b = 1`: go on at b
        if mistake.hint == ADD_BRACE and self.layout.closers[stopped] in self.layout.extra:
            stopped = self.layout.closers[stopped] + 1  # behind the record without its '{'
        return self.layout.next_member(member, stopped, end)

    def is_of_last(self, members: list[Member | int], mistake: Mistake, stopped: int) -> bool:
        """Whether a mistake behind a member is one of that: its '[' or a quote in it is missing."""
        if mistake.hint == ITEMS:
            return members[-1:] == [stopped - 1]  # a ',' ends what was the first of several items
        ends = [end_of(one) for one in members if not isinstance(one, int)]
        open_string = self.layout.open_string(stopped)
        return open_string is not None and ends[-1:] > [self.layout.line(stopped)]

    def finish(self, machine: Machine) -> list[Block]:
        """Make the block from what stands on the stack, unless some are made already."""
        if not isinstance(machine.values[0], int):
            made: Block | list[Block] = machine.values[0]
            return made if isinstance(made, list) else [made]
        members = _get(machine.values, HEADER_SIZE)
        header = machine.values[:HEADER_SIZE]
        children = [*header, members, None] if isinstance(members, list) else [*header, None]
        if self.kinds[header[0]] == tables.MODULE:
            return [self.builder.module(children)]
        return [self.builder.scenario(children)]


def level_of(machine: Machine) -> int:
    """How many values stand for the header and the complete members."""
    return HEADER_SIZE + isinstance(_get(machine.values, HEADER_SIZE), list)


def broken_member(machine: Machine, stopped: int) -> int:
    """The token at which the member begins that is not complete."""
    begin = _get(machine.values, level_of(machine))
    return begin if isinstance(begin, int) else stopped


def drop_broken(members: list[Member | int], mistake: Mistake) -> None:
    """Drop the member in which the mistake, found later, turned out to stand."""
    place = mistake.notes[0].span.start if mistake.notes else mistake.span.start
    for number in range(len(members) - 1, -1, -1):
        member = members[number]
        if isinstance(member, int) or member.span.start > place:
            continue
        if place < end_of(member):
            del members[number]
        return


def drop_last(members: list[Member | int]) -> None:
    """Drop the last member, and what stands behind it."""
    while members and isinstance(members.pop(), int):
        pass


def _get(values: list[object], index: int) -> object:
    return values[index] if index < len(values) else None
