"""What differs between the live generation and the machine.

In: a target and what is live. Out: one `Drift` for each thing that is not as it
was deployed: content, mode, owner, a replaced or missing link, an orphan of
another generation, a damaged tree, a store path that is gone. Changes nothing.
"""

from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import Literal, TypeAlias

from ....ir.manifest import Manifest, ManifestFile
from ....ir.names import Digest, StoreName
from ....ir.node import Frozen, frozen
from ..staging.secrets import keyed_digest, read_key
from ..target.accounts import Accounts
from ..target.layout import Target, folders_above
from ..target.transport import NANOSECONDS, Status
from .enabling import enabled_by_hand, enabling_links, leads_to
from .places import Places

__all__ = ["Drift", "StoreFault", "survey"]

What: TypeAlias = Literal[
    "missing",
    "link",
    "content",
    "mode",
    "owner",
    "orphan",
    "enabled",
    "disabled",
    "blocked",
    "tree",
    "store",
]

StoreFault: TypeAlias = Callable[[StoreName], str | None]
"""Says what is wrong with a store path, None if nothing is."""

REMEDIES: dict[What, str] = {
    "missing": "--fix puts it back",
    "link": "--fix keeps it aside and puts ours back",
    "content": "--fix keeps the edited one aside and puts ours back",
    "mode": "--fix sets it",
    "owner": "--fix sets it",
    "orphan": "--fix removes it",
    "disabled": "--fix puts it back; `systemctl disable` removes it",
    "enabled": "--fix makes it lead through `live`; `systemctl enable` writes it so",
    "blocked": "make room for it, then --fix",
    "tree": "--fix puts it back from another generation or from what it was rendered from",
    "store": "`punix store repair` builds it again, and so does a deploy if it is gone",
}
"""What mends each kind of difference."""

OF_UNITS: dict[What, str] = {
    "missing": "; `systemctl disable` and `reenable` remove links of units",
    "link": "; what `systemctl edit` adds to a unit stays",
}
"""How a unit came to differ, or what to do instead."""


@frozen
class Drift(Frozen):
    """A path as the target sees it, or a store name, and how it differs.

    `fixed` says whether it was mended, `moved` where what was there lies now.
    """

    path: str
    what: What
    message: str
    fixed: bool = False
    moved: str | None = None

    @property
    def remedy(self) -> str:
        """What mends it."""
        of_unit = OF_UNITS.get(self.what, "") if "/systemd/" in self.path else ""
        return REMEDIES[self.what] + of_unit


def survey(
    target: Target,
    live: Manifest,
    others: Iterable[Manifest],
    fault: StoreFault,
) -> Iterator[Drift]:
    """Yield what differs: files in order of their paths, then secrets, orphans, store paths.

    Raises ProgramError (E27) for a key that is damaged, OSError.
    """
    look = _Survey(target, live)
    for file in live.files:
        yield from look.staged(file)
        yield from look.placed(file)
    yield from look.secrets()
    yield from look.orphans(others)
    yield from look.enabled()
    yield from look.disabled()
    for name in live.store_paths:
        message = fault(name)
        if message is not None:
            yield Drift(name, "store", f"the store path {message}")


class _Survey:
    def __init__(self, target: Target, live: Manifest) -> None:
        self.target, self.live, self.transport = target, live, target.transport
        self.places, self.accounts = Places(target), Accounts(target.transport)

    def staged(self, file: ManifestFile) -> Iterator[Drift]:
        """The file in the tree, which the link reads."""
        path = self.target.in_tree(self.live.tree, file.path)
        found = self.transport.status(path)
        if found is None or found.kind != "file":
            yield Drift(file.path, "tree", f"its file in {self.live.tree} is gone")
            return
        if sha256(self.transport.read(path)).hexdigest() != file.sha256:
            yield Drift(file.path, "tree", f"its file in {self.live.tree} was edited")
        elif found.modified != file.modified * NANOSECONDS:
            yield Drift(file.path, "tree", f"its file in {self.live.tree} was touched")
        if file.install == "link":
            yield from self._attributes(file, found)

    def placed(self, file: ManifestFile) -> Iterator[Drift]:
        """What is at the path itself."""
        parent = self.places.parent(file.path)
        if parent.state != "there":
            yield Drift(file.path, "blocked", f"'{parent.at}' is in the way")
            return
        found = self.transport.status(self.places.real(file.path))
        if found is None:
            yield Drift(file.path, "missing", f"the {file.install} is gone")
        elif file.install == "link":
            if not self.places.is_our_link(file.path):
                yield Drift(file.path, "link", f"our link was replaced by {_kind(found)}")
        elif found.kind != "file":
            yield Drift(file.path, "link", f"our copy was replaced by {_kind(found)}")
        elif self.places.digest(file.path) != file.sha256:
            yield Drift(file.path, "content", "the copy was edited")
        else:
            yield from self._attributes(file, found)

    def _attributes(self, file: ManifestFile, found: Status) -> Iterator[Drift]:
        if found.mode != file.mode:
            yield Drift(file.path, "mode", f"mode is {found.mode:04o}, not {file.mode:04o}")
        if not self.accounts.of(file).is_of(found):
            actual = f"{found.owner.uid}:{found.owner.gid}"
            wanted = f"{file.owner or 'root'}:{file.group or 'root'}"
            yield Drift(file.path, "owner", f"owner is {actual}, not {wanted}")

    def secrets(self) -> Iterator[Drift]:
        for secret in self.live.secrets:
            path = self.target.path(f"{self.live.tree}/secrets/{secret.name}")
            found = self.transport.status(path)
            if found is None or found.kind != "file":
                yield Drift(path, "tree", "the secret file is gone")
            elif self._secret_edited(path, secret.keyed):
                yield Drift(path, "tree", "the secret file was edited")
            elif found.mode != 0o600:
                yield Drift(path, "mode", f"mode is {found.mode:04o}, not 0600")

    def _secret_edited(self, path: str, keyed: Digest) -> bool:
        """Ask only where the key can be read."""
        try:
            return keyed_digest(self.transport.read(path), read_key(self.target)) != keyed
        except PermissionError:
            return False

    def orphans(self, others: Iterable[Manifest]) -> Iterator[Drift]:
        """Links of ours for paths that only other generations have."""
        wanted = {file.path for file in self.live.files}
        stale = {file.path for other in others for file in other.files} - wanted
        for path in sorted(stale - folders_above(wanted)):
            if self.places.parent(path).state == "there" and self.places.is_our_link(path):
                yield Drift(path, "orphan", "a link of an earlier generation was left")

    def enabled(self) -> Iterator[Drift]:
        """Links that start a unit of one generation at boot, whatever is live then."""
        for link, _ in enabled_by_hand(self.target, self.places, self.live):
            text = self.transport.read_link(link)
            yield Drift(link, "enabled", f"leads to one generation, whatever is live: '{text}'")

    def disabled(self) -> Iterator[Drift]:
        """Links that start units at boot, and are gone or something else."""
        for path, unit in enabling_links(self.live).items():
            parent = self.places.parent(path)
            if parent.state != "there":
                yield Drift(path, "blocked", f"'{parent.at}' is in the way")
                continue
            found = self.transport.status(self.places.real(path))
            if found is None:
                yield Drift(path, "disabled", "the link that starts it at boot is gone")
            elif not leads_to(self.places, path, unit):
                yield Drift(path, "link", f"our link was replaced by {_kind(found)}")


def _kind(found: Status) -> str:
    return {"file": "a file", "folder": "a folder", "link": "another link"}.get(
        found.kind, "something else"
    )
