"""Moved to ir.spell."""

from ..ir.spell import Speller, distance
from ..ir.spell import did_you_mean as nearest

__all__ = ["Speller", "distance", "nearest"]
