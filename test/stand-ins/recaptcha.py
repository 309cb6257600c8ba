"""Stands in for Google's reCAPTCHA in tests: the call by which a server asks whether an answer is a person's.

Written after Google's documentation ("Verifying the user's response").
SECRET, PERSON, DOUBTFUL (environment): the site's secret key, the one answer that is a person's, and one that may be
a robot's, which v3 takes with a low score.
"""
import json
import os
import ssl
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

SECRET = os.environ["SECRET"]
SCORES = {os.environ["PERSON"]: 0.9, os.environ["DOUBTFUL"]: 0.1}
FAILURE = {"success": False, "error-codes": ["invalid-input-response"]}


class ReCaptcha(BaseHTTPRequestHandler):
    def do_POST(self):
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        [secret], [response] = form.get("secret", [""]), form.get("response", [""])
        known = self.path == "/recaptcha/api/siteverify" and secret == SECRET and response in SCORES
        answer = {"success": True, "action": "register", "score": SCORES[response]} if known else FAILURE
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


server = ThreadingHTTPServer(("0.0.0.0", 443), ReCaptcha)
tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain("/tls/tls.crt", "/tls/tls.key")
server.socket = tls.wrap_socket(server.socket, server_side=True)
server.serve_forever()
