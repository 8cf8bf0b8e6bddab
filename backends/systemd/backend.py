"""The backend `systemd`, as `backends.base` loads it."""

from collections.abc import Callable, Mapping, Sequence

from ...ir.bundle import Bundle
from ...ir.closure import Closure
from ...ir.diagnostics import Diagnostic
from ...ir.manifest import Manifest
from ...ir.names import Digest, ModuleName
from ...ir.plan import Plan
from .emit import emit
from .escape import file_value
from .exposure import bearing
from .hidden import hidden_folders
from .too_new import too_new
from .transition import transition

__all__ = ["BACKEND", "Systemd"]


class Systemd:
    """Service units, of the machine or of a user; see `backends.base.Backend`."""

    name = "systemd"

    def emit(self, closure: Closure, stack: ModuleName) -> Bundle:
        return emit(closure, stack)

    def transition(
        self, old: Manifest | None, new: Bundle, secrets: Mapping[str, Digest] | None = None
    ) -> Plan:
        return transition(old, new, secrets)

    def secret(self, value: str) -> str:
        return file_value(value)

    def hidden_folders(self, text: str) -> Mapping[str, str]:
        return hidden_folders(text)

    @property
    def too_new(self) -> Callable[[Bundle, int], Sequence[Diagnostic]]:
        return too_new

    @property
    def bearing(self) -> Callable[[str], str]:
        return bearing


BACKEND = Systemd()
