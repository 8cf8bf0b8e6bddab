"""Names and paths of what punix keeps for a stack on a target.

In: roots, and the name of a stack. Out: a `Target`, which has all paths; names of generations, and
numbers that are read from them; the stacks that are there.

<deployments root>/.lock           held while paths are claimed
<deployments root>/<Stack>/        the stack's folder, all below the transport's root
    gen-001.json                   manifest
    gen-001/etc/hello.conf         its tree
    gen-001/secrets/               0700
    gen-001/bundle.json            what the tree was rendered from
    current -> gen-001.json        the record
    live    -> gen-001             the commit
    active  -> gen-001.json        the last one whose activation completed
    journal.json key lock history.jsonl
"""

import re
from collections.abc import Iterable, Iterator

from blake3 import blake3

from ....ir.names import BadName, ModuleName, RootPath
from ....ir.node import Frozen, frozen
from .transport import Transport

__all__ = [
    "Target",
    "as_stack",
    "dry_run_root",
    "folder_of",
    "folders_above",
    "generation_name",
    "generation_number",
    "is_temporary",
    "stacks",
    "temporary_name",
]

GENERATION = r"gen-([0-9]{3,9})"


@frozen
class Target(Frozen):
    """One stack on one target. The store root is the target's, and is not rebased."""

    transport: Transport
    deployments_root: RootPath
    store_root: RootPath
    stack: ModuleName

    @property
    def folder(self) -> str:
        """The folder of the stack, as the target sees it."""
        return f"{self.deployments_root.rstrip('/')}/{self.stack}"

    @property
    def live_folder(self) -> str:
        """Where the files of whatever generation is live are read."""
        return f"{self.folder}/live"

    @property
    def claims(self) -> str:
        """The lock of all stacks of this deployments root."""
        return f"{self.deployments_root.rstrip('/')}/.lock"

    def path(self, name: str) -> str:
        """Return the path of an entry of the stack's folder."""
        return f"{self.folder}/{name}"

    def in_tree(self, tree: str, path: str) -> str:
        """Return where a tree has the file that the program calls `path`."""
        return f"{self.folder}/{tree}{path}"

    def temporary(self, name: str) -> str:
        """Return the path under which an entry of the stack's folder is made."""
        return self.beside(self.path(name))

    def beside(self, place: str) -> str:
        """Return the path, in the same folder, under which what goes to `place` is made."""
        folder, _, name = place.rpartition("/")
        return f"{folder}/{temporary_name(name, self.stack)}"


def generation_name(number: int) -> str:
    """Return `gen-001`: the name of a tree, and with `.json` that of a manifest."""
    return f"gen-{number:03d}"


def generation_number(name: str) -> int | None:
    """Return the number of `gen-001` or `gen-001.json`; None for any other name."""
    match = re.fullmatch(GENERATION, name.removesuffix(".json"))
    if match is None or generation_name(int(match[1])) != match[0]:
        return None
    return int(match[1])


def temporary_name(name: str, stack: str) -> str:
    """Return `.NAME.punix-STACK`, or digests in place of the names where that is too long."""
    plain = f".{name}.punix-{stack}"
    if len(plain.encode()) <= 255:
        return plain
    return f".{blake3(name.encode()).hexdigest(16)}.punix-{blake3(stack.encode()).hexdigest(16)}"


def is_temporary(name: str) -> bool:
    """Whether an entry of a stack's folder is one that is being made."""
    return name.startswith(".") and ".punix-" in name


def dry_run_root(deployments_root: RootPath) -> RootPath:
    """Return the transport root of a dry run that names none."""
    return RootPath(f"{deployments_root.rstrip('/')}/.dry-run")


def folder_of(path: str) -> str:
    """Return the folder that a path lies in; that of `/` is `/`."""
    return path.rpartition("/")[0] or "/"


def folders_above(paths: Iterable[str]) -> set[str]:
    """Return every folder that holds one of the paths, at any depth, but for `/`."""
    above: set[str] = set()
    for path in paths:
        folder = folder_of(path)
        while folder != "/" and folder not in above:
            above.add(folder)
            folder = folder_of(folder)
    return above


def stacks(transport: Transport, deployments_root: str) -> Iterator[ModuleName]:
    """Yield the names of all stacks that were ever deployed there, sorted. Raises OSError."""
    for name in transport.names(deployments_root):
        for stack in as_stack(name):
            found = transport.status(f"{deployments_root.rstrip('/')}/{stack}")
            if found is not None and found.kind == "folder":
                yield stack


def as_stack(name: str) -> Iterator[ModuleName]:
    """Yield a name if a stack may have it."""
    try:
        yield ModuleName(name)
    except BadName:
        return
