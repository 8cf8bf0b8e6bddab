"""`std.go`: go build, with vendored dependencies or the network."""

from ..ir.recipe import BuildScript, Recipe, RecipeInput
from ..ir.text import join
from .common import VENDORED, Arguments, enter_unless
from .fields import COMMON, FLAG, LINES, WORD, WORDS, argument, arguments
from .words import line, quoted

__all__ = ["RECIPE"]

ARGUMENTS = arguments(
    "std.go",
    "A package with a go.mod.",
    argument("subdir", WORD, "folder of the module inside the source"),
    argument("package", WORD, "the package to build", default="."),
    argument("install_name", WORD, "name of the binary; default: the pname"),
    argument("ldflags", LINES, "flags of the linker", default="-s -w"),
    argument("tags", WORDS, "build tags", default=()),
    argument("cgo_enabled", WORD, "CGO_ENABLED", default="0"),
    argument("gowork", WORD, "GOWORK", default="off"),
    argument(
        "gopath_external",
        FLAG,
        "accepted and always so: GOPATH is not in the source",
        default=False,
    ),
    *COMMON,
)

PREPARE = """\
export GOPATH="$TMPDIR/go" GOCACHE="$TMPDIR/go-cache" GOTOOLCHAIN=local
export GOFLAGS="-buildvcs=false -p=${PUNIX_BUILD_CORES:-1}"
if [ -e "${VENDOR-}/modules.txt" ]; then
  rm -rf vendor
  cp -R "$VENDOR" vendor
elif [ -n "${VENDOR-}" ]; then
  export GOPROXY="file://$VENDOR/cache/download" GOSUMDB=off
elif [ -s go.sum ] && [ ! -d vendor ]; then
  _need_network go
fi
mkdir -p "$OUTPUT/bin\""""
"""Vendored is a vendor folder, as `go mod vendor` makes it, or a cache of modules; go.sum
says what either must hold."""


def make(given: RecipeInput) -> BuildScript:
    """Build one package into bin."""
    args = Arguments(given)
    name = args.word("install_name", args.pname)
    ldflags = quoted(join(("-ldflags=", *line(args.shell("ldflags")))))
    tags = [part for tag in args.words("tags") for part in (",", *tag)]
    return args.script(
        VENDORED,
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
