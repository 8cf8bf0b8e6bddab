"""How commands end that did what they could, and it was not enough.

In: nothing. Out: numbers, as docs/commands.md lists them beside 1, an error, and 2, wrong use.
"""

__all__ = ["ACTIVATION_FAILED", "BUILD_FAILED", "DIFFERS"]

BUILD_FAILED = 3
ACTIVATION_FAILED = 4
DIFFERS = 5
"""What was looked at is not as it should be."""
