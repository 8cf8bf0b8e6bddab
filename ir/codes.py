"""The code of every error, and what it means in a line.

In: nothing. Out: the table; `cli/manual/pages` has a page for each code.
"""

from collections.abc import Mapping
from enum import StrEnum

__all__ = ["MEANINGS", "Code"]


class Code(StrEnum):
    """Every error code; its value is what a person reads, its doc stands in MEANINGS."""

    E0 = "E0"
    E1 = "E1"
    E2 = "E2"
    E3 = "E3"
    E4 = "E4"
    E5 = "E5"
    E6 = "E6"
    E7 = "E7"
    E8 = "E8"
    E9 = "E9"
    E10 = "E10"
    E11 = "E11"
    E12 = "E12"
    E13 = "E13"
    E14 = "E14"
    E15 = "E15"
    E16 = "E16"
    E17 = "E17"
    E18 = "E18"
    E19 = "E19"
    E20 = "E20"
    E21 = "E21"
    E22 = "E22"
    E23 = "E23"
    E24 = "E24"
    E25 = "E25"
    E26 = "E26"
    E27 = "E27"
    E28 = "E28"
    E29 = "E29"
    E30 = "E30"
    E31 = "E31"
    E32 = "E32"
    E33 = "E33"
    E34 = "E34"
    E35 = "E35"
    E36 = "E36"
    E38 = "E38"
    E39 = "E39"
    E40 = "E40"
    E44 = "E44"
    E45 = "E45"


MEANINGS: Mapping[Code, str] = {
    Code.E0: "not PCL: lexical or syntactic",
    Code.E1: "type or constraint violated, unknown field, secret where none may be",
    Code.E2: "reference to nothing; value cycle",
    Code.E3: "required option never filled",
    Code.E4: "conflict: equal-rung values, duplicate option, contribution to a derived",
    Code.E5: "if, for or guard misuse",
    Code.E6: "duplicate derived",
    Code.E7: "cycle in the build graph",
    Code.E8: "unknown recipe or backend",
    Code.E9: "bootstrap policy refuses a package",
    Code.E10: "fetched source does not match its hash",
    Code.E11: "secrets not available",
    Code.E12: "rollback or switch target missing, or a path that it pins",
    Code.E13: "fixed output does not match its hash",
    Code.E14: "no source for this system",
    Code.E15: "two packages with one pname",
    Code.E16: "version overridden, source does not follow",
    Code.E17: "source folder missing or unreadable",
    Code.E18: "a path that stacks may not write",
    Code.E19: "two files on one path, or one below another",
    Code.E20: "the service manager refuses a unit",
    Code.E21: "a file on the target is not ours, or was changed by hand",
    Code.E22: "locked by another command",
    Code.E23: "no such binary in the package",
    Code.E24: "services that depend on each other in a ring",
    Code.E25: "stored data that is damaged, edited or of another version",
    Code.E26: "no such module, stack, service or generation",
    Code.E27: "a manifest that is damaged or was tampered with",
    Code.E28: "a text that the target's syntax cannot carry",
    Code.E29: "a file that cannot be read or written",
    Code.E30: "the sandbox cannot run here",
    Code.E31: "a build failed",
    Code.E32: "a setting that is not one, or does not fit",
    Code.E33: "something moved since the plan was made",
    Code.E34: "no service manager that could act on units",
    Code.E35: "units do not follow",
    Code.E36: "a directive that the target's systemd does not know yet",
    Code.E38: "a unit is more exposed than its stack allows",
    Code.E39: "a service cannot see what it runs or reads",
    Code.E40: "a unit runs and is not well",
    Code.E44: "a stack of a user, and none whose it could be",
    Code.E45: "two sockets that cannot both listen",
}
