"""Django settings, derived from the environment alone."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from testamur.config.env import channels, env

_env = env()
_env.data.mkdir(mode=0o700, parents=True, exist_ok=True)  # databases, archive and keys are for the service alone

DATA = _env.data.resolve()
SECRET_KEY = _env.secret()
DEBUG = _env.debug and _env.mode != "production"  # its error pages tell everything: never where real people are
ALLOWED_HOSTS = [h for h in _env.hosts.split(",") if h]

DOMAIN_APPS = [
    "testamur.exchange.connectors",
    "testamur.exchange.notifications",
    "testamur.access.accounts",
    "testamur.schoolday.keeping",
    "testamur.schoolday.supervision",
    "testamur.schoolday.rollout",
    "testamur.schoolday.custody",
    "testamur.schoolday.transcripts",
    "testamur.schoolday.reporting",
    "testamur.schoolday.results",
    "testamur.schoolday.learning",
    "testamur.schoolday.diary",
    "testamur.schoolday.noticeboard",
    "testamur.schoolday.care",
    "testamur.schoolday.conversations",
    "testamur.schoolday.forms",
    "testamur.schoolday.support",
    "testamur.trust.records",
    "testamur.trust.sealing",
    "testamur.trust.archive",
    "testamur.trust.transparency",
    "testamur.trust.signing",
    "testamur.register.studies",
    "testamur.register.schools",
    "testamur.register.curriculum",
    "testamur.register.people",
    "testamur.kernel.journal",
    "testamur.kernel.delivery",
    "testamur.kernel.jobs",
]
INSTALLED_APPS = [
    "testamur.surfaces.web",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "lucide",
    "django_tasks",
    "django_tasks_db",
    *DOMAIN_APPS,
]
WEB_ROOM = _env.web_room
MIDDLEWARE = [
    "testamur.surfaces.web.proxies.ProxyMiddleware",
    "testamur.surfaces.web.crowd.CrowdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "testamur.surfaces.web.middleware.SmallPages",
    "testamur.surfaces.web.middleware.PolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "testamur.surfaces.web.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "testamur.surfaces.web.middleware.VisitorMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["testamur.surfaces.web.templatetags.web"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csrf",
                "django.contrib.messages.context_processors.messages",
                "testamur.surfaces.web.context.shell",
            ],
        },
    }
]
WSGI_APPLICATION = "testamur.config.wsgi.application"

# Sessions hold the id of a login and nothing that needs a table; what ends a login is the login's own row.
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
SESSION_COOKIE_NAME = "testamur"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"  # the return from an e-ID's app is a navigation from elsewhere
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _env.public_url.startswith("https:")
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "testamur.surfaces.web.public.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
LANGUAGE_COOKIE_NAME = "testamur_language"
LANGUAGE_COOKIE_AGE = 31_536_000
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if _env.public_url.startswith("https:") else 0
X_FRAME_OPTIONS = "SAMEORIGIN"
TRUSTED_PROXIES = [net.strip() for net in _env.trusted_proxies.split(",") if net.strip()]
# ProxyMiddleware drops the header when anybody but those proxies sends it.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]  # PINs of shares
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 6000  # a result list of a thousand students, from a browser without script
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_HANDLERS = [
    "testamur.surfaces.web.office.uploading.Bounded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# Static files: own ones of the packages, third-party ones from the lock. Names carry a digest of the content, so that
# no browser needs to be told to forget (row B28); `testamur serve` collects them into the data folder.
STATIC_URL = "/static/"
STATIC_ROOT = _env.static_root or DATA / "static"
STATICFILES_DIRS = [("vendor", Path(__file__).resolve().parents[1] / "assets" / "vendor")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _env.static_versions
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not _env.static_versions

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
ROOT_URLCONF = "testamur.config.urls"

DATABASES = {
    "default": _env.database("testamur", _env.database_url),
    "log": _env.database("log", _env.log_database_url),
}
DATABASE_ROUTERS = ["testamur.config.routers.LogRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

EXPORTS = ("testamur.exchange.notifications.queries.export.sheets",)
"""What goes into an export of a school besides what its packages know: `(*, by, path, pupils) -> Sheet…`."""
HELD: dict[str, tuple[str, ...]] = {
    "person": ("testamur.schoolday.keeping.extract.register.person",),
    "contacts": ("testamur.schoolday.keeping.extract.register.contacts",),
    "family": ("testamur.schoolday.keeping.extract.register.family",),
    "schooling": (
        "testamur.schoolday.keeping.extract.register.schooling",
        "testamur.schoolday.custody.queries.held.transfers",
    ),
    "marks": ("testamur.schoolday.diary.queries.held.marks", "testamur.schoolday.results.queries.held"),
    "attendance": ("testamur.schoolday.diary.queries.held.attendance",),
    "remarks": ("testamur.schoolday.diary.queries.held.remarks",),
    "health": ("testamur.schoolday.diary.queries.held.health",),
    "assessments": ("testamur.schoolday.diary.queries.held.assessments",),
    "documents": (
        "testamur.schoolday.keeping.extract.papers.documents",
        "testamur.schoolday.transcripts.queries.held.delivered",
        "testamur.schoolday.custody.queries.held.copies",
    ),
    "messages": (
        "testamur.schoolday.conversations.queries.held.held",
        "testamur.schoolday.noticeboard.queries.held.held",
    ),
    "forms": ("testamur.schoolday.forms.queries.held.held",),
    "care": ("testamur.schoolday.care.queries.held.held",),
    "learning": ("testamur.schoolday.learning.queries.held.held",),
    "support": ("testamur.schoolday.support.held.held",),
    "notices": ("testamur.exchange.notifications.queries.held.held",),
    "logins": ("testamur.access.accounts.queries.held.held",),
    "work": tuple(
        f"testamur.schoolday.{one}.queries.held.work" for one in ("transcripts", "custody", "supervision", "rollout")
    ),
    "sights": (
        "testamur.schoolday.keeping.extract.papers.sights",
        "testamur.schoolday.custody.queries.held.lookups",
    ),
}
"""What an extract of one person holds, by topic: `(*, by, person, now) -> Sheet…` (schoolday.keeping.extract)."""
READY_RULES: tuple[str, ...] = ("testamur.schoolday.transcripts.holding.must_be_verified",)
"""What is asked before documents may be signed: `(*, records, now)`, raises Refused (trust.records.actions)."""
_OWNER = "testamur.schoolday.{0}.queries.old.old", "testamur.schoolday.{0}.actions.erasing.erase"
KEPT: dict[str, tuple[str, ...]] = {
    category: tuple(name.format(owner) for name in _OWNER)
    for owner, categories in {
        "diary": ("attendance", "leaves", "remarks", "marks", "health", "assessments"),
        "noticeboard": ("events",),
        "conversations": ("messages",),
        "forms": ("forms",),
        "care": ("care",),
        "learning": ("portfolio", "talks", "plans"),
    }.items()
    for category in categories
}
KEPT["support"] = "testamur.schoolday.support.old.old", "testamur.schoolday.support.actions.erasing.erase"
KEPT["notices"] = (
    "testamur.exchange.notifications.queries.old.old",
    "testamur.exchange.notifications.actions.erasing.erase",
)
"""Who lists and who deletes what was kept long enough, by category (schoolday.keeping.owners)."""
BROKER_URL = _env.broker_url
BROKER_CA = str(_env.broker_ca or "")
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
SCHEDULE: dict[str, dict[str, object]] = {  # periodic steps; seconds between two runs, seconds that one may take
    "journal.ship": {"task": "testamur.kernel.journal.tasks.ship", "every": 1},
    "signing.sweep": {"task": "testamur.trust.signing.tasks.sweep", "every": 2},
    "transcripts.follow": {"task": "testamur.schoolday.transcripts.tasks.follow", "every": 5},
    "records.settle": {"task": "testamur.trust.records.tasks.settle", "every": 2},
    "records.release": {"task": "testamur.trust.records.tasks.announce_released", "every": 15},
    "records.wake": {"task": "testamur.trust.records.tasks.wake", "every": 2},
    "records.status": {"task": "testamur.trust.records.tasks.status", "every": 30},
    "records.tidy": {"task": "testamur.trust.records.tasks.tidy", "every": 300},
    "archive.audit": {"task": "testamur.trust.archive.tasks.audit", "every": 86400, "limit": 43200},
    "accounts.metadata": {"task": "testamur.access.accounts.tasks.refresh_metadata", "every": 3600},
    "connectors.tidy": {"task": "testamur.exchange.connectors.tasks.tidy", "every": 3600},
    "roster.tell": {"task": "testamur.exchange.connectors.rostering.tasks.tell", "every": 15},
    "roster.read": {"task": "testamur.exchange.connectors.rostering.tasks.read", "every": 60},
    "roster.tidy": {"task": "testamur.exchange.connectors.rostering.tasks.tidy", "every": 86400},
    "registry.send": {"task": "testamur.exchange.connectors.ladok.tasks.send", "every": 20},
    "registry.follow": {"task": "testamur.exchange.connectors.ladok.tasks.follow", "every": 60},
    "ministry.send": {"task": "testamur.exchange.connectors.ministry.tasks.send", "every": 20},
    "ministry.night": {"task": "testamur.exchange.connectors.ministry.tasks.night", "every": 1200, "limit": 3600},
    "ministry.tidy": {"task": "testamur.exchange.connectors.ministry.tasks.tidy", "every": 86400},
    "delivery.send": {"task": "testamur.kernel.delivery.tasks.send", "every": 2},
    "delivery.tidy": {"task": "testamur.kernel.delivery.tasks.tidy", "every": 3600},
    "noticeboard.tidy": {"task": "testamur.schoolday.noticeboard.tasks.tidy", "every": 86400},
    "forms.settle": {"task": "testamur.schoolday.forms.tasks.settle", "every": 3},
    "forms.remind": {"task": "testamur.schoolday.forms.tasks.remind", "every": 3600},
    "keeping.tidy": {"task": "testamur.schoolday.keeping.tasks.tidy", "every": 3600},
    "reporting.settle": {"task": "testamur.schoolday.reporting.tasks.settle", "every": 2},
    "reporting.sweep": {"task": "testamur.schoolday.reporting.tasks.sweep", "every": 60},
    "reporting.find": {"task": "testamur.schoolday.reporting.tasks.find", "every": 300},
    "conversations.send": {"task": "testamur.schoolday.conversations.tasks.send", "every": 10},
    "conversations.tidy": {"task": "testamur.schoolday.conversations.tasks.tidy", "every": 86400},
    "notices.tell": {"task": "testamur.exchange.notifications.tasks.tell", "every": 5},
    "notices.families": {"task": "testamur.exchange.notifications.tasks.families", "every": 2},
    "notices.results": {"task": "testamur.exchange.notifications.tasks.results", "every": 5},
    "notices.care": {"task": "testamur.exchange.notifications.tasks.care", "every": 900},
    "notices.helping": {"task": "testamur.exchange.notifications.tasks.helping", "every": 15},
    "notices.colleagues": {"task": "testamur.exchange.notifications.tasks.colleagues", "every": 15},
    "notices.supervision": {"task": "testamur.exchange.notifications.tasks.supervision", "every": 3600},
    "notices.watch": {"task": "testamur.exchange.notifications.tasks.watch", "every": 60},
    "notices.tidy": {"task": "testamur.exchange.notifications.tasks.tidy", "every": 3600},
    "notices.mornings": {"task": "testamur.exchange.notifications.tasks.mornings", "every": 60},
    "accounts.tidy": {"task": "testamur.access.accounts.tasks.tidy", "every": 3600},
    "jobs.tidy": {"task": "testamur.kernel.jobs.tasks.tidy", "every": 3600},
}

USE_TZ = True
TIME_ZONE = _env.zone  # whose day it is for workers, commands, and people without a role at a school
LANGUAGE_CODE = "en"
LANGUAGES = [("sv", "Svenska"), ("en", "English"), ("vi", "Tiếng Việt"), ("bg", "Български")]
USE_I18N = True
FORMAT_MODULE_PATH = "testamur.surfaces.web.formats"

MODE = "production" if _env.mode == "production" else "demo"
PRACTICE = _env.mode == "practice"  # a demonstration with words of its own: for training, begun again at will
PRACTICE_URL = _env.practice_url
PRACTICE_SCHOOL = "testamur.surfaces.cli.practice_school.make"  # who makes a fresh one when somebody begins again
PUBLIC_URL = _env.public_url
ARCHIVE_URL = _env.archive_url  # an object store in place of <data>/archive
S3_ENDPOINT = _env.s3_endpoint
S3_REGION = _env.s3_region
CLAMD = _env.clamd  # virus scanner of attachments
CONTACT = {name.removeprefix("contact_"): value for name, value in _env if name.startswith("contact_")}
CONTACT["privacy_officer"] = _env.privacy_officer
TSA = {"url": _env.tsa_url, "policy": _env.tsa_policy}
SIGNING_METHODS = {
    "bankid": "testamur.trust.signing.methods.bankid.method.configured",
    "certificate": "testamur.trust.signing.methods.certificate.method.configured",
    "csc": "testamur.trust.signing.methods.certificate.method.remote",
    "simulated": "testamur.trust.signing.methods.simulated.configured",
}
if _env.sms_signing or MODE == "demo":
    SIGNING_METHODS["sms"] = "testamur.trust.signing.methods.sms.configured"
LOGIN_METHODS = {  # in the order of the login page
    "bankid": "testamur.access.accounts.methods.bankid.configured",
    "oidc": "testamur.access.accounts.methods.oidc.method.configured",
    "saml": "testamur.access.accounts.methods.saml.method.configured",
    "passkey": "testamur.access.accounts.methods.passkey.configured",
    "totp": "testamur.access.accounts.methods.totp.authenticator",
    "recovery": "testamur.access.accounts.methods.totp.recovery",
    "sms": "testamur.access.accounts.methods.sms.configured",
    "simulated": "testamur.access.accounts.methods.simulated.configured",
}
OIDC = _env.oidc
SAML = _env.saml
PERSONAL_ROOTS = _env.personal_roots
CSC = {name.removeprefix("csc_"): value for name, value in _env if name.startswith("csc_")}
BANKID = {name.removeprefix("bankid_"): value for name, value in _env if name.startswith("bankid_")}
MINISTRY = {name.removeprefix("ministry_"): value for name, value in _env if name.startswith("ministry_")}
LADOK = {name.removeprefix("ladok_"): value for name, value in _env if name.startswith("ladok_")}
DELIVERY_CHANNELS = channels(_env)
DELIVERY_KEEP_DAYS = _env.delivery_keep_days
DELIVERY_REPORTS = f"{PUBLIC_URL.rstrip('/')}/hooks/sms/"
DELIVERY_SMS_RATE = _env.sms_rate
SMTP = {"url": _env.smtp_url, "from": _env.mail_from, "bounces": _env.mail_bounces}
PUSH = {
    "key": _env.vapid_key,
    "contact": _env.vapid_contact
    or (f"mailto:{_env.contact_email}" if _env.contact_email else f"https://{urlsplit(PUBLIC_URL).hostname}"),
}
SMS = {name.removeprefix("sms_"): value for name, value in _env if name.startswith("sms_")}
PHONE = {name.removeprefix("phone_"): value for name, value in _env if name.startswith("phone_")}
