"""The hint that names what a person may have meant."""

from collections.abc import Iterable

from ..ir.spell import nearest

__all__ = ["did_you_mean"]


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """Return "did you mean 'X'?" for the known name nearest to `name`, None if none is near."""
    found = nearest(name, known)
    return f"did you mean '{found}'?" if found else None
