"""Stands in for GitHub in tests: sign-in by OAuth, and the two calls of its API that tell who signed in.

Written after GitHub's documentation ("Authorizing OAuth apps", "REST API endpoints for users", "… for emails").
PEOPLE (environment, JSON): by login, what /user and /user/emails answer. Anyone may choose whom to sign in as.
"""
import html
import json
import os
import secrets
import ssl
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

PEOPLE = json.loads(os.environ["PEOPLE"])
CODES = {}
TOKENS = {}


class GitHub(BaseHTTPRequestHandler):
    def do_GET(self):
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        if url.path == "/login/oauth/authorize":
            return self.choose(query)
        if url.path == "/approve":
            code = secrets.token_urlsafe()
            CODES[code] = query["login"]
            answer = urlencode({"code": code, "state": query["state"]})
            return self.reply(302, "", {"Location": f"{query['redirect_uri']}?{answer}"})
        person = PEOPLE.get(TOKENS.get(self.headers.get("Authorization", "").partition(" ")[2]))
        if person is None:
            return self.json(401, {"message": "Requires authentication"})
        if url.path == "/user":
            return self.json(200, person["user"])
        if url.path == "/user/emails":
            return self.json(200, person["emails"])
        return self.json(404, {"message": "Not Found"})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        login = CODES.pop(form.get("code"), None)
        if urlsplit(self.path).path != "/login/oauth/access_token" or login is None:
            return self.json(400, {"error": "bad_verification_code"})
        token = secrets.token_urlsafe()
        TOKENS[token] = login
        return self.json(200, {"access_token": token, "token_type": "bearer", "scope": "user:email"})

    def choose(self, query):
        links = "".join(
            f'<p><a id="{html.escape(login)}" href="/approve?{html.escape(urlencode({**query, "login": login}))}">'
            f"{html.escape(login)}</a></p>"
            for login in PEOPLE
        )
        self.reply(200, f"<title>GitHub</title><h1>Sign in as</h1>{links}", {"Content-Type": "text/html"})

    def json(self, status, value):
        self.reply(status, json.dumps(value), {"Content-Type": "application/json"})

    def reply(self, status, text, headers):
        body = text.encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


server = ThreadingHTTPServer(("0.0.0.0", 8443), GitHub)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("/tls/tls.crt", "/tls/tls.key")
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
