"""Deploy: make a new generation of a stack, and let it live.

In: a bundle and the run-time closure of what it uses. Out: the manifest that is live now.
Nothing is evaluated or built here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from ...ir.bundle import Bundle
from ...ir.diagnostics import ProgramError
from ...ir.manifest import Manifest, ManifestFile
from ...ir.names import StoreName
from ...ir.node import Frozen, frozen
from ...ir.span import Span
from ...ir.text import Secret
from ..deploy.paths.check import Checked, check_paths
from ..deploy.paths.enabling import enabled_units
from ..deploy.records.manifest_file import save
from ..deploy.records.pointers import live_manifest
from ..deploy.staging.make_accounts import brought_along, make_accounts
from ..deploy.staging.make_manifest import Facts, describe, describe_files
from ..deploy.staging.render import Rendered, render
from ..deploy.staging.secrets import SecretSource, resolve, stack_key
from ..deploy.staging.stage import kept_files, stage_tree
from ..deploy.target.accounts import check_accounts
from ..deploy.target.caller import Caller, rfc3339
from ..deploy.target.errors import reported
from ..deploy.target.layout import Target, generation_number
from ..deploy.target.steps import telling
from ..deploy.transaction.flip import Transition, flip
from ..deploy.transaction.locking import claims_held, locked, make_folders
from ..deploy.transaction.retention import trim
from ..units.activation import Activation
from ..units.check import check_units
from ..units.plan_rollout import Desired, plan_rollout
from ..units.systemd_version import TooNew, check_version
from .kept_generations import check_store
from .outcome import Outcome, remember

__all__ = ["Wish", "deploy"]


@frozen
class Wish(Frozen):
    """What to deploy: a bundle, the run-time closure of all that it uses, and its secrets.

    `quote` writes a secret value inside the double quotes of an EnvironmentFile;
    `register` makes the deployments root known to the store; `keep` is how many
    generations stay. `verify` asks the service manager whether it takes the units:
    always, never, or (None) where the root is that of a machine. `adopt` takes paths
    over at which something else lies, and keeps that; `enable` lets units start at boot.
    `confirm` is asked once the stack is held, before anything changes, and raises
    ProgramError to end it there. With `activation` units follow. `too_new` says what a
    systemd of some version does not know; None: the units are not systemd's.
    """

    bundle: Bundle
    store_paths: tuple[StoreName, ...]
    secrets: SecretSource
    quote: Callable[[str], str]
    register: Callable[[], None]
    keep: int = 10
    verify: bool | None = None
    adopt: bool = False
    enable: bool = False
    confirm: Callable[[], None] = lambda: None
    activation: Activation | None = None
    too_new: TooNew | None = lambda _bundle, _version: ()


def deploy(target: Target, wish: Wish, caller: Caller) -> Outcome:
    """Make a new generation and let it live. Raises ProgramError.

    E11 (secrets), E12 (the store), E19 and E21 (paths), E20 (units), E22 (lock), E27, E29, E36,
    and what `confirm` raises.
    """
    with telling(caller.tell, "secrets"):
        values = resolve(wish.bundle, wish.secrets)
    check_store(caller, wish.store_paths)
    files = [(file.path, file, file.span) for file in wish.bundle.files]
    check_accounts(target.transport, files, wish.bundle.sources, brought_along(wish.bundle))
    with reported():
        make_folders(target)
    with locked(target, caller):
        wish.confirm()
        done = _with_units(target, wish, caller, _render(target, wish, values))
        _trim(target, wish, caller, done)
        remember(target, caller, "deploy", done)
    return done


def _with_units(target: Target, wish: Wish, caller: Caller, rendered: Rendered) -> Outcome:
    """Make a generation live while its units are stopped, then let them follow."""
    before = live_manifest(target)
    _verify_units(target, wish, caller, rendered, before)
    digests = {secret.entry.name: secret.keyed for secret in rendered.secrets}
    desired = Desired(wish.bundle, digests)
    rollout = plan_rollout(target, caller, wish.activation, before, desired)
    with rollout.units_stopped("deploy"), claims_held(target, caller):
        done = _make_live(target, wish, caller, before, rendered)
    return replace(done, failure=rollout.finish(done.live))


def _trim(target: Target, wish: Wish, caller: Caller, done: Outcome) -> None:
    """Remove old generations; that they stay is no failure of a deploy."""
    try:
        with telling(caller.tell, "trim"):
            trim(target, live_manifest(target) if done.failure else done.live, wish.keep)
    except (OSError, ProgramError) as problem:
        caller.notice(f"older generations are still there: {problem}")


def _render(target: Target, wish: Wish, values: Mapping[Secret, str]) -> Rendered:
    key = stack_key(target) if wish.bundle.secret_files else b""
    return render(wish.bundle, target, values, key, wish.quote)


def _verify_units(
    target: Target, wish: Wish, caller: Caller, rendered: Rendered, before: Manifest | None
) -> None:
    if wish.too_new is None:
        return
    if not (target.transport.root == "/" if wish.verify is None else wish.verify):
        return
    with telling(caller.tell, "verify"):
        check_version(target, wish.bundle, wish.too_new)
        was_asked = check_units(target, rendered, before)
    if not was_asked:
        caller.notice("systemd-analyze is not there: the units were not verified")


def _make_live(
    target: Target, wish: Wish, caller: Caller, before: Manifest | None, rendered: Rendered
) -> Outcome:
    """Stage a new generation and flip to it."""
    now = caller.now()
    modified = int(now.timestamp())
    if wish.adopt:
        from ..deploy.transaction.adopt import clear_drift  # compares and mends: few deploys do

        clear_drift(target, caller, before)
    kept = kept_files(target, rendered, before)
    files = describe_files(rendered, kept, modified)
    checked = _check_paths(target, wish, caller, files, before)
    facts = _facts(target, wish, caller, now, before)
    after = describe(target, rendered, kept, facts, files, checked.dirs)

    def stage() -> None:
        make_accounts(target, rendered, after.generation, caller.tell)
        if not kept.whole:
            stage_tree(target, rendered, kept, after.tree, modified)
        save(target, after)
        target.transport.sync_folder(target.folder)

    wish.register()
    transition = Transition("deploy", before, after, checked)
    skipped = flip(target, transition, caller.tell, stage)
    return Outcome(after, facts.previous, skipped)


def _check_paths(
    target: Target,
    wish: Wish,
    caller: Caller,
    files: Sequence[ManifestFile],
    before: Manifest | None,
) -> Checked:
    spans: dict[str, Span] = {file.path: file.span for file in wish.bundle.files}
    check = partial(check_paths, target, files, before, spans, wish.bundle.sources)
    if not wish.adopt:
        return check()
    from ..deploy.transaction.adopt import adopting  # as above

    return adopting(target, caller, check)


def _facts(
    target: Target, wish: Wish, caller: Caller, now: datetime, before: Manifest | None
) -> Facts:
    return Facts(
        _next_number(target),
        before.generation if before else None,
        rfc3339(now),
        caller.who,
        caller.tool,
        wish.store_paths,
        enabled_units(wish.bundle.units, before, enable=wish.enable),
    )


def _next_number(target: Target) -> int:
    """One more than the highest among manifests and trees; recovery leaves no journal here."""
    names = target.transport.names(target.folder)
    return 1 + max((generation_number(name) or 0 for name in names), default=0)
