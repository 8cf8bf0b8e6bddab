"""Random deploys, rollbacks, switches and crashes, against a model of a few lines."""

from contextlib import suppress
from pathlib import Path

from faults import Faulty, Unsynced, memory_folder, stopped
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from stacks_on_disk import File, bundle, caller, read, target, wish

from punix.ir.diagnostics import ProgramError
from punix.runtime.deploy.records.manifest_file import load, numbers
from punix.runtime.deploy.records.pointers import live_manifest
from punix.runtime.deploy.transaction.verify import verify
from punix.runtime.service.deploy import deploy
from punix.runtime.service.switch import rollback, switch

FILE = st.builds(File, st.sampled_from("xy"), st.sampled_from(["link", "copy"]))
SHAPES = st.sampled_from(["/etc/k", "/etc/k/a", "/etc/k/a/b"])
PATHS = st.sampled_from(["/etc/a", "/etc/b", "/etc/deep/er/c"])


@st.composite
def stacks(draw: st.DrawFn) -> dict[str, File]:
    """Files of which none is a folder of another; one path changes between file and folder."""
    found = draw(st.dictionaries(PATHS, FILE))
    return found | {draw(SHAPES): draw(FILE)} if draw(st.booleans()) else found


class Machine(RuleBasedStateMachine):
    """The model: what each generation holds, which lives, and which lived before each."""

    def __init__(self) -> None:
        super().__init__()
        self.holder = memory_folder()
        self.root: Path = self.holder.__enter__()
        self.stacks: dict[int, dict[str, File]] = {}
        self.previous: dict[int, int | None] = {}
        self.live: int | None = None

    def teardown(self) -> None:
        self.holder.__exit__(None, None, None)

    @rule(files=stacks())
    def deploys(self, files: dict[str, File]) -> None:
        done = deploy(target(self.root), wish(bundle(files), keep=100), caller())
        assert done.live.generation == max(self.stacks, default=0) + 1
        self.note(done.live.generation, files)

    def note(self, number: int, files: dict[str, File]) -> None:
        self.stacks[number], self.previous[number] = files, self.live
        self.live = number

    @rule(files=stacks(), at=st.integers(0, 60), half=st.booleans())
    def deploy_crashes(self, files: dict[str, File], at: int, half: bool) -> None:
        faulty = Faulty(Unsynced(str(self.root)), at, "half" if half else "kill")
        number = max(self.stacks, default=0) + 1
        with stopped():
            here = target(self.root, transport=faulty.as_transport())
            deploy(here, wish(bundle(files), keep=100), caller())
        self.recover()
        live = live_manifest(target(self.root))
        if live is not None and live.generation == number:
            self.note(number, files)

    @precondition(lambda self: self.live)
    @rule(data=st.data(), at=st.integers(-1, 30))
    def switches(self, data: st.DataObject, at: int) -> None:
        number = data.draw(st.sampled_from(sorted(self.stacks)))
        faulty = Faulty(Unsynced(str(self.root)), at)
        with stopped():
            switch(target(self.root, transport=faulty.as_transport()), number, caller())
        self.recover()
        live = live_manifest(target(self.root))
        assert live is not None
        assert live.generation in (number, self.live)
        assert faulty.fired or live.generation == number
        self.live = live.generation

    @precondition(lambda self: self.live and self.previous[self.live])
    @rule()
    def rolls_back(self) -> None:
        assert self.live is not None
        done = rollback(target(self.root), None, caller())
        assert (done.live.generation, done.was) == (self.previous[self.live], self.live)
        self.live = done.live.generation

    def recover(self) -> None:
        with suppress(ProgramError):  # E26: nothing was deployed
            verify(target(self.root), caller())

    @invariant()
    def the_machine_is_the_live_generation(self) -> None:
        files = self.stacks[self.live] if self.live else {}
        found = {
            f"/{path.relative_to(self.root)}"
            for path in self.root.glob("etc/**/*")
            if path.is_symlink() or path.is_file()
        }
        assert found == set(files)
        assert {path: read(self.root, path) for path in files} == {
            path: file.text for path, file in files.items()
        }
        assert numbers(target(self.root)) == sorted(self.stacks)
        for number, previous in self.previous.items():
            assert load(target(self.root), number).previous == previous
        if self.live:
            assert verify(target(self.root), caller()).drifts == ()


Machine.TestCase.settings = settings(
    max_examples=12,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestMachine = Machine.TestCase
