"""Stands in for Ubuntu One in tests, by python-openid: OpenID 2.0 and 1.1, Simple Registration, Launchpad's teams.

HOST, PORT, PEOPLE (environment; JSON): where it is found, and by name what it says of each. Anyone may choose whom to
sign in as. As a false provider it signs what it is told to: `fields` (JSON) of an approval are put into the answer, null
takes one out, and `unsigned` (names) are left out of the signature.
"""
import html
import json
import os
import ssl
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit

from openid.extensions import sreg
from openid.message import OPENID_NS
from openid.server.server import Encoder, Server
from openid.store.memstore import MemoryStore
from openid_teams import teams

PORT = int(os.environ["PORT"])
BASE = f"https://{os.environ['HOST']}:{PORT}"
PEOPLE = json.loads(os.environ["PEOPLE"])
TYPES = {"server": "http://specs.openid.net/auth/2.0/server", "signon": "http://specs.openid.net/auth/2.0/signon"}

# Ubuntu One's endpoint, whose people are at /+id/NAME, and another, whose people are at /other/NAME.
SERVERS = {path: Server(MemoryStore(), BASE + path) for path in ("/+openid", "/+other")}
IDENTITIES = {"/+id/": "/+openid", "/other/": "/+other"}


def xrds(kind, endpoint):
    return (
        '<?xml version="1.0"?><xrds:XRDS xmlns:xrds="xri://$xrds" xmlns="xri://$xrd*($v*2.0)"><XRD>'
        f'<Service priority="0"><Type>{TYPES[kind]}</Type><URI>{BASE}{endpoint}</URI></Service></XRD></xrds:XRDS>'
    )


class Provider(BaseHTTPRequestHandler):
    def do_GET(self):
        url = urlsplit(self.path)
        query = dict(parse_qsl(url.query))
        if url.path in SERVERS:
            return self.openid(url.path, query)
        if url.path == "/approve":
            return self.approve(query)
        for prefix, endpoint in IDENTITIES.items():
            if url.path.startswith(prefix):
                return self.reply(200, xrds("signon", endpoint), "application/xrds+xml")
        if url.path == "/":
            return self.reply(200, "<title>x</title>", "text/html", {"X-XRDS-Location": "/+server"})
        if url.path == "/+server":
            return self.reply(200, xrds("server", "/+openid"), "application/xrds+xml")
        if url.path.startswith("/old/"):
            local = f"{BASE}/+id/{url.path.removeprefix('/old/')}"
            links = f'<link rel="openid.server" href="{BASE}/+openid"><link rel="openid.delegate" href="{local}">'
            return self.reply(200, f"<html><head>{links}</head></html>", "text/html")
        if url.path == "/to":
            return self.reply(302, "", "text/plain", {"Location": query["url"]})
        if url.path == "/loop":
            return self.reply(302, "", "text/plain", {"Location": "/loop"})
        if url.path == "/xrds-at":
            return self.reply(200, "", "text/html", {"X-XRDS-Location": query["url"]})
        if url.path == "/endless":
            return self.pour()
        if url.path == "/slow":
            time.sleep(60)
        return self.reply(404, "", "text/plain")

    def do_POST(self):
        self.openid(self.path, dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode())))

    def openid(self, path, query):
        server = SERVERS[path]
        request = server.decodeRequest(query)
        if request.mode != "checkid_setup":
            return self.answer(server.encodeResponse(server.handleRequest(request)))
        links = "".join(
            f'<p><a id="{name}" href="{html.escape("/approve?" + urlencode({**query, "server": path, "name": name}))}">'
            f"{name}</a></p>"
            for name in PEOPLE
        )
        cancel = f'<a id="cancel" href="{html.escape(request.getCancelURL())}">no</a>'
        self.reply(200, f"<title>x</title><h1>Sign in as</h1>{links}{cancel}", "text/html")

    def approve(self, query):
        path, name, fields, unsigned = (query.pop(key, "") for key in ("server", "name", "fields", "unsigned"))
        request = SERVERS[path].decodeRequest(query)
        answer = request.answer(True, identity=f"{BASE}/+id/{name}" if request.idSelect() else None)
        person = PEOPLE[name]
        answer.addExtension(sreg.SRegResponse.extractResponse(sreg.SRegRequest.fromOpenIDRequest(request), person))
        asked = teams.TeamsRequest.fromOpenIDRequest(request)
        answer.addExtension(teams.TeamsResponse.extractResponse(asked, person["teams"]))
        for field, value in json.loads(fields or "{}").items():
            if value is None:
                answer.fields.delArg(OPENID_NS, field)
            else:
                answer.fields.setArg(OPENID_NS, field, value)
        signed = self.signed(SERVERS[path].signatory, answer, unsigned.split(","))
        self.answer(Encoder().encode(signed))

    def signed(self, signatory, answer, unsigned):
        signed = signatory.sign(answer)
        handle = signed.fields.getArg(OPENID_NS, "assoc_handle")
        found = [signatory.getAssociation(handle, dumb=is_dumb) for is_dumb in (False, True)]
        names = signed.fields.getArg(OPENID_NS, "signed").split(",")
        signed.fields.setArg(OPENID_NS, "signed", ",".join(each for each in names if each not in unsigned))
        signed.fields.setArg(OPENID_NS, "sig", (found[0] or found[1]).getMessageSignature(signed.fields))
        return signed

    def answer(self, web):
        self.reply(web.code, web.body, web.headers.pop("content-type", "text/plain"), web.headers)

    def pour(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/xrds+xml")
        self.end_headers()
        try:
            while True:
                self.wfile.write(b" " * 65536)
        except OSError:
            return

    def reply(self, status, text, kind, headers={}):
        body = text.encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Type": kind, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


server = ThreadingHTTPServer(("0.0.0.0", PORT), Provider)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("/tls/tls.crt", "/tls/tls.key")
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
