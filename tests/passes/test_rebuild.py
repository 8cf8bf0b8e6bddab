"""Why a package is built anew: down to what differs by itself, and nothing besides."""

from dataclasses import replace
from pathlib import Path

from builds import SPAN, derive

from punix.ir.derivation import Derivation
from punix.ir.names import Digest, Version
from punix.ir.package import LocalSource
from punix.passes.rebuild import Cause, causes

DONE = "touch $OUTPUT/done"


def why(old: list[Derivation], new: list[Derivation]) -> list[Cause]:
    """Explain the last of `new` by the last of `old`."""
    known = {order.name: order for order in old}
    graph = {order.name: order for order in new}
    return list(causes(old[-1].name, new[-1].name, known.get, graph))


def brief(found: list[Cause]) -> list[tuple[str, list[str]]]:
    return [(" ".join(cause.path), [one.field for one in cause.changes]) for cause in found]


def stack(script: str, app_script: str = DONE) -> list[Derivation]:
    """Png stands on Zlib, App on both."""
    zlib = derive("Zlib", script)
    png = derive("Png", "use ", zlib, f"; {DONE}")
    return [zlib, png, derive("App", app_script, inputs=[png, zlib])]


def test_a_change_far_below_is_the_one_cause() -> None:
    old, new = stack("make\nmake install"), stack("make -j\nmake install")
    [cause] = why(old, new)
    assert (cause.path, cause.before, cause.after) == (("App", "Zlib"), old[0].name, new[0].name)
    [change] = cause.changes
    assert change.field == "script"
    assert change.diff == (
        "--- before",
        "+++ after",
        "@@ -1,2 +1,2 @@",
        "-make",
        "+make -j",
        " make install",
    )


def test_each_package_that_differs_by_itself_is_a_cause_once() -> None:
    assert brief(why(stack("a"), stack("b", "c"))) == [
        ("App", ["script"]),
        ("App Zlib", ["script"]),
    ]


def test_every_field_is_compared() -> None:
    old = derive("App", DONE, env={"A": "1", "B": "2"}, inputs=[derive("Old", DONE)])
    source = LocalSource(Digest("1" * 64), str(Path("src")), (), SPAN)
    new = derive(
        "App",
        DONE,
        env={"A": "1", "B": "3", "C": "4"},
        source=source,
        inputs=[tool := derive("New", DONE)],
    )
    new = replace(new, version=Version("2"), recipe_version=2, network=True)
    [cause] = why([old], [tool, new])
    assert [(one.field, one.before, one.after) for one in cause.changes] == [
        ("version", "1.0", "2"),
        ("recipe_version", "1", "2"),
        ("network", "false", "true"),
        ("source", "no-source", "local-source"),
        ("source.digest", None, "1" * 64),
        ("environment.B", "2", "3"),
        ("environment.C", None, "4"),
        ("inputs.new-1.0", None, tool.name),
        ("inputs.old-1.0", old.inputs[0], None),
    ]


def test_what_is_not_known_is_a_cause_without_changes() -> None:
    old, new = stack("a"), stack("b")
    [cause] = why(old[1:], new)
    assert (cause.path, cause.before, cause.changes) == (("App", "Zlib"), old[0].name, ())


def test_packages_whose_names_begin_alike_are_told_apart() -> None:
    def tree(text: str) -> list[Derivation]:
        parts = [derive(name, f"{name} {text}") for name in ("Gtk", "Gtk-doc", "Gtk-doc-x")]
        return [*parts, derive("App", DONE, inputs=parts)]

    found = why(tree("a"), tree("b"))
    assert sorted(cause.path[-1] for cause in found) == ["Gtk", "Gtk-doc", "Gtk-doc-x"]
    assert all(cause.before.label == cause.after.label for cause in found)


def test_a_long_chain() -> None:
    def chain(script: str) -> list[Derivation]:
        made = [derive("P0", script)]
        for at in range(1, 3_000):
            made.append(derive(f"P{at}", DONE, inputs=[made[-1]]))
        return made

    [cause] = why(chain("a"), chain("b"))
    assert (len(cause.path), cause.path[-1]) == (3_000, "P0")
