"""Whether services see what they run and read: the store, and the files of their generation.

In: a bundle and the machine that it goes to. Out: nothing, or E39 for each service from which
its own unit hides one of them. Started like that it would end at once, with a number.
"""

from collections.abc import Iterator
from os.path import realpath

from ...backends.base import load_backend
from ...ir.bundle import Bundle, Unit
from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.text import fill
from ...runtime.deploy.target.layout import Target

__all__ = ["check_seen"]


def check_seen(bundle: Bundle, place: Target) -> None:
    """Raise ProgramError (E39); what goes below another root is run by nobody."""
    if place.transport.root != "/" or bundle.scope != "system":
        return
    hidden_folders = load_backend(bundle.backend).hidden_folders
    texts = {file.path: file.text for file in bundle.files}
    problems = [
        problem
        for unit in bundle.units
        if unit.kind == "service"
        for hidden in [hidden_folders(fill(texts[unit.path], lambda _: "/x"))]
        for what, root in _needed(bundle, unit, place)
        for folder, directive in hidden.items()
        if f"{realpath(root)}/".startswith(f"{folder}/")
        for problem in [_problem(unit, directive, what, root)]
    ]
    if problems:
        raise ProgramError(problems, bundle.sources)


def _needed(bundle: Bundle, unit: Unit, place: Target) -> Iterator[tuple[str, str]]:
    yield "store", place.store_root
    if unit.files or bundle.shared_files:
        yield "deployments", place.deployments_root


def _problem(unit: Unit, directive: str, what: str, root: str) -> Diagnostic:
    return Diagnostic(
        Code.E39,
        f"{directive} hides the {what} root '{root}' from unit '{unit.name}'",
        unit.span,
        hint=f"give a --{what}-root elsewhere, such as below /var/lib, or except {directive}",
    )
