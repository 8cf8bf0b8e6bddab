"""Where a source is fetched from: what can be said without a network.

In: texts of a program. Out: the same texts, known to have a form that a fetch can
use; or a located E1.

    download    http://… https://… file:///… mirror://NAME/…
    repository  https://… ssh://… file:///… user@host:path, or a path: ./… ../… /…
    local       a path, relative to the file in which it is written

Old recipes have `ftp://` downloads and `http://` and `git://` repositories. A program that
has them is one; that they are not fetched, `ir.source_faults` says, as it does of hashes.
"""

import posixpath
import re

from ...ir.mirrors import MIRRORS
from ...ir.names import BinaryName
from ...ir.package import COMMIT
from ...ir.source_faults import UNFETCHED
from ...ir.span import Span
from ...ir.spell import did_you_mean
from .read import checked, misfit

__all__ = ["download_url", "file_name", "local_path", "repository_url", "revision"]

SCHEMES = {
    "url": ("https", "http", "file", "mirror", "ftp"),
    "git": ("https", "ssh", "file", "http", "git"),
}
URL = r"([a-z][a-z0-9+.-]*)://([^\s\x00-\x1f\x7f]+)"
HOST = r"(?:[^/?#@\s]*@)?(?:[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?"
SHORT_SSH = r"[A-Za-z0-9_][A-Za-z0-9._-]*@[A-Za-z0-9][A-Za-z0-9.-]*:[^\s-]\S*"
PATH = r"\.{0,2}/[^\x00-\x1f\x7f]*|\.{1,2}"
HERE = r"\A(?:\./+)+"
REVISION = r"(?!-)(?!.*(?:\.\.|@\{|//|\.lock(?:/|$)))[^\x00-\x20\x7f~^:?*\[\\]+(?<![/.])"
"""What git-check-ref-format(1) allows, and nothing that a command takes for an option."""


def download_url(text: str, span: Span) -> str:
    """Return the URL of a download; raises E1 for what no download has."""
    scheme, rest = _split(text, "url", "; what lies beside the program is 'local'", span)
    if scheme == "mirror":
        name, _, path = rest.partition("/")
        if name not in MIRRORS:
            hint = did_you_mean(name, MIRRORS) or f"there are {', '.join(MIRRORS)}"
            raise misfit(f"no mirror is called '{name}'", span, hint=hint)
        if not path:
            raise misfit(f"'{text}' names no file", span)
        return text
    return _checked(text, scheme, rest, span)


def repository_url(text: str, span: Span) -> str:
    """Return the URL of a repository, a path as the program's file names are; raises E1."""
    if re.fullmatch(PATH, text):
        return posixpath.normpath(posixpath.join(posixpath.dirname(span.file), text))
    if re.fullmatch(SHORT_SSH, text):
        return text
    scheme, rest = _split(text, "git", ", or is a path: ./…", span)
    return _checked(text, scheme, rest, span)


def local_path(text: str, span: Span) -> str:
    """Return where a local file or folder lies, as the program's file names are; raises E1."""
    if not text or "\0" in text:
        raise misfit(f"{text!r} is no path", span, hint='"." is the folder of this file')
    return posixpath.join(posixpath.dirname(span.file), re.sub(HERE, "", text)) or "."


def revision(text: str, span: Span) -> str:
    """Return the name of a commit, tag or branch; raises E1 for what cannot be one."""
    if COMMIT.fullmatch(text.lower()):
        return text.lower()
    if re.fullmatch(REVISION, text) is None:
        raise misfit(f"'{text}' cannot be a commit, tag or branch", span)
    return text


def file_name(url: str, span: Span) -> BinaryName:
    """Return what a download is called: the last part of its URL's path; raises E1."""
    name = posixpath.basename(re.split("[?#]", url)[0].rstrip("/"))
    return checked("source" if name in ("", ".", "..") else name, BinaryName, span)


def _split(text: str, kind: str, otherwise: str, span: Span) -> tuple[str, str]:
    """Return a URL's scheme and what follows it; `otherwise` is what else there could be."""
    fetched = [scheme for scheme in SCHEMES[kind] if scheme not in UNFETCHED[kind]]
    listed = f"it begins with {', '.join(f'{scheme}://' for scheme in fetched)}"
    match = re.fullmatch(URL, text)
    if match is None:
        raise misfit(f"'{text}' is not a URL", span, hint=listed + otherwise)
    scheme, rest = match.groups()
    if scheme not in SCHEMES[kind]:
        hint = did_you_mean(scheme, fetched) or listed
        raise misfit(f"nothing can be fetched by '{scheme}'", span, hint=hint)
    return scheme, rest


def _checked(text: str, scheme: str, rest: str, span: Span) -> str:
    if scheme == "file":
        if not rest.startswith("/"):
            raise misfit(f"'{text}' is not absolute", span, hint="write file:///…")
        return text
    host = re.fullmatch(HOST, re.split("[/?#]", rest)[0])
    if host is None or int(host[1] or 0) >= 1 << 16:
        raise misfit(f"'{text}' names no host", span)
    return text
