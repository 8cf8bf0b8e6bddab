"""Making one store entry from one derivation.

In: a `Derivation` whose inputs are valid, a store, a sandbox. Out: a valid entry,
or `BuildFailed` and nothing. The steps: lock the name, look again, lay out a
private folder, run, make the tree canonical, find what it mentions, and last
of all make it durable with the entry's facts.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

from ...ir.canonical import digest
from ...ir.codec import to_tree
from ...ir.derivation import Derivation
from ...ir.names import Digest, StoreName, SystemName
from ...ir.node import Frozen, frozen
from ...ir.package import FixedSource, NoSource
from ..fetch.fetcher import Fetcher
from ..fetch.reporter import Reporter
from ..files.copies import new_folder
from ..files.fs import put_tree
from ..files.tree import See, hash_tree
from ..files.walk import TreeError
from ..store.build_records import begin_record
from ..store.canonicalise import make_canonical, make_read_only
from ..store.references import ReferenceScanner
from ..store.store import BuildTime, Entry, Store
from .environment import build_environment, direct_inputs, with_paths
from .exclusive_output import own_copy, refuse_shared
from .fix_up import fix_up
from .fixed_output import lay_out_fixed
from .policy import BuildPolicy
from .process import Processes
from .programs import runner
from .request import BuildRequest, Mount
from .result import BuildFailed, Status, Teller
from .run import run_build
from .source_folder import lay_out

__all__ = ["Builder"]

DERIVER_CONTEXT = "punix 2026-11-23 deriver v1"


class Made(NamedTuple):
    """What a build left: a folder, the identity of its tree, the bytes in its files.

    `commits` are what its sources meant by a tag or branch.
    """

    folder: Path
    digest: Digest
    size: int
    commits: tuple[str, ...]


@frozen
class Builder(Frozen):
    """How entries of a store are made, and the processes that run for it."""

    store: Store
    policy: BuildPolicy
    processes: Processes

    def build(self, order: Derivation, tell: Teller) -> Status:
        """Make an entry valid; return `ok`, or `cached` if another process did it first.

        `tell` hears who holds the lock, and each phase. Raises BuildFailed, FetchFailed,
        ProgramError (E30), LockHeld if another process builds it and we are interrupted.
        """
        with self.locked(order.name, tell) as lock:
            if self.store.is_valid(order.name):
                return "cached"
            drop = self._dropper(order.name)
            drop(order.name)
            begin_record(self.store, order)
            try:
                self._make(order, lock, tell)
            except BaseException:
                if not self.policy.keep_failed:
                    drop(order.name)
                raise
        return "ok"

    def locked(self, name: StoreName, tell: Teller) -> AbstractContextManager[int]:
        """Hold the lock of an entry; raises LockHeld if another has it when all has to stop."""
        return self.store.making(name, tell.waiting, lambda: self.processes.ended)

    def _dropper(self, name: StoreName) -> Callable[[StoreName], None]:
        """Return what removes what builds left; a tree that lies there may still be in use.

        It stays until the new one takes its place, unless that is built in place.
        """
        in_use = self.store.has_tree(name) and self.policy.sandbox.private
        return self.store.clear if in_use else self.store.quarantine

    def kept(self, name: StoreName) -> Path | None:
        """Return the folder that a failed build left, if such are kept."""
        scratch = self.store.inner(".tmp", name)
        return scratch if self.policy.keep_failed and scratch.exists() else None

    def _make(self, order: Derivation, lock: int, tell: Teller) -> None:
        inputs = self.store.closure(order.inputs)
        scanner = ReferenceScanner(inputs)
        made = self.produce(order, inputs, scanner.see if inputs else None, lock, tell)
        tell.phase("registering")
        self._put(order, made, scanner.references())

    def produce(
        self,
        order: Derivation,
        inputs: tuple[StoreName, ...],
        see: See | None,
        lock: int,
        tell: Teller,
    ) -> Made:
        """Run a build; return its output, in canonical form.

        The caller holds the lock of the name, and `see` is shown all that the output holds.
        Raises as `build` does.
        """
        scratch = self.store.inner(".tmp", order.name)
        request = self._request(order, scratch, inputs)
        commits = self._lay_out(order, request, scratch, lock, tell)
        tell.phase("building")
        self._runner(order, lock)(request)
        tell.phase("fixing")
        return self._settle(order, request, commits, see, tell)

    def _request(
        self, order: Derivation, scratch: Path, inputs: tuple[StoreName, ...]
    ) -> BuildRequest:
        final = self.store.path(order.name)
        mounts: tuple[Mount, ...] = ()
        if self.policy.sandbox.private:
            temporary, output = Path("/build"), scratch / "output"
            mounts = (Mount(scratch / "build", temporary), Mount(scratch / "tmp", Path("/tmp")))
        else:
            temporary, output = scratch / "build", final
        return BuildRequest(
            argv=("/bin/bash", "-eu", f"{temporary}/build.sh"),
            environment=build_environment(order, self.store, temporary, self.policy.cores),
            folder=temporary / "source",
            store=Path(self.store.root),
            inputs=tuple(self.store.path(name) for name in inputs),
            mounts=mounts,
            output=Mount(output, final),
            network=order.network,
            limits=self.policy.limits,
        )

    def _fetcher(self, lock: int, tell: Teller) -> Fetcher:
        def fetching(done: int, total: int | None) -> None:
            tell.phase("fetching", done, total)

        reporter = Reporter(fetching, tell.waiting, self.processes.stopping)
        return Fetcher(self.policy.cache, reporter, runner(self.processes, lock))

    def _lay_out(
        self,
        order: Derivation,
        request: BuildRequest,
        scratch: Path,
        lock: int,
        tell: Teller,
    ) -> tuple[str, ...]:
        """Make the folders of a build; return the commits that its sources turned out to be."""
        fetcher = self._fetcher(lock, tell)
        for folder in (scratch, scratch / "build", scratch / "tmp"):
            folder.mkdir(mode=0o700)
        new_folder(request.output.host)
        request.output.inside.mkdir(mode=0o755, exist_ok=True)  # what it is mounted on
        (scratch / "build" / "build.sh").write_text(
            with_paths(order.script, self.store), encoding="utf-8"
        )
        commits: tuple[str, ...] = ()
        for name, source in (("source", order.source), ("vendor", order.vendor)):
            folder = scratch / "build" / name
            if isinstance(source, FixedSource):
                run = self._runner(order, lock)
                lay_out_fixed(source, folder, request, run, fetcher, tell)
            elif name == "source" or not isinstance(source, NoSource):
                commits += lay_out(source, folder, fetcher, tell)
        return commits

    def _runner(self, order: Derivation, lock: int) -> Callable[[BuildRequest], None]:
        """Return what runs the script of an order, and the commands that make its sources."""
        log = self.store.log_path(order.name)
        sandbox, processes = self.policy.sandbox, self.processes
        return partial(run_build, sandbox=sandbox, processes=processes, log=log, lock=lock)

    def _settle(
        self,
        order: Derivation,
        request: BuildRequest,
        commits: tuple[str, ...],
        see: See | None,
        tell: Teller,
    ) -> Made:
        folder, private = request.output.host, request.folder.parent
        check = self.processes.stopping.check
        try:
            if not self.policy.sandbox.private:
                refuse_shared(folder)
            elif request.network:
                own_copy(folder, folder.with_name("copy"), check)
                folder = folder.with_name("copy")
            inputs = direct_inputs(order, self.store).values()
            mentioning = fix_up(folder, inputs, private, check)
            size = make_canonical(folder, self.policy.limits.output)
            made = Made(folder, hash_tree(folder, see=see, check=check), size, commits)
        except TreeError as problem:
            raise BuildFailed(
                f"build failed ({problem})", self.store.log_path(order.name)
            ) from None
        if mentioning:
            some = ", ".join(mentioning[:3]) + (", …" if mentioning[3:] else "")
            tell.warning(f"{len(mentioning)} file(s) mention {private}, which is gone: {some}")
        return made

    def _put(self, order: Derivation, made: Made, references: tuple[StoreName, ...]) -> None:
        final = self.store.path(order.name)
        if made.folder != final:
            put_tree(made.folder, final)
        make_read_only(final)
        self.store.clear(order.name)
        self.store.register(
            Entry(
                order.name,
                order.pname,
                order.version,
                SystemName(order.system),
                made.digest,
                made.size,
                references,
                digest(to_tree(order, hashed=True), DERIVER_CONTEXT),
                BuildTime(datetime.now(UTC).strftime(BuildTime.FORMAT)),
                made.commits,
            )
        )
