"""What recipes share: reading checked arguments, and the frame of a script.

In: a `RecipeInput`. Out: its arguments as shell text or as quoted words, and a
`BuildScript`: `set -eu`, the folder, the exports, the steps. `${DEP:name}`
becomes the store path of the dependency whose pname is `name`.

Raises ProgramError with all errors of the arguments: E2 for a `${DEP:…}` that is
not declared, E1 for an open quote, E28 for a NUL, each at the text.
"""

from collections.abc import Callable, Iterator

from ..ir.dependencies import Dependencies
from ..ir.diagnostics import Code, Collector
from ..ir.recipe import BuildScript, RecipeInput
from ..ir.shell_words import split_words
from ..ir.span import Span
from ..ir.text import Part, Text, join, literal
from ..ir.value import BoolValue, Field, ListValue, RecordValue, TextValue, Value, get, plain
from .rpath import NEED_PATCHELF, SET_RPATH
from .words import line, quoted

__all__ = ["ENTER", "STAY", "VENDORED", "Arguments", "enter_unless"]

ENTER = """\
_top=(*)
if [ ${#_top[@]} = 1 ] && [ -d "${_top[0]}" ]; then
  case ${_top[0]} in
    bin | etc | include | lib | libexec | sbin | share) ;;
    *) cd -- "${_top[0]}" ;;
  esac
fi
unset _top"""
"""Enter the sole top folder of an archive; a folder of the file hierarchy is content."""

STAY = ""
"""Build in $SOURCE itself."""

VENDORED = """\
if [ -n "${VENDOR-}" ]; then
  case $(ls -A "$VENDOR") in
    vendor | node_modules | wheels) VENDOR+=/$(ls -A "$VENDOR") ;;
  esac
fi
_need_network() {
  if [ -e /proc/net/route ] && [ "$(wc -l </proc/net/route)" -le 1 ]; then
    echo "$1 has to fetch dependencies, and this build has no network" >&2
    echo "hint: give them as the package's vendor source, or set network = true in it" >&2
    exit 1
  fi
}"""
"""Enter the sole folder of a vendored archive; and a function that fails at once where the
only network is the loopback interface."""


def enter_unless(name: str) -> str:
    """Enter the sole top folder unless a file of that name is here."""
    return f"if [ ! -e {name} ]; then\n{ENTER}\nfi"


class Arguments:
    """The arguments of one package, as a recipe needs them."""

    def __init__(self, given: RecipeInput) -> None:
        self.pname = given.pname
        self._given = given
        self._dependencies = Dependencies(given.dependencies, given.pnames)
        self._found = Collector()

    def has(self, name: str) -> bool:
        """Whether an argument is there."""
        return get(self._given.arguments, name) is not None

    def flag(self, name: str) -> bool:
        """Return a Bool; False if it is not there."""
        value = get(self._given.arguments, name)
        return isinstance(value, BoolValue) and value.value

    def shell(self, name: str) -> list[Text]:
        """Return shell text as it is, line by line; none if the argument is not there."""
        return [text for text, _ in self._texts(get(self._given.arguments, name))]

    def text(self, name: str, otherwise: str = "") -> Text:
        """Return one text, not quoted."""
        for text, _ in self._texts(get(self._given.arguments, name)):
            return text
        return (otherwise,)

    def word(self, name: str, otherwise: str = "") -> Text:
        """Return one text as one quoted word."""
        return quoted(self.text(name, otherwise))

    def words(self, name: str, quote: Callable[[Text], Text] = quoted) -> list[Text]:
        """Return quoted words: the elements of a list, or a text split as a shell would."""
        value = get(self._given.arguments, name)
        found = self._texts(value)
        if not isinstance(value, ListValue):
            found = [(piece, span) for text, span in found for piece in self._split(text, span)]
        return [quote(text) for text, _ in found]

    def entries(self, name: str) -> list[tuple[Field, Text]]:
        """Return the fields of a record of texts, each with its text, not quoted."""
        record = get(self._given.arguments, name)
        fields = record.fields if isinstance(record, RecordValue) else ()
        return [(field, text) for field in fields for text, _ in self._texts(field.value)]

    def records(self, name: str) -> list[dict[str, Text]]:
        """Return a list of records of texts."""
        value = get(self._given.arguments, name)
        items = value.items if isinstance(value, ListValue) else ()
        return [
            {field.label: text for field in item.fields for text, _ in self._texts(field.value)}
            for item in items
            if isinstance(item, RecordValue)
        ]

    def packages(self, name: str) -> list[Text]:
        """Return the store paths of the packages that an argument lists or is."""
        value = get(self._given.arguments, name)
        items = value.items if isinstance(value, ListValue) else (value,) if value else ()
        return [self._package(item) for item in items]

    def _package(self, item: Value) -> Text:
        pname = plain(item)
        if pname is None:
            return self._texts(item)[0][0]
        return join([self._dependencies.out(pname, item.span, self._found)])

    def refuse(self, message: str, span: Span, hint: str | None = None) -> None:
        """Note that an argument does not fit: E1."""
        self._found.error(Code.E1, message, span, hint=hint)

    def script(self, *steps: str | Text | list[Text], enter: str | Text = ENTER) -> BuildScript:
        """Frame the steps of a build; a list holds lines. `enter` is used without `src_dir`.

        Raises ProgramError with everything that was wrong with the arguments.
        """
        lines: list[Text] = [("set -eu",)]
        lines.append(line("cd --", self.word("src_dir")) if self.has("src_dir") else line(enter))
        lines += [(f"export {field.label}=", *quoted(text)) for field, text in self.entries("env")]
        if self.flag("rpath"):
            steps = (NEED_PATCHELF, *steps, SET_RPATH)
        for step in steps:
            lines += step if isinstance(step, list) else [line(step)]
        self._found.raise_errors()
        return BuildScript(join(part for text in lines for part in _ended(text)))

    def _texts(self, value: Value | None) -> list[tuple[Text, Span]]:
        """Return the texts that a value is or holds, with dependencies filled in."""
        items = value.items if isinstance(value, ListValue) else (value,)
        return [
            (join(self._parts(item)), item.span) for item in items if isinstance(item, TextValue)
        ]

    def _parts(self, value: TextValue) -> Iterator[Part]:
        if any("\0" in part for part in value.text if isinstance(part, str)):
            self._found.error(Code.E28, "a script cannot hold a NUL character", value.span)
        return self._dependencies.filled(value.text, value.span, self._found)

    def _split(self, text: Text, span: Span) -> list[Text]:
        if "\0" in (literal(text) or ""):
            return []
        try:
            return split_words(text)
        except ValueError:
            self.refuse("a quote is opened and not closed", span, "write a list of words")
            return []


def _ended(text: Text) -> Text:
    """End a line that is not empty and not ended yet."""
    last = text[-1] if text else ""
    return text if isinstance(last, str) and (not last or last.endswith("\n")) else (*text, "\n")
