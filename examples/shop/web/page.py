"""The page of the shop: GET / greets. In: a file that says how. Out: a WSGI application."""

import json
from pathlib import Path


def application(config):
    """Return what answers a request, as PEP 3333 has it."""
    words = json.loads(Path(config).read_text())

    def answer(_request, start):
        body = f"{words['greeting']}\n".encode()
        start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
        return [body]

    return answer
