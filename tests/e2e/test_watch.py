"""`--print-after-all` and `--time-passes`: what a person sees of the passes, on stderr."""

import re

from .conftest import Punix, Scratch

PASSES = ["cycles", "bootstrap", "address", "dedup", "close"]


def test_each_pass_is_timed_and_shown_as_it_was_asked_for(punix: Punix, scratch: Scratch) -> None:
    told = punix("compile", "hello.pcl", "--emit", "closure", "--time-passes").err
    assert [line.split()[0] for line in told.splitlines()] == ["lower", *PASSES]
    assert re.fullmatch(r"(?:\w+ +[0-9]+\.[0-9]{2} ms\n)+", told)
    told = punix("compile", "hello.pcl", "--emit", "closure", "--print-after-all").err
    heads = [line for line in told.splitlines() if line.startswith("# after ")]
    assert [head.partition("{")[0] for head in heads] == [
        f"# after {name}" for name in ("lower", *PASSES)
    ]
    assert heads[2] == "# after bootstrap{reached=HelloStack}"


def test_an_option_is_shown_as_opt_reads_it(punix: Punix, scratch: Scratch) -> None:
    stored = punix("compile", "hello.pcl", "--emit", "derivation").out
    (scratch.folder / "graph.json").write_text(stored)
    outcome = punix("opt", "graph.json", "--passes", "dedup,prune{keep=Hello}", "--print-after-all")
    heads = [line for line in outcome.err.splitlines() if line.startswith("# after ")]
    assert heads == ["# after dedup", "# after prune{keep=Hello}"]
