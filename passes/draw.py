"""Pictures of an IR: what depends on what, as Graphviz dot or Mermaid.

In: the root of any IR. Out: the text of a picture. Labels are escaped, and the
identifiers of both languages are numbers, so no name can become syntax.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..ir.ast import Ast
from ..ir.bundle import Bundle
from ..ir.closure import Closure
from ..ir.derivation import DerivationGraph
from ..ir.manifest import Manifest
from ..ir.names import StoreName
from ..ir.node import Document
from ..ir.package import Lowered
from ..ir.plan import Plan
from ..ir.program import Program
from ..ir.stack import Stack
from .prune import package_names, stack_roots

__all__ = ["draw", "draw_entries"]


class Item(NamedTuple):
    """A box: its key, what stands in it, its shape, and the keys that it points to."""

    key: str
    label: str
    shape: str
    targets: tuple[str, ...]


def draw(root: Document, style: str) -> str:
    """Return the picture of an IR; `style` is `dot` or `mermaid`."""
    items = list(_items(root))
    number = {item.key: at for at, item in enumerate(items)}
    return (_dot if style == "dot" else _mermaid)(items, number)


def draw_entries(uses: Mapping[StoreName, Sequence[StoreName]]) -> str:
    """Return the picture in dot of store entries and of what each of them uses."""
    items = [
        Item(name, f"{name.partition('-')[2]}\n{name[:8]}", "box", tuple(used))
        for name, used in uses.items()
    ]
    return _dot(items, {item.key: at for at, item in enumerate(items)})


def _items(root: Document) -> Iterator[Item]:
    for kind, maker in MAKERS.items():
        if isinstance(root, kind):
            yield from maker(root)


# What to draw ---------------------------------------------------------------


def _ast(root: Ast) -> Iterator[Item]:
    for name in sorted({block.name for block in root.modules}):
        yield Item(name, name, "box", ())


def _program(root: Program) -> Iterator[Item]:
    shapes = {"package": "box", "stack": "folder", "fleet": "folder", "data": "note"}
    for module in root.modules:
        targets = tuple(edge.target for edge in module.edges)
        yield Item(module.name, module.name, shapes[module.kind], targets)


def _lowered(root: Lowered) -> Iterator[Item]:
    for package in root.packages:
        label = f"{package.module}\n{package.pname}-{package.version}"
        yield Item(package.module, label, "box", package.inputs)
    for stack in root.stacks:
        uses = {*stack.pins, *(service.package for service in stack.services)}
        yield Item(f"stack {stack.module}", stack.module, "folder", tuple(sorted(uses)))


def _derivations(root: DerivationGraph | Closure) -> Iterator[Item]:
    names = package_names(root)
    seen: set[str] = set()
    for one in root.derivations:
        if one.name not in seen:
            yield Item(one.name, f"{one.pname}-{one.version}\n{one.name[:8]}", "box", one.inputs)
        seen.add(one.name)
    stacks: list[Stack] = [
        entry if isinstance(entry, Stack) else entry.stack for entry in root.stacks
    ]
    for stack in stacks:
        roots = tuple(sorted(set(stack_roots(stack, names))))
        yield Item(f"stack {stack.module}", stack.module, "folder", roots)


def _bundle(root: Bundle) -> Iterator[Item]:
    for file in root.files:
        yield Item(file.path, file.path, "note", ())
    for unit in root.units:
        targets = tuple(f"unit {name}" for name in unit.requires)
        files = tuple(path for path in unit.files if path != unit.path)
        yield Item(f"unit {unit.name}", unit.name, "box", (*targets, *files))


def _plan(root: Plan) -> Iterator[Item]:
    for change in root.files:
        yield Item(change.path, f"{change.change} {change.path}", "note", ())
    for step in root.units:
        yield Item(f"unit {step.unit}", f"{step.action} {step.unit}\n{step.reason}", "box", ())


def _manifest(root: Manifest) -> Iterator[Item]:
    for unit in root.units:
        targets = tuple(f"unit {name}" for name in unit.requires)
        yield Item(f"unit {unit.name}", unit.name, "box", targets)


MAKERS: Mapping[type[Document], Callable[..., Iterator[Item]]] = {
    Ast: _ast,
    Program: _program,
    Lowered: _lowered,
    DerivationGraph: _derivations,
    Closure: _derivations,
    Bundle: _bundle,
    Plan: _plan,
    Manifest: _manifest,
}


# How to draw it -------------------------------------------------------------


def _dot(items: list[Item], number: Mapping[str, int]) -> str:
    lines = ["digraph punix {", "  rankdir=LR;"]
    lines.extend(
        f'  n{number[item.key]} [shape={item.shape}, label="{_dot_text(item.label)}"];'
        for item in items
    )
    lines.extend(f"  n{user} -> n{used};" for user, used in _edges(items, number))
    return "\n".join([*lines, "}"]) + "\n"


def _dot_text(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


MERMAID = {"box": ('["', '"]'), "folder": ('[["', '"]]'), "note": ('>"', '"]')}


def _mermaid(items: list[Item], number: Mapping[str, int]) -> str:
    lines = ["flowchart LR"]
    for item in items:
        start, end = MERMAID[item.shape]
        lines.append(f"  n{number[item.key]}{start}{_mermaid_text(item.label)}{end}")
    lines.extend(f"  n{user} --> n{used}" for user, used in _edges(items, number))
    return "\n".join(lines) + "\n"


def _mermaid_text(text: str) -> str:
    """Write everything but letters, digits and harmless marks as a numeric entity."""
    plain = set(" -_.:/")
    return "".join(
        char if char.isalnum() or char in plain else "<br>" if char == "\n" else f"#{ord(char)};"
        for char in text
    )


def _edges(items: list[Item], number: Mapping[str, int]) -> Iterator[tuple[int, int]]:
    for item in items:
        for target in item.targets:
            if target in number:
                yield number[item.key], number[target]
