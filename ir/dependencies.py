"""`${DEP:name}`: the store path of a dependency, by its pname, in any text of a package.

In: a text, and the names that it may mention. Out: the text with `Out(module)` in their place;
an E2 for each that is no dependency.
"""

import re
from collections.abc import Collection, Iterator, Mapping

from .diagnostics import Code, Collector
from .names import ModuleName
from .node import Frozen, frozen
from .span import Span
from .spell import Speller
from .text import Out, Part, Text

__all__ = ["Dependencies", "dependency_variable"]

MENTION = r"\$\{DEP:([^}]*)\}"


@frozen
class Dependencies(Frozen):
    """A package's direct dependencies by pname, and the pnames of all packages, for hints."""

    modules: Mapping[str, ModuleName]
    pnames: Collection[str]

    def filled(self, text: Text, span: Span, found: Collector) -> Iterator[Part]:
        """Yield the parts of a text; mentions of what is no dependency are reported at `span`."""
        for part in text:
            if not isinstance(part, str):
                yield part
                continue
            for at, piece in enumerate(re.split(MENTION, part)):
                yield self.out(piece, span, found) if at % 2 else piece

    def out(self, pname: str, span: Span, found: Collector) -> Part:
        """Return what stands for a dependency; report an E2 if it is none."""
        module = self.modules.get(pname)
        if module is not None:
            return Out(module)
        message = f"'{pname}' is not a dependency of this package"
        found.error(Code.E2, message, span, hint=self._meant(pname))
        return ""

    def _meant(self, pname: str) -> str:
        """Say which dependency was meant, or what would make it one."""
        near = Speller(self.modules).hint(pname)
        if near is not None or pname in self.pnames:
            return near or f'write deps = ["{pname}"]'
        other = Speller(self.pnames).nearest(pname)
        return f'write {other}, and deps = ["{other}"]' if other else "no package has this pname"


def dependency_variable(pname: str) -> str:
    """Name the variable in which a build has the path of a dependency: DEP_GTK__3 for `gtk+-3`."""
    return "DEP_" + re.sub(r"[^A-Z0-9]", "_", pname.upper())
