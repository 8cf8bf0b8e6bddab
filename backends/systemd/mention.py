"""Which files of a stack a service reads, as far as its texts tell.

In: services and config files. Out: for each service the paths that its
arguments, environment and directives name, or whose folder they name; and the
files that no service names: any of them may read those.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from ...ir.names import AbsPath
from ...ir.stack import ConfigFile, Service

__all__ = ["files_of"]

PATH = re.compile(r"(?:/[\w.+@-]+)+")


def files_of(
    services: Sequence[Service], files: Iterable[ConfigFile]
) -> tuple[Mapping[str, tuple[AbsPath, ...]], tuple[AbsPath, ...]]:
    """Return which paths each service names, by its name, and those that none names; sorted."""
    paths = [file.path for file in files]
    plain = [path for path in paths if PATH.fullmatch(path)]
    odd = [path for path in paths if not PATH.fullmatch(path)]
    below = _by_folder(plain)
    named = {service.name: _named(service, below, odd) for service in services}
    somewhere = set(chain.from_iterable(named.values()))
    shared = tuple(sorted(path for path in paths if path not in somewhere))
    return {name: tuple(sorted(found)) for name, found in named.items()}, shared


def _by_folder(paths: Iterable[AbsPath]) -> dict[str, list[AbsPath]]:
    """Map each path, and each folder of it but the first, to the paths there."""
    table: dict[str, list[AbsPath]] = {}
    for path in paths:
        names = path.split("/")
        for depth in {*range(3, len(names)), len(names)}:
            table.setdefault("/".join(names[:depth]), []).append(path)
    return table


def _named(
    service: Service, below: Mapping[str, list[AbsPath]], odd: Iterable[AbsPath]
) -> set[AbsPath]:
    literals = [part for text in service.texts() for part in text if isinstance(part, str)]
    tokens = {token for part in literals for token in PATH.findall(part)}
    found = {path for token in tokens for path in below.get(token, ())}
    return found | {path for path in odd if any(path in part for part in literals)}
