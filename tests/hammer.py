"""A client that asks again and again: `hammer.py PORT`, until its standard input is closed.

It prints JSON at the end: how often it got each answer. An answer is a status, or why there is
none: `ConnectionRefusedError`, `ConnectionResetError`, `RemoteDisconnected`, …
"""

import http.client
import json
import select
import sys
from collections import Counter

PAUSE = 0.01
"""Seconds between two requests, so that the machine has time for something else."""


def ask(port: int) -> str:
    """Ask once; returns the status, or why there is none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", "/")
        return str(connection.getresponse().status)
    except (OSError, http.client.HTTPException) as problem:
        return type(problem).__name__
    finally:
        connection.close()


def main(port: int) -> None:
    counts: Counter[str] = Counter()
    while not select.select([sys.stdin], [], [], PAUSE)[0]:
        counts[ask(port)] += 1
    sys.stdout.write(json.dumps(counts))


if __name__ == "__main__":
    main(int(sys.argv[1]))
