"""What becomes of a build, in every sandbox."""

import os
import resource
import signal
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from builds import SPAN, Workshop, alive, derive, local
from patience import until

from punix.ir.diagnostics import Code, ProgramError
from punix.ir.names import BinaryName
from punix.ir.package import FetchedSource
from punix.ir.span import Span
from punix.runtime.building.sandbox import sandbox_named
from punix.runtime.store import store

TOUCH = "touch $OUTPUT/done"


def test_a_source_becomes_an_entry(shop: Workshop, tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "run").write_text("#!/bin/sh\n")
    (tmp_path / "src" / "run").chmod(0o700)
    (tmp_path / "src" / "note.o").write_text("no")
    script = "mkdir $OUTPUT/bin; echo more >> run; cp * $OUTPUT/bin; ln -s bin/run $OUTPUT/link"
    order = derive("Hello", script, source=local(tmp_path / "src", ("*.o",)))
    shop.ok(order)
    output = shop.output(order)
    assert (output / "bin" / "run").read_text() == "#!/bin/sh\nmore\n"
    assert os.listdir(output / "bin") == ["run"]
    for path, mode in ((output, 0o555), (output / "bin", 0o555), (output / "bin" / "run", 0o555)):
        assert (stat.S_IMODE(path.stat().st_mode), path.stat().st_mtime) == (mode, 1)
    assert (output / "link").lstat().st_mtime == 1
    assert (tmp_path / "src" / "run").read_text() == "#!/bin/sh\n"
    assert shop.left() == [order.name]
    entry = shop.store.entry(order.name)
    assert (entry.name, entry.pname, entry.version) == (order.name, "hello", "1.0")


def test_the_environment_is_made_from_nothing(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "leaked")
    tool = derive("Gtk-3", "mkdir $OUTPUT/bin")
    order = derive(
        "Env", "env > $OUTPUT/env; umask >> $OUTPUT/env", env={"COLOUR": "a b"}, inputs=[tool]
    )
    shop.ok(tool, order)
    lines = (shop.output(order) / "env").read_text().splitlines()
    variables = dict(line.split("=", 1) for line in lines if "=" in line)
    temporary = variables.pop("TMPDIR")
    assert variables.pop("SOURCE") == f"{temporary}/source" == variables.pop("PWD")
    cores = variables.pop("PUNIX_BUILD_CORES")
    assert {name: variables.pop(name) for name in ("SHLVL", "_")}
    assert variables == {
        "PATH": f"{shop.output(tool)}/bin:/usr/bin:/bin",
        "HOME": "/homeless",
        "OUTPUT": str(shop.output(order)),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "SOURCE_DATE_EPOCH": "315532800",
        "MAKEFLAGS": f"-j{cores}",
        "DEP_GTK_3": str(shop.output(tool)),
        "CMAKE_PREFIX_PATH": str(shop.output(tool)),
        "COLOUR": "a b",
    }
    assert lines[-1] == "0022"


def test_whether_the_caller_wants_core_dumps_makes_no_difference(shop: Workshop) -> None:
    limits = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (limits[1], limits[1]))
    order = derive("Crash", "ulimit -c > $OUTPUT/most")
    shop.ok(order)
    resource.setrlimit(resource.RLIMIT_CORE, limits)
    assert (shop.output(order) / "most").read_text() == "0\n"


def test_what_the_caller_ignores_is_not_ignored(shop: Workshop) -> None:
    ignored = (signal.SIGCHLD, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in ignored}
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGUSR2, signal.SIGTERM))
    order = derive("Trap", "grep -E 'Sig(Ign|Blk)' /proc/self/status > $OUTPUT/signals")
    bad = derive("Bad", "exit 3")
    try:
        results = shop.build(order, bad)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
    assert [one.status for one in results] == ["ok", "failed"], results
    words = (shop.output(order) / "signals").read_text().split()
    known = sum(1 << number - 1 for number in signal.valid_signals())  # others no program sets
    assert [int(word, 16) & known for word in words[1::2]] == [0, 0]


def test_tools_find_what_direct_inputs_have(shop: Workshop) -> None:
    deep = derive("Deep", "mkdir -p $OUTPUT/{bin,include}")
    zlib = derive("Zlib", "mkdir -p $OUTPUT/{include,lib/pkgconfig}; echo ", deep, ">$OUTPUT/x")
    curl = derive("Curl", "mkdir -p $OUTPUT/{bin,lib64,share/{aclocal,pkgconfig}}")
    made = derive("Made", "env > $OUTPUT/env", env={"CPPFLAGS": "-DX"}, inputs=[zlib, curl])
    user = derive("User", "env > $OUTPUT/env", inputs=[zlib, curl])
    shop.ok(deep, zlib, curl, user, made)
    a, z = shop.output(curl), shop.output(zlib)
    lines = (shop.output(user) / "env").read_text().splitlines()
    variables = dict(line.split("=", 1) for line in lines)
    found = {name: value for name, value in variables.items() if "/store/" in value}
    assert {name: found[name] for name in sorted(found) if "PATH" in name or "FLAGS" in name} == {
        "ACLOCAL_PATH": f"{a}/share/aclocal",
        "CMAKE_PREFIX_PATH": f"{a}:{z}",
        "CPPFLAGS": f"-I{z}/include",
        "LDFLAGS": f"-L{a}/lib64 -Wl,-rpath,{a}/lib64 -L{z}/lib -Wl,-rpath,{z}/lib",
        "PATH": f"{a}/bin:/usr/bin:/bin",
        "PKG_CONFIG_PATH": f"{a}/share/pkgconfig:{z}/lib/pkgconfig",
    }
    assert "CPPFLAGS=-DX\n" in (shop.output(made) / "env").read_text()


