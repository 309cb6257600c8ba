"""Reads {"key": PEM, "message": text} as JSON; prints whether the message's first DKIM signature is that key's."""
import json
import sys

import dkim

given = json.load(sys.stdin)
record = "v=DKIM1; k=rsa; p=" + "".join(given["key"].splitlines()[1:-1])
print(json.dumps(dkim.verify(given["message"].encode("latin-1"), dnsfunc=lambda name, timeout=5: record.encode())))
