#!/usr/bin/python3
"""Prints the messages of the Maildir as a JSON list, oldest first: to (of the envelope), subject, date, text."""
import email
import email.policy
import json
import pathlib

FOLDER = pathlib.Path("/var/mail-sink/Maildir/new")


def entry(path):
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    body = message.get_body(("plain", "html"))
    return {
        "to": str(message["X-RcptTo"]),
        "subject": str(message["Subject"]),
        "date": str(message["Date"]),
        "text": "" if body is None else body.get_content(),
    }


files = sorted(FOLDER.iterdir(), key=lambda path: path.stat().st_mtime_ns) if FOLDER.is_dir() else []
print(json.dumps([entry(path) for path in files]))
