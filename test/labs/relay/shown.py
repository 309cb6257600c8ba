"""Prints the certificate that a port shows after STARTTLS, PEM in JSON. Reads JSON: host, port."""
import json
import smtplib
import ssl
import sys

order = json.load(sys.stdin)
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
with smtplib.SMTP(order["host"], order["port"], timeout=30) as relay:
    relay.starttls(context=context)
    print(json.dumps(ssl.DER_cert_to_PEM_cert(relay.sock.getpeercert(binary_form=True))))
