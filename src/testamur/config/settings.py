"""Django settings, derived from the environment alone."""

from __future__ import annotations

import os

from testamur.config.env import env

_env = env()
_env.data.mkdir(parents=True, exist_ok=True)

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

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = True

MODE = _env.mode
SIGNING_METHODS = {
    "bankid": "testamur.trust.signing.methods.bankid.method.configured",
    "simulated": "testamur.trust.signing.methods.simulated.configured",
}
BANKID = {name.removeprefix("bankid_"): value for name, value in _env if name.startswith("bankid_")}
