"""What services want to be there before they start, to a file of tmpfiles.d(5).

In: the lines of services. Out: the file, each line read field by field and written anew;
nothing where there is no line. What no line may do is E1, where it may not, E18. So is what
else of a stack would lie behind a link that a line makes. Where two would be made, it is E19.

    TYPE PATH [MODE [USER [GROUP [AGE [ARGUMENT]]]]]

Types are those that make something, or set mode and owner; none that only removes, or that
copies what only root reads. A path has no specifier, glob or quote, so what is checked is
what systemd reads.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from ...ir.addresses import SocketAddress
from ...ir.bundle import BundleFile
from ...ir.diagnostics import Code, Collector, Label
from ...ir.names import AccountName, BadName, CheckedStr, FilePath, RootPath, shorten
from ...ir.span import Span
from ...ir.stack import Stack
from ...ir.times import TimeSpan
from ..paths import check_made
from .escape import line_value
from .guard import guarded
from .lines_file import lines_file

__all__ = ["make_tmpfiles"]

FOLDER = "/etc/tmpfiles.d"
TYPES = frozenset(("d", "D", "e", "f", "f+", "L", "L+", "p", "q", "Q", "v", "z", "Z"))
LINKS = frozenset(("L", "L+"))
ADJUST = frozenset(("e", "z", "Z"))
"""Types that make nothing, and set mode and owner of what is there."""
WITH_ARGUMENT = frozenset(("f", "f+", *LINKS))
MODE = re.compile(r"-|0?[0-3]?[0-7]{3}")
RULES: tuple[tuple[str, type[CheckedStr]], ...] = (
    ("path", RootPath),
    ("path", FilePath),
    ("user", AccountName),
    ("group", AccountName),
    ("age", TimeSpan),
)
FIELDS = ("type", "path", "mode", "user", "group", "age", "argument")

Line = tuple[str, Span]


def make_tmpfiles(stack: Stack, found: Collector) -> BundleFile | None:
    """Return the file, None if no service has a line."""
    lines = list(_lines(stack, found))
    if not lines:
        return None
    _check_links(stack, lines, found)
    _check_taken(stack, lines, found)
    return lines_file(FOLDER, stack.module, lines)


def _check_links(stack: Stack, lines: Sequence[Line], found: Collector) -> None:
    """Add E18 for a path behind a link that a line makes: it may lead to a protected one."""
    links = {path for line, _ in lines for kind, path in _made(line) if kind in LINKS}
    for path, span in _places(stack, lines) if links else ():
        for folder in PurePosixPath(path).parents:
            if str(folder) in links:
                message = f"'{path}' is behind the link '{folder}'"
                found.error(Code.E18, message, span, hint="name the place that it leads to")


def _check_taken(stack: Stack, lines: Sequence[Line], found: Collector) -> None:
    """Add E19 for a line that makes what a file of the stack or another line is at as well."""
    files = {str(file.path): file.span for file in stack.config_files}
    first: dict[str, Line] = {}
    for line, span in lines:
        for kind, path in _made(line):
            if kind in ADJUST:
                continue
            if path in files:
                message, there = f"a line of tmpfiles makes the file '{path}'", files[path]
            elif first.setdefault(path, (line, span))[0] != line:
                message, there = f"two lines of tmpfiles make '{path}'", first[path][1]
            else:
                continue
            notes, hint = [Label(there, "the other is here")], "take one of them out"
            found.error(Code.E19, message, span, notes=notes, hint=hint)


def _made(line: str) -> Iterator[tuple[str, str]]:
    """Yield type and path of a line; nothing for one that has no path."""
    kind, _, rest = line.partition(" ")
    if rest:
        yield kind, rest.partition(" ")[0]


def _places(stack: Stack, lines: Sequence[Line]) -> Iterator[tuple[str, Span]]:
    """Yield where the files and sockets of a stack go, and what its lines make."""
    for line, span in lines:
        yield from ((path, span) for _, path in _made(line))
    yield from ((file.path, file.span) for file in stack.config_files)
    for service in stack.services:
        for one in service.socket.listens if service.socket else ():
            address = SocketAddress(str(one.text[0]))
            if address.is_path:
                yield address, one.span


def _lines(stack: Stack, found: Collector) -> Iterator[Line]:
    for service in stack.services:
        for text, span in zip(service.tmpfiles, service.tmpfiles_spans, strict=True):
            if stack.scope == "user":
                hint = "its program can make what it needs"
                found.error(Code.E1, "tmpfiles in a stack of scope 'user'", span, hint=hint)
            else:
                yield _line(text, span, found), span


def _line(text: str, span: Span, found: Collector) -> str:
    """Write a line anew; adds what is wrong with it."""
    value = guarded(line_value, (text,), span, found)
    fields = re.split(r"[ \t]+", str(value[0]), maxsplit=len(FIELDS) - 1) if value else []
    if len(fields) == 1:
        hint = 'such as "d /var/lib/app 0750 app app"'
        found.error(Code.E1, "a line of tmpfiles has a type and a path", span, hint=hint)
    elif fields:
        problems = list(_problems(dict(zip(FIELDS, fields, strict=False))))
        for problem in problems:
            found.error(Code.E1, problem, span)
        if not problems:
            check_made(FilePath(fields[1]), span, found)
    return " ".join(fields)


def _problems(fields: Mapping[str, str]) -> Iterator[str]:
    if fields["type"] not in TYPES:
        yield f"'{shorten(fields['type'])}' is no type of a line: {' '.join(sorted(TYPES))}"
        return  # it is no line then, and its words are no fields
    if not MODE.fullmatch(fields.get("mode", "-")):
        yield f"'{shorten(fields['mode'])}' is not a mode (octal, without setuid)"
    refused: dict[str, str] = {}  # one problem of each field, also of the path with its two rules
    for name, rule in RULES:
        value = fields.get(name, "-")
        try:
            if value != "-" or name == "path":
                rule(value)
        except BadName as problem:
            refused.setdefault(name, str(problem))
    yield from refused.values()
    argument = fields.get("argument", "-")
    if argument != "-" and fields["type"] not in WITH_ARGUMENT:
        yield f"'{shorten(argument)}' is too much in a line of type '{fields['type']}'"
