"""`punix why-rebuild`: which input of a package changed since it was last built.

In: a program, a module, and the store with what was built before. Out: each package on
the way down that differs by itself, and how; down to the first causes.
"""

from collections.abc import Iterator

import click

from ...ir.derivation import Derivation, DerivationGraph
from ...ir.names import RootPath, StoreName
from ...ir.node import Frozen, frozen
from ...passes.rebuild import Cause, Change, causes
from ...runtime.store.build_records import recorded
from ...runtime.store.store import Entry, Store
from .. import options
from ..compiling.pipeline import lower, packages_of, wanted_names
from ..compiling.program import load_program
from ..compiling.settings import Settings, with_settings
from ..console import printable, shortened, write_json

__all__ = ["why_rebuild"]

LONGEST_PATH = 6
FILES = ("source.digest", "vendor.digest")
SHORT = 70
"""A value on one line is cut to so many characters."""


@frozen
class Answer(Frozen):
    """What is wanted, whether it is there, and how it differs from what was built `last`."""

    wanted: Derivation
    is_built: bool
    last: Entry | None
    causes: tuple[Cause, ...]


@click.command("why-rebuild")
@click.argument("module")
@options.program
@options.store_root
@options.output_format("text", "json")
@with_settings
def why_rebuild(
    module: str, files: tuple[str, ...], store_root: RootPath, style: str, settings: Settings
) -> None:
    """Say which input of MODULE's package changed since its last build."""
    program = load_program(files, settings.scenario)
    graph = packages_of(lower(program, settings), settings)
    [name] = wanted_names(graph, [module]).values()
    answer = _answer(name, graph, Store(store_root))
    if style == "json":
        write_json(_document(answer))
    else:
        click.echo("\n".join(_as_text(answer)))


def _answer(name: StoreName, graph: DerivationGraph, store: Store) -> Answer:
    orders = {order.name: order for order in graph.derivations}
    wanted = orders[name]
    if store.is_valid(name):
        return Answer(wanted, True, store.entry(name), ())
    last = _last_build(wanted, store)
    if last is None:
        return Answer(wanted, False, None, ())
    found = causes(last.name, name, lambda one: recorded(store, one), orders)
    return Answer(wanted, False, last, tuple(found))


def _last_build(wanted: Derivation, store: Store) -> Entry | None:
    """Return the entry of the same package that was built last."""
    same = [one for one in store.names() if one.label.startswith(f"{wanted.pname}-")]
    entries = [entry for one in same if (entry := store.entry(one)).pname == wanted.pname]
    return max(entries, key=lambda entry: (entry.built_at, entry.name), default=None)


def _as_text(answer: Answer) -> Iterator[str]:
    """Yield the lines for a person."""
    wanted, last = answer.wanted, answer.last
    if last is None:
        yield f"{wanted.module} was never built here"
        return
    if answer.is_built:
        yield f"{wanted.module} is built: nothing changed since {last.built_at}"
        return
    yield f"{wanted.module} is to be built anew; last built {last.built_at} as {last.name}"
    for cause in answer.causes:
        yield f"  {_chain(cause.path)}"
        if not cause.changes:
            yield f"    was {cause.before}; what that was built from is not known"
        for change in cause.changes:
            yield from (f"    {printable(line)}" for line in _change_lines(change))


def _chain(path: tuple[str, ...]) -> str:
    """Write how one comes to a package; of a long way both ends."""
    if len(path) > LONGEST_PATH:
        return " → ".join([*path[:3], f"… {len(path) - 5} more …", *path[-2:]])
    return " → ".join(path)


def _change_lines(change: Change) -> Iterator[str]:
    if change.diff:
        yield f"{change.field} changed"
        yield from (f"  {line}" for line in change.diff)
    elif change.field in FILES:
        yield f"{change.field.partition('.')[0]}: its files changed"
    elif change.before is None:
        yield f"{change.field} is new: {shortened(change.after or '', SHORT)}"
    elif change.after is None:
        yield f"{change.field} is gone: {shortened(change.before, SHORT)}"
    else:
        before, after = shortened(change.before, SHORT), shortened(change.after, SHORT)
        yield f"{change.field}: {before} → {after}"


def _document(answer: Answer) -> dict[str, object]:
    last = answer.last
    return {
        "version": 1,
        "module": answer.wanted.module,
        "name": answer.wanted.name,
        "built": answer.is_built,
        "last": {"name": last.name, "built_at": last.built_at} if last else None,
        "causes": [_cause_json(cause) for cause in answer.causes],
    }


def _cause_json(cause: Cause) -> dict[str, object]:
    changes = [
        {
            "field": one.field,
            "before": one.before,
            "after": one.after,
            "diff": list(one.diff),
        }
        for one in cause.changes
    ]
    return {
        "path": list(cause.path),
        "before": cause.before,
        "after": cause.after,
        "known": bool(cause.changes),
        "changes": changes,
    }
