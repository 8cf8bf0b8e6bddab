"""The baseline of a plan: what is live, what is active, which secrets can be had.

In: a target, a bundle and a source of secrets. Out: a `Baseline`, read without a lock and
without a write; and whether one is still what a plan was made on, else E33.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from ...ir.bundle import Bundle
from ...ir.codec import identity
from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.manifest import Manifest
from ...ir.names import Digest
from ...ir.saved_plan import KeyedSecret, SavedPlan
from ...ir.text import Secret
from ..deploy.records.pointers import active_number, live_manifest
from ..deploy.staging.render import render
from ..deploy.staging.secrets import SecretSource, look_up, read_key
from ..deploy.target.errors import reported
from ..deploy.target.layout import Target, generation_name
from ..units.plan import may_run

__all__ = ["Baseline", "check_unchanged", "read_baseline"]


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a bundle is compared with.

    `active` is what the service manager was last told to run, None where nobody told it
    anything; `may_run` are the generations that units are compared with, None among them if
    perhaps nothing runs. `secrets` maps secret files to their keyed digests, as far as the
    values and the stack's key can be read; `missing` has an E11 for each value that cannot.
    """

    live: Manifest | None
    active: Manifest | None
    may_run: tuple[Manifest | None, ...]
    secrets: Mapping[str, Digest]
    missing: tuple[Diagnostic, ...]

    def keyed(self) -> tuple[KeyedSecret, ...]:
        """Return the digests as a saved plan has them, by name."""
        return tuple(KeyedSecret(name, keyed) for name, keyed in sorted(self.secrets.items()))


def read_baseline(
    target: Target, bundle: Bundle, source: SecretSource, quote: Callable[[str], str]
) -> Baseline:
    """Look at a target, for a bundle; `quote` is as in Wish.

    Raises ProgramError: E27, E29, and E28 for a value that no file can carry.
    """
    values, missing = look_up(bundle, source)
    with reported():
        live = live_manifest(target)
        bases = tuple(may_run(target, live))
        active = active_number(target)
        return Baseline(
            live,
            next((base for base in bases if base and base.generation == active), None),
            bases,
            _digests(target, bundle, values, quote),
            tuple(missing),
        )


def _digests(
    target: Target, bundle: Bundle, values: Mapping[Secret, str], quote: Callable[[str], str]
) -> Mapping[str, Digest]:
    """Digest the secret files all of whose values are there; none where the key cannot be read."""
    known = tuple(
        file
        for file in bundle.secret_files
        if all(part in values for part in file.text if isinstance(part, Secret))
    )
    if not known:
        return {}
    try:
        key = read_key(target)
    except (FileNotFoundError, PermissionError):  # a first deploy makes it; root alone reads it
        return {}
    rendered = render(replace(bundle, files=(), secret_files=known), target, values, key, quote)
    return {file.entry.name: file.keyed for file in rendered.secrets}


def check_unchanged(target: Target, saved: SavedPlan, now: Baseline) -> None:
    """Raise ProgramError, an E33 for each thing that is not as it was when a plan was saved."""
    moved = [*_other_roots(target, saved), *_moved(saved, now)]
    if moved:
        hint = f"make it anew: punix service plan {saved.plan.stack} --plan FILE"
        raise ProgramError(Diagnostic(Code.E33, message, hint=hint) for message in moved)


def _other_roots(target: Target, saved: SavedPlan) -> Iterator[str]:
    for what, then, here in (
        ("store", saved.store_root, target.store_root),
        ("deployments", saved.deployments_root, target.deployments_root),
        ("transport", saved.transport_root, target.transport.root),
    ):
        if then != here:
            yield f"the plan is for the {what} root '{then}', this is '{here}'"


def _moved(saved: SavedPlan, now: Baseline) -> Iterator[str]:
    if saved.live != _identity(now.live):
        was = _name(saved.plan.against) if saved.live else "nothing"
        yield f"{was} was live when the plan was made, now it is {_shown(now.live)}"
    elif saved.active != _identity(now.active):
        yield f"another generation is active than when the plan was made: {_shown(now.active)}"
    for secret in saved.secrets:
        if now.secrets.get(secret.name, secret.keyed) != secret.keyed:
            yield f"the secrets in '{secret.name}' have other values than when the plan was made"


def _identity(manifest: Manifest | None) -> Digest | None:
    return identity(manifest) if manifest else None


def _shown(manifest: Manifest | None) -> str:
    if manifest is None:
        return "nothing"
    return f"{_name(manifest.generation)}, deployed at {manifest.deployed_at}"


def _name(number: int | None) -> str:
    return "nothing" if number is None else generation_name(number)
