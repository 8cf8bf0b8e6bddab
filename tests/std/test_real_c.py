"""C projects built for real: autotools, make, cmake, meson, and what a library gives them."""

import subprocess

import pytest
from real_builds import Site, said_by

pytestmark = [pytest.mark.sandbox, pytest.mark.cc]

HEADER = "const char *greeting(void);\n"
LIBRARY = '#include "greet.h"\nconst char *greeting(void) { return "hello"; }\n'
PROGRAM = "#include <stdio.h>\n#include <greet.h>\nint main(void) { puts(greeting()); }\n"
PKG_CONFIG = """\
prefix=@prefix@
Name: greet
Description: a greeting
Version: 1
Libs: -L${prefix}/lib -lgreet
Cflags: -I${prefix}/include
"""
LIBRARY_MAKEFILE = """\
all: libgreet.so
libgreet.so: greet.c
\t$(CC) $(CFLAGS) -shared -fPIC -o $@ $<
install:
\tinstall -D -t $(PREFIX)/lib libgreet.so
\tinstall -D -t $(PREFIX)/include greet.h
\tmkdir -p $(PREFIX)/lib/pkgconfig
\tsed s,@prefix@,$(PREFIX), greet.pc >$(PREFIX)/lib/pkgconfig/greet.pc
"""
GREET = """\
module Greet {
  pname = "greet"
  recipe = "std.make"
  source = { type = "local" path = "./greet" }
}
"""
MAKEFILE = """\
all: hi
hi: LDLIBS = -lgreet
install:
\tinstall -D -t $(PREFIX)/bin hi
"""
CMAKE = """\
cmake_minimum_required(VERSION 3.20)
project(hi C)
find_library(GREET greet REQUIRED)
find_path(GREET_H greet.h REQUIRED)
add_library(own SHARED own.c)
add_executable(hi hi.c)
target_include_directories(hi PRIVATE ${GREET_H})
target_link_libraries(hi own ${GREET})
install(TARGETS hi own)
"""
MESON = """\
project('hi', 'c')
own = shared_library('own', 'own.c', install: true)
executable('hi', 'hi.c', dependencies: dependency('greet'), link_with: own, install: true)
"""
CONFIGURE = """\
#!/bin/sh
for word; do case $word in --prefix=*) prefix=${word#*=} ;; esac; done
sed "s,@prefix@,$prefix," Makefile.in >Makefile
"""
OWN = {"own.c": "int own(void) { return 0; }\n"}
USES_OWN = PROGRAM.replace(
    "int main(void) {", "int own(void);\nint main(void) { if (own()) return 1;"
)


@pytest.fixture
def greet(site: Site) -> Site:
    files = {"greet.h": HEADER, "greet.c": LIBRARY, "greet.pc": PKG_CONFIG}
    site.write({f"greet/{name}": text for name, text in files.items()})
    site.write({"greet/Makefile": LIBRARY_MAKEFILE})
    return site


PROJECTS = {
    "make": {"Makefile": MAKEFILE, "hi.c": PROGRAM},
    "autotools": {
        "configure": CONFIGURE,
        "Makefile.in": "PREFIX = @prefix@\n" + MAKEFILE,
        "hi.c": PROGRAM,
    },
    "cmake": {"CMakeLists.txt": CMAKE, "hi.c": USES_OWN, **OWN},
    "meson": {"meson.build": MESON, "hi.c": USES_OWN, **OWN},
}


@pytest.mark.parametrize(
    "tool",
    [
        "make",
        "autotools",
        pytest.param("cmake", marks=pytest.mark.cmake),
        pytest.param("meson", marks=pytest.mark.meson),
    ],
)
def test_a_program_finds_the_libraries_that_it_is_built_with(greet: Site, tool: str) -> None:
    greet.write({f"hi/{name}": text for name, text in PROJECTS[tool].items()})
    program = (
        GREET
        + f"""
module Hi {{
  recipe = "std.{tool}"
  source = {{ type = "local" path = "./hi" }}
  deps = [Greet.out]
}}
"""
    )
    hi = greet.build(program)["Hi"]
    assert said_by(hi / "bin" / "hi") == "hello\n"
    assert greet.references(hi) == ["greet"]
    greet.holds_when_built_elsewhere(program)


@pytest.mark.patchelf
def test_a_linked_program_is_given_the_path_of_the_libraries_that_it_needs(greet: Site) -> None:
    greet.write({"src/hi.c": PROGRAM, "src/greet.h": HEADER, "src/greet.c": LIBRARY})
    for command in (
        "cc -shared -fPIC -o libgreet.so greet.c",
        "cc -I. -o ../hi/hi hi.c -L. -lgreet",
    ):
        (greet.folder / "hi").mkdir(exist_ok=True)
        subprocess.run(command.split(), cwd=greet.folder / "src", check=True)
    program = (
        GREET
        + """
module Hi {
  recipe = "std.copy_tree"
  recipeArgs = { dest = "bin" rpath = true }
  source = { type = "local" path = "./hi" }
  deps = [Greet.out, Unused.out]
}
module Unused {
  pname = "unused"
  recipe = "std.shell"
  recipeArgs = { command = "mkdir $OUTPUT/lib; touch $OUTPUT/lib/libunused.so" }
}
"""
    )
    hi = greet.build(program)["Hi"]
    assert said_by(hi / "bin" / "hi") == "hello\n"
    assert greet.references(hi) == ["greet"]
    greet.holds_when_built_elsewhere(program)
