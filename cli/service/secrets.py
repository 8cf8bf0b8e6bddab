"""Where a command gets the values of secrets from.

In: what the command line says, and the environment. Out: the runtime's `SecretSource`.
"""

import os
from pathlib import Path

from ...runtime.deploy.staging.secrets import LocalSecrets, Placeholders, SecretSource

__all__ = ["secret_source"]


def secret_source(vault: Path | None, dry_run: bool) -> SecretSource:
    """Return where the values of secrets come from; a dry run writes none of them."""
    real = LocalSecrets(os.environ, vault)
    return Placeholders(real) if dry_run else real
