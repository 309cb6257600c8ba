"""Holds SMTP conversations. Reads a JSON list of them; prints, for each, the list of replies it got.

A conversation: host, port, starttls (bool), login ([username, password] or null), and steps, each a line that is sent
with CR LF, or {"raw": base64, "replies": number}. Lines of one reply are joined by a line end; a connection that ends
is the reply "closed".
"""
import base64
import json
import socket
import ssl
import sys

TIMEOUT_SEC = 120


class Connection:
    def __init__(self, host, port):
        self.socket = socket.create_connection((host, port), TIMEOUT_SEC)
        self.file = self.socket.makefile("rb")

    def starttls(self):
        context = ssl.create_default_context(cafile="/etc/sso-tls/ca.crt")
        self.socket = context.wrap_socket(self.socket, server_hostname="postfix")
        self.file = self.socket.makefile("rb")

    def reply(self):
        lines = []
        while True:
            line = self.file.readline()
            if not line:
                return "closed"
            lines.append(line.decode("latin-1").rstrip("\r\n"))
            if line[3:4] != b"-":
                return "\n".join(lines)

    def send(self, data):
        self.socket.sendall(data)


def hold(conversation):
    connection = Connection(conversation["host"], conversation["port"])
    replies = [connection.reply()]

    def say(line):
        connection.send(line.encode("latin-1") + b"\r\n")
        replies.append(connection.reply())

    try:
        if conversation.get("starttls"):
            say("EHLO client.test")
            say("STARTTLS")
            connection.starttls()
        if conversation.get("login"):
            say("EHLO client.test")
            username, password = conversation["login"]
            word = base64.b64encode(f"\0{username}\0{password}".encode()).decode()
            say(f"AUTH PLAIN {word}")
        for step in conversation["steps"]:
            if isinstance(step, str):
                say(step)
            else:
                connection.send(base64.b64decode(step["raw"]))
                replies.extend(connection.reply() for _ in range(step["replies"]))
    except OSError as error:
        replies.append(f"closed: {error}")
    return replies


def outcome(conversation):
    try:
        return hold(conversation)
    except OSError as error:
        return [f"closed: {error}"]


print(json.dumps([outcome(conversation) for conversation in json.load(sys.stdin)]))
