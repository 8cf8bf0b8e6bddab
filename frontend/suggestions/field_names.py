"""The field that somebody meant who wrote another name.

In: a name and a schema. Out: the nearest field, or what other tools call it.
"""

from collections.abc import Container

from ...ir.schema.shape import Schema
from ...ir.spell import Speller

__all__ = ["nearest_field"]

OTHER_NAMES = {
    "env": "environment",
    "cron": "onCalendar",
    "schedule": "onCalendar",
    "every": "onUnitActiveSec",
    "port": "listenStream",
    "ports": "socket",
    "listen": "listenStream",
    "healthcheck": "health",
    "executable": "binary",
    "program": "binary",
    "restartPolicy": "restart",
    "timeout": "within",
    "sha256": "hash",
    "checksum": "hash",
    "ref": "hash",
    "commit": "hash",
    "file": "path",
    "dest": "path",
    "target": "path",
    "text": "content",
    "data": "content",
    "content": "data",
    "permissions": "mode",
    "exec": "binary",
    "command": "binary",
    "arguments": "args",
    "after": "dependsOn",
    "requires": "dependsOn",
    "buildInputs": "deps",
    "dependencies": "deps",
    "script": "command",
    "post_configure_commands": "post_configure",
}
"""What other tools call fields of ours."""


def nearest_field(label: str, schema: Schema, given: Container[str]) -> str | None:
    """Return the field that a name means: in another spelling, mistyped, or in another tongue.

    The last is a guess, and a field that is `given` already is not guessed.
    """
    plain = {_folded(name): name for name in schema.labels()}
    other = OTHER_NAMES.get(label)
    return (
        plain.get(_folded(label))
        or Speller(schema.labels()).nearest(label)
        or (other if other and other not in given and schema.get(other) else None)
    )


def _folded(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()
