"""Settings of the worker processes in these tests: background work alone, so that a process starts quickly."""

from __future__ import annotations

import json
import os
from datetime import timedelta

from testamur.config.settings import *  # noqa: F403 - the product's own, narrowed below

INSTALLED_APPS = ["django.contrib.contenttypes", "django_tasks", "django_tasks_db", "testamur.kernel.jobs"]
MIDDLEWARE = []
ROOT_URLCONF = "tests.kernel.jobs.urls"
if seconds := os.environ.get("TEST_LEASE"):  # so that no test waits half a minute for the dead
    from testamur.kernel.jobs import rules as _rules

    _rules.LEASE, _rules.HEARTBEAT = timedelta(seconds=int(seconds)), timedelta(seconds=1)
SCHEDULE = json.loads(os.environ.get("TEST_SCHEDULE", "{}"))
