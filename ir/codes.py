"""The code of every error, and what it means in a line.

In: nothing. Out: the codes; `cli/manual/pages` has a page for each, and `tests/data/errors` a
program that gives it.
"""

from enum import StrEnum
from typing import Self

__all__ = ["Code"]


class Code(StrEnum):
    """What a person reads, and can ask `punix explain` about; a code is never given anew."""

    meaning: str

    def __new__(cls, code: str, meaning: str) -> Self:
        """Make a code of its name and meaning; it is equal to its name."""
        made = str.__new__(cls, code)
        made._value_ = code
        made.meaning = meaning
        return made

    E0 = "E0", "not PCL: a mistake in the syntax"
    E1 = "E1", "a value or field of the wrong kind, or a secret where none may be"
    E2 = "E2", "a name that stands for nothing, or values in a ring"
    E3 = "E3", "an option that nothing sets"
    E4 = "E4", "a conflict: two values for one option, or two options of one name"
    E5 = "E5", "an if or for over something of the wrong kind"
    E6 = "E6", "a member that is defined twice"
    E7 = "E7", "packages that need each other in a ring"
    E8 = "E8", "unknown recipe or backend"
    E9 = "E9", "the bootstrap mode refuses a package"
    E10 = "E10", "fetched source does not match its hash"
    E11 = "E11", "secrets not available"
    E12 = "E12", "no generation to go back to, or a package of it is gone"
    E13 = "E13", "fixed output does not match its hash"
    E14 = "E14", "no source for this system"
    E15 = "E15", "two packages with one pname"
    E16 = "E16", "a version is overridden, and its source does not follow"
    E17 = "E17", "source folder missing or unreadable"
    E18 = "E18", "a path that stacks may not write"
    E19 = "E19", "two files on one path, or one below another"
    E20 = "E20", "the service manager refuses a unit"
    E21 = "E21", "a file on the target is not ours, or was changed by hand"
    E22 = "E22", "locked by another command"
    E23 = "E23", "no such binary in the package"
    E24 = "E24", "services that depend on each other in a ring"
    E25 = "E25", "stored data that is damaged, edited or of another version"
    E26 = "E26", "no such module, package, stack, service or generation"
    E27 = "E27", "a manifest that is damaged or was edited"
    E28 = "E28", "a text that the target's syntax cannot carry"
    E29 = "E29", "a file that cannot be read or written"
    E30 = "E30", "the sandbox cannot run here"
    E31 = "E31", "a build failed"
    E32 = "E32", "a setting that is not one, or does not fit"
    E33 = "E33", "something moved since the plan was made"
    E34 = "E34", "no service manager that could act on units"
    E35 = "E35", "a unit did not start, stop, restart or reload"
    E36 = "E36", "a directive that the target's systemd does not know yet"
    E38 = "E38", "a unit is more exposed than its stack allows"
    E39 = "E39", "a service cannot see what it runs or reads"
    E40 = "E40", "a unit runs and is not well"
    E44 = "E44", "a stack of a user, and no user whose it could be"
    E45 = "E45", "two sockets that cannot both listen"
