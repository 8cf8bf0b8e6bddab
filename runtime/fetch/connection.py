"""One request to a web server.

In: a URL of http or https, which bytes are there already, and what says that the command is
ending. Out: an open response; or `Transient` for what may be better a moment later,
`Unreachable` for what will not.

Certificates are those that the system trusts; proxies come from the environment
(`https_proxy`, `no_proxy`, …). Only these two schemes can be asked for: the opener has no
handler for others. A redirect never leads from https to http. A user and password in a
URL go to its own host and to no other.
"""

import http.client
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import IO, Any, cast

from ...ir.urls import shown
from ..files.stop import Stop
from .account import parted
from .line import Dial, line

__all__ = ["Transient", "Unreachable", "request"]

TIMEOUT_SECONDS = 30.0
"""How long a server may be silent."""
MOST_REDIRECTS = 5
TRANSIENT = {408, 425, 429, 500, 502, 503, 504}
"""Status codes that mean: not now."""

URL_SIGNS = "%/:=&?~#+!$,;'@()*[]"
"""What is left as it is; other characters are written as %XX."""


class Unreachable(Exception):
    """The place does not have the file, or may not be asked."""


class Transient(Exception):
    """Something failed that often works a moment later."""


@contextmanager
def request(url: str, have: int, validator: str, stop: Stop) -> Iterator[http.client.HTTPResponse]:
    """Ask for a file from byte `have` on, if it is still the one that `validator` names.

    The answer has status 206 if it begins there, 200 if it is the whole file.
    Raises Unreachable and Transient; after a stop, also what waits for bytes ends.
    """
    with line(stop) as dial, _answer(url, have, validator, dial) as response:
        yield response


def _answer(url: str, have: int, validator: str, dial: Dial) -> http.client.HTTPResponse:
    if not url.startswith(("http://", "https://")):
        raise Unreachable(f"nothing is fetched by '{url.partition(':')[0]}'")
    try:
        asked = _request(url)
        if have:
            asked.add_header("Range", f"bytes={have}-")
            if validator:
                asked.add_header("If-Range", validator)
        return cast(http.client.HTTPResponse, _opener(dial).open(asked, timeout=TIMEOUT_SECONDS))
    except urllib.error.HTTPError as problem:
        problem.close()
        if problem.code == 416 and have:  # it has fewer bytes now
            return _answer(url, 0, "", dial)
        kind = Transient if problem.code in TRANSIENT else Unreachable
        reason = str(problem.reason).partition("\n")[0]
        raise kind(f"the server says {problem.code} {reason}") from None
    except urllib.error.URLError as problem:
        raise _sorted_out(problem.reason) from None
    except (OSError, http.client.HTTPException) as problem:
        raise _sorted_out(problem) from None
    except ValueError as problem:  # a host, here or in a redirect, that cannot be one
        raise Unreachable(f"that is no address: {problem}") from None


def _request(url: str) -> urllib.request.Request:
    """Make a request; what is in a URL besides the address goes into a header of this host."""
    bare, account = parted(urllib.parse.urldefrag(url).url)
    headers = {"User-Agent": "punix", "Accept-Encoding": "identity"}
    asked = urllib.request.Request(urllib.parse.quote(bare, safe=URL_SIGNS), None, headers)
    if account:
        asked.add_unredirected_header("Authorization", account)
    return asked


def _opener(dial: Dial) -> urllib.request.OpenerDirector:
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        _Handler(dial),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _Redirects(),
    ):
        opener.add_handler(handler)
    return opener


class _Handler(urllib.request.AbstractHTTPHandler):
    """Speaks http and https over connections that `dial` makes."""

    def __init__(self, dial: Dial) -> None:
        super().__init__()
        self._dial = dial

    http_request = urllib.request.AbstractHTTPHandler.do_request_
    https_request = urllib.request.AbstractHTTPHandler.do_request_

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(partial(self._made, http.client.HTTPConnection), req)

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        context = ssl.create_default_context()
        return self.do_open(partial(self._made, http.client.HTTPSConnection), req, context=context)

    def _made(self, kind: type[http.client.HTTPConnection], host: str, **settings: Any) -> Any:
        made: Any = kind(host, **settings)
        made._create_connection = self._dial  # where http.client takes its sockets from
        return made


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a few redirects, and none to a scheme that protects less."""

    max_redirections = MOST_REDIRECTS
    max_repeats = MOST_REDIRECTS

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """Return the next request; raises URLError for one that may not be made."""
        scheme = urllib.parse.urlsplit(newurl).scheme
        if scheme not in ("http", "https") or (req.type == "https" and scheme != "https"):
            raise urllib.error.URLError(f"it leads to '{shown(newurl)}'")
        bare, _ = parted(newurl)  # an account in it would be taken for the host
        return super().redirect_request(req, fp, code, msg, headers, bare)


def _sorted_out(reason: BaseException | str) -> Transient | Unreachable:
    """Tell what may pass from what will not."""
    if isinstance(reason, ssl.SSLCertVerificationError):
        return Unreachable(f"its certificate is not trusted: {reason.verify_message}")
    if isinstance(reason, http.client.InvalidURL | str):
        return Unreachable(str(reason))
    if isinstance(reason, OSError) and reason.strerror:
        return Transient(reason.strerror)
    return Transient(str(reason) or type(reason).__name__)
