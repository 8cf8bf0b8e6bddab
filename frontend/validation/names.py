"""What a text must be the name of: recipes, backends, packages, services, dependencies.

In: the vocabulary, the modules and their values. Out: nothing; reports E8 for
unknown recipes and backends, E2 for other names that mean nothing, E7 for a
package that depends on itself.
"""

from collections.abc import Container, Iterable, Mapping

from ...ir.diagnostics import Code, Collector
from ...ir.names import shorten
from ...ir.node import Frozen, frozen
from ...ir.shape import Schema
from ...ir.span import Span
from ...ir.spell import Speller, did_you_mean
from ...ir.text import Out
from ...ir.value import Field, ListValue, RecordValue, TextValue, Value, get, plain
from ..evaluation.poison import POISON
from ..symbols.declarations import Declarations, MemberDecl, ModuleDecl
from ..symbols.references import Key
from .use_site import UseSite, misuse

__all__ = ["ModuleNames", "Vocabulary", "World", "pnames"]


@frozen
class Vocabulary(Frozen):
    """What a program may name besides its own modules: recipes with their arguments, backends."""

    recipes: Mapping[str, Schema]
    backends: frozenset[str]


@frozen
class World(Frozen):
    """All that names are looked up in; `pnames` maps a pname to the modules that have it.

    `read_whole` is false where syntax errors may have hidden a pname.
    """

    vocabulary: Vocabulary
    declarations: Declarations
    used: Container[Key]
    values: Mapping[Key, Value]
    pnames: Mapping[str, list[str]]
    read_whole: bool
    pname_spelling: Speller
    package_spelling: Speller


def pnames(declarations: Declarations, values: Mapping[Key, Value]) -> dict[str, list[str]]:
    """Map each pname to the packages that have it, sorted."""
    found: dict[str, list[str]] = {}
    for module in declarations.modules.values():
        if module.kind == "package":
            value = values.get((module.name, "pname"), POISON)
            word = plain(value) if value is not POISON else None
            if word is not None:
                found.setdefault(word, []).append(module.name)
    return found


