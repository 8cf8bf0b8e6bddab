"""Sources from git: one commit of a repository, as a folder without `.git`.

In: a source that names a repository and a commit, tag or branch. Out: the folder, and the
commit; or a located E10 or E31. A commit that was fetched once is kept (`tree_cache`).

Git runs with nothing of the person's configuration, no hooks, no questions, and by no
protocols but those that a program may name. What is fetched is named by its hash, which
git computes from what it receives.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...ir.diagnostics import Code
from ...ir.package import COMMIT, FetchedSource
from ...ir.urls import shown
from ..files.remove import remove_tree
from ..files.tree import hash_tree_with
from ..files.walk import TreeError, walk
from .account import parted
from .failure import Expected, FetchFailed, cannot, mismatch
from .fetcher import Fetcher
from .program import need, tidy_environment
from .tree_cache import copy_of

__all__ = ["checkout"]

ADVERTISED = re.compile(r"^([0-9a-f]{40,64})\t(\S+)$", re.MULTILINE)
SAID = re.compile(r"^(?:fatal|error): .+$", re.MULTILINE)
SHORT_SSH = re.compile(r"[^/:@]+@[^/:]+:")

REMOTE = "https:ssh"
LOCAL = "file:https:ssh"
"""What may be asked for. A repository of the net must not lead to folders of this machine."""

SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.attributesFile=/dev/null",
    "core.autocrlf=false",
    "core.symlinks=true",
    "credential.helper=",
    "advice.detachedHead=false",
    "init.defaultBranch=main",
    "gc.auto=0",
    "maintenance.auto=false",
    "submodule.recurse=false",
    "http.lowSpeedLimit=1",
    "http.lowSpeedTime=30",
)
SSH = "ssh -o BatchMode=yes -o ConnectTimeout=30 -o ServerAliveInterval=15"
"""Asks nothing, and waits for a silent server as long as a download does."""
TRUSTED = {"SSL_CERT_FILE": "GIT_SSL_CAINFO", "SSL_CERT_DIR": "GIT_SSL_CAPATH"}
"""What says whom to trust, to downloads and to git."""
NOT_OURS = "git reads repositories of one's own only: build as its owner, or from a clone of it"
COMMAND = ("git", *(word for setting in SETTINGS for word in ("-c", setting)))


class GitFailed(Exception):
    """Git said no; the message is the first reason that it gave."""


def checkout(source: FetchedSource, folder: Path, time: int, fetcher: Fetcher) -> str:
    """Make a folder with what a commit holds, all times `time`; return the commit.

    Raises FetchFailed: E10 for a tree that `treeHash` does not describe, else E31.
    """
    need("git", source.span)
    repository = _Repository(*_address(source.url), fetcher)
    try:
        commit = repository.commit(source.hash)
        if commit is None:
            raise _unknown(source)
        name = f"git-{commit}{'-submodules' if source.submodules else ''}"
        copy_of(
            name,
            folder,
            time,
            fetcher,
            lambda made: repository.fetch(commit, made, source.submodules),
        )
    except (GitFailed, TreeError) as problem:
        message = f"cannot get '{source.hash}' of '{shown(source.url)}': {problem}"
        hint = NOT_OURS if "dubious ownership" in message else None
        raise cannot(message, source.span, hint) from None
    _verify(source, folder)
    return commit


def _unknown(source: FetchedSource) -> FetchFailed:
    short = re.fullmatch("[0-9a-f]{7,}", source.hash)
    hint = "a commit is written with all of its 40 digits" if short else None
    message = f"'{shown(source.url)}' has no commit, tag or branch '{source.hash}'"
    return cannot(message, source.hash_span, hint)


def _verify(source: FetchedSource, folder: Path) -> None:
    if source.tree_hash is None:
        return
    kind = source.hash_type
    got = hash_tree_with(kind, folder)
    if got != source.tree_hash:
        what = f"the tree of '{shown(source.url)}'"
        expected = Expected(kind, source.tree_hash, source.tree_span, "treeHash")
        raise mismatch(Code.E10, what, expected, got)


def _address(url: str) -> tuple[str, str]:
    """Return what git is given, and a header for its host.

    Anybody may read a command line, and a path must not depend on where git runs.
    """
    if url.startswith("https://"):
        return parted(url)
    is_path = "://" not in url and not SHORT_SSH.match(url)
    return os.path.abspath(url) if is_path else url, ""


@dataclass(frozen=True, slots=True)
class _Repository:
    """A repository somewhere. Methods raise GitFailed."""

    address: str
    authorization: str
    fetcher: Fetcher

    def commit(self, revision: str) -> str | None:
        """Return the commit that a revision is now, None if there is no such thing."""
        if COMMIT.fullmatch(revision):
            return revision
        tag, branch = f"refs/tags/{revision}", f"refs/heads/{revision}"
        refs = [f"{tag}^{{}}", tag, branch]  # the commit of an annotated tag, before the tag
        if revision == "HEAD" or revision.startswith("refs/"):
            refs += [f"{revision}^{{}}", revision]
        printed = self._git(Path("/"), "ls-remote", "--quiet", "--", self.address, *refs)
        table = {ref: commit for commit, ref in ADVERTISED.findall(printed)}
        return next((table[ref] for ref in refs if ref in table), None)

    def fetch(self, commit: str, folder: Path, submodules: bool) -> None:
        """Make a folder with what a commit holds."""
        remove_tree(folder)
        folder.mkdir(mode=0o700)
        self._git(folder, "init", "--quiet", ".")
        try:
            self._fetch(folder, "--depth=1", "--no-tags", refs=(commit,))
        except GitFailed:  # not every server hands out any commit that one asks for
            refs = (f"+refs/{kind}/*:refs/fetched/{kind}/*" for kind in ("heads", "tags"))
            self._fetch(folder, refs=tuple(refs))
        self._git(folder, "checkout", "--quiet", "--detach", commit, "--")
        if submodules:
            self._git(folder, "config", "--local", "remote.origin.url", self.address)
            self._git(
                folder, "submodule", "--quiet", "update", "--init", "--recursive", "--checkout"
            )
        for found in list(walk(folder)):
            if found.entry.name == ".git":
                remove_tree(folder / found.path)

    def _fetch(self, folder: Path, *options: str, refs: Sequence[str]) -> None:
        options = ("--quiet", "--no-recurse-submodules", "--no-write-fetch-head", *options)
        self._git(folder, "fetch", *options, "--", self.address, *refs)

    def _git(self, folder: Path, *words: str) -> str:
        """Run git; return what it printed."""
        self.fetcher.reporter.progress(0)
        status, output = self.fetcher.run((*COMMAND, *words), self._environment(), folder)
        if status:
            printed = output.replace(self.address, shown(self.address))
            said = SAID.search(printed)
            raise GitFailed(said[0] if said else printed.strip() or f"rc={status}")
        return output

    def _environment(self) -> dict[str, str]:
        is_local = self.address.startswith(("/", "file://"))
        trusted = {ours: os.environ[name] for name, ours in TRUSTED.items() if name in os.environ}
        return {
            **tidy_environment(),
            **trusted,
            **self._header(),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_ALLOW_PROTOCOL": LOCAL if is_local else REMOTE,
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ASKPASS": "/bin/false",
            "SSH_ASKPASS": "/bin/false",
            "GIT_SSH_COMMAND": SSH,
        }

    def _header(self) -> dict[str, str]:
        """Return what tells git to authorize itself to the host of the address, and to no other."""
        if not self.authorization:
            return {}
        host = "/".join(self.address.split("/")[:3])
        return {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"http.{host}/.extraHeader",
            "GIT_CONFIG_VALUE_0": f"Authorization: {self.authorization}",
        }
