"""Which files of a stack a service reads, as far as its texts tell.

In: services and config files. Out: for each service the paths that its
arguments, environment and directives name, or whose folder they name; those of
them that systemd reads for it when it starts; and the files that no service
names: any of them may read those. In scope user a service starts in the home folder,
so a path may be named from there on: `.config/app.conf`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from ...ir.names import FilePath
from ...ir.stack import ConfigFile, Service
from ...ir.text import Text
from .directives import COMMANDS

__all__ = ["Named", "files_of"]

PATH = re.compile(r"(?:/[\w.+@-]+)+")
FROM_HOME = re.compile(r"[\w.+@-]+(?:/[\w.+@-]+)*")


class Named(NamedTuple):
    """The paths that a service names, and those of them that only a start reads; sorted."""

    files: tuple[FilePath, ...]
    at_start: tuple[FilePath, ...]


def files_of(
    services: Sequence[Service], files: Iterable[ConfigFile]
) -> tuple[Mapping[str, Named], tuple[FilePath, ...]]:
    """Return what each service names, by its name, and the paths that none names; sorted."""
    paths = [file.path for file in files]
    plain = [path for path in paths if _is_plain(path)]
    odd = [path for path in paths if not _is_plain(path)]
    below = _by_folder(plain)
    named = {
        service.name: Named(
            _named(service.texts(), below, odd), _named(_read_by_systemd(service), below, odd)
        )
        for service in services
    }
    somewhere = set(chain.from_iterable(found.files for found in named.values()))
    return named, tuple(sorted(path for path in paths if path not in somewhere))


def _is_plain(path: FilePath) -> bool:
    """Whether a path can be told from the text around it."""
    return PATH.fullmatch(path.removeprefix("~")) is not None


def _read_by_systemd(service: Service) -> list[Text]:
    """Return the directives but for commands, which run in the service: `LoadCredential`."""
    return [one.text for one in service.directives if one.name not in COMMANDS]


def _by_folder(paths: Iterable[FilePath]) -> dict[str, list[FilePath]]:
    """Map each path, and each folder of it but the first, to the paths there."""
    table: dict[str, list[FilePath]] = {}
    for path in paths:
        names = path.split("/")
        for depth in {*range(3, len(names)), len(names)}:
            table.setdefault("/".join(names[:depth]), []).append(path)
    return table


def _named(
    texts: Iterable[Text], below: Mapping[str, list[FilePath]], odd: Iterable[FilePath]
) -> tuple[FilePath, ...]:
    literals = [part for text in texts for part in text if isinstance(part, str)]
    tokens = {token for part in literals for token in PATH.findall(part)}
    from_home = {f"~{token}" for token in tokens}
    from_home |= {f"~/{token}" for part in literals for token in FROM_HOME.findall(part)}
    found = {path for token in tokens | from_home for path in below.get(token, ())}
    found |= {path for path in odd if any(path.removeprefix("~/") in part for part in literals)}
    return tuple(sorted(found))
