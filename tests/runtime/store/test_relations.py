"""Chains of mentions and the files that mention."""

from pathlib import Path

import pytest
from builds import fake_entry, fake_name
from hypothesis import given
from hypothesis import strategies as st

from punix.runtime.store import relations
from punix.runtime.store.relations import ClosureChange, chain, changed_closure, graph, mentioned_in
from punix.runtime.store.store import Store


def test_the_chain_is_a_shortest_one(store: Store) -> None:
    for number, references in enumerate([[1, 2], [3], [4], [5], [5], []]):
        fake_entry(store, number, references)
    links = chain(store, fake_name(0), fake_name(5))
    assert links is not None
    assert [(one.user, one.used) for one in links] == [
        (fake_name(0), fake_name(1)),
        (fake_name(1), fake_name(3)),
        (fake_name(3), fake_name(5)),
    ]
    assert {one.place for one in links} == {None}
    assert chain(store, fake_name(5), fake_name(0)) is None
    assert chain(store, fake_name(2), fake_name(2)) == []


def test_the_first_place_by_name(tmp_path: Path) -> None:
    name = fake_name(7)
    assert mentioned_in(tmp_path, name) is None
    (tmp_path / "z").write_text(f"x{name}")
    assert mentioned_in(tmp_path, name) == "z"
    (tmp_path / "link").symlink_to(f"/store/{name}/bin")
    assert mentioned_in(tmp_path, name) == "link"
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / name).write_text("")
    assert mentioned_in(tmp_path, name) == f"a/{name}"


@given(st.integers(0, 70), st.integers(1, 9))
def test_a_mention_across_chunks_is_found(
    tmp_path_factory: pytest.TempPathFactory, before: int, chunk: int
) -> None:
    folder = tmp_path_factory.mktemp("tree")
    (folder / "file").write_bytes(b"." * before + fake_name(1).encode() + b".")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(relations, "CHUNK", chunk)
        assert mentioned_in(folder, fake_name(1)) == "file"
        assert mentioned_in(folder, fake_name(2)) is None


def test_a_graph_of_a_long_chain_and_a_ring() -> None:
    size = 5_000
    uses = {fake_name(at): [fake_name((at + 1) % size)] for at in range(size)}
    assert graph([fake_name(3)], uses.__getitem__) == dict(sorted(uses.items()))


def test_what_came_into_a_closure_and_left_it(store: Store) -> None:
    for number, references in enumerate([[2, 3], [3, 4], [], [], []]):
        fake_entry(store, number, references)
    assert changed_closure(store, fake_name(0), fake_name(1)) == ClosureChange(
        3, 3, (fake_name(1), fake_name(4)), (fake_name(0), fake_name(2))
    )
