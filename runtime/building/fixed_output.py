"""Sources that a command makes: `fixed_output`.

In: a command and the digest of the tree that it has to make; the request of the build that
needs it. Out: the tree, in a folder; or a located E13.

The command runs in the sandbox of the build, with the network and with the build's inputs
on PATH. For a `vendor` it starts in a copy of the package's source, else in an empty
folder; $OUTPUT is an empty folder to fill. Whatever it did counts only if the tree has the
digest, and then the tree is kept and the command is not run again.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from ...ir.diagnostics import Code
from ...ir.package import FixedSource
from ..fetch.failure import Expected, mismatch
from ..fetch.fetcher import Fetcher
from ..fetch.program import PROXIES
from ..fetch.tree_cache import copy_of
from ..files.copies import copy_tree
from ..files.remove import remove_tree
from ..files.tree import hash_tree_with
from ..files.walk import TreeError
from .environment import SOURCE_DATE_EPOCH
from .exclusive_output import own_copy
from .request import BuildRequest, Mount
from .result import BuildFailed, Teller

__all__ = ["lay_out_fixed"]


def lay_out_fixed(
    source: FixedSource,
    folder: Path,
    build: BuildRequest,
    run: Callable[[BuildRequest], None],
    fetcher: Fetcher,
    tell: Teller,
) -> None:
    """Make a folder with what a command makes; `build` is what the package's build will be.

    Raises FetchFailed (E13), and BuildFailed for a command that fails.
    """

    def make(kept: Path) -> None:
        tell.phase("fetching")
        place = _Place(folder.parent.parent, build)
        place.prepare(source, folder.with_name("source"))
        try:
            run(place.request(build))
        except BuildFailed as failure:
            message = f"the command of its {folder.name}: {failure.message}"
            raise BuildFailed(message, failure.log) from None
        place.check()
        own_copy(place.made, kept, fetcher.reporter.check)
        _verify(source, kept)
        place.clear()

    try:
        copy_of(f"fixed-{source.hash_type}-{source.hash}", folder, SOURCE_DATE_EPOCH, fetcher, make)
    except TreeError as problem:
        raise BuildFailed(f"what its source's command made cannot be kept: {problem}") from None


class _Place:
    """Where a command runs: folders of its own, for what it leaves must not reach the build.

    `host` is its private folder, which it sees as `inside`; `made` is what it fills.
    """

    def __init__(self, scratch: Path, build: BuildRequest) -> None:
        self.host, self.temporary = scratch / "fetch", scratch / "fetch-tmp"
        self.nothing = scratch / "fetch-nothing"
        self.inside = build.folder.parent if build.mounts else self.host
        self.made = self.host / "made"

    def prepare(self, source: FixedSource, start: Path) -> None:
        for folder in (self.host, self.temporary, self.nothing, self.made):
            folder.mkdir(mode=0o700)
        if start.exists():
            copy_tree(start, self.host / "source", (), SOURCE_DATE_EPOCH)
        else:
            (self.host / "source").mkdir(mode=0o700)
        (self.host / "fetch.sh").write_text(source.command, encoding="utf-8")

    def request(self, build: BuildRequest) -> BuildRequest:
        """Return a build that runs the command instead, and may use the network."""
        mounts = (Mount(self.host, self.inside), Mount(self.temporary, Path("/tmp")))
        return replace(
            build,
            argv=("/bin/bash", "-eu", str(self.inside / "fetch.sh")),
            environment=self._environment(build.environment),
            folder=self.inside / "source",
            mounts=mounts if build.mounts else (),
            output=Mount(self.nothing, build.output.inside),
            network=True,
        )

    def _environment(self, build: Mapping[str, str]) -> dict[str, str]:
        proxies = {name: os.environ[name] for name in PROXIES if name in os.environ}
        places = {"TMPDIR": "", "SOURCE": "source", "OUTPUT": "made"}
        own = {name: str(self.inside / part) for name, part in places.items()}
        return {name: text for name, text in build.items() if name != "VENDOR"} | proxies | own

    def check(self) -> None:
        if self.made.is_symlink() or not self.made.is_dir():  # a link would lead into the host
            raise BuildFailed("the command of its source left no folder at OUTPUT")
        self.made.chmod(0o700)  # a command may have closed it
        if not any(self.made.iterdir()):
            raise BuildFailed("the command of its source left OUTPUT empty")

    def clear(self) -> None:
        for folder in (self.host, self.temporary, self.nothing):
            remove_tree(folder)


def _verify(source: FixedSource, kept: Path) -> None:
    """Hold a copy against the digest, and remove it if it has another.

    Not what was copied: a command has the network, by which it can hand an open file to a
    process outside, and that can write to it for as long as it likes.
    """
    got = hash_tree_with(source.hash_type, kept)
    if got != source.hash:
        remove_tree(kept)
        expected = Expected(source.hash_type, source.hash, source.hash_span)
        raise mismatch(Code.E13, "what the command makes", expected, got)
