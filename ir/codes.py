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
    Code.E0: "not PCL: a mistake in the syntax",
    Code.E1: "a value or field of the wrong kind, or a secret where none may be",
    Code.E2: "a name that stands for nothing, or values in a ring",
    Code.E3: "an option that nothing sets",
    Code.E4: "a conflict: two values for one option, or two options of one name",
    Code.E5: "an if or for over something of the wrong kind",
    Code.E6: "a member that is defined twice",
    Code.E7: "packages that need each other in a ring",
    Code.E8: "unknown recipe or backend",
    Code.E9: "the bootstrap mode refuses a package",
    Code.E10: "fetched source does not match its hash",
    Code.E11: "secrets not available",
    Code.E12: "no generation to go back to, or a package of it is gone",
    Code.E13: "fixed output does not match its hash",
    Code.E14: "no source for this system",
    Code.E15: "two packages with one pname",
    Code.E16: "a version is overridden, and its source does not follow",
    Code.E17: "source folder missing or unreadable",
    Code.E18: "a path that stacks may not write",
    Code.E19: "two files on one path, or one below another",
    Code.E20: "the service manager refuses a unit",
    Code.E21: "a file on the target is not ours, or was changed by hand",
    Code.E22: "locked by another command",
    Code.E23: "no such binary in the package",
    Code.E24: "services that depend on each other in a ring",
    Code.E25: "stored data that is damaged, edited or of another version",
    Code.E26: "no such module, package, stack, service or generation",
    Code.E27: "a manifest that is damaged or was edited",
    Code.E28: "a text that the target's syntax cannot carry",
    Code.E29: "a file that cannot be read or written",
    Code.E30: "the sandbox cannot run here",
    Code.E31: "a build failed",
    Code.E32: "a setting that is not one, or does not fit",
    Code.E33: "something moved since the plan was made",
    Code.E34: "no service manager that could act on units",
    Code.E35: "a unit did not start, stop, restart or reload",
    Code.E36: "a directive that the target's systemd does not know yet",
    Code.E38: "a unit is more exposed than its stack allows",
    Code.E39: "a service cannot see what it runs or reads",
    Code.E40: "a unit runs and is not well",
    Code.E44: "a stack of a user, and no user whose it could be",
    Code.E45: "two sockets that cannot both listen",
}
