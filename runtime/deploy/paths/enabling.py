"""Links that start units at boot: `multi-user.target.wants/hello.service -> ../hello.service`.

In: a target, what is live, and other generations whose links may still be there. Out: the
links are those of the live generation. One that leads to our unit, by whatever name, is ours,
because `systemctl enable` writes the name of the file in one generation; `systemctl disable`
removes links and their empty folder, and so does this. What the target refuses is an OSError.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from posixpath import join, normpath

from ....ir.bundle import Unit
from ....ir.manifest import Manifest, ManifestUnit
from ....ir.names import AbsPath, UnitName
from ..target.layout import Target, folder_of
from .places import Places

__all__ = [
    "enabled_by_hand",
    "enabled_units",
    "enabling_link",
    "enabling_links",
    "leads_to",
    "place_enabling",
    "remove_enabling",
]

ENABLING = (".wants", ".requires")
"""What ends the names of folders of such links."""

Touch = Callable[[str], None]
"""Called with each path that is about to change."""


def enabled_units(
    units: Iterable[Unit], before: Manifest | None, *, enable: bool
) -> tuple[UnitName, ...]:
    """Return the units that a new generation enables, sorted: all that may be if `enable`.

    Without it those of services stay enabled that had an enabled unit before, be it another
    one: a service that gets a socket starts at boot by that.
    """
    were = {unit.service for unit in enabling_links(before).values()}
    return tuple(
        sorted(
            unit.name
            for unit in units
            if unit.enable and unit.wanted_by is not None and (enable or unit.service in were)
        )
    )


def enabling_link(unit: ManifestUnit) -> str:
    """Return the text of a link that enables a unit whatever generation is live."""
    return f"../{unit.name}"


def enabling_links(manifest: Manifest | None) -> dict[AbsPath, ManifestUnit]:
    """Return the links that a generation has, each with its unit."""
    if manifest is None or not manifest.enablement:
        return {}
    enabled = frozenset(manifest.enablement)
    units = [unit for unit in manifest.units if unit.name in enabled]
    return {
        AbsPath(f"{folder_of(unit.path)}/{unit.wanted_by}.wants/{unit.name}"): unit
        for unit in units
    }


def remove_enabling(
    target: Target, live: Manifest | None, others: Sequence[Manifest], touch: Touch
) -> None:
    """Remove the links that only other generations have, and their folders if they are empty.

    A folder may be all that is left, where an earlier command was stopped. Raises OSError.
    """
    stale = {path: unit for other in others for path, unit in enabling_links(other).items()}
    places = Places(target)
    folders: dict[str, None] = {}
    for path in sorted(stale.keys() - enabling_links(live).keys()):
        parent = places.parent(path)
        if parent.state != "there" or parent.missing:
            continue
        place = places.real(path)
        folders[folder_of(place)] = None
        if leads_to(places, path, stale[path]):
            touch(place)
            target.transport.remove(place)
    for folder in folders:
        if not target.transport.names(folder):
            touch(folder)
            target.transport.remove_folder(folder)


def place_enabling(target: Target, live: Manifest | None, touch: Touch) -> Iterator[str]:
    """Make the links of the live generation; yields the paths where something else is."""
    places = Places(target)
    for path, unit in sorted(enabling_links(live).items()):
        parent = places.parent(path)
        if parent.state != "there":
            yield path
            continue
        for folder in parent.missing:
            touch(folder)
            target.transport.make_folder(folder)
        if parent.missing:
            places = Places(target)
        place, text = places.real(path), enabling_link(unit)
        if target.transport.status(place) is None:
            touch(place)
            target.transport.make_link(place, text)
        elif not leads_to(places, path, unit):
            yield path
        elif target.transport.read_link(place) != text:
            touch(place)
            staged = target.beside(place)
            target.transport.make_link(staged, text)
            target.transport.rename(staged, place)


def leads_to(places: Places, path: str, unit: ManifestUnit) -> bool:
    """Whether a link leads to our link of a unit, or to its file in a generation."""
    text = places.target.transport.read_link(places.real(path))
    if text is None:
        return False
    leads = normpath(join(places.parent(path).real, text))
    return leads in (unit.path, places.real(unit.path)) or leads.startswith(f"{places.own}/")


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
