"""URLs as anybody may read them.

In: a URL. Out: the same without what may be a secret: user, password and query.
"""

import re

__all__ = ["shown"]


def shown(url: str) -> str:
    """Return a URL without user, password and query; a path and `git@host:path` stay."""
    return re.sub(r"\?.*", "?…", re.sub(r"^(\w+://)[^/?#]*@", r"\1", url))
