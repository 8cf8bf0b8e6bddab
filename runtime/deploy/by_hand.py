"""What an administrator does to units by hand: links that enable them, drop-ins.

In: a target and what is live. Out: the links of `X.wants` and `X.requires` that lead to a
unit's file in one generation, which `systemctl enable` and `preset` write because they follow
every link; and the drop-ins of `systemctl edit`, which are nobody's fault and stay.
"""

from collections.abc import Iterator
from posixpath import join, normpath

from ...ir.manifest import Manifest, ManifestUnit
from .layout import Target, folder_of
from .places import Places

__all__ = ["drop_ins", "enabled_by_hand"]

ENABLING = (".wants", ".requires")


def enabled_by_hand(
    target: Target, places: Places, live: Manifest
) -> Iterator[tuple[str, ManifestUnit]]:
    """Yield each link that enables a unit and leads into a generation, with its unit."""
    folders = {folder_of(unit.path) for unit in live.units}
    enabling = {folder: list(_enabling(target, folder)) for folder in folders}
    for unit in live.units:
        for folder in enabling[folder_of(unit.path)]:
            link = f"{folder}/{unit.name}"
            text = target.transport.read_link(link)
            leads = normpath(join(places.parent(link).real, text)) if text else ""
            if leads.startswith(f"{places.own}/gen-"):
                yield link, unit


def _enabling(target: Target, folder: str) -> Iterator[str]:
    """Yield the folders of links that enable the units of a folder."""
    for name in target.transport.names(folder):
        if name.endswith(ENABLING):
            yield f"{folder}/{name}"


def drop_ins(target: Target, live: Manifest) -> tuple[str, ...]:
    """Return the paths of the drop-ins of all units that are live."""
    found = []
    for unit in live.units:
        folder = f"{unit.path}.d"
        status = target.transport.status(folder)
        if status is not None and status.kind == "folder":
            found += [f"{folder}/{name}" for name in target.transport.names(folder)]
    return tuple(sorted(name for name in found if name.endswith(".conf")))
