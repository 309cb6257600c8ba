"""Stands in for Google's reCAPTCHA in tests: the call by which a server asks whether an answer is a person's.

Written after Google's documentation ("Verifying the user's response").
SECRET, ANSWER (environment): the site's secret key, and the one answer that is a person's.
"""
import json
import os
import ssl
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

PERSON = {"secret": [os.environ["SECRET"]], "response": [os.environ["ANSWER"]]}


class ReCaptcha(BaseHTTPRequestHandler):
    def do_POST(self):
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        success = self.path == "/recaptcha/api/siteverify" and form.items() >= PERSON.items()
        body = json.dumps({"success": success, "error-codes": [] if success else ["invalid-input-response"]}).encode()
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
