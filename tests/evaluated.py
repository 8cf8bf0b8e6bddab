"""Programs of one file, and what their members come to as Python would write it."""

from vocabulary import check_text, errors

from punix.ir.program import Program
from punix.ir.value import ListValue, RecordValue, TextValue, Value


def program(text: str, scenario: str | None = None) -> Program:
    checked = check_text(text, scenario)
    assert checked.program is not None, errors(checked)
    return checked.program


def value(text: str, key: str, scenario: str | None = None) -> object:
    """Evaluate `Module.member` of a program and give it as Python would write it."""
    module_name, member = key.split(".")
    found = next(one for one in program(text, scenario).modules if one.name == module_name)
    evaluated = found.get(member)
    assert evaluated is not None
    return plain(evaluated)


def plain(evaluated: Value) -> object:
    if isinstance(evaluated, ListValue):
        return [plain(item) for item in evaluated.items]
    if isinstance(evaluated, RecordValue):
        return {str(field.label): plain(field.value) for field in evaluated.fields}
    if isinstance(evaluated, TextValue):
        texts = [part if isinstance(part, str) else repr(part) for part in evaluated.text]
        return "".join(texts)
    assert not hasattr(evaluated, "host")
    return evaluated.value
