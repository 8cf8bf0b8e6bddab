"""`std.swift`: swift build, and the binary into bin."""

from ..ir.recipe import BuildScript, Recipe, RecipeInput
from .common import Arguments
from .fields import COMMON, WORD, WORDS, argument, arguments
from .words import line

__all__ = ["RECIPE"]

ARGUMENTS = arguments(
    "std.swift",
    "A package with a Package.swift.",
    argument("configuration", WORD, "debug or release", default="release"),
    argument("install_name", WORD, "the product to install; default: the pname"),
    argument("extra_swift_args", WORDS, "more arguments of swift build", default=()),
    *COMMON,
)


def make(given: RecipeInput) -> BuildScript:
    """Build and install one product."""
    args = Arguments(given)
    configuration = args.word("configuration", "release")
    name = args.word("install_name", args.pname)
    options = line(
        "--disable-sandbox --configuration", configuration, args.words("extra_swift_args")
    )
    return args.script(
        args.shell("pre_build"),
        line("swift build", options),
        line("_built=$(swift build --show-bin-path", options, ")"),
        line("install -D -m 755 --", ('"$_built"/', *name), ('"$OUTPUT"/bin/', *name)),
        args.shell("post_install"),
    )


RECIPE = Recipe("std.swift", 1, ARGUMENTS, make, "Runs swift build.")
