"""`std.go`: go build from a source that has its dependencies, or with the network."""

from ..ir.recipe import BuildScript, Recipe, RecipeInput
from .common import NETWORK, Arguments, enter_unless
from .fields import ENV, FLAG, HOOKS, SRC_DIR, WORD, WORDS, argument, arguments
from .words import line, quoted

__all__ = ["RECIPE"]

ARGUMENTS = arguments(
    "std.go",
    "A package with a go.mod.",
    argument("subdir", WORD, "folder of the module inside the source"),
    argument("package", WORD, "the package to build", default="."),
    argument("install_name", WORD, "name of the binary; default: the pname"),
    argument("ldflags", WORD, "flags of the linker", default="-s -w"),
    argument("tags", WORDS, "build tags", default=()),
    argument("cgo_enabled", WORD, "CGO_ENABLED", default="0"),
    argument("gowork", WORD, "GOWORK", default="off"),
    argument(
        "gopath_external",
        FLAG,
        "accepted and always so: GOPATH is not in the source",
        default=False,
    ),
    SRC_DIR,
    ENV,
    *HOOKS,
)

PREPARE = """\
export GOPATH="$TMPDIR/go" GOCACHE="$TMPDIR/go-cache" GOFLAGS=-buildvcs=false GOTOOLCHAIN=local
if [ -s go.sum ] && [ ! -d vendor ]; then _need_network go; fi
mkdir -p "$OUTPUT/bin\""""


def make(given: RecipeInput) -> BuildScript:
    """Build one package into bin."""
    args = Arguments(given)
    name = args.word("install_name", args.pname)
    ldflags = quoted(("-ldflags=", *args.text("ldflags", "-s -w")))
    tags = [part for tag in args.words("tags") for part in (",", *tag)]
    return args.script(
        NETWORK,
        line("cd --", args.word("subdir")) if args.has("subdir") else [],
        (
            "export CGO_ENABLED=",
            *args.word("cgo_enabled", "0"),
            " GOWORK=",
            *args.word("gowork", "off"),
        ),
        PREPARE,
        args.shell("pre_build"),
        line(
            "go build -trimpath",
            ldflags,
            ("-tags=", *tags[1:]),
            "-o",
            ('"$OUTPUT"/bin/', *name),
            args.word("package", "."),
        ),
        args.shell("post_install"),
        enter=enter_unless("go.mod"),
    )


RECIPE = Recipe("std.go", 1, ARGUMENTS, make, "Runs go build.")
