"""Whose file a path is.

In: a path, as the target sees it or below the transport root, and the roots. Out: the
generation that put it there, of any stack.
"""

import os
from collections.abc import Iterator

from ..ir.diagnostics import Code, Diagnostic, ProgramError
from ..ir.names import RootPath
from ..ir.spell import did_you_mean
from ..runtime.deploy.records.owner import Owner, live_paths, owner_of
from ..runtime.deploy.target.local import Local
from .options import Roots

__all__ = ["deployed_file"]


def deployed_file(path: str, roots: Roots) -> Owner:
    """Return the generation whose file a path is. Raises ProgramError (E26, E27, E29)."""
    transport = Local(roots.transport_root or RootPath("/"))
    seen = list(_as_seen(os.path.abspath(path), roots.transport_root))
    for wanted in seen:
        found = owner_of(transport, roots.deployments_root, roots.store_root, wanted)
        if found is not None:
            return found
    near = did_you_mean(seen[0], live_paths(transport, roots.deployments_root, roots.store_root))
    hint = near or "give the --deployments-root and --transport-root that the deploy had"
    message = f"no stack here has a file '{path}'"
    raise ProgramError([Diagnostic(Code.E26, message, hint=hint)])


def _as_seen(path: str, transport_root: RootPath | None) -> Iterator[str]:
    """Yield how the target may name a path: without the transport root, and as it is."""
    root = (transport_root or "/").rstrip("/")
    if root and path.startswith(f"{root}/"):
        yield path.removeprefix(root)
    yield path
