"""Deploy, roll back, switch, remove: the commands that change which generation is live.

In: a bundle and its run-time closure, or the number of a generation. Out: the
manifest that is live now. Nothing is evaluated or built here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from ...ir.bundle import Bundle
from ...ir.diagnostics import Code, Diagnostic, ProgramError
from ...ir.manifest import Manifest
from ...ir.names import StoreName
from ...ir.span import Span
from ...ir.text import Secret
from . import history, journal
from .accounts import check_accounts
from .activation import Activation, Failure, kept_turn, removing_turn, turn_for
from .adopt import adopting, clear_drift
from .describe import Facts, describe, describe_files
from .flip import flip, take_down
from .layout import Target, generation_name, generation_number
from .live import live_manifest
from .manifest_file import MissingManifest, load, save
from .paths_check import check_paths
from .problems import fail, reported
from .reconcile import Skipped
from .render import Rendered, render
from .secrets import SecretSource, resolve, stack_key
from .session import Caller, claims_held, locked, make_folders, rfc3339
from .stage import damaged_in, kept_files, stage_tree
from .trim import remove_all, trim
from .unit_check import check_units

__all__ = [
    "Done",
    "Wish",
    "deploy",
    "find_generation",
    "remove",
    "rollback",
    "same_store",
    "switch",
]


@dataclass(frozen=True)
class Wish:
    """What to deploy: a bundle, the run-time closure of all that it uses, and its secrets.

    `quote` writes a secret value inside the double quotes of an EnvironmentFile;
    `register` makes the deployments root known to the store; `keep` is how many
    generations stay. `verify` asks the service manager whether it takes the units:
    always, never, or (None) where the root is that of a machine. `adopt` takes paths
    over at which something else lies, and keeps that. `confirm` is asked once the stack
    is held, before anything changes, and raises ProgramError to end it there. With
    `activation` units follow.
    """

    bundle: Bundle
    store_paths: tuple[StoreName, ...]
    secrets: SecretSource
    quote: Callable[[str], str]
    register: Callable[[], None]
    keep: int = 10
    verify: bool | None = None
    adopt: bool = False
    confirm: Callable[[], None] = lambda: None
    activation: Activation | None = None


@dataclass(frozen=True)
class Done:
    """The generation that became live, the one that was, and what was left as it is.

    `failure` says why its activation failed, and what is live in its place.
    """

    live: Manifest
    was: int | None
    skipped: tuple[Skipped, ...]
    failure: Failure | None = None


def deploy(target: Target, wish: Wish, caller: Caller) -> Done:
    """Make a new generation and let it live. Raises ProgramError.

    E11 (secrets), E12 (the store), E19 and E21 (paths), E20 (units), E22 (lock), E27, E29,
    and what `confirm` raises.
    """
    values = resolve(wish.bundle, wish.secrets)
    _check_store(caller, wish.store_paths)
    files = [(file.path, file, file.span) for file in wish.bundle.files]
    check_accounts(target.transport, files, wish.bundle.sources)
    with reported():
        make_folders(target)
    with locked(target, caller):
        wish.confirm()
        before = live_manifest(target)
        rendered = _render(target, wish, values)
        _verify_units(target, wish, caller, rendered, before)
        digests = {secret.entry.name: secret.keyed for secret in rendered.secrets}
        turn = turn_for(target, caller, wish.activation, before, wish.bundle, digests)
        with turn.units_stopped("deploy"), claims_held(target, caller):
            done = _deploy(target, wish, caller, before, rendered)
        done = replace(done, failure=turn.finish(done.live))
        try:
            trim(target, done.live, wish.keep)
        except OSError as problem:
            caller.notice(f"older generations are still there: {problem}")
        _remember(target, caller, "deploy", done)
    return done


def _render(target: Target, wish: Wish, values: Mapping[Secret, str]) -> Rendered:
    key = stack_key(target) if wish.bundle.secret_files else b""
    return render(wish.bundle, target, values, key, wish.quote)


def _verify_units(
    target: Target, wish: Wish, caller: Caller, rendered: Rendered, before: Manifest | None
) -> None:
    wanted = target.transport.root == "/" if wish.verify is None else wish.verify
    if wanted and not check_units(target, rendered, before) and wish.verify:
        caller.notice("systemd-analyze is not there: the units were not verified")


def _deploy(
    target: Target, wish: Wish, caller: Caller, before: Manifest | None, rendered: Rendered
) -> Done:
    now = caller.now()
    modified = int(now.timestamp())
    if wish.adopt:
        clear_drift(target, caller, before)
    kept = kept_files(target, rendered, before)
    files = describe_files(rendered, kept, modified)
    spans: dict[str, Span] = {file.path: file.span for file in wish.bundle.files}
    check = partial(check_paths, target, files, before, spans, wish.bundle.sources)
    checked = adopting(target, caller, check) if wish.adopt else check()
    facts = Facts(
        _next_number(target),
        before.generation if before else None,
        rfc3339(now),
        caller.who,
        caller.tool,
        wish.store_paths,
    )
    after = describe(target, rendered, kept, facts, files, checked.dirs)

    def stage() -> None:
        if not kept.whole:
            stage_tree(target, rendered, kept, after.tree, modified)
        save(target, after)
        target.transport.sync_folder(target.folder)

    wish.register()
    skipped = flip(target, "deploy", before, after, checked, stage)
    return Done(after, facts.previous, skipped)


def _next_number(target: Target) -> int:
    """One more than the highest among manifests and trees; recovery leaves no journal here."""
    names = target.transport.names(target.folder)
    return 1 + max((generation_number(name) or 0 for name in names), default=0)


def rollback(
    target: Target,
    to: int | None,
    caller: Caller,
    *,
    adopt: bool = False,
    activation: Activation | None = None,
) -> Done:
    """Go back to the generation that was live before this one, or to any that is kept.

    `adopt` and `activation` are as in Wish.

    Raises ProgramError: E12 where it or a path that it pins is gone, E21, E22, E26, E27, E29.
    """
    return _go(target, "rollback", to, caller, adopt, activation)


def switch(
    target: Target,
    to: int,
    caller: Caller,
    *,
    adopt: bool = False,
    activation: Activation | None = None,
) -> Done:
    """Go to a generation that is kept, forward or back. Raises as rollback does."""
    return _go(target, "switch", to, caller, adopt, activation)


def _go(
    target: Target,
    verb: Literal["rollback", "switch"],
    to: int | None,
    caller: Caller,
    adopt: bool,
    activation: Activation | None,
) -> Done:
    with locked(target, caller):
        before = live_manifest(target)
        after = find_generation(target, to, before)
        _check_tree(target, after)
        same_store(target, after)
        _check_store(caller, after.store_paths)
        turn = kept_turn(target, caller, activation, before, after)
        with turn.units_stopped(verb), claims_held(target, caller):
            check = partial(check_paths, target, after.files, before)
            if adopt:
                clear_drift(target, caller, before)
            checked = adopting(target, caller, check) if adopt else check()
            skipped = flip(target, verb, before, after, checked)
        was = before.generation if before else None
        done = Done(after, was, skipped, turn.finish(after))
        _remember(target, caller, verb, done)
    return done


def remove(
    target: Target, caller: Caller, *, purge: bool = False, activation: Activation | None = None
) -> tuple[Skipped, ...]:
    """Take a stack off the target. Its generations stay, so that it can be switched to again.

    With `purge` they go too; then only the lock and the history are left. With `activation`
    its units are stopped first.
    Returns what was left alone because it is not the stack's. Raises
    ProgramError: E22, E26 where nothing is deployed, E27, E29, E35 for a unit that does not stop.
    """
    skipped: tuple[Skipped, ...] = ()
    with locked(target, caller):
        before = live_manifest(target)
        units_left = activation is not None and journal.pending(target) is not None
        if before is None and not units_left and not purge:
            fail(Code.E26, f"stack '{target.stack}' is not deployed here")
        turn = removing_turn(target, caller, activation, before)
        with turn.units_stopped("remove"), claims_held(target, caller):
            if before is not None:
                skipped = take_down(target, before)
        turn.finish_removal()
        if purge:
            remove_all(target)
        was = before.generation if before else None
        history.append(target, rfc3339(caller.now()), caller.who, "remove", was, None, "ok")
    return skipped


def find_generation(target: Target, to: int | None, live: Manifest | None) -> Manifest:
    """Return generation `to`, or the one before the live one. Raises ProgramError (E12, E26)."""
    return _load(target, _previous(target, live) if to is None else to)


def _previous(target: Target, live: Manifest | None) -> int:
    if live is None:
        fail(Code.E26, f"stack '{target.stack}' is not deployed here")
    if live.previous is None:
        fail(Code.E12, f"nothing was live before {generation_name(live.generation)}")
    return live.previous


def _load(target: Target, number: int) -> Manifest:
    try:
        return load(target, number)
    except MissingManifest:
        hint = f"`punix service list {target.stack}` shows those that are kept"
        fail(Code.E12, f"stack '{target.stack}' has no {generation_name(number)}", hint=hint)


def _check_tree(target: Target, manifest: Manifest) -> None:
    damaged = damaged_in(target, manifest)
    if damaged:
        hint = f"`punix service verify {target.stack} --fix` puts back what it can"
        raise ProgramError(
            Diagnostic(Code.E27, f"'{path}' is not as it was deployed", hint=hint)
            for path in damaged
        )


def same_store(target: Target, manifest: Manifest) -> None:
    """Refuse another store (E12): it may have paths of the same names, but no unit reads those."""
    if manifest.store_root != target.store_root:
        name = generation_name(manifest.generation)
        hint = f"give --store-root {manifest.store_root}"
        fail(Code.E12, f"{name} uses the store '{manifest.store_root}'", hint=hint)


def _check_store(caller: Caller, names: tuple[StoreName, ...]) -> None:
    gone = [name for name in names if not caller.is_valid(name)]
    if gone:
        hint = "build it again, or roll back to a generation whose paths are there"
        raise ProgramError(
            Diagnostic(Code.E12, f"store path '{name}' is not there or not valid", hint=hint)
            for name in gone
        )


def _remember(target: Target, caller: Caller, verb: str, done: Done) -> None:
    at = rfc3339(caller.now())
    result = "activation failed" if done.failure else "ok"
    history.append(target, at, caller.who, verb, done.was, done.live.generation, result)
