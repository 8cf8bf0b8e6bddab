"""Places that hold the same files: what `mirror://NAME/PATH` stands for.

In: a URL. Out: the URLs to try, in order.
"""

from collections.abc import Mapping

__all__ = ["MIRRORS", "places"]

SCHEME = "mirror://"

MIRRORS: Mapping[str, tuple[str, ...]] = {
    "apache": ("https://dlcdn.apache.org/", "https://archive.apache.org/dist/"),
    "gnome": ("https://download.gnome.org/", "https://ftp.gnome.org/pub/GNOME/"),
    "gnu": (
        "https://ftpmirror.gnu.org/gnu/",
        "https://ftp.gnu.org/gnu/",
        "https://mirrors.kernel.org/gnu/",
    ),
    "kernel": ("https://cdn.kernel.org/pub/", "https://mirrors.edge.kernel.org/pub/"),
    "savannah": (
        "https://download.savannah.nongnu.org/releases/",
        "https://download.savannah.gnu.org/releases/",
    ),
    "sourceforge": ("https://downloads.sourceforge.net/",),
    "xorg": ("https://www.x.org/releases/", "https://xorg.freedesktop.org/releases/"),
}
"""For each name, what the path is appended to; what is best kept first."""


def places(url: str) -> tuple[str, ...]:
    """Return where a URL may be found: itself, or each place of its mirror.

    Raises KeyError for a mirror that has no row.
    """
    if not url.startswith(SCHEME):
        return (url,)
    name, _, path = url.removeprefix(SCHEME).partition("/")
    return tuple(base + path for base in MIRRORS[name])
