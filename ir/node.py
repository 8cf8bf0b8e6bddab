"""`@node`: what every IR is made of.

In: a class with annotated fields. Out: a frozen dataclass with slots, a `TAG`
that names it in JSON and dumps, `children` and `walk`. A field made with
`uncompared()` (spans, tables of sources) is carried and serialised, but neither
compared nor hashed, so two nodes are equal exactly if their digests are.

Fields hold only: bool, int, str and the checked names, None, Span, nodes, and
tuples of these. So `codec` can serialise any node without being told how.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar, dataclass_transform

__all__ = ["Node", "node", "uncompared"]


class Node:
    """The base of every IR node."""

    __slots__ = ()
    __match_args__: ClassVar[tuple[str, ...]]  # dataclass puts the names of the fields here
    TAG: ClassVar[str]

    def children(self) -> Iterator["Node"]:
        """Yield the nodes directly below this one, in field order."""
        for name in self.__match_args__:
            value = getattr(self, name)
            if isinstance(value, Node | tuple):
                yield from _nodes(value)

    def walk(self) -> Iterator["Node"]:
        """Yield this node and all below it, parents first, without recursion."""
        waiting: list[Node] = [self]
        while waiting:
            current = waiting.pop()
            yield current
            waiting.extend(reversed(list(current.children())))


def _nodes(value: object) -> Iterator[Node]:
    """Yield the nodes in a field's value: itself, or those in tuples, also nested ones."""
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes(item)


N = TypeVar("N", bound=Node)


def uncompared() -> Any:
    """Declare a field that is carried but neither compared nor hashed."""
    return field(compare=False)


@dataclass_transform(frozen_default=True, field_specifiers=(uncompared,))
def node(tag: str) -> Callable[[type[N]], type[N]]:
    """Turn a class into an IR node that is called `tag` wherever it is written down."""

    def decorate(cls: type[N]) -> type[N]:
        cls.TAG = tag
        return dataclass(frozen=True, slots=True)(cls)

    return decorate
