"""What a suite is handed to measure with."""

from collections.abc import Callable
from typing import Any, Protocol

__all__ = ["Measure"]


class Measure(Protocol):
    """Times a function: `who` does the operation `group` on `size` things.

    The row with `floor` is what the others of its group and size are divided by;
    `target` is the ratio that is wanted.
    """

    def __call__(
        self,
        function: Callable[[], Any],
        *,
        group: str,
        who: str,
        size: int = 1,
        floor: bool = False,
        target: float | None = None,
        rounds: int = 7,
    ) -> None: ...
