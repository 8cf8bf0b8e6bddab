"""A web server on the loopback interface that does what a test tells it to."""

import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

__all__ = ["Page", "Web", "web"]


@dataclass
class Page:
    """What is at one path.

    `ranges`: whether it can be asked for from a byte on; `tag`: its ETag; `cuts`: after how
    many bytes of the body the connection ends, one for each request, then never; `statuses`:
    the same for the answer's status; `chunked`: without a length; `shift`: how far beside
    what was asked for the part lies that is sent; `slow`: the last byte never comes.
    """

    body: bytes = b""
    ranges: bool = True
    tag: str = '"1"'
    cuts: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    location: str = ""
    chunked: bool = False
    shift: int = 0
    slow: bool = False


@dataclass
class Web:
    """A server that runs: its pages, and for each request its path and headers."""

    url: str
    pages: dict[str, Page] = field(default_factory=dict)
    requests: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)

    def put(self, path: str, body: bytes = b"", **settings: object) -> str:
        """Add a page and return its URL."""
        self.pages[path] = Page(body, **settings)  # type: ignore[arg-type]
        return self.url + path

    def ranges(self) -> list[str]:
        """Return which bytes each request asked for."""
        return [headers.get("Range", "") for _, headers in self.requests]


@contextmanager
def web(tls: ssl.SSLContext | None = None) -> Iterator[Web]:
    """Serve until the block ends, with TLS as `localhost` if there is a context for that."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:  # the name that the library looks for
            site.requests.append((self.path, dict(self.headers)))
            page = site.pages.get(self.path)
            self.close_connection = True
            if page is None:
                self.send_error(404)
            elif page.location:
                self.send_response(302)
                self.send_header("Location", page.location)
                self.send_header("Content-Length", "0")
                self.end_headers()
            elif page.statuses:
                self.send_error(page.statuses.pop(0))
            else:
                self.answer(page)

        def answer(self, page: Page) -> None:
            wanted = self.headers.get("Range", "").removeprefix("bytes=").removesuffix("-")
            fits = self.headers.get("If-Range", page.tag) == page.tag
            start = int(wanted) if wanted and page.ranges and fits else 0
            if start and start >= len(page.body):
                self.send_error(416)
                return
            body = page.body[start:]
            self.send_response(206 if start else 200)
            if start:
                self.send_header("Content-Range", f"bytes {start + page.shift}-/{len(page.body)}")
            if page.tag:
                self.send_header("ETag", page.tag)
            if page.chunked:
                self.send_header("Transfer-Encoding", "chunked")
                body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
            else:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(
                body[: page.cuts.pop(0)] if page.cuts else body[: -1 if page.slow else None]
            )
            if page.slow:
                self.wfile.flush()
                self.connection.recv(1)  # until the other side has gone

        def log_message(self, *words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site = Web(_listening(server, tls))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()


def _listening(server: ThreadingHTTPServer, tls: ssl.SSLContext | None) -> str:
    """Return the URL of a server, which speaks TLS if it has a context for that."""
    port = server.server_address[1]
    if tls is None:
        return f"http://127.0.0.1:{port}"
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    return f"https://localhost:{port}"
