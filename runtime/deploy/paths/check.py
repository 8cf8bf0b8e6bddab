"""Whether a stack may have its paths: asked before anything on the target changes.

In: the files of the generation to come, and the live one. Out: which links and
folders are new, or every reason why not: what is there and is not ours, what
was changed by hand, what no file can be made in. Nothing is written.
"""

from collections.abc import Iterable, Mapping, Sequence
from posixpath import dirname, join, normpath

from ....ir.diagnostics import Code, Collector, ProgramError
from ....ir.manifest import Manifest, ManifestFile
from ....ir.names import AbsPath
from ....ir.node import Frozen, frozen
from ....ir.span import Source, Span
from ..records.owner import owner_of
from ..staging.stage import as_staged
from ..target.layout import Target, folder_of, folders_above
from ..target.transport import Status
from .places import Parent, Places

__all__ = ["Checked", "check_paths"]

BLOCKED = {
    "not-a-folder": "'{at}' is not a folder",
    "leaves-root": "'{at}' leads out of the transport root",
    "dangling": "'{at}' is a link to nothing",
    "reserved": "'{at}' leads to where punix keeps its own data",
    "ours": "'{at}' leads into a generation of this stack",
}


@frozen
class Checked(Frozen):
    """New links to make before the flip, new folders for all new paths, and all folders of ours.

    `settled` are the paths that the flip of `live` alone changes: links of ours before and after.
    `foreign` are those at which a file or link of somebody else lies, to be adopted.
    """

    links: tuple[AbsPath, ...]
    folders: tuple[AbsPath, ...]
    dirs: tuple[AbsPath, ...]
    settled: frozenset[str]
    foreign: tuple[AbsPath, ...] = ()


def check_paths(
    target: Target,
    after: Sequence[ManifestFile],
    before: Manifest | None,
    spans: Mapping[str, Span] | None = None,
    sources: Iterable[Source] = (),
    *,
    adopt: bool = False,
) -> Checked:
    """Check all paths of two generations; with `adopt`, files of nobody's stack are no fault.

    Raises ProgramError with E19, E21, E29 for each fault.
    """
    check = _Check(target, after, before, spans or {}, adopt)
    for path in sorted({*check.after, *check.before}):
        check.path(path)
    check.found.raise_errors(sources)
    return check.result()


