"""Lines for a tool of systemd that reads a folder, to the file of a stack in it.

In: the folder, the module of the stack, and lines with their places. Out: the file.
"""

from collections.abc import Sequence

from ...ir.bundle import BundleFile
from ...ir.names import FilePath, ModuleName
from ...ir.span import Span

__all__ = ["lines_file"]


def lines_file(folder: str, stack: ModuleName, lines: Sequence[tuple[str, Span]]) -> BundleFile:
    """Return the file of one line or more; it has the place of the first."""
    return BundleFile(
        path=FilePath(f"{folder}/punix-{stack}.conf"),
        text=("".join(f"{line}\n" for line, _ in lines),),
        mode=0o644,
        owner=None,
        group=None,
        install="link",
        span=lines[0][1],
        line_spans=tuple(span for _, span in lines),
    )
