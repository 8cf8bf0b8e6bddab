#!/usr/bin/env python3
"""Serve the folder given by --pages on 127.0.0.1."""

import argparse
import functools
import http.server

parser = argparse.ArgumentParser()
parser.add_argument("--pages", required=True)
parser.add_argument("--port", type=int, required=True)
options = parser.parse_args()
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=options.pages)
http.server.ThreadingHTTPServer(("127.0.0.1", options.port), handler).serve_forever()
