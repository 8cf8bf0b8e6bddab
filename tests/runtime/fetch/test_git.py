"""Sources from git, with repositories of this machine."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

import pytest
from users import USERS

from punix.ir.diagnostics import Code
from punix.ir.package import FetchedSource, HashType
from punix.ir.span import Span
from punix.runtime.fetch.failure import FetchFailed
from punix.runtime.fetch.fetcher import Fetcher
from punix.runtime.fetch.git import checkout
from punix.runtime.files.tree import hash_tree, hash_tree_with

pytestmark = pytest.mark.git
URL, REVISION, TREE = (Span("a.pcl", at, at + 1) for at in (0, 2, 4))
TIME = 315532800


def git(folder: Path, *words: str) -> str:
    person = ("-c", "user.name=A", "-c", "user.email=a@b", "-c", "protocol.file.allow=always")
    command = ["git", *person, *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def commit(folder: Path, files: Mapping[str, str]) -> str:
    """Commit files in a repository, which is made if there is none; return the commit."""
    if not folder.exists():
        folder.mkdir()
        git(folder, "init", "-q", "-b", "main")
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "m")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    commit(folder, {"a": "one", "run/it": "#!"})
    (folder / "run/it").chmod(0o755)
    (folder / "link").symlink_to("a")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "m")
    return folder


def source(
    repository: Path | str,
    revision: str,
    *,
    hash_type: HashType = "blake3",
    tree_hash: str | None = None,
    submodules: bool = False,
) -> FetchedSource:
    url = str(repository)
    places = (URL, REVISION, TREE)
    return FetchedSource("git", url, None, revision, hash_type, (), *places, tree_hash, submodules)


def fails(fetcher: Fetcher, wanted: FetchedSource, folder: Path) -> FetchFailed:
    with pytest.raises(FetchFailed) as caught:
        checkout(wanted, folder, TIME, fetcher)
    return caught.value


def test_a_commit_is_a_folder_without_git(
    fetcher: Fetcher, repository: Path, tmp_path: Path
) -> None:
    head = git(repository, "rev-parse", "HEAD")
    into = tmp_path / "into"
    assert checkout(source(repository, head), into, TIME, fetcher) == head
    assert sorted(os.listdir(into)) == ["a", "link", "run"]
    assert (os.readlink(into / "link"), (into / "a").read_text()) == ("a", "one")
    assert os.access(into / "run/it", os.X_OK)
    assert not os.access(into / "a", os.X_OK)
    assert (into / "a").stat().st_mtime == TIME


@pytest.mark.parametrize("form", ["{}", "file://{}"])
def test_tags_and_branches_are_resolved(
    fetcher: Fetcher, repository: Path, tmp_path: Path, form: str
) -> None:
    first = git(repository, "rev-parse", "HEAD")
    git(repository, "tag", "-a", "v1", "-m", "annotated")
    git(repository, "tag", "light")
    second = commit(repository, {"a": "two"})
    git(repository, "branch", "team/v1")
    address = form.format(repository)
    for number, (revision, wanted) in enumerate(
        [
            *(("v1", first), ("light", first), ("main", second), ("HEAD", second)),
            *(("refs/tags/light", first), ("refs/tags/v1", first)),
        ]
    ):
        got = checkout(source(address, revision), tmp_path / str(number), TIME, fetcher)
        assert (revision, got) == (revision, wanted)
    assert (tmp_path / "0/a").read_text() == "one"
    assert (tmp_path / "2/a").read_text() == "two"


def test_a_branch_is_found_among_thousands_of_its_name(
    fetcher: Fetcher, repository: Path, tmp_path: Path
) -> None:
    head = git(repository, "rev-parse", "HEAD")
    refs = [f"{head} refs/forks/fork-{number:04}/{'x' * 40}/main" for number in range(1_000)]
    (repository / ".git/packed-refs").write_text("\n".join(refs) + "\n")
    assert checkout(source(repository, "main"), tmp_path / "into", TIME, fetcher) == head


FAKE_SSH = """\
#!/bin/sh
printf '%s\\n' "$@" >"{}"
for last; do :; done
exec sh -c "$last"
"""


@pytest.mark.parametrize("form", ["ssh://me@far.invalid{}", "me@far.invalid:{}"])
def test_ssh_asks_nothing_and_does_not_wait_for_ever(
    fetcher: Fetcher,
    repository: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    form: str,
) -> None:
    words = tmp_path / "words"
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/ssh").write_text(FAKE_SSH.format(words))
    (tmp_path / "bin/ssh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")
    checkout(source(form.format(repository), "main"), tmp_path / "into", TIME, fetcher)
    assert (tmp_path / "into/a").read_text() == "one"
    said = words.read_text().splitlines()
    assert {"BatchMode=yes", "ConnectTimeout=30", "ServerAliveInterval=15"} <= set(said)
    assert "me@far.invalid" in said


def test_an_old_commit_is_found(fetcher: Fetcher, repository: Path, tmp_path: Path) -> None:
    old = git(repository, "rev-parse", "HEAD")
    commit(repository, {"a": "two"})
    checkout(source(repository, old), tmp_path / "into", TIME, fetcher)
    assert (tmp_path / "into/a").read_text() == "one"


def test_a_commit_is_fetched_once_and_verified(
    fetcher: Fetcher, repository: Path, tmp_path: Path
) -> None:
    wanted = source(repository, git(repository, "rev-parse", "HEAD"))
    checkout(wanted, tmp_path / "0", TIME, fetcher)
    moved = repository.rename(tmp_path / "moved")
    checkout(wanted, tmp_path / "1", TIME, fetcher)
    assert hash_tree(tmp_path / "1") == hash_tree(tmp_path / "0")
    (kept,) = (fetcher.cache / "trees").glob("*.tree")
    (kept / "a").write_text("damaged")
    fails(fetcher, wanted, tmp_path / "2")  # nobody to ask
    moved.rename(repository)
    checkout(wanted, tmp_path / "3", TIME, fetcher)
    assert hash_tree(tmp_path / "3") == hash_tree(tmp_path / "0")


@pytest.mark.parametrize("kind", get_args(HashType))
def test_the_tree_is_verified(
    fetcher: Fetcher, repository: Path, tmp_path: Path, kind: HashType
) -> None:
    bare = source(repository, "main", hash_type=kind, tree_hash="")
    failure = fails(fetcher, bare, tmp_path / "0")
    got = hash_tree_with(kind, tmp_path / "0")
    assert (failure.diagnostic.code, failure.diagnostic.span) == (Code.E10, TREE)
    assert str(failure) == f"the tree of '{repository}' has no treeHash yet: got {got}"
    assert failure.diagnostic.hint == f'treeHash = "{got}"'
    good = source(repository, "main", hash_type=kind, tree_hash=got)
    checkout(good, tmp_path / "1", TIME, fetcher)
    commit(repository, {"a": "two"})
    assert "has another hash: wanted" in str(fails(fetcher, good, tmp_path / "2"))


def test_what_is_not_there(fetcher: Fetcher, repository: Path, tmp_path: Path) -> None:
    def said(revision: str, span: Span, place: Path | str = repository) -> tuple[str, str | None]:
        failure = fails(fetcher, source(place, revision), tmp_path / "into")
        assert (failure.diagnostic.code, failure.diagnostic.span) == (Code.E31, span)
        return str(failure), failure.diagnostic.hint

    message = f"'{repository}' has no commit, tag or branch 'v9'"
    assert said("v9", REVISION) == (message, None)
    assert said("abcdef1", REVISION)[1] == "a commit is written with all of its 40 digits"
    message = f"cannot get '{'0' * 40}' of '{repository}': fatal:"
    assert said("0" * 40, URL)[0].startswith(message)
    assert "does not appear to be a git repository" in said("v1", URL, tmp_path / "gone")[0]


# Submodules --------------------------------------------------------------


@pytest.fixture
def nested(tmp_path: Path) -> Path:
    """A repository with a submodule whose address is relative, with a submodule."""
    deep = tmp_path / "deep"
    commit(deep, {"c": "deep"})
    for name, inner in (("library", "../deep"), ("outer", "../library")):
        commit(tmp_path / name, {"b": name})
        git(tmp_path / name, "submodule", "--quiet", "add", inner, "sub")
        commit(tmp_path / name, {})
    return tmp_path / "outer"


def test_submodules_are_checked_out_if_wanted(
    fetcher: Fetcher, nested: Path, tmp_path: Path
) -> None:
    checkout(source(nested, "main"), tmp_path / "0", TIME, fetcher)
    assert os.listdir(tmp_path / "0/sub") == []
    checkout(source(nested, "main", submodules=True), tmp_path / "1", TIME, fetcher)
    assert (tmp_path / "1/sub/b").read_text() == "library"
    assert (tmp_path / "1/sub/sub/c").read_text() == "deep"
    assert not list((tmp_path / "1").rglob(".git"))


# What a repository may try -----------------------------------------------


def test_nothing_of_the_caller_is_asked_or_run(
    fetcher: Fetcher, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    hooks = home / "hooks"
    hooks.mkdir(parents=True)
    for name in ("post-checkout", "reference-transaction"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
        (hooks / name).chmod(0o755)
    (home / ".gitconfig").write_text(
        f'[core]\nhooksPath = {hooks}\n[url "ext::false "]\ninsteadOf = /\n'
    )
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    checkout(source(repository, "main"), tmp_path / "into", TIME, fetcher)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "address", ["ext::touch {}/ran", "git://127.0.0.1/x", "http://127.0.0.1/x"]
)
def test_other_protocols_are_not_spoken(fetcher: Fetcher, tmp_path: Path, address: str) -> None:
    wanted = source(address.format(tmp_path), "main")
    fails(fetcher, wanted, tmp_path / "into")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "lines",
    [
        "url = ext::touch {}/ran",
        "url = --upload-pack=touch {}/ran",
        "url = ssh://-oProxyCommand=touch%20{}/ran/x",
        "url = {}/repository\nupdate = !touch {}/ran",
    ],
)
def test_a_submodule_runs_nothing(
    fetcher: Fetcher, repository: Path, tmp_path: Path, lines: str
) -> None:
    head = git(repository, "rev-parse", "HEAD")
    text = f'[submodule "s"]\npath = s\n{lines}\n'.replace("{}", str(tmp_path))
    (repository / ".gitmodules").write_text(text)
    git(repository, "add", ".gitmodules")
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{head},s")
    git(repository, "commit", "-q", "-m", "m")
    fails(fetcher, source(repository, "main", submodules=True), tmp_path / "into")
    assert not (tmp_path / "ran").exists()


def test_a_filter_of_a_repository_is_not_run(
    fetcher: Fetcher, repository: Path, tmp_path: Path
) -> None:
    commit(repository, {".gitattributes": "* filter=evil\n"})
    git(repository, "config", "filter.evil.smudge", f"touch {tmp_path}/ran")
    checkout(source(repository, "main"), tmp_path / "into", TIME, fetcher)
    assert not (tmp_path / "ran").exists()


@pytest.mark.skipif("nobody" not in USERS, reason="only root can give a folder away")
def test_a_repository_of_another_user(
    fetcher: Fetcher, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in (repository, *repository.rglob("*")):
        os.chown(path, USERS["nobody"], -1, follow_symlinks=False)
    wanted, into = source(repository, "main"), tmp_path / "into"
    monkeypatch.delenv("SUDO_UID", raising=False)
    assert "build as its owner" in (fails(fetcher, wanted, into).diagnostic.hint or "")
    monkeypatch.setenv("SUDO_UID", str(USERS["nobody"]))
    checkout(wanted, into, TIME, fetcher)
    assert (into / "a").read_text() == "one"
