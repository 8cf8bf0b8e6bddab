"""What a text must be the name of: recipes, backends, packages, services, dependencies.

In: the vocabulary, the modules and their values. Out: nothing; reports E8 for
unknown recipes and backends, E2 for other names that mean nothing, E7 for a
package that depends on itself.
"""

from collections.abc import Container, Iterable, Mapping

from ...ir.diagnostics import Code, Collector
from ...ir.names import shorten
from ...ir.node import Frozen, frozen
from ...ir.schema.shape import Schema
from ...ir.span import Span
from ...ir.spell import Speller, did_you_mean
from ...ir.text import Out
from ...ir.value import Field, ListValue, RecordValue, TextValue, Value, get
from ..evaluation.poison import POISON, known_text
from ..symbols.declarations import Declarations, MemberDecl, ModuleDecl
from ..symbols.references import Key
from .use_site import UseSite, report_misuse

__all__ = ["ModuleScope", "ProgramScope", "Vocabulary", "program_scope"]


@frozen
class Vocabulary(Frozen):
    """What a program may name besides its own modules: recipes with their arguments, backends."""

    recipes: Mapping[str, Schema]
    backends: frozenset[str]


@frozen
class ProgramScope(Frozen):
    """All that names are looked up in; `pnames` maps a pname to the packages that have it.

    `read_whole` is false where syntax errors may have hidden a pname.
    """

    vocabulary: Vocabulary
    declarations: Declarations
    used: Container[Key]
    values: Mapping[Key, Value]
    pnames: dict[str, list[str]]
    read_whole: bool
    pname_spelling: Speller
    package_spelling: Speller


def program_scope(
    vocabulary: Vocabulary,
    declarations: Declarations,
    used: Container[Key],
    values: Mapping[Key, Value],
    *,
    read_whole: bool,
) -> ProgramScope:
    """Collect what names may mean in an evaluated program."""
    packages = [module.name for module in declarations.modules.values() if module.kind == "package"]
    pnames: dict[str, list[str]] = {}
    for name in packages:
        word = known_text(values.get((name, "pname")))
        if word is not None:
            pnames.setdefault(word, []).append(name)
    spelling = Speller(pnames), Speller(packages)
    return ProgramScope(vocabulary, declarations, used, values, pnames, read_whole, *spelling)


class ModuleScope:
    """The names that the values of one module may mention."""

    def __init__(self, scope: ProgramScope, module: ModuleDecl, collector: Collector) -> None:
        self._scope = scope
        self._module = module
        self._collector = collector
        self._services: set[str] | None = None
        self._service_spelling = Speller(())

    def own(self, part: Out) -> bool:
        """Whether a store path is that of this module, which is a package."""
        return part.module == self._module.name

    def arguments(self) -> tuple[str, Schema] | None:
        """Return this package's recipe and its arguments; None if the recipe is unknown."""
        word = known_text(self._scope.values.get((self._module.name, "recipe"))) or ""
        schema = self._scope.vocabulary.recipes.get(word)
        return (word, schema) if schema is not None else None

    def as_record(self, value: Value, schema: Schema | None) -> RecordValue | None:
        """Return the members of the data module that a text names, as a record.

        Members that only help others (used, and no field of the schema) are left out.
        """
        module = self._scope.declarations.modules.get(known_text(value) or "")
        if schema is None or module is None or module.kind != "data" or not module.whole:
            return None
        fields = [
            Field(member.name, self._scope.values.get(member.key, POISON), _extent(member))
            for member in module.members.values()
            if schema.get(member.name) is not None or member.key not in self._scope.used
        ]
        return RecordValue(tuple(fields), module.span)

    def name(self, kind: str, text: TextValue, word: str | None, at: UseSite) -> None:
        """Report a text that is not the name of a `kind`."""
        if kind == "dependency":
            self._dependency(text, word, at)
        elif word is None:
            self._report(Code.E1, text, at, f"{at.shown} takes a plain name")
        elif kind in ("recipe", "backend"):
            self._vocabulary(kind, text, word, at)
        elif kind == "service":
            self._service(text, word, at)
        else:
            self._named_module("data" if kind == "data module" else kind, text, word, at)

    def _report(
        self, code: Code, text: TextValue, at: UseSite, message: str, hint: str | None = None
    ) -> None:
        report_misuse(self._collector, text, at, message, hint, code)

    def _vocabulary(self, kind: str, text: TextValue, word: str, at: UseSite) -> None:
        vocabulary = self._scope.vocabulary
        known: Iterable[str] = vocabulary.recipes if kind == "recipe" else vocabulary.backends
        if word not in known:
            full = [name for name in sorted(known) if name.endswith(f".{word}")]
            hint = f"did you mean '{full[0]}'?" if full else did_you_mean(word, known)
            hint = hint or f"one of {', '.join(sorted(known))}"
            self._report(Code.E8, text, at, f"unknown {kind} '{shorten(word)}'", hint)

    def _named_module(self, kind: str, text: TextValue, word: str, at: UseSite) -> None:
        module = self._scope.declarations.modules.get(word)
        if module is not None and (module.kind == kind or not module.whole):
            return
        noun = "module" if kind == "data" else kind
        if module is not None:
            message = f"'{word}' is a {module.kind} module, not a {kind} module"
            hint = HINTS.get(kind)
            self._report(Code.E2, text, at, message, hint)
            return
        spelling = self._scope.package_spelling
        if kind != "package":
            spelling = self._scope.declarations.spelling
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
        services = self._scope.values.get((self._module.name, "services"), POISON)
        if not isinstance(services, ListValue):
            return {POISON_NAME}
        return {self._service_name(item) for item in services.items}

    def _service_name(self, item: Value) -> str:
        """Return the name in a record, or in the data module that a text names."""
        name: Value | None = None
        if isinstance(item, RecordValue):
            name = get(item, "name")
        elif isinstance(item, TextValue):
            name = self._scope.values.get((known_text(item) or "", "name"))
        return known_text(name) or POISON_NAME

    def _dependency(self, text: TextValue, word: str | None, at: UseSite) -> None:
        if word is None:
            if not (len(text.text) == 1 and isinstance(text.text[0], Out)):
                message = f"{at.shown} takes X.pname, X.out or a pname"
                self._report(Code.E2, text, at, message)
            return
        owners = self._scope.pnames.get(word)
        if owners is None and not self._scope.read_whole:
            return
        if owners is None:
            hint = self._scope.pname_spelling.hint(word)
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
