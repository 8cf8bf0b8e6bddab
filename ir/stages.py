"""Every IR by its name, and stored text of any of them back to its root.

In: JSON or a text dump. Out: the root node of whichever IR the text holds.
"""

from collections.abc import Mapping

from .ast import Ast
from .bundle import Bundle
from .closure import Closure
from .codec import CodecError, Tree, ir_name, open_envelope, parse_json
from .derivation import DerivationGraph
from .dump import parse
from .manifest import Manifest
from .node import Document
from .package import Lowered
from .plan import Plan
from .program import Program

__all__ = ["ROOTS", "load_any", "open_any"]

ROOTS: Mapping[str, type[Document]] = {
    root.IR: root
    for root in (Ast, Program, Lowered, DerivationGraph, Closure, Bundle, Plan, Manifest)
}
"""IR name → root class, in the order of the stages."""


def load_any(text: str) -> Document:
    """Read an IR from JSON (which begins with `{`) or a dump (which begins with `punix`).

    Raises CodecError for anything else. What is read is not verified: see `verify.require`.
    """
    return open_any(parse_json(text) if text.lstrip().startswith("{") else parse(text))


def open_any(tree: Tree) -> Document:
    """Read an IR from its envelope. Raises CodecError for anything else."""
    name = ir_name(tree)
    if name not in ROOTS:
        raise CodecError("punix.ir", f"unknown IR {name!r}; known are {', '.join(ROOTS)}")
    return open_envelope(ROOTS[name], tree)
