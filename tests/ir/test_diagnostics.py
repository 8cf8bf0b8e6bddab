"""How a diagnostic looks: its line, what is underlined, its notes, its hint."""

from punix.cli.compiling.sarif import as_sarif
from punix.ir.diagnostics import Code, Diagnostic, Label, render, to_tree, way_round
from punix.ir.span import Source, Span

TEXT = "module A {\n\tx = { a = 1\n    b = 2 }\n  y = 1 y = 2\n}\n"


def span(text: str, occurrence: int = 0) -> Span:
    start = -1
    for _ in range(occurrence + 1):
        start = TEXT.index(text, start + 1)
    return Span("a.pcl", start, start + len(text))


def lines(one: Diagnostic) -> list[str]:
    return render([one], [Source.of("a.pcl", TEXT)], {"a.pcl": TEXT})


def test_a_span_of_several_lines_is_underlined_to_the_end_of_its_first() -> None:
    assert lines(Diagnostic(Code.E1, "odd", span("{ a = 1\n    b = 2 }"))) == [
        "a.pcl:2:6: error: [E1] odd",
        "  \tx = { a = 1",
        "  \t    ^^^^^^^",
    ]


def test_a_note_on_another_line_shows_it_and_one_on_the_same_line_does_not() -> None:
    notes = (Label(span("y"), "first here"), Label(span("x"), "and here"))
    assert lines(Diagnostic(Code.E6, "twice", span("y", 1), notes, "remove one")) == [
        "a.pcl:4:9: error: [E6] twice",
        "    y = 1 y = 2",
        "          ^",
        "a.pcl:4:3: note: first here",
        "a.pcl:2:2: note: and here",
        "  \tx = { a = 1",
        "  \t^",
        "  hint: remove one",
    ]


def test_only_the_first_notes_of_many_show_their_lines() -> None:
    notes = tuple(Label(span("x"), str(number)) for number in range(20))
    shown = lines(Diagnostic(Code.E7, "ring", span("y"), notes))
    assert (shown.count("  \t^"), len(shown)) == (8, 3 + 20 + 2 * 8)


def test_the_middle_of_a_long_name_is_left_out_wherever_it_is_shown() -> None:
    long = "a" * 200_000
    one = Diagnostic(Code.E2, f"'{long}'", span("y"), (Label(span("x"), long),), f"not {long}")
    short = f"{'a' * 120}…{'a' * 120}"
    assert [line for line in lines(one) if "aa" in line] == [
        f"a.pcl:4:3: error: [E2] '{short}'",
        f"a.pcl:2:2: note: {short}",
        f"  hint: not {short}",
    ]
    tree = to_tree(one, {"a.pcl": Source.of("a.pcl", TEXT)})
    assert (tree["message"], tree["hint"]) == (f"'{short}'", f"not {short}")
    (result,) = as_sarif([one], [Source.of("a.pcl", TEXT)], "1")["runs"][0]["results"]
    assert result["message"]["text"] == f"'{short}'\nhint: not {short}"


def test_a_path_is_shown_whole() -> None:
    path = "/" + "/".join(["folder"] * 36)
    assert lines(Diagnostic(Code.E29, f"cannot read '{path}'")) == [
        f"error: [E29] cannot read '{path}'"
    ]


def test_of_a_long_ring_only_the_beginning_is_shown() -> None:
    assert way_round(["a", "b"]) == "a → b → a"
    names = [f"p{number}" for number in range(3000)]
    assert way_round(names) == "p0 → p1 → p2 → p3 → p4 → p5 → p6 → p7 → … (3000 in all) → p0"
