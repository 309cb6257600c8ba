"""Sends numbered messages by several sessions at once, through broken connections, until standard input has ended and
enough were acknowledged.

Reads a line of JSON: host, port, prefix (of the subjects), least and most (messages), sessions, from, to. Each message
has a connection of its own, with STARTTLS, whose certificate is not checked. Prints JSON: acknowledged (subjects),
failures (what went wrong, for each that failed), certificates (PEM, each once).
"""
import itertools
import json
import smtplib
import ssl
import sys
import threading
import time

TIMEOUT_SEC = 30

order = json.loads(sys.stdin.readline())
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
numbers = itertools.count()
acknowledged, failures, certificates = [], [], set()
ended = threading.Event()


def send(subject):
    with smtplib.SMTP(order["host"], order["port"], "client.test", TIMEOUT_SEC) as relay:
        relay.starttls(context=context)
        certificates.add(ssl.DER_cert_to_PEM_cert(relay.sock.getpeercert(binary_form=True)))
        relay.sendmail(order["from"], order["to"], f"Subject: {subject}\r\n\r\nhello\r\n")
        # Whatever becomes of QUIT, the message is the relay's now.
        acknowledged.append(subject)


def session():
    while len(acknowledged) < order["most" if not ended.is_set() else "least"]:
        subject = f"{order['prefix']}-{next(numbers)}."
        try:
            send(subject)
        except (OSError, smtplib.SMTPException) as error:
            if subject not in acknowledged:
                failures.append(repr(error))
                time.sleep(0.1)


threads = [threading.Thread(target=session) for _ in range(order["sessions"])]
for thread in threads:
    thread.start()
sys.stdin.read()
ended.set()
for thread in threads:
    thread.join()
print(json.dumps({"acknowledged": acknowledged, "failures": failures, "certificates": sorted(certificates)}))
