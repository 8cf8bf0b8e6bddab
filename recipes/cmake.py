"""`std.cmake`: configure, build, install in a folder of its own."""

from ..ir.recipe import BuildScript, Recipe, RecipeInput
from .common import Arguments
from .fields import ENV, HOOKS, LINES, SRC_DIR, WORD, WORDS, argument, arguments
from .words import line, quoted

__all__ = ["RECIPE"]

ARGUMENTS = arguments(
    "std.cmake",
    "A package with a CMakeLists.txt.",
    argument("cmake_flags", WORDS, "arguments of cmake", default=()),
    argument("build_type", WORD, "CMAKE_BUILD_TYPE", default="Release"),
    argument("build_dir", WORD, "folder to build in", default="build"),
    argument("pre_configure", LINES, "shell text to run before cmake"),
    SRC_DIR,
    ENV,
    *HOOKS,
)


def make(given: RecipeInput) -> BuildScript:
    """Configure with the output as prefix, build, and install."""
    args = Arguments(given)
    folder = args.word("build_dir", "build")
    build_type = quoted(("-DCMAKE_BUILD_TYPE=", *args.text("build_type", "Release")))
    prefix = '-DCMAKE_INSTALL_PREFIX="$OUTPUT" -DCMAKE_INSTALL_LIBDIR=lib'
    return args.script(
        args.shell("pre_configure"),
        line("cmake -S . -B", folder, build_type, prefix, args.words("cmake_flags")),
        args.shell("pre_build"),
        line("cmake --build", folder, '--parallel "${PUNIX_BUILD_CORES:-1}"'),
        line("cmake --install", folder),
        args.shell("post_install"),
    )


RECIPE = Recipe("std.cmake", 1, ARGUMENTS, make, "Runs cmake, its build and its install.")
