"""`punix build`: build packages from a program.

In: a program. Out: one line for each package on stdout, tab separated, and a
line that counts them, or a document; progress on stderr.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import click

from ...ir.derivation import PackageRef
from ...ir.names import ModuleName, StoreName
from ...ir.node import Frozen, frozen
from ...runtime.building.result import Result, Status
from ...runtime.store.store import Store
from .. import options
from ..compiling.pipeline import lower, packages_of, refuse_seeds, wanted_names
from ..compiling.program import load_program
from ..compiling.settings import Settings, with_settings
from ..console import tell_waiting, write_json
from ..exit_codes import BUILD_FAILED
from .pinned import refuse_unpinned
from .realise import Build, check_all, failure_line, realise_all, with_build

__all__ = ["build"]


@frozen
class Row(Frozen):
    """What became of the package of a module, or what would: `planned` is not built yet."""

    module: ModuleName
    path: Path
    status: Status | Literal["planned"]
    message: str = ""
    seconds: float = 0.0
    log: Path | None = None

    @property
    def is_failure(self) -> bool:
        """Whether the package did not come to be."""
        return self.status in ("failed", "skipped")


def _packages(text: str) -> list[str]:
    names = [part.strip() for part in text.split(",") if part.strip()]
    if not names:
        raise click.BadParameter(f"'{text}' names no package")
    return names


@click.command()
@options.files
@click.option("--dry-run", is_flag=True, help="Build nothing; show the paths that would result.")
@click.option(
    "--only", type=_packages, metavar="A,B", help="Only these packages, and what they need."
)
@click.option("--check", is_flag=True, help="Build what is there again, and compare.")
@options.output_format("text", "json")
@with_build
@with_settings
def build(
    files: tuple[str, ...],
    dry_run: bool,
    only: list[str] | None,
    check: bool,
    style: str,
    building: Build,
    settings: Settings,
) -> int:
    """Build packages from a program.

    FILE is a program file or a folder of them; all together are one program.
    """
    if check and (dry_run or building.sandbox == "off"):
        raise click.UsageError("--check builds: not with --dry-run, and not with --sandbox=off")
    lowered = lower(load_program(files or (".",), settings.scenario), settings)
    graph = packages_of(lowered, settings)
    names = wanted_names(graph, only)
    if dry_run:
        rows = [_foreseen(module, name, building.store) for module, name in names.items()]
        _tell(rows, style)  # also what is refused has a path
        refuse_seeds(lowered, names)
        if building.locked:
            refuse_unpinned(graph, names.values())
        return 0
    refuse_seeds(lowered, names)
    with building.prepared().using(waiting=tell_waiting):
        make = check_all if check else realise_all
        results = make(graph, names.values(), building, style == "text")
    rows = _rows(graph.packages, names, results, building.store)
    _tell(rows, style)
    return BUILD_FAILED if any(row.is_failure for row in rows) else 0


def _foreseen(module: ModuleName, name: StoreName, store: Store) -> Row:
    return Row(module, store.path(name), "cached" if store.is_valid(name) else "planned")


def _rows(
    packages: Iterable[PackageRef],
    wanted: Iterable[ModuleName],
    results: Iterable[Result],
    store: Store,
) -> list[Row]:
    """Return what became of what was wanted, and each failure of what that needed."""
    wanted = set(wanted)
    found = {result.name: result for result in results}
    return [
        Row(ref.module, store.path(ref.name), it.status, it.message, it.seconds, it.log)
        for ref in packages
        if (it := found.get(ref.name)) and (ref.module in wanted or it.status == "failed")
    ]


def _tell(rows: list[Row], style: str) -> None:
    if style == "json":
        write_json(_document(rows))
    else:
        click.echo(_as_text(rows))


def _as_text(rows: list[Row]) -> str:
    """Write the fields of each package, with tabs between, and a line that counts."""
    lines = [_line(row) for row in rows]
    failed = sum(row.is_failure for row in rows)
    return "\n".join([*lines, f"{len(rows)} packages: {len(rows) - failed} ok, {failed} failed"])


def _line(row: Row) -> str:
    if row.is_failure:
        return failure_line(row.module, row.message)
    line = f"ok\t{row.module}\t{row.path}"
    return f"{line}\treproducible" if row.status == "reproducible" else line


def _document(rows: list[Row]) -> dict[str, object]:
    """Write all that is known of each package as a versioned document."""
    packages = [
        {
            "module": row.module,
            "name": row.path.name,
            "path": str(row.path),
            "status": row.status,
            "seconds": round(row.seconds, 3),
            "log": str(row.log) if row.log else None,
            "message": row.message,
        }
        for row in rows
    ]
    failed = sum(row.is_failure for row in rows)
    return {
        "version": 1,
        "ok": len(rows) - failed,
        "failed": failed,
        "packages": packages,
    }
