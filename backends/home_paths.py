"""Where in a home folder no stack may put files, by what a mistake there does.

In: nothing. Out: patterns of paths, as `paths` reads them.
"""

from collections.abc import Mapping

__all__ = ["PROTECTED", "UNIT_FOLDERS"]

PROTECTED: Mapping[str, tuple[str, ...]] = {
    "keys, passwords and logins lie there": (
        *("~/.gnupg", "~/.k5login", "~/.k5users", "~/.local/share/keyrings", "~/.netrc"),
        *("~/.password-store", "~/.pki", "~/.rhosts", "~/.shosts", "~/.ssh"),
    ),
    "every login or shell runs it": (
        *("~/.Xsession*", "~/.bash*", "~/.config/autostart", "~/.config/environment.d"),
        *("~/.config/fish", "~/.config/plasma-workspace", "~/.cshrc", "~/.inputrc", "~/.kshrc"),
        *("~/.login", "~/.logout", "~/.mkshrc", "~/.pam_environment", "~/.profile"),
        *("~/.tcshrc", "~/.xinitrc", "~/.xprofile", "~/.xserverrc", "~/.xsession*", "~/.zlog*"),
        *("~/.zprofile", "~/.zsh*"),
    ),
    "what stands there runs unasked": (
        *("~/.config/user-tmpfiles.d", "~/.forward*", "~/.local/share/dbus-1"),
        *("~/.local/share/user-tmpfiles.d", "~/.procmailrc"),
    ),
    "punix keeps its own things there": ("~/.cache/punix", "~/.config/punix", "~/.punix"),
}
"""Patterns of paths; what is below one is protected too."""

UNIT_FOLDERS = ("~/.config/systemd", "~/.local/share/systemd")
"""Folders that a user's service manager reads by itself; only a backend writes there."""
