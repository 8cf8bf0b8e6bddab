"""A bundle of a user's stack, for the home folder of one user."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stacks import closure, config, service

from punix.backends.base import load_backend
from punix.ir.bundle import Bundle
from punix.ir.home import at_home
from punix.ir.names import AbsPath, BadName, FilePath, ModuleName
from punix.ir.stack import Scope
from punix.ir.verify import verify

HOME = AbsPath("/home/me")


def emitted(scope: Scope, *paths: str) -> Bundle:
    hello = service("hello", ".config/a", directives={"LoadCredential": f"a:{paths[0]}"})
    files = [config(path) for path in paths]
    return load_backend("systemd").emit(closure([hello], files, scope), ModuleName("HelloStack"))


def test_every_path_is_absolute() -> None:
    bundle = at_home(emitted("user", "~/.config/a", "~/b"), HOME)
    assert [file.path for file in bundle.files] == [
        "/home/me/.config/a",
        "/home/me/.config/systemd/user/hello.service",
        "/home/me/b",
    ]
    (unit,) = bundle.units
    assert unit.path == "/home/me/.config/systemd/user/hello.service"
    assert unit.files == unit.start_files == ("/home/me/.config/a",)
    assert bundle.shared_files == ("/home/me/b",)
    assert bundle.home == HOME


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=9)
PATHS = st.lists(NAMES.filter(lambda name: name not in (".", "..")), min_size=1, max_size=3)


@given(st.sets(PATHS.map(lambda names: "~/" + "/".join(names)), min_size=1))
def test_order_and_all_else_stay(paths: set[str]) -> None:
    """What is legal stays so, and a bundle says nothing of the home that it was not given."""
    hello = emitted("user", "~/x")
    files = tuple(replace(hello.files[0], path=FilePath(path)) for path in sorted(paths))
    bundle = replace(hello, files=files, units=(), shared_files=())
    placed = at_home(bundle, HOME)
    assert verify(placed) == verify(bundle) == []
    back = tuple(replace(file, path=FilePath(f"~{file.path[8:]}")) for file in placed.files)
    assert replace(placed, files=back, home=None) == bundle


@pytest.mark.parametrize("text", ["~", "~me/x", "x", "~/", "~/../x", "~//x", "a~/x", "~/x/", ""])
def test_what_is_no_path_of_a_file(text: str) -> None:
    with pytest.raises(BadName):
        FilePath(text)


@pytest.mark.parametrize("text", ["~/x", "~"])
def test_an_absolute_path_has_no_home(text: str) -> None:
    with pytest.raises(BadName):
        AbsPath(text)
