"""Stands in for Keycloak and the shim: answers everything, and a path with `?seconds=N` as late as that."""
import ssl
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class Upstream(BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(int(parse_qs(urlsplit(self.path).query).get("seconds", ["0"])[0]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET


class Server(ThreadingHTTPServer):
    request_queue_size = 512


server = Server(("0.0.0.0", 8443), Upstream)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("/etc/sso-tls/tls.crt", "/etc/sso-tls/tls.key")
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