class _Check:
    def __init__(
        self,
        target: Target,
        after: Sequence[ManifestFile],
        before: Manifest | None,
        spans: Mapping[str, Span],
        adopt: bool,
    ) -> None:
        self.target, self.spans, self.adopt = target, spans, adopt
        self.tree = before.tree if before else ""
        self.after = {file.path: file for file in after}
        self.before = {file.path: file for file in before.files} if before else {}
        self.our_folders = frozenset(before.dirs) if before else frozenset()
        self.places = Places(target)
        self.mounts = target.transport.mounts()
        self.found = Collector()
        self.links: list[AbsPath] = []
        self.foreign: list[AbsPath] = []
        self.folders: set[str] = set()
        self.settled: set[str] = set()
        self.claimed: dict[str, str] = {}
        self.asked: set[str] = set()
        self.blamed: set[str | None] = set()

    def path(self, path: AbsPath) -> None:
        """Look at one path of either generation."""
        parent, new, old = self.places.parent(path), self.after.get(path), self.before.get(path)
        if self._changes_kind(path):
            if new:
                self._claim(path)
            return
        if parent.state != "there":
            self._fault(path, BLOCKED[parent.state].format(at=parent.at), once=parent.at)
            return
        if new:
            self._claim(path)
            self.folders.update(parent.missing)
        if old and new and old.install == new.install == "link" and self.places.is_our_link(path):
            self.settled.add(path)
            self._linked(old)
            return
        status = None if parent.missing else self.target.transport.status(self.places.real(path))
        if status is not None:
            self._occupied(path, status, parent)
        elif new and new.install == "link":
            self.links.append(path)
        if (new and status is None) or (status and not _settled(old, new)):
            self._writable(parent)

    def _changes_kind(self, path: str) -> bool:
        """Whether an ancestor is a file of the generation before, to become a folder."""
        folder = folder_of(path)
        while folder != "/":
            if folder in self.before:
                return True
            folder = folder_of(folder)
        return False

    def _claim(self, path: str) -> None:
        """Refuse two paths that links of folders lead to one place."""
        real = self.places.real(path)
        other = self.claimed.setdefault(real, path)
        if other != path:
            self._fault(path, f"'{path}' and '{other}' are one file here: '{real}'", Code.E19)

    def _occupied(self, path: AbsPath, status: Status, parent: Parent) -> None:
        """Something is at the path: is it ours, as we left it?"""
        old = self.before.get(path)
        if status.kind == "link" and self.places.is_our_link(path):
            if old:
                self._linked(old)
        elif status.kind == "folder" and path in self.our_folders:
            self._becomes_file(path)
        elif old is None:
            self._is_foreign(path, status)
        elif status.kind != "file" or old.install != "copy":
            self._drift(path, f"'{path}' was changed by hand: it is no longer our {old.install}")
        elif not self.places.is_our_copy(path, [old.sha256]):
            self._drift(path, f"'{path}' was changed by hand: its content is edited")
        self._not_a_mount(path, status, parent)

    def _is_foreign(self, path: AbsPath, status: Status) -> None:
        """A thing of somebody else: a stack's is refused, a file or link may be adopted."""
        try:
            owner = owner_of(
                self.target.transport, self.target.deployments_root, self.target.store_root, path
            )
        except ProgramError as problem:  # a damaged manifest may be the owner's
            self.found.extend(problem.diagnostics)
            return
        if owner is not None:
            self._fault(path, f"'{path}' is there already: stack '{owner.target.stack}' has it")
        elif status.kind not in ("file", "link"):
            what = "a folder" if status.kind == "folder" else "a special file"
            self._fault(path, f"'{path}' is there already, {what} that is not this stack's")
        elif self.adopt:
            self.foreign.append(path)
        else:
            what = "a link" if status.kind == "link" else "a file"
            hint = self._other_root(path) or (
                "--adopt keeps it until the stack goes, and then puts it back"
            )
            self._fault(
                path, f"'{path}' is there already, {what} that is not this stack's", hint=hint
            )

    def _other_root(self, path: AbsPath) -> str | None:
        """Return the hint for a link that another deployments root has put there."""
        link = self.target.transport.read_link(path) or ""
        stack, live, _ = normpath(join(folder_of(path), link)).partition(f"/live{path}")
        root = dirname(stack)
        return f"it is of --deployments-root {root}: is that the one you mean?" if live else None

    def _linked(self, old: ManifestFile) -> None:
        """Our link is there: is what it reads as it was staged? What is gone cannot be lost."""
        if as_staged(self.target, self.tree, old):
            return
        if self.target.transport.status(self.target.in_tree(self.tree, old.path)):
            self._drift(old.path, f"'{old.path}' was changed by hand: its content is edited")

    def _becomes_file(self, path: str) -> None:
        """A folder of ours makes room for a file: everything in it has to be ours."""
        waiting = [path]
        while waiting:
            folder = waiting.pop()
            for name in self.target.transport.names(folder):
                inner = f"{folder}/{name}"
                if inner in self.our_folders:
                    waiting.append(inner)
                elif inner not in self.before:
                    self._fault(path, f"'{path}' is a folder with '{inner}', not this stack's")
                    return

    def _not_a_mount(self, path: str, status: Status, parent: Parent) -> None:
        if status.kind == "link":
            return
        if f"{parent.real.rstrip('/')}/{path.rpartition('/')[2]}" in self.mounts:
            self._fault(path, f"'{path}' is a mount point")

    def _writable(self, parent: Parent) -> None:
        real = self.target.transport.real(parent.at)
        if real not in self.asked and not self.target.transport.writable(real):
            hint = "it takes a user who may write there; try it below a folder with --dry-run"
            self.found.error(Code.E29, f"'{parent.at}' cannot be written to", None, hint=hint)
        self.asked.add(real)

    def _fault(
        self,
        path: str,
        message: str,
        code: Code = Code.E21,
        *,
        once: str | None = None,
        hint: str | None = None,
    ) -> None:
        if once in self.blamed:
            return
        self.blamed.add(once or path)
        self.found.error(code, message, self.spans.get(path), hint=hint)

    def _drift(self, path: str, message: str) -> None:
        hint = "--adopt moves it aside and goes on; so does `punix service verify --fix`"
        self.found.error(Code.E21, message, self.spans.get(path), hint=hint)

    def result(self) -> Checked:
        needed = folders_above(self.after)
        swapped = {folder for folder in needed if folder in self.before}
        swapped |= {folder for folder in needed if self._changes_kind(folder)}
        dirs = self.folders | swapped | (self.our_folders & needed)
        return Checked(
            tuple(self.links),
            tuple(sorted(AbsPath(folder) for folder in self.folders)),
            tuple(sorted(AbsPath(folder) for folder in dirs)),
            frozenset(self.settled),
            tuple(self.foreign),
        )


def _settled(old: ManifestFile | None, new: ManifestFile | None) -> bool:
    """Whether a path that is there needs no change of its folder."""
    if old is None or new is None or old.install != new.install:
        return False
    return new.install == "link" or (old.sha256, old.mode) == (new.sha256, new.mode)
