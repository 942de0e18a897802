"""The WSGI application that Granian serves.

A web process ends when the server that started it does, however that ended: it would hold the port, and no other could
be started in its place.
"""

from __future__ import annotations

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from testamur.kernel.jobs.supervisor import die_with

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "testamur.config.settings")
if (server := os.environ.get("TESTAMUR_SERVER")) and server != str(os.getpid()):
    die_with(int(server))  # first of all: one that is still loading when the server ends must end too
application = get_wsgi_application()
len(get_resolver().url_patterns)  # loads every page now: the first visitor of each process would wait for it
gc.collect()
gc.freeze()  # what is loaded stays: somebody's page would wait a fifth of a second while all of it is looked through
