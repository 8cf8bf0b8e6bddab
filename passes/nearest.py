"""The nearest name, for hints."""

from collections.abc import Iterable

__all__ = ["did_you_mean"]


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """Return "did you mean 'X'?" for the known name most like `name`, None if none is."""
    import difflib  # only a mistake needs it

    near = difflib.get_close_matches(name, sorted(known), n=1)
    return f"did you mean '{near[0]}'?" if near else None
