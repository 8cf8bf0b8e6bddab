"""Runs the LALR(1) tables of `grammar.lark` without lark.

In: the kinds of tokens and what each rule makes. Out: what the start rule made,
or the token at which the input cannot go on, with the stacks as they stand, so
that the caller can say why and go on elsewhere. Nothing recurses.
"""

from collections.abc import Callable, Sequence
from typing import Any

from ...ir.depth import MAX_NESTING
from .tables import ACCEPT, END, NESTING, ROWS, RULES, TERMINALS

__all__ = ["Machine", "acceptable"]

Action = tuple[int, int, Callable[[list[Any]], Any]]


class Machine:
    """The stacks of one parse: states, and beside them what stands for each.

    A token is its number; the state 0 has no value. `too_deep` is set when the
    token at which `run` stopped opens one level of nesting too many.
    """

    def __init__(self, actions: Sequence[Action]) -> None:
        self.actions = actions
        self.states: list[int] = [0]
        self.values: list[Any] = []
        self.opened: list[int] = []
        self.too_deep = False

    def run(self, kinds: Sequence[int], position: int, end: int) -> int | None:
        """Read tokens from `position` on; return where it stopped, None if all is read.

        `end` stands for the end of input: the token there is not looked at.
        """
        states, values, actions, rows, nesting = (
            self.states,
            self.values,
            self.actions,
            ROWS,
            NESTING,
        )
        kind = kinds[position] if position < end else END
        row = rows[states[-1]]
        while True:
            target = row.get(kind)
            if target is None:
                return position
            if target < 0:
                symbol, size, make = actions[~target]
                if size:
                    children = values[-size:]
                    del values[-size:], states[-size:]
                    values.append(make(children))
                else:
                    values.append(make([]))
                target = rows[states[-1]][symbol]
            elif target == ACCEPT:
                return None
            else:
                if target in nesting and self.nest() > MAX_NESTING:
                    self.too_deep = True
                    return position
                values.append(position)
                position += 1
                kind = kinds[position] if position < end else END
            states.append(target)
            row = rows[target]

    def settle(self, kind: int) -> None:
        """Do the reductions that a terminal would cause, without reading it."""
        states, values = self.states, self.values
        while (target := ROWS[states[-1]].get(kind, 0)) < 0:
            symbol, size, make = self.actions[~target]
            children = values[len(values) - size :]
            del values[len(values) - size :], states[len(states) - size :]
            values.append(make(children))
            states.append(ROWS[states[-1]][symbol])

    def nest(self) -> int:
        """Count one more level; return how many are open.

        A level is open while the state that entered it is where it was on the stack.
        """
        states, opened = self.states, self.opened
        while opened and (opened[-1] >= len(states) or states[opened[-1]] not in NESTING):
            opened.pop()
        opened.append(len(states))
        return len(opened)

    def cut(self, depth: int) -> None:
        """Forget all but the lowest `depth` entries of the stack of values."""
        del self.values[depth:], self.states[depth + 1 :]
        self.opened.clear()
        self.too_deep = False


def acceptable(states: list[int]) -> frozenset[int]:
    """The terminals that could come next."""
    return frozenset(kind for kind in range(TERMINALS) if _accepts(states, kind))


def _accepts(states: list[int], kind: int) -> bool:
    """Play the reductions that a terminal causes on a copy of the top of the stack."""
    kept, pushed = len(states), [0][:0]
    while True:
        target = ROWS[pushed[-1] if pushed else states[kept - 1]].get(kind)
        if target is None:
            return False
        if target >= 0:
            return True
        symbol, size, _ = RULES[~target]
        taken = min(size, len(pushed))
        del pushed[len(pushed) - taken :]
        kept -= size - taken
        pushed.append(ROWS[pushed[-1] if pushed else states[kept - 1]][symbol])
