"""Settings of the worker processes in these tests: background work alone, so that a process starts quickly."""

from __future__ import annotations

import json
import os

from testamur.config.settings import *  # noqa: F403 - the product's own, narrowed below

INSTALLED_APPS = ["django.contrib.contenttypes", "django_tasks", "django_tasks_db", "testamur.kernel.jobs"]
ROOT_URLCONF = "tests.kernel.jobs.urls"
SCHEDULE = json.loads(os.environ.get("TEST_SCHEDULE", "{}"))
