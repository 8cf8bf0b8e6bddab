"""The commands as data: what `punix` alone shows, without importing any of them.

In: nothing. Out: for each command the heading it stands under, where its code
is, and its one-line help. `group.LazyGroup` makes click commands of it.
"""

from typing import Literal

from ..ir.node import Frozen, frozen

__all__ = ["COMMANDS", "GROUPS", "SECTIONS", "CommandEntry"]

Section = Literal["Write", "Build", "Store", "Deploy", "Look inside"]
SECTIONS: tuple[Section, ...] = ("Write", "Build", "Store", "Deploy", "Look inside")


@frozen
class CommandEntry(Frozen):
    """One command: `path` is `service deploy`, `code` is `module:function` below `punix.cli`."""

    path: str
    section: Section
    code: str
    help: str


COMMANDS: tuple[CommandEntry, ...] = (
    CommandEntry("check", "Write", "compiling.check:check", "Find every error in a program."),
    CommandEntry("fmt", "Write", "compiling.fmt:fmt", "Lay program files out."),
    CommandEntry("why", "Write", "inspect.why:why", "Say where a value comes from."),
    CommandEntry(
        "explain", "Write", "manual.explain:explain", "Explain a code, a kind, a field or a recipe."
    ),
    CommandEntry("build", "Build", "building.build:build", "Build packages from a program."),
    CommandEntry(
        "log", "Build", "inspect.log:log", "Show what the last build of a package printed."
    ),
    CommandEntry(
        "why-rebuild",
        "Build",
        "inspect.why_rebuild:why_rebuild",
        "Say which input changed since a package's last build.",
    ),
    CommandEntry("store path", "Store", "store.path:path", "Say which store path a package has."),
    CommandEntry("store info", "Store", "store.look:info", "Say how much the store holds."),
    CommandEntry("store ls", "Store", "store.look:ls", "List store paths, or the files of one."),
    CommandEntry("store refs", "Store", "store.relations:refs", "List what a path mentions."),
    CommandEntry(
        "store referrers", "Store", "store.relations:referrers", "List what mentions a path."
    ),
    CommandEntry(
        "store closure", "Store", "store.relations:closure", "List all that a path needs."
    ),
    CommandEntry(
        "store why-depends",
        "Store",
        "store.relations:why_depends",
        "Show why one path needs another.",
    ),
    CommandEntry("store diff", "Store", "store.diff:diff", "Say how two paths differ."),
    CommandEntry("store verify", "Store", "store.verify:verify", "Find what is damaged."),
    CommandEntry("store repair", "Store", "store.repair:repair", "Mend what is damaged."),
    CommandEntry("store export", "Store", "store.exchange:export", "Write paths to an archive."),
    CommandEntry("store import", "Store", "store.exchange:import_", "Take an archive's paths in."),
    CommandEntry("store roots", "Store", "store.roots:roots", "Say what keeps a store path."),
    CommandEntry("store pin", "Store", "store.roots:pin", "Keep a store path."),
    CommandEntry("store unpin", "Store", "store.roots:unpin", "Keep a store path no longer."),
    CommandEntry(
        "store forget", "Store", "store.roots:forget", "Forget a deployments root that is gone."
    ),
    CommandEntry("store sbom", "Store", "store.sbom:sbom", "Write a path's bill of materials."),
    CommandEntry("store gc", "Store", "store.gc:gc", "Remove store paths that nothing uses."),
    CommandEntry(
        "service plan", "Deploy", "service.plan:plan", "Show what a deploy would do, and why."
    ),
    CommandEntry("service apply", "Deploy", "service.apply:apply", "Carry out a saved plan."),
    CommandEntry(
        "service deploy", "Deploy", "service.deploy:deploy", "Make a stack's new generation live."
    ),
    CommandEntry(
        "service rollback", "Deploy", "service.switch:rollback", "Go back to the generation before."
    ),
    CommandEntry("service switch", "Deploy", "service.switch:switch", "Make any generation live."),
    CommandEntry(
        "service remove", "Deploy", "service.remove:remove", "Take a stack off its target."
    ),
    CommandEntry(
        "service status", "Deploy", "service.status:status", "Say whether units run what is live."
    ),
    CommandEntry("service logs", "Deploy", "service.logs:logs", "Show what a stack's units wrote."),
    CommandEntry(
        "service list", "Deploy", "service.generations:list_", "List a stack's generations."
    ),
    CommandEntry(
        "service show", "Deploy", "service.generations:show", "Show the manifest of a generation."
    ),
    CommandEntry(
        "service diff", "Deploy", "service.diff:diff", "Compare two generations of a stack."
    ),
    CommandEntry(
        "service why",
        "Deploy",
        "service.why:why",
        "Say which recipe, line and digest made a deployed file.",
    ),
    CommandEntry(
        "service verify",
        "Deploy",
        "service.verify:verify",
        "Compare the machine with the live generation.",
    ),
    CommandEntry(
        "whence",
        "Deploy",
        "inspect.whence:whence",
        "Say which line of a program wrote a deployed file.",
    ),
    CommandEntry(
        "compile", "Look inside", "compiling.compile:compile_", "Show, store or resume any stage."
    ),
    CommandEntry("opt", "Look inside", "compiling.opt:opt", "Run passes on a stored stage."),
    CommandEntry("passes", "Look inside", "compiling.opt:passes", "List the passes."),
    CommandEntry(
        "config", "Look inside", "config.command:config", "Say where each setting comes from."
    ),
    CommandEntry("version", "Look inside", "version:version", "Say which punix this is."),
)

GROUPS = {
    "store": "Look after the store.",
    "service": "Deploy stacks, take them back, compare.",
}
