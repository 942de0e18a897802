"""The WSGI application that Granian serves.

A web process ends when the server that started it does, however that ended: it would hold the port, and no other could
be started in its place.
"""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from testamur.kernel.jobs.supervisor import die_with

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "testamur.config.settings")
application = get_wsgi_application()
if os.environ.get("TESTAMUR_SERVER") == str(os.getppid()):
    die_with(os.getppid())
