"""Broken programs of any kind: each is answered with places, in bounded time, never with a bug.

Programs are the corpus, the examples and the error cases, with tokens and bytes
changed. `make fuzz` tries many more than a run of the suite.
"""

import random
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from examples import FUZZ, FUZZ_FROM
from punix.ir.codec import identity, loads
from punix.ir.derivation import DerivationGraph

from .conftest import EXAMPLES, Punix

DATA = Path(__file__).parents[1] / "data"
SEEDS = sorted([*DATA.rglob("*.pcl"), *EXAMPLES.rglob("*.pcl")])
TRIES = 1000 * FUZZ or 120
ROUND = 60
PATIENCE = 60
"""Seconds in which any program is answered, on a machine that does much else."""
TOKEN = re.compile(rb'"""|"[^"\n]*"|[A-Za-z_][\w-]*|\d+|\s+|.', re.DOTALL)
WORDS = [
    *(b"module", b"scenario", b"option", b"force", b"default", b"if", b"then", b"else", b"for"),
    *(b"in", b"where", b"and", b"yield", b"distinct", b"true", b"{", b"}", b"[", b"]", b"(", b")"),
    *(b"=", b".", b",", b";", b":", b"|", b'"', b'"""', b'f"{', b"{{", b"\\", b"#", b"\n", b"-1"),
    *(
        b"recipe",
        b"backend",
        b"source",
        b"services",
        b"X.out",
        b"from_env",
        b"\xff",
        b"\0",
        b"\xc3",
    ),
]


def mutated(chance: random.Random) -> bytes:
    """Change a few tokens, bytes and stretches of one program, or splice two."""
    tokens = TOKEN.findall(chance.choice(SEEDS).read_bytes())
    if chance.random() < 0.3:
        other = TOKEN.findall(chance.choice(SEEDS).read_bytes())
        tokens = tokens[: chance.randrange(len(tokens) + 1)] + other[chance.randrange(len(other)) :]
    exchange(tokens, chance)
    for _ in range(chance.choice((0, 0, 1, 1, 2, 6))):
        at = chance.randrange(len(tokens) + 1)
        size = chance.choice((0, 1, 1, 2, 9))
        kind = chance.randrange(4)
        if kind == 0:
            tokens[at : at + size] = [chance.choice(WORDS)]
        elif kind == 1:
            del tokens[at : at + size + 1]
        elif kind == 2:
            tokens[at:at] = chance.choices(tokens or WORDS, k=size)
        else:
            tokens[at:at] = tokens[chance.randrange(len(tokens) + 1) :][:size]
    return b"".join(tokens)


def exchange(tokens: list[bytes], chance: random.Random) -> None:
    """Put one token in the place of another of its sort, as in a program that is nearly right."""
    for sort in chance.choices((rb'"[^"]', rb"[A-Za-z_]", rb"\d"), k=chance.randint(0, 3)):
        places = [at for at, token in enumerate(tokens) if re.match(sort, token)]
        if places:
            tokens[chance.choice(places)] = tokens[chance.choice(places)]


def refused_with_places(err: str) -> bool:
    """Whether stderr tells at least one error, and no error of a program lacks its place."""
    heads = [line for line in err.splitlines() if re.search(r"(^|: )error: \[E\d+\] ", line)]
    return bool(heads) and "has a bug" not in err and "Traceback" not in err


def without_places(ir: str) -> str:
    """An IR as it is hashed: where things stand in a file is what `fmt` may change."""
    return str(identity(loads(DerivationGraph, ir)))


def hung(*_: object) -> NoReturn:
    raise TimeoutError


@pytest.fixture
def be_patient() -> Iterator[Callable[[], object]]:
    """Turn a program that is not answered in time into a bug, which names its seed."""
    signal.signal(signal.SIGALRM, hung)
    yield lambda: signal.alarm(PATIENCE)
    signal.alarm(0)


pytestmark = pytest.mark.fuzz


@pytest.mark.parametrize("start", range(FUZZ_FROM, FUZZ_FROM + TRIES, ROUND))
def test_any_program_is_answered(
    punix: Punix,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, int], None],
    be_patient: Callable[[], object],
    start: int,
) -> None:
    monkeypatch.setenv("PUNIX_BOOTSTRAP_MODE", "fast")  # no policy of builds is asked here
    program = tmp_path / "program.pcl"
    right = 0
    for seed in range(start, start + ROUND):
        be_patient()
        program.write_bytes(mutated(random.Random(seed)))
        checked = punix("check", program)
        assert "has a bug" not in checked.err, seed
        assert (checked.code, checked.out) == (0, "ok\n") or refused_with_places(checked.err), seed
        if checked.code == 0:
            right += 1
            compiled = punix("compile", program, "--emit", "derivation", "--verify-each")
            if "error: [E9]" in compiled.err:
                continue  # a policy of the program's own
            assert compiled.code == 0, (seed, compiled.err)
            names = compiled.out
            assert punix("fmt", program).code == 0, seed
            assert punix("fmt", "--check", program).code == 0, seed
            assert without_places(punix("compile", program).out) == without_places(names), seed
            planned = punix("compile", program, "--emit", "plan")
            assert planned.code == 0 or "no stack in the program" in planned.err, (
                seed,
                planned.err,
            )
        elif "error: [E0]" in checked.err:
            before = program.read_bytes()
            assert punix("fmt", program).code == 1, seed
            assert program.read_bytes() == before, seed
    record_property("programs", ROUND)
    record_property("programs without an error", right)
