"""Which folders a service does not see, by what its unit says.

In: the text of a unit. Out: folders, each with the directive that hides it.
"""

from collections.abc import Mapping

from .read import read

__all__ = ["hidden_folders"]

HIDES: Mapping[str, tuple[str, ...]] = {
    "ProtectHome": ("/home", "/root", "/run/user"),
    "PrivateTmp": ("/tmp", "/var/tmp"),
}
"""systemd.exec(5)."""

WHOLLY = frozenset({"1", "yes", "y", "true", "t", "on", "tmpfs", "disconnected"})
"""Words for yes (systemd.syntax(7)) and kinds of it; `read-only` hides nothing."""

OWN_VIEW = frozenset(
    {"BindPaths", "BindReadOnlyPaths", "MountImages", "RootDirectory", "RootImage"}
)
"""With these a program says itself what its service sees."""


def hidden_folders(text: str) -> Mapping[str, str]:
    """Return the hidden folders of a unit, each with the directive behind it."""
    says = {key: value for section, key, value in read(text) if section == "Service"}
    if OWN_VIEW & says.keys():
        return {}
    return {
        folder: directive
        for directive, folders in HIDES.items()
        if says.get(directive, "").lower() in WHOLLY
        for folder in folders
    }
