"""The layout of units: what is written is what the template says."""

from pathlib import Path

import jinja2
from hypothesis import given
from hypothesis import strategies as st

import punix.backends.systemd
from punix.backends.systemd.unit import Comment, Line, Section, line_spans, render
from punix.ir.span import Span
from punix.ir.text import fill

TEMPLATE = Path(punix.backends.systemd.__file__).with_name("templates") / "unit.j2"
SPAN = Span("a.pcl", 0, 1)
WORDS = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF), max_size=12)
LINES = st.builds(lambda key, value: Line(key, (value,) if value else (), SPAN), WORDS, WORDS)
COMMENTS = st.builds(lambda words: Comment((words,) if words else (), SPAN), WORDS)
SECTIONS = st.builds(
    lambda name, lines: Section(name, tuple(lines), SPAN), WORDS, st.lists(LINES | COMMENTS)
)


def written(line: Line | Comment) -> str:
    if isinstance(line, Comment):
        return f"# {''.join(map(str, line.words))}"
    return f"{line.key}={''.join(map(str, line.value))}"


def from_template(sections: tuple[Section, ...]) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATE.parent),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # a unit is not HTML, and its values are escaped
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    shown = [{"name": name, "lines": list(map(written, lines))} for name, lines, _ in sections]
    return environment.get_template(TEMPLATE.name).render(sections=shown)


@given(st.lists(SECTIONS, max_size=4).map(tuple))
def test_the_writer_and_the_template_agree(sections: tuple[Section, ...]) -> None:
    text = fill(render(sections), str)
    assert text == from_template(sections)
    assert text.count("\n") == len(line_spans(sections))
