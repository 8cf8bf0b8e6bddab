"""`std.cargo`: cargo install, with vendored dependencies or the network."""

from ..ir.recipe import BuildScript, Recipe, RecipeInput
from ..ir.text import Text
from .common import VENDORED, Arguments, enter_unless
from .fields import COMMON, FLAG, NAMES, WORD, WORDS, argument, arguments
from .words import line, quoted

__all__ = ["RECIPE"]

ARGUMENTS = arguments(
    "std.cargo",
    "A package with a Cargo.toml.",
    argument("manifest_path", WORD, "the Cargo.toml to build", default="Cargo.toml"),
    argument("locked", FLAG, "build exactly what Cargo.lock says", default=True),
    argument("no_default_features", FLAG, "leave default features out", default=False),
    argument("features", WORDS, "features to turn on", default=()),
    argument("bin", WORDS, "binaries to install; without it, all", default=()),
    argument("extra_cargo_args", WORDS, "more arguments of cargo install", default=()),
    argument("binary_renames", NAMES, "new names of installed binaries", default=()),
    *COMMON,
)

WANTS = """\
_wants_dependencies() {
  if [ -e "$_folder/Cargo.lock" ] || [ -e Cargo.lock ]; then
    grep -qs '^source = ' "$_folder/Cargo.lock" Cargo.lock
  else
    cargo metadata --no-deps --format-version 1 "--manifest-path=$_folder/Cargo.toml" >/dev/null &&
      ! cargo generate-lockfile "--manifest-path=$_folder/Cargo.toml"
  fi
}"""
"""A function that says whether a crate needs others; a manifest that is wrong, cargo reports."""

GIT_SOURCES = """\
_git_sources() {
  cat "$_folder/Cargo.lock" Cargo.lock 2>/dev/null |
    sed -n 's/^source = "git+\\([^#"]*\\).*/\\1/p' | sort -u |
    while IFS= read -r _url; do
      echo "[source.'git+$_url']"
      echo "git = '${_url%%\\?*}'"
      case $_url in *\\?*=*) _query=${_url#*\\?}; echo "${_query%%=*} = '${_query#*=}'" ;; esac
      echo "replace-with = 'vendored'"
    done
}"""
"""A function that says where crates of git lie: in the vendored folder, as the others do."""

PREPARE = """\
export CARGO_HOME="$TMPDIR/cargo" CARGO_NET_OFFLINE=true
export CARGO_BUILD_JOBS="${PUNIX_BUILD_CORES:-1}"
_cargo=(install --no-track --root "$OUTPUT" --path "$_folder")
_vendor=${VENDOR:-$PWD/$_folder/vendor}
if [ -d "$_vendor" ]; then
  mkdir -p "$CARGO_HOME"
  printf '%s\\n' '[source.crates-io]' 'replace-with = "vendored"' \\
    '[source.vendored]' "directory = '$_vendor'" >"$CARGO_HOME/config.toml"
  _git_sources >>"$CARGO_HOME/config.toml"
elif _wants_dependencies; then
  _need_network cargo
  CARGO_NET_OFFLINE=false
fi"""
"""A vendored folder, as `cargo vendor` makes it, stands for the registry and repositories."""


def make(given: RecipeInput) -> BuildScript:
    """Install the binaries of a crate into bin."""
    args = Arguments(given)
    options = [
        text
        for name, text in (("locked", "--locked"), ("no_default_features", "--no-default-features"))
        if args.flag(name)
    ]
    chosen: list[Text] = [("--features ", *word) for word in args.words("features")]
    chosen += [("--bin ", *word) for word in args.words("bin")]
    return args.script(
        VENDORED,
        line("_folder=$(dirname --", args.word("manifest_path", "Cargo.toml"), ")"),
        WANTS,
        GIT_SOURCES,
        PREPARE,
        args.shell("pre_build"),
        line('cargo "${_cargo[@]}"', *options, chosen, args.words("extra_cargo_args")),
        [
            line("mv -T --", _binary((field.label,)), _binary(text))
            for field, text in args.entries("binary_renames")
        ],
        args.shell("post_install"),
        enter=enter_unless("Cargo.toml"),
    )


def _binary(name: Text) -> Text:
    return ('"$OUTPUT"/bin/', *quoted(name))


RECIPE = Recipe("std.cargo", 1, ARGUMENTS, make, "Runs cargo install.")