def test_references_are_what_the_output_mentions(shop: Workshop) -> None:
    deep = derive("Deep", TOUCH)
    lib = derive("Lib", "echo ", deep, " > $OUTPUT/path")
    tool = derive("Tool", TOUCH)
    app = derive(
        "App", "ln -s $DEP_LIB/path $OUTPUT/link; test -e ", deep, "/done", inputs=[lib, tool]
    )
    shop.ok(deep, lib, tool, app)
    assert shop.store.references(app.name) == (lib.name,)
    assert shop.store.closure([app.name]) == tuple(sorted([app.name, lib.name, deep.name]))


def test_what_something_valid_mentions_is_built_again_in_time(shop: Workshop) -> None:
    """Its user is valid, and so the build of their user has nothing else to wait for."""
    deep = derive("Deep", "sleep 0.2; " + TOUCH)
    tool = derive("Tool", "echo ", deep, " > $OUTPUT/path")
    lib = derive("Lib", "echo ", tool, " > $OUTPUT/path")
    app = derive("App", "cat $(cat $(cat $DEP_LIB/path)/path)/done > $OUTPUT/seen", inputs=[lib])
    orders = [app, lib, tool, deep]
    shop.ok(*orders)
    for one in (app, deep):
        shop.store.distrust(one.name)
    results = {one.module: one.status for one in shop.build(*orders)}
    assert results == {"App": "ok", "Lib": "cached", "Tool": "cached", "Deep": "ok"}
    shop.store.distrust(deep.name)
    found = shop.build(*orders, wanted=[lib.name])
    assert {one.module: one.status for one in found} == {
        "Lib": "cached",
        "Tool": "cached",
        "Deep": "ok",
    }


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo one; echo two >&2; exit 7", "build failed (rc=7) — last line: two  (log: "),
        ("exit 7", "build failed (rc=7) — it printed nothing  (log: "),
        ("true", "it left OUTPUT empty"),
        ("mkfifo $OUTPUT/pipe", "'pipe': neither folder, file nor link"),
        ("echo $UNSET", "UNSET: unbound variable"),
        ("printf 'a\\033[31mb\\n'; false; touch $OUTPUT/x", "last line: a [31mb"),
        ("kill -9 $$", "build failed (rc="),
    ],
)
def test_a_failed_build_leaves_nothing(shop: Workshop, script: str, words: str) -> None:
    order = derive("Bad", f"touch $OUTPUT/half; {script}" if "rc" in words else script)
    [result] = shop.build(order)
    assert (result.status, shop.left()) == ("failed", [])
    assert words in result.message
    assert result.diagnostic is not None
    assert (result.diagnostic.code, result.diagnostic.span) == (Code.E31, order.span)
    assert result.log == shop.store.log_path(order.name)
    assert result.log.exists()


def test_what_a_build_leaves_running_is_ended(shop: Workshop) -> None:
    order = derive("Daemon", "(sleep 1000; touch $OUTPUT/late) & touch $OUTPUT/done")
    shop.ok(order)
    until(lambda: alive(shop.output(order)), lambda left: left == [])
    assert os.listdir(shop.output(order)) == ["done"]


def test_a_failure_fails_its_dependents_only(shop: Workshop) -> None:
    bad = derive("Bad", "false")
    user = derive("User", TOUCH, inputs=[bad])
    last = derive("Last", TOUCH, inputs=[user])
    good = derive("Good", TOUCH)
    results = shop.build(last, user, bad, good)
    assert [result.status for result in results] == ["skipped", "skipped", "failed", "ok"]
    reason = "not built: it needs 'Bad', which failed"
    assert [result.message for result in results[:2]] == [reason, reason]
    ends = [(event.module, event.status) for event in shop.events if event.kind == "finished"]
    assert sorted(ends, key=str) == [
        ("Bad", "failed"),
        ("Good", "ok"),
        ("Last", "skipped"),
        ("User", "skipped"),
    ]
    assert shop.build(good)[0].status == "cached"


def test_every_phase_is_told_in_order(shop: Workshop) -> None:
    good, bad = derive("Good", TOUCH), derive("Bad", "false")
    user = derive("User", TOUCH, inputs=[good])
    shop.build(good, user, bad, jobs=1, wanted=[good.name, bad.name])
    told = [(event.module, event.phase or event.kind) for event in shop.events if event.module]
    phases = ["unpacking", "building", "fixing", "registering"]
    assert told == [
        ("Good", "planned"),
        ("Bad", "planned"),
        *(("Good", word) for word in ["started", *phases, "finished"]),
        *(("Bad", word) for word in ["started", *phases[:2], "finished"]),
    ]
    ends = [event.message for event in shop.events if event.kind == "finished"]
    assert (ends[0], "rc=1" in ends[1]) == ("", True)


