"""The home folder of a stack of scope user: `~` in its paths, until a target is known.

In: a bundle whose paths are written `~/…`, and a folder. Out: the same bundle with
absolute paths. A program says nothing about machines, so its bundle does not either.
"""

from collections.abc import Iterable
from dataclasses import replace

from .bundle import Bundle, Unit
from .names import AbsPath, FilePath

__all__ = ["at_home"]


def at_home(bundle: Bundle, home: AbsPath) -> Bundle:
    """Return a bundle of scope user as it is for the user with that home folder."""

    def place(path: FilePath) -> AbsPath:
        return AbsPath(home + path.removeprefix("~")) if path.startswith("~") else AbsPath(path)

    def places(paths: Iterable[FilePath]) -> tuple[AbsPath, ...]:
        return tuple(map(place, paths))

    def unit(one: Unit) -> Unit:
        files, at_start = places(one.files), places(one.start_files)
        return replace(one, path=place(one.path), files=files, start_files=at_start)

    return replace(
        bundle,
        home=home,
        files=tuple(replace(file, path=place(file.path)) for file in bundle.files),
        units=tuple(map(unit, bundle.units)),
        shared_files=places(bundle.shared_files),
    )
