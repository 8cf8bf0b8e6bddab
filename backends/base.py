"""What a backend is, and which there are.

In: a name. Out: a `Backend`, imported only when it is asked for. Other
distributions add backends through the entry point `punix.backends`, whose name
is the backend's and whose value is a `Backend`.
"""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from ..ir.bundle import Bundle
from ..ir.closure import Closure
from ..ir.diagnostics import Code, Diagnostic, ProgramError
from ..ir.manifest import Manifest
from ..ir.names import Digest, ModuleName
from ..ir.plan import Plan
from ..ir.plugins import installed

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["BACKENDS", "Backend", "backend_names", "load_backend"]


@runtime_checkable
class Backend(Protocol):
    """A service manager, as pure functions."""

    name: str

    def emit(self, closure: Closure, stack: ModuleName) -> Bundle:
        """Make the files and units of a stack of the closure.

        Raises ProgramError with everything that the service manager cannot carry.
        """

    def transition(
        self, old: Manifest | None, new: Bundle, secrets: Mapping[str, Digest] | None = None
    ) -> Plan:
        """Say what a deploy of `new` does where `old` runs.

        `secrets` maps the name of a secret file of `new` to its keyed digest, for
        those that are known; where they are not, a changed value is not seen.
        """

    def secret(self, value: str) -> str:
        """Write a secret's value as it stands in the text of a secret file.

        Raises ValueError, without the value, for one that the file cannot carry.
        """

    def hidden_folders(self, text: str) -> Mapping[str, str]:
        """Return the folders that a service does not see, each with what of its unit says so."""

    @property
    def too_new(self) -> Callable[[Bundle, int], Sequence[Diagnostic]] | None:
        """Says what of a bundle a systemd of a version does not know: an E36 for each.

        None: the units are not systemd's, and a deploy asks it nothing about them.
        """

    @property
    def bearing(self) -> Callable[[str], str] | None:
        """Makes of a unit's text what `systemd-analyze security` measures in its place.

        Units that may do the same give the same text. None: nothing measures the units of
        this backend, and a stack with a limit for them is refused.
        """


BACKENDS: Mapping[str, str] = {"systemd": ".systemd.backend"}
"""The backends that come with punix: name and module, relative to this package."""

GROUP = "punix.backends"


def backend_names() -> frozenset[str]:
    """Return the names of all backends that are installed."""
    return frozenset(BACKENDS) | {entry.name for entry in installed(GROUP)}


def load_backend(name: str) -> Backend:
    """Import a backend. Raises ProgramError (E8) if there is none, or not just one."""
    offers = [entry for entry in installed(GROUP) if entry.name == name]
    if len(offers) + (name in BACKENDS) > 1:
        raise _refused(f"backend '{name}' is there twice; one is '{offers[0].value}'")
    if name in BACKENDS:
        found = import_module(BACKENDS[name], __package__).BACKEND
    elif offers:
        found = _load(offers[0])
    else:
        raise _refused(
            f"unknown backend '{name}'", f"there is {', '.join(sorted(backend_names()))}"
        )
    if not isinstance(found, Backend):
        raise _refused(f"what is installed as '{name}' is not a backend")
    return found


def _load(entry: "EntryPoint") -> object:
    try:
        return entry.load()
    except (ImportError, AttributeError) as problem:
        raise _refused(f"backend '{entry.value}' cannot be loaded: {problem}") from None


def _refused(message: str, hint: str | None = None) -> ProgramError:
    return ProgramError([Diagnostic(Code.E8, message, hint=hint)])