def test_inputs_of_what_is_valid_are_not_built(shop: Workshop) -> None:
    tool = derive("Tool", TOUCH)
    order = derive("App", TOUCH, inputs=[tool])
    shop.ok(tool, order)
    shop.store.quarantine(tool.name)
    [result] = shop.build(tool, order, wanted=[order.name])
    assert (result.module, result.status) == ("App", "cached")
    assert not shop.store.is_valid(tool.name)


def test_a_changed_source_is_noticed(shop: Workshop, tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    here = Span("a.pcl", 5, 6)
    source = replace(local(tmp_path / "src"), span=here)
    order = derive("Hello", TOUCH, source=source)
    (tmp_path / "src" / "new").write_text("")
    [result] = shop.build(order)
    assert result.message == f"source '{tmp_path}/src' changed after it was read"
    assert result.diagnostic is not None
    assert result.diagnostic.span == here


def test_a_script_of_any_size_and_text(shop: Workshop) -> None:
    order = derive("Big", "cat > $OUTPUT/text <<'END'\n" + "ü '\"%s\\\n" * 40_000 + "END\n")
    shop.ok(order)
    assert (shop.output(order) / "text").read_text() == "ü '\"%s\\\n" * 40_000


def test_umask_changes_no_mode(shop: Workshop) -> None:
    before = os.umask(0o077)
    try:
        order = derive("Hello", TOUCH)
        shop.ok(order)
    finally:
        os.umask(before)
    for path in (Path(shop.store.root), shop.store.meta_path(order.name).parent):
        assert stat.S_IMODE(path.stat().st_mode) == 0o755
    assert stat.S_IMODE(shop.store.meta_path(order.name).stat().st_mode) == 0o644
    assert stat.S_IMODE((shop.output(order) / "done").stat().st_mode) == 0o444


def test_setuid_and_writable_bits_are_dropped(shop: Workshop) -> None:
    order = derive("Hello", "touch $OUTPUT/su; chmod 6777 $OUTPUT/su; mkdir -m 1777 $OUTPUT/d")
    shop.ok(order)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in sorted(shop.output(order).iterdir())]
    assert modes == [0o555, 0o555]


def test_a_nul_is_refused(shop: Workshop) -> None:
    for order in (derive("A", TOUCH, env={"X": "a\0b"}), derive("B", f"{TOUCH}\0")):
        [result] = shop.build(order)
        assert (result.status, "NUL" in result.message) == ("failed", True)


def test_a_disk_that_refuses_is_a_result(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "syncfs", full)
    [result] = shop.build(derive("A", TOUCH))
    assert (result.status, shop.left()) == ("failed", [])
    assert result.diagnostic is not None
    assert result.diagnostic.code == Code.E29


def test_a_store_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file")
    with pytest.raises(ProgramError) as caught:
        Workshop.at(tmp_path, sandbox_named("off")).build(derive("A", TOUCH))
    assert caught.value.diagnostics[0].code == Code.E29


def test_sources_that_cannot_be_fetched_stop_before_any_build(tmp_path: Path) -> None:
    shop = Workshop.at(tmp_path, sandbox_named("off"))
    places = (SPAN, SPAN, SPAN)
    name, digest = BinaryName("y"), "0" * 64
    fetched = FetchedSource("url", "ftp://x/y", name, digest, "sha256", (), *places)
    with pytest.raises(ProgramError, match="nothing is fetched by 'ftp'"):
        shop.build(derive("A", TOUCH), derive("B", TOUCH, source=fetched))
    assert not Path(shop.store.root).exists()


def test_a_vendored_source_lies_beside_the_source(shop: Workshop, tmp_path: Path) -> None:
    for name in ("own", "theirs"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "text").write_text(name)
    script = "cat text $VENDOR/text > $OUTPUT/both"
    order = derive("A", script, source=local(tmp_path / "own"), vendor=local(tmp_path / "theirs"))
    plain = derive("B", 'echo "${VENDOR-none}" > $OUTPUT/said')
    shop.ok(order, plain)
    assert (shop.store.path(order.name) / "both").read_text() == "owntheirs"
    assert (shop.store.path(plain.name) / "said").read_text() == "none\n"


def test_a_hard_link_leads_out_of_no_output(tmp_path: Path) -> None:
    """With the sandbox off it could be made, and the file would be changed with the output."""
    shop = Workshop.at(tmp_path, sandbox_named("off"))
    (tmp_path / "mine").write_text("mine")
    script = f"{TOUCH}; ln $OUTPUT/done $OUTPUT/again; "
    [result] = shop.build(derive("Out", script + f"ln {tmp_path}/mine $OUTPUT/mine"))
    assert result.message == (
        "build failed ('mine': is a hard link to a file outside of OUTPUT: copy it)"
    )
    assert (tmp_path / "mine").stat().st_mode & 0o777 == 0o644
    shop.ok(derive("In", script))
