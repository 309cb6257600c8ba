"""A smarthost: takes mail after STARTTLS and a login, and keeps each message with its envelope in /tmp/mail.

It refuses what goes to refused.test, for good.
"""
import asyncio
import json
import os
import pathlib
import ssl
import tempfile

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

PORT = 1587
LOGIN = LoginPassword(os.environ["LOGIN_USERNAME"].encode(), os.environ["LOGIN_PASSWORD"].encode())
FOLDER = pathlib.Path("/tmp/mail")
LONGEST_LINE = 1 << 20


def check(server, session, envelope, mechanism, data):
    # handled: False has the server refuse with its own 535.
    return AuthResult(success=data == LOGIN, handled=data == LOGIN)


class Keep:
    async def handle_DATA(self, server, session, envelope):
        if any(address.endswith("@refused.test") for address in envelope.rcpt_tos):
            return "550 5.7.1 not here"
        entry = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "content": envelope.original_content.decode("latin-1"),
        }
        handle, name = tempfile.mkstemp(dir=FOLDER.parent)
        with os.fdopen(handle, "w") as file:
            json.dump(entry, file)
        os.rename(name, FOLDER / pathlib.Path(name).name)
        return "250 kept"


class Smarthost(Controller):
    def factory(self):
        return SMTP(
            self.handler,
            hostname="smarthost",
            tls_context=self.tls,
            require_starttls=True,
            authenticator=check,
            auth_required=True,
            auth_require_tls=True,
            enable_SMTPUTF8=False,
        )


tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
tls.load_cert_chain("/etc/sso-tls/tls.crt", "/etc/sso-tls/tls.key")
FOLDER.mkdir(exist_ok=True)
SMTP.line_length_limit = LONGEST_LINE
controller = Smarthost(Keep(), hostname="", port=PORT)  # IPv4 and IPv6
controller.tls = tls
controller.start()
asyncio.new_event_loop().run_forever()
