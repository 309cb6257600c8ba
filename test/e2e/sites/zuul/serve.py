"""Zuul's web interface and its check of tokens, without what is behind them: serve.py ADDRESS PORT."""

import configparser
import http.server
import json
import pathlib
import ssl
import sys

import zuul
from zuul.exceptions import AuthTokenException
from zuul.lib.auth import AuthenticatorRegistry
from zuul.lib.capabilities import capabilities_registry

PAGES = pathlib.Path(zuul.__file__).parent / "web/static"
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}

config = configparser.ConfigParser()
config.read("/etc/site/zuul.conf")
authenticators = AuthenticatorRegistry()
authenticators.configure(config)


class Handler(http.server.BaseHTTPRequestHandler):
    """Files of the interface, and as much of the API as it asks for around a login."""

    def do_GET(self):
        path = self.path.split("?")[0]
        if path == "/api/info":
            capabilities = {"job_history": False, "auth": capabilities_registry.capabilities["auth"]}
            self.answer_json(200, {"info": {"capabilities": capabilities, "tenant": "community"}})
        elif path == "/api/tenant/community/authorizations":
            self.authorizations()
        elif path.startswith("/api/"):
            self.answer_json(200, [])
        else:
            file = (PAGES / path.lstrip("/")).resolve()
            found = file if file.is_file() and file.is_relative_to(PAGES) else PAGES / "index.html"
            self.answer(200, TYPES.get(found.suffix, "application/octet-stream"), found.read_bytes())

    def authorizations(self):
        """What zuul-web does with the token that the interface sends."""
        try:
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            claims = authenticators.authenticate(token)
        except AuthTokenException as error:
            self.answer_json(401, {"error": error.error})
            return
        self.answer_json(200, {"zuul": {"admin": False, "scope": ["community"]}, "claims": claims})

    def answer_json(self, status, value):
        self.answer(status, "application/json", json.dumps(value).encode())

    def answer(self, status, content_type, body):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


address, port = sys.argv[1:]
server = http.server.ThreadingHTTPServer((address, int(port)), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("/etc/site/tls.crt", "/etc/site/tls.key")
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
