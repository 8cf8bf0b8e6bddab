"""Any value in any field of a package, stack or service gives errors with places, or none."""

from hypothesis import given
from hypothesis import strategies as st
from vocabulary import check_text, errors

from examples import tried
from punix.ir.schema.package import PACKAGE, SOURCES
from punix.ir.schema.service import SERVICE
from punix.ir.schema.stack import STACK

ATOMS = (
    "1",
    "true",
    '""',
    '"P"',
    '"web"',
    '"Data"',
    '"git"',
    '{ from_env = "KEY" }',
    '{ artifact = { host = "h" name = "n" } }',
    "P.out",
    "P.pname",
    "Data.key",
    "Data.list",
    "Data",
    "Gone.x",
    'f"{P.out}/x"',
    'f"{Data.key}"',
)
LABELS = sorted(
    {
        *PACKAGE.labels(),
        *SERVICE.labels(),
        *STACK.labels(),
        *(label for schema in SOURCES.values() for label in schema.labels()),
        "odd",
    }
)


def record(fields: dict[str, str]) -> str:
    return "{ " + " ".join(f"{label} = {value}" for label, value in fields.items()) + " }"


def module(name: str, found: dict[str, str]) -> str:
    lines = (f"{label} = {value}\n" for label, value in found.items())
    return f"module {name} {{\n{''.join(lines)}}}\n"


values = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.dictionaries(st.sampled_from(LABELS), inner, max_size=4).map(record),
    ),
    max_leaves=8,
)
members = st.dictionaries(st.sampled_from(LABELS), values, max_size=6)


@tried(150)
@given(members, members)
def test_any_value_in_any_field_is_answered_with_places(
    package: dict[str, str], stack: dict[str, str]
) -> None:
    package = {"recipe": '"std.autotools"', **package}
    stack = {"backend": '"systemd"', **stack}
    text = module("P", package) + module("S", stack)
    text += 'module Data { key = { from_env = "SECRET" } list = [{ name = "a" }] }'
    checked = check_text(text)
    assert all(found.span is not None for found in checked.diagnostics)
    assert (checked.program is None) == checked.failed
    assert all(line for line in errors(checked))
    said = [(found.code, found.message, found.span) for found in checked.diagnostics]
    assert len(said) == len(set(said))
