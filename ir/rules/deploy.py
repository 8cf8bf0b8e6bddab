"""What is legal in what is deployed: in a bundle, a plan and a manifest.

In: one of them. Out: the problems found; see `ir/verify.py`.
"""

from collections.abc import Iterator

from ..bundle import Bundle, Unit
from ..manifest import Manifest, ManifestUnit
from ..plan import Plan
from ..text import Out, Secret
from .rule import Problem, Rule, known, mentioned, rising, unique, without

__all__ = ["BUNDLE", "MANIFEST", "PLAN"]


def bundle_sorted(bundle: Bundle) -> Iterator[Problem]:
    """Files by path, secret files by name, names of packages in order."""
    yield from rising("files", [file.path for file in bundle.files])
    yield from rising("secret_files", [file.name for file in bundle.secret_files])
    yield from rising("roots", bundle.roots)
    yield from rising("declared", bundle.declared)


def bundle_units(bundle: Bundle) -> Iterator[Problem]:
    """Units are unique, follow what they require, and stand on files that are there."""
    yield from unique("units", [unit.name for unit in bundle.units])
    files = {file.path for file in bundle.files}
    before: set[str] = set()
    for at, unit in enumerate(bundle.units):
        path = f"units[{at}]"
        yield from known(f"{path}.requires", unit.requires, before, "unit before this one:")
        yield from known(f"{path}.files", [unit.path, *unit.files], files, "file")
        yield from known(f"{path}.start_files", unit.start_files, set(unit.files), "file of it")
        yield from known(f"{path}.packages", unit.packages, bundle.declared, "package")
        yield from known(f"{path}.triggers", unit.triggers, before, "unit before this one:")
        before.add(unit.name)
    yield from rising("shared_files", bundle.shared_files)
    yield from known("shared_files", bundle.shared_files, files, "file")
    if bundle.accounts:
        yield from known("accounts", [bundle.accounts.path], files, "file")


def bundle_references(bundle: Bundle) -> Iterator[Problem]:
    """Roots are declared, paths in texts too, and secrets are in secret files only."""
    declared = set(bundle.declared)
    yield from known("roots", bundle.roots, declared, "declared package")
    yield from known("document", mentioned(bundle), declared, "declared package")
    yield from without("document", bundle, Out, "after 'address'")
    for at, file in enumerate(bundle.files):
        yield from without(f"files[{at}]", file, Secret, "in a file that everybody reads")


def plan_sorted(plan: Plan) -> Iterator[Problem]:
    """Files by path, units once, packages in order and either added or removed."""
    yield from rising("files", [file.path for file in plan.files])
    yield from unique("units", [unit.unit for unit in plan.units])
    yield from rising("packages_added", plan.packages_added)
    yield from rising("packages_removed", plan.packages_removed)
    yield from unique("packages", [*plan.packages_added, *plan.packages_removed])


def manifest_sorted(manifest: Manifest) -> Iterator[Problem]:
    """Files by path, secrets by name, units once, store paths and folders in order."""
    yield from rising("files", [file.path for file in manifest.files])
    yield from rising("secrets", [secret.name for secret in manifest.secrets])
    yield from unique("units", [unit.name for unit in manifest.units])
    yield from rising("store_paths", manifest.store_paths)
    yield from rising("dirs", manifest.dirs)


def manifest_references(manifest: Manifest) -> Iterator[Problem]:
    """Units stand on files of the manifest, and only units can be enabled."""
    files = {file.path for file in manifest.files}
    units = {unit.name for unit in manifest.units}
    yield from known("enablement", manifest.enablement, units, "unit")
    for at, unit in enumerate(manifest.units):
        stands_on = [*unit.requires, *unit.triggers]
        yield from known(f"units[{at}].requires", stands_on, units, "unit")
        yield from known(f"units[{at}].files", [unit.path, *unit.files], files, "file")
    yield from rising("shared_files", manifest.shared_files)
    yield from known("shared_files", manifest.shared_files, files, "file")


def manifest_facts(manifest: Manifest) -> Iterator[Problem]:
    """Generations count from 1, a file's sha256 has 64 digits, its mode only rwx bits."""
    if manifest.generation < 1:
        yield Problem("generation", "less than 1")
    for at, file in enumerate(manifest.files):
        if len(file.sha256) != 64 or set(file.sha256) - set("0123456789abcdef"):
            yield Problem(f"files[{at}].sha256", "not 64 hexadecimal digits")
        if not 0 <= file.mode <= 0o777:
            yield Problem(f"files[{at}].mode", "not permission bits")


def healths(root: Bundle | Manifest) -> Iterator[Problem]:
    """Checks name a program by its path, and their seconds are bounded."""
    units: tuple[Unit | ManifestUnit, ...] = root.units
    for at, unit in enumerate(units):
        if unit.health is not None and not unit.health.is_sound:
            yield Problem(f"units[{at}].health", "seconds out of bounds, or no program")


BUNDLE: tuple[Rule, ...] = (bundle_sorted, bundle_units, bundle_references, healths)
PLAN: tuple[Rule, ...] = (plan_sorted,)
MANIFEST: tuple[Rule, ...] = (
    manifest_sorted,
    manifest_references,
    manifest_facts,
    healths,
)
