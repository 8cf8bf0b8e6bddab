"""`@node`: what every IR is made of.

In: a class with annotated fields. Out: a frozen dataclass with slots, a `TAG`
that names it in JSON and dumps, `children` and `walk`. A field made with
`uncompared()` (spans, tables of sources) is carried and serialised, but neither
compared nor hashed, so two nodes are equal exactly if their digests are.

Fields hold only: bool, int, str and the checked names, None, Span, nodes, and
tuples of these. So `codec` can serialise any node without being told how.

What `dataclass` would write and compile anew for each of the many classes (that
took longer than most commands) is here once, for all of them. `@frozen` is the
same for values that are in no IR, where their classes are needed by every command.
"""

from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from operator import attrgetter
from typing import Any, ClassVar, NoReturn, TypeVar, dataclass_transform

__all__ = ["Document", "Frozen", "Node", "compared", "frozen", "node", "uncompared"]


class Frozen:
    """The base of every `@frozen` class and of every node: values that are never assigned to."""

    __slots__ = ()
    # What dataclass puts into each class: the names of its fields, and the fields.
    __match_args__: ClassVar[tuple[str, ...]]
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def __init__(self, *values: Any, **named: Any) -> None:
        kind: Any = type(self)  # or its `__init__` could not be replaced
        kind.__init__ = _initializer(kind)  # compiled when the first value of a class is made
        kind.__init__(self, *values, **named)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> NoReturn:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self is other or _values(self) == _values(other)

    def __hash__(self) -> int:
        return hash(_values(self))

    def __repr__(self) -> str:
        shown = (f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
        return f"{type(self).__name__}({', '.join(shown)})"

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return type(self), _values(self)


def _values(one: Frozen) -> tuple[object, ...]:
    return tuple([getattr(one, name) for name in one.__match_args__])


class Node(Frozen):
    """The base of every IR node."""

    __slots__ = ()
    TAG: ClassVar[str]

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self is other or compared(self) == compared(other)

    def __hash__(self) -> int:
        return hash(compared(self))

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


class Document(Node):
    """The base of a node that is stored by itself, such as an IR: its envelope has these."""

    __slots__ = ()
    IR: ClassVar[str]
    VERSION: ClassVar[int]


def _nodes(value: object) -> Iterator[Node]:
    """Yield the nodes in a field's value: itself, or those in tuples, also nested ones."""
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes(item)


def compared(one: object) -> tuple[object, ...]:
    """Return a node's tag and its compared fields. Raises TypeError for what is no node."""
    read = _READERS.get(type(one))
    if read is None:
        read = _READERS[type(one)] = _reader(type(one))
    return read(one)


_READERS: dict[type, Callable[[Any], tuple[object, ...]]] = {}


def _reader(kind: type) -> Callable[[Any], tuple[object, ...]]:
    if not issubclass(kind, Node):
        raise TypeError(f"{kind.__name__} is no node")
    names = [entry.name for entry in fields(kind) if entry.compare]
    if not names:
        return lambda one: (one.TAG,)
    return attrgetter("TAG", *names)  # one call in C for all fields


def _initializer(kind: type[Frozen]) -> Callable[..., None]:
    """Compile `__init__` of a class: it sets the slots, which assignment may not."""
    entries = fields(kind)
    known: dict[str, Any] = {f"set_{one.name}": getattr(kind, one.name).__set__ for one in entries}
    known |= {f"default_{one.name}": one.default for one in entries}
    heads = (
        one.name if one.default is MISSING else f"{one.name}=default_{one.name}" for one in entries
    )
    body = "".join(f"\n  set_{one.name}(self, {one.name})" for one in entries) or " pass"
    exec(f"def __init__({', '.join(['self', *heads])}):{body}", known)  # noqa: S102  # names of fields
    made: Callable[..., None] = known["__init__"]
    return made


F = TypeVar("F", bound=Frozen)
N = TypeVar("N", bound=Node)


def uncompared() -> Any:  # as `field`: it stands for a default of any type
    """Declare a field that is carried but neither compared nor hashed."""
    return field(compare=False)


@dataclass_transform(frozen_default=True)
def frozen(cls: type[F]) -> type[F]:
    """Turn a class into a frozen dataclass with slots that is no node: it is in no IR."""
    return dataclass(init=False, repr=False, eq=False, slots=True)(cls)


@dataclass_transform(frozen_default=True, field_specifiers=(uncompared,))
def node(tag: str) -> Callable[[type[N]], type[N]]:
    """Turn a class into an IR node that is called `tag` wherever it is written down."""

    def decorate(cls: type[N]) -> type[N]:
        cls.TAG = tag
        return frozen(cls)

    return decorate