class ModuleNames:
    """The names that the values of one module may mention."""

    def __init__(self, world: World, module: ModuleDecl, collector: Collector) -> None:
        self._world = world
        self._module = module
        self._collector = collector
        self._services: set[str] | None = None
        self._service_spelling = Speller(())

    def own(self, part: Out) -> bool:
        """Whether a store path is that of this module, which is a package."""
        return part.module == self._module.name

    def arguments(self) -> tuple[str, Schema] | None:
        """Return this package's recipe and its arguments; None if the recipe is unknown."""
        value = self._world.values.get((self._module.name, "recipe"), POISON)
        word = None if value is POISON else plain(value)
        schema = self._world.vocabulary.recipes.get(word) if word is not None else None
        return (word, schema) if word is not None and schema is not None else None

    def as_record(self, value: Value, schema: Schema | None) -> RecordValue | None:
        """Return the members of the data module that a text names, as a record.

        Members that only help others (used, and no field of the schema) are left out.
        """
        word = plain(value) if value is not POISON else None
        module = self._world.declarations.modules.get(word) if word is not None else None
        if schema is None or module is None or module.kind != "data" or not module.whole:
            return None
        fields = [
            Field(member.name, self._world.values.get(member.key, POISON), _extent(member))
            for member in module.members.values()
            if schema.get(member.name) is not None or member.key not in self._world.used
        ]
        return RecordValue(tuple(fields), module.span)

    def name(self, kind: str, text: TextValue, word: str | None, at: UseSite) -> None:
        """Report a text that is not the name of a `kind`."""
        if kind == "dependency":
            self._dependency(text, word, at)
        elif word is None:
            self._report(Code.E1, text, at, f"'{at.label}' of {at.owner} takes a plain name")
        elif kind in ("recipe", "backend"):
            self._vocabulary(kind, text, word, at)
        elif kind == "service":
            self._service(text, word, at)
        else:
            self._named_module("data" if kind == "data module" else kind, text, word, at)

    def _report(
        self, code: Code, text: TextValue, at: UseSite, message: str, hint: str | None = None
    ) -> None:
        misuse(self._collector, text, at, message, hint, code)

    def _vocabulary(self, kind: str, text: TextValue, word: str, at: UseSite) -> None:
        vocabulary = self._world.vocabulary
        known: Iterable[str] = vocabulary.recipes if kind == "recipe" else vocabulary.backends
        if word not in known:
            full = [name for name in sorted(known) if name.endswith(f".{word}")]
            hint = f"did you mean '{full[0]}'?" if full else did_you_mean(word, known)
            hint = hint or f"one of {', '.join(sorted(known))}"
            self._report(Code.E8, text, at, f"unknown {kind} '{shorten(word)}'", hint)

    def _named_module(self, kind: str, text: TextValue, word: str, at: UseSite) -> None:
        module = self._world.declarations.modules.get(word)
        if module is not None and (module.kind == kind or not module.whole):
            return
        noun = "module" if kind == "data" else kind
        if module is not None:
            message = f"'{word}' is a {module.kind} module, not a {kind} module"
            hint = HINTS.get(kind)
            self._report(Code.E2, text, at, message, hint)
            return
        spelling = self._world.package_spelling
        if kind != "package":
            spelling = self._world.declarations.spelling
        message = f"unknown {noun} '{shorten(word)}'"
        self._report(Code.E2, text, at, message, spelling.hint(word))

    def _service(self, text: TextValue, word: str, at: UseSite) -> None:
        if self._services is None:
            self._services = self._service_names()
            self._service_spelling = Speller(sorted(self._services))
        if word not in self._services and POISON_NAME not in self._services:
            twin = _twin(word) if _twin(word) in self._services else None
            hint = f"did you mean '{twin}'?" if twin else self._service_spelling.hint(word)
            hint = hint or f"'{at.label}' names services of this stack"
            self._report(Code.E2, text, at, f"unknown service '{shorten(word)}'", hint)

    def _service_names(self) -> set[str]:
        """Return the names of this stack's services; with POISON_NAME if not all are known."""
        services = self._world.values.get((self._module.name, "services"), POISON)
        if services is POISON or not isinstance(services, ListValue):
            return {POISON_NAME}
        found: set[str] = set()
        for item in services.items:
            record: Value | None = item
            if isinstance(item, TextValue):
                module = plain(item) if item is not POISON else None
                name = self._world.values.get((module or "", "name"), POISON)
            else:
                name = (get(record, "name") if isinstance(record, RecordValue) else None) or POISON
            word = None if name is POISON else plain(name)
            found.add(POISON_NAME if word is None else word)
        return found

    def _dependency(self, text: TextValue, word: str | None, at: UseSite) -> None:
        if word is None:
            if not (len(text.text) == 1 and isinstance(text.text[0], Out)):
                message = f"'{at.label}' of {at.owner} takes X.pname, X.out or a pname"
                self._report(Code.E2, text, at, message)
            return
        owners = self._world.pnames.get(word)
        if owners is None and not self._world.read_whole:
            return
        if owners is None:
            hint = self._world.pname_spelling.hint(word)
            self._report(Code.E2, text, at, f"no package has the pname '{shorten(word)}'", hint)
        elif owners == [self._module.name]:
            message = f"package '{self._module.name}' depends on itself"
            self._collector.error(Code.E7, message, at.place(text), hint="remove it")


def _twin(service: str) -> str:
    """Return the other of the two names of a unit, `web` and `web.service`."""
    name = service.removesuffix(".service")
    return name if name != service else f"{name}.service"


def _extent(member: MemberDecl) -> Span:
    """Return the place of a member from its name to the end of its own value."""
    own = [offer.expr.span.end for offer in member.offers if offer.span == member.span]
    return Span(member.span.file, member.span.start, max(own, default=member.span.end))


HINTS = {
    "package": "name a module that has a recipe",
    "stack": "name a module that has a backend",
}

POISON_NAME = ""
"""Stands for a service whose name an error hides; no service may have it."""
