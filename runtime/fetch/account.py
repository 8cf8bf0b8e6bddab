"""A user and password in a URL: they go to its host, in a header, and are on no command line.

In: a URL. Out: the URL without them, and the value of the header.
"""

import base64
import re
from urllib.parse import unquote_to_bytes

__all__ = ["parted"]

ACCOUNT = r"(\w+://)([^/?#]*)@(.*)"


def parted(url: str) -> tuple[str, str]:
    """Return a URL without its account, and `Authorization` for its host, empty if it has none.

    RFC 7617 has the form.
    """
    found = re.fullmatch(ACCOUNT, url, re.DOTALL)
    if found is None:
        return url, ""
    words = base64.b64encode(unquote_to_bytes(found[2])).decode("ascii")
    return found[1] + found[3], f"Basic {words}"
