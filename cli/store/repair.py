"""`punix store repair`: mend what `verify` finds.

In: a store, and the program that damaged packages are built from. Out: what became of
each fault on stdout, and exit code 5 if something is left, 3 if a build failed.
"""

from collections.abc import Collection, Mapping, Sequence

import click

from ...ir.names import StoreName
from ...runtime.building.result import Result
from ...runtime.store.find import find_all
from ...runtime.store.repair import Mended
from ...runtime.store.repair import repair as mend
from .. import options
from ..building.realise import Build, realise_all, with_build
from ..compiling.pipeline import lower, packages_of
from ..compiling.program import load_program
from ..compiling.settings import Settings, with_settings
from ..console import notice, row, tell_waiting, write_json
from ..exit_codes import BUILD_FAILED, DIFFERS
from .existing import existing

__all__ = ["repair"]


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--file", "files", multiple=True, type=click.Path(), help="A program to build from.")
@options.output_format("text", "json")
@with_build
@with_settings
def repair(
    paths: tuple[str, ...],
    files: tuple[str, ...],
    style: str,
    building: Build,
    settings: Settings,
) -> int:
    """Mend each PATH, or all that is damaged.

    Modes and times are set again. A path whose content is damaged is valid no more; with
    --file it is built anew, and takes the place of the old one in one step.
    """
    store = existing(building.store_root)
    names = find_all(store, paths) if paths else None
    program = load_program(files, settings.scenario) if files else None
    with store.using(waiting=tell_waiting):
        done = list(mend(store, names))
        broken = {one.name for one in done if one.name and one.outcome != "mended"}
        built: dict[StoreName, Result] = {}
        if broken and program is not None:
            graph = packages_of(lower(program, settings), settings)
            wanted = [one.name for one in graph.derivations if one.name in broken]
            built = {one.name: one for one in realise_all(graph, wanted, building)}
    rows = [_row(one, built) for one in done]
    _show(rows, store.root, style)
    left = broken - {name for name, one in built.items() if one.status in ("ok", "cached")}
    if left and not built:
        notice("hint: --file PROGRAM builds what is left anew")
    return _code(left, built)


def _code(left: Collection[StoreName], built: Mapping[StoreName, Result]) -> int:
    if any(one.status == "failed" for one in built.values()):
        return BUILD_FAILED
    return DIFFERS if left else 0


def _row(one: Mended, built: Mapping[StoreName, Result]) -> dict[str, str | None]:
    """Return the facts of one fault and what became of it."""
    result = built.get(one.name) if one.name and one.outcome != "mended" else None
    if result is None:
        return {"outcome": one.outcome, "name": one.name, "message": one.message}
    if result.status in ("ok", "cached"):
        return {"outcome": "rebuilt", "name": one.name, "message": one.message}
    return {"outcome": "failed", "name": one.name, "message": result.message}


def _show(rows: Sequence[Mapping[str, str | None]], root: str, style: str) -> None:
    if style == "json":
        write_json({"version": 1, "root": root, "faults": rows})
        return
    for one in rows:
        place = f"{root}/{one['name']}" if one["name"] else root
        click.echo(row(one["outcome"], place, one["message"]))
    if not rows:
        click.echo(f"{root}: nothing to mend")
