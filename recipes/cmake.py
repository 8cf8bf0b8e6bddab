"""`std.cmake`: configure, build, install in a folder of its own."""

from ..ir.recipe import BuildScript, Recipe, RecipeInput
from .common import Arguments
from .fields import COMMON, LINES, WORD, WORDS, argument, arguments
from .words import line, quoted

__all__ = ["RECIPE"]

ARGUMENTS = arguments(
    "std.cmake",
    "A package with a CMakeLists.txt.",
    argument("cmake_flags", WORDS, "arguments of cmake", default=()),
    argument("build_type", WORD, "CMAKE_BUILD_TYPE", default="Release"),
    argument("build_dir", WORD, "folder to build in", default="build"),
    argument("pre_configure", LINES, "shell text to run before cmake"),
    *COMMON,
)

PLACES = (
    '-DCMAKE_INSTALL_PREFIX="$OUTPUT" -DCMAKE_INSTALL_LIBDIR=lib '
    '-DCMAKE_INSTALL_RPATH="$OUTPUT/lib" -DCMAKE_INSTALL_RPATH_USE_LINK_PATH=ON '
    "-DCMAKE_BUILD_RPATH_USE_ORIGIN=ON -DCMAKE_INSTALL_SO_NO_EXE=OFF"
)
"""Otherwise cmake takes run paths out of what it installs, leaves room for them that is as
long as the name of the folder that it builds in, and asks the system for a library's mode."""


def make(given: RecipeInput) -> BuildScript:
    """Configure with the output as prefix, build, and install."""
    args = Arguments(given)
    folder = args.word("build_dir", "build")
    build_type = quoted(("-DCMAKE_BUILD_TYPE=", *args.text("build_type", "Release")))
    return args.script(
        args.shell("pre_configure"),
        line("cmake -S . -B", folder, build_type, PLACES, args.words("cmake_flags")),
        args.shell("pre_build"),
        line("cmake --build", folder, '--parallel "${PUNIX_BUILD_CORES:-1}"'),
        line("cmake --install", folder),
        args.shell("post_install"),
    )


RECIPE = Recipe("std.cmake", 1, ARGUMENTS, make, "Runs cmake, its build and its install.")
