"""Serves the site in this folder over TLS: serve.py ADDRESS PORT."""

import os
import sys

import django
from django.core.management import call_command

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
django.setup()
call_command("migrate", verbosity=0)
address, port = sys.argv[1:]
os.execv(
    sys.executable,
    [sys.executable, "-m", "gunicorn", "--bind", f"{address}:{port}", "--worker-tmp-dir", "/tmp"]
    + ["--certfile", "/tls/tls.crt", "--keyfile", "/tls/tls.key", "django.core.wsgi:get_wsgi_application()"],
)
