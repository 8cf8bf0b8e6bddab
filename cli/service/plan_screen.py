"""The screen of a plan: what a person reads in ten seconds.

In: a target, a bundle, and a plan with its baseline. Out: lines. What happens to many for one
reason is told once, what is more than fits is counted, and `--format json` has all of it.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

import click

from ...ir.bundle import Bundle
from ...ir.names import StoreName
from ...ir.plan import Plan, UnitAction
from ...runtime.deploy.target.layout import Target, generation_name
from ...runtime.service.baseline import Baseline
from .exposure import Exposures
from .planned import changes, difference, place_of

__all__ = ["coloured", "lines"]

ENTRIES = 6
"""How many entries the units, the files, the packages and the secrets each have at most."""
CHANGED_LINES = 12
"""How many lines of changed files are shown, of all files together."""
ALIKE = 3
"""Up to so many units with one reason stand on lines of their own."""
WIDTH = 78
LONGEST_LINE = 2 * WIDTH
"""Of a changed line; a file may well be a single one."""

USUAL = ("none", "kept")
SIGNS = {"added": "+", "changed": "~", "removed": "-"}
COLOURS = {
    **dict.fromkeys(("+", "start"), "green"),
    **dict.fromkeys(("~", "restart", "reload"), "yellow"),
    **dict.fromkeys(("-", "stop", "!"), "red"),
}
HASH = re.compile(r"\b([a-z2-7]{7})[a-z2-7]{25}(?=-)")


def lines(
    place: Target, bundle: Bundle, baseline: Baseline, plan: Plan, exposures: Exposures
) -> Iterator[str]:
    """Yield the lines: what happens to units first, then why."""
    yield _heading(baseline, plan)
    acting = [one for one in plan.units if one.action != "none"]
    yield from _units(acting)
    yield from _asked(bundle, {one.unit for one in acting})
    yield from _cut([*_exposures(exposures)], "exposure")
    yield from _files(place, bundle, baseline, plan)
    yield from _cut([*_packages(plan)], "package")
    missing = [f"! {one.message} ({place_of(bundle, one)})" for one in baseline.missing]
    yield from _cut(missing, "secret")
    yield from _summary(baseline, plan)


def _heading(baseline: Baseline, plan: Plan) -> str:
    if baseline.live is None:
        return f"{plan.stack}: nothing is live here"
    now = f"{plan.stack}: {generation_name(baseline.live.generation)} is live"
    if baseline.active is None:
        return f"{now}, and none was activated"
    if baseline.active.generation != baseline.live.generation:
        return f"{now}, {generation_name(baseline.active.generation)} was activated last"
    return f"{now}, but an activation was interrupted" if None in baseline.may_run else now


def _units(acting: Sequence[UnitAction]) -> Iterator[str]:
    alike: dict[tuple[object, ...], list[UnitAction]] = {}
    for one in acting:
        alike.setdefault((one.action, one.if_running, one.reason, one.since), []).append(one)
    entries: list[list[UnitAction]] = []
    for group in alike.values():
        entries += [group] if len(group) > ALIKE else [[one] for one in group]
    shown = _shown(len(entries))
    for entry in entries[:shown]:
        yield from _entry(entry)
    rest = [one.action for entry in entries[shown:] for one in entry]
    if rest:
        yield f"  … {len(rest)} more unit(s): {_counted(rest)}"


def _entry(units: Sequence[UnitAction]) -> Iterator[str]:
    first, count = units[0], len(units)
    what = first.unit if count == 1 else f"{count} units"
    sources = dict.fromkeys(one.source for one in units)
    notes = [first.source, "…"] if len(sources) > 1 else [first.source]
    if first.since is not None:
        notes.append(f"since {generation_name(first.since)}")
    when = " if running" if first.if_running else ""
    yield f"  {first.action} {what}{when}: {first.reason}{_in_brackets(notes)}"
    if count > 1:
        yield f"      {_named([one.unit for one in units])}"


def _asked(bundle: Bundle, acting: Collection[str]) -> Iterator[str]:
    asked = [one.name for one in bundle.units if one.health is not None and one.name in acting]
    if asked:
        yield f"  then asked for their health: {_named(asked)}"


def _in_brackets(notes: Iterable[str]) -> str:
    told = ", ".join(note for note in notes if note)
    return f" ({told})" if told else ""


def _named(names: Sequence[str]) -> str:
    """Return as many names as fit on a line, and how many more there are."""
    line, shown = names[0], 1
    for name in names[1:]:
        if len(line) + len(name) > WIDTH - 20:
            return f"{line} … {len(names) - shown} more"
        line, shown = f"{line} {name}", shown + 1
    return line


def _exposures(exposures: Exposures) -> Iterator[str]:
    """Yield what units expose, those that are alike together, the most exposed first."""
    if exposures.unmeasured is not None:
        yield f"exposure not measured: {exposures.unmeasured}"
    alike: dict[tuple[int, str], list[str]] = {}
    for name, change in exposures.changes.items():
        alike.setdefault((-change.after.tenths, str(change)), []).append(name)
    for (_, scores), names in sorted(alike.items()):
        yield f"exposure {scores}: {_named(names)}"


def _files(place: Target, bundle: Bundle, baseline: Baseline, plan: Plan) -> Iterator[str]:
    """Yield what changes on disk, the files of units last: what changes them is told above."""
    units = {unit.path for unit in bundle.units}
    units |= {unit.path for unit in baseline.live.units} if baseline.live else set()
    found = [file for file in plan.files if file.change != "kept"]
    found.sort(key=lambda file: file.path in units)
    left, shown = CHANGED_LINES, _shown(len(found))
    for file in found[:shown]:
        yield f"  {SIGNS[file.change]} {file.path}{_in_brackets([file.source])}"
        changed = difference(place, bundle, baseline, file, 0) if left else []
        yield from (f"      {_short(line)}" for line in changed[:left])
        if len(changed) > left:
            yield f"      … {len(changed) - left} more line(s)"
        left = max(0, left - len(changed))
    rest = [file.change for file in found[shown:]]
    if rest:
        yield f"  … {len(rest)} more file(s): {_counted(rest)}"


def _short(line: str) -> str:
    """Return a line that fits, with hashes of the store cut to what tells them apart."""
    text = HASH.sub(r"\1…", line)
    return text if len(text) <= LONGEST_LINE else f"{text[: LONGEST_LINE - 1]}…"


def _packages(plan: Plan) -> Iterator[str]:
    added, removed = map(_by_plain, (plan.packages_added, plan.packages_removed))
    for name in sorted(added.keys() | removed.keys()):
        if name in added and name in removed:
            yield f"~ package {name}: made of other things ({removed[name]} → {added[name]})"
        else:
            yield f"{'+' if name in added else '-'} package {name}"


def _by_plain(names: Iterable[StoreName]) -> dict[str, str]:
    """Map `hello-1.0` to the beginning of its hash."""
    return {name.partition("-")[2]: name[:7] for name in names}


def _cut(entries: Sequence[str], what: str) -> Iterator[str]:
    shown = _shown(len(entries))
    yield from (f"  {entry}" for entry in entries[:shown])
    if len(entries) > shown:
        yield f"  … {len(entries) - shown} more {what}(s)"


def _shown(count: int) -> int:
    """Return how many of so many entries are shown: counting a last one takes a line as well."""
    return count if count == ENTRIES + 1 else ENTRIES


def _summary(baseline: Baseline, plan: Plan) -> Iterator[str]:
    if not changes(plan):
        yield "nothing changes"
    else:
        units = _counted(one.action for one in plan.units)
        files = _counted(file.change for file in plan.files)
        yield f"units, with --activate: {units}; files: {files}"
    if plan.packages_added:
        yield "packages: which others they need to run is known after the build"
    if baseline.missing:
        yield f"{len(baseline.missing)} secret(s) missing: a deploy would refuse"


def _counted(words: Iterable[str]) -> str:
    """Return `2 kept, 1 changed`; what is usual comes last."""
    counts = sorted(Counter(words).items(), key=lambda entry: (entry[0] in USUAL, entry[0]))
    return ", ".join(f"{count} {word}" for word, count in counts) or "none"


def coloured(line: str) -> str:
    """Return a line of the screen with its sign, or its action, in colour."""
    if line.startswith("      "):
        sign = line[6:7]
        return click.style(line, fg=COLOURS[sign]) if sign in COLOURS else line
    word = line.split(maxsplit=1)[0]
    return line.replace(word, click.style(word, fg=COLOURS[word]), 1) if word in COLOURS else line
