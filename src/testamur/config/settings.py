"""Django settings, derived from the environment alone."""

from __future__ import annotations

import os

from testamur.config.env import env

_env = env()
_env.data.mkdir(mode=0o700, parents=True, exist_ok=True)  # databases, archive and keys are for the service alone

DATA = _env.data.resolve()
SECRET_KEY = _env.secret_key or ("demo-only-not-secret" if _env.mode == "demo" else os.urandom(32).hex())
DEBUG = _env.debug
ALLOWED_HOSTS = [h for h in _env.hosts.split(",") if h]

DOMAIN_APPS = [
    "testamur.exchange.connectors",
    "testamur.schoolday.results",
    "testamur.trust.records",
    "testamur.trust.sealing",
    "testamur.trust.archive",
    "testamur.trust.transparency",
    "testamur.trust.signing",
    "testamur.register.schools",
    "testamur.register.curriculum",
    "testamur.register.people",
    "testamur.kernel.journal",
    "testamur.kernel.jobs",
]
INSTALLED_APPS = ["django.contrib.contenttypes", "django_tasks", "django_tasks_db", *DOMAIN_APPS]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "testamur.config.urls"

DATABASES = {
    "default": _env.database("testamur", _env.database_url),
    "log": _env.database("log", _env.log_database_url),
}
DATABASE_ROUTERS = ["testamur.config.routers.LogRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
SCHEDULE: dict[str, dict[str, object]] = {  # periodic steps; seconds between two runs, seconds that one may take
    "journal.ship": {"task": "testamur.kernel.journal.tasks.ship", "every": 1},
    "signing.sweep": {"task": "testamur.trust.signing.tasks.sweep", "every": 2},
    "records.wake": {"task": "testamur.trust.records.tasks.wake", "every": 2},
    "records.status": {"task": "testamur.trust.records.tasks.status", "every": 3600},
    "records.tidy": {"task": "testamur.trust.records.tasks.tidy", "every": 300},
    "archive.audit": {"task": "testamur.trust.archive.tasks.audit", "every": 86400, "limit": 43200},
    "jobs.tidy": {"task": "testamur.kernel.jobs.tasks.tidy", "every": 3600},
}

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = True

MODE = _env.mode
PUBLIC_URL = _env.public_url
TSA = {"url": _env.tsa_url, "policy": _env.tsa_policy}
SIGNING_METHODS = {
    "bankid": "testamur.trust.signing.methods.bankid.method.configured",
    "simulated": "testamur.trust.signing.methods.simulated.configured",
}
BANKID = {name.removeprefix("bankid_"): value for name, value in _env if name.startswith("bankid_")}
