"""Settings as files have them: the user's `config.toml` and a project's `punix.toml`.

In: the paths of the two. Out: for each setting its value and place. The format is TOML
with a key for each setting, named as its option is: `store-root = "/srv/store"`.

A project's file comes with the program, perhaps from somebody else. It comes before
the user's, but may say only how its program is compiled, not what happens to the
machine; of two bootstrap modes the stricter one holds.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from ...ir.diagnostics import Code, Collector
from ...ir.node import Frozen, frozen
from ...ir.span import Source, Span
from ...ir.spell import did_you_mean

__all__ = ["SETTINGS", "ConfigFile", "Setting", "merge", "read_file"]

SETTINGS: Mapping[str, bool] = {
    "bootstrap": True,
    "deployments-root": False,
    "fail-fast": True,
    "jobs": True,
    "keep": False,
    "keep-days": False,
    "keep-failed": False,
    "locked": False,
    "max-log": False,
    "max-memory": False,
    "max-output": False,
    "max-processes": False,
    "max-size": False,
    "sandbox": False,
    "scenario": True,
    "store-root": False,
    "system": True,
    "timeout": False,
    "transport-root": False,
    "unsafe-network-fs": False,
    "vault": False,
    "verify": False,
    "wait": False,
}
"""The settings; whether a project's file may have them."""

MODES = ("fast", "seeded", "source", "bootstrappable")
"""The bootstrap modes; where both files choose one, the later of these holds."""

TOML_PLACE = r" ?\(at (?:line (\d+), column (\d+)|end of document)\)$"


@frozen
class Setting(Frozen):
    """A value, the line that sets it, and that line's place: `punix.toml:2`."""

    value: object
    span: Span
    place: str


@frozen
class ConfigFile(Frozen):
    """What one file sets; `source` is None if it is not there."""

    settings: Mapping[str, Setting]
    source: Source | None = None


def merge(user: ConfigFile, project: ConfigFile, found: Collector) -> dict[str, Setting]:
    """Join two files; collects E32 for what a project's file may not set."""
    for name, setting in project.settings.items():
        if not SETTINGS[name]:
            message = f"'{name}' may not be set beside a program"
            hint = f"take it out; --{name} or your own config.toml may say it"
            found.error(Code.E32, message, setting.span, hint=hint)
    both = [one.settings["bootstrap"] for one in (user, project) if "bootstrap" in one.settings]
    merged = {**user.settings, **project.settings}
    return merged | ({"bootstrap": max(both, key=_strictness)} if both else {})


def _strictness(setting: Setting) -> int:
    """Return the rank of a bootstrap mode; what is none comes first, to be told."""
    return MODES.index(setting.value) if setting.value in MODES else len(MODES)


def read_file(path: Path, found: Collector) -> ConfigFile:
    """Read a file of settings; collects E32 for what is no TOML and for unknown settings."""
    if not path.is_file():
        return ConfigFile({})
    import tomllib  # only who has such a file pays

    name = str(path)
    text = path.read_bytes().decode("utf-8", errors="replace").replace("\r\n", "\n")
    source = Source.of(name, text)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        found.error(Code.E32, *_no_toml(str(problem), text, source))
        return ConfigFile({}, source)
    settings = {}
    for key, value in table.items():
        span = _line_of(key, text, name)
        if key in SETTINGS:
            settings[key] = Setting(value, span, f"{name}:{source.place(span.start).line}")
        else:
            hint = did_you_mean(key, SETTINGS) or "`punix config` lists the settings"
            found.error(Code.E32, f"unknown setting '{key}'", span, hint=hint)
    return ConfigFile(settings, source)


def _no_toml(message: str, text: str, source: Source) -> tuple[str, Span]:
    """Take the place out of what tomllib says: line and column, or the end."""
    place = re.search(TOML_PLACE, message)
    if place and place[1]:
        start = source.lines[int(place[1]) - 1] + int(place[2]) - 1
    else:
        start = max(0, len(text.rstrip()) - 1)
    return re.sub(TOML_PLACE, "", message), Span(source.name, start, start + 1)


def _line_of(key: str, text: str, name: str) -> Span:
    """Find the line that sets a key: it begins with it, and no value is open before it."""
    import tomllib

    head = rf"""^[ \t]*\[*[ \t]*(["']?){re.escape(key)}\1[ \t]*[=.\]]"""
    for match in re.finditer(head, text, re.MULTILINE):
        try:
            tomllib.loads(text[: match.start()])
        except tomllib.TOMLDecodeError:
            continue  # inside a string or a list of several lines
        end = text.find("\n", match.start())
        return Span(name, match.start(), end if end >= 0 else len(text))
    return Span(name, 0, 0)  # a key that is written with escapes
