"""Reading logins, tries to log in, hats and preferences."""

from testamur.access.accounts.queries.apps import DeviceView, app_allowed, app_devices
from testamur.access.accounts.queries.attempts import (
    AttemptView,
    Factors,
    PasskeyView,
    attempt,
    factors,
    passkey_options,
    shown,
    totp_offer,
    view,
    ways,
)
from testamur.access.accounts.queries.clients import clients, open_client
from testamur.access.accounts.queries.demo import Choice, demo_people
from testamur.access.accounts.queries.hats import actor, hats, places
from testamur.access.accounts.queries.logins import LoginView, locale_of, locales_of, login, logins, provider_session

__all__ = [
    "AttemptView",
    "Choice",
    "DeviceView",
    "Factors",
    "LoginView",
    "PasskeyView",
    "actor",
    "app_allowed",
    "app_devices",
    "attempt",
    "clients",
    "demo_people",
    "factors",
    "hats",
    "locale_of",
    "locales_of",
    "login",
    "logins",
    "open_client",
    "passkey_options",
    "places",
    "provider_session",
    "shown",
    "totp_offer",
    "view",
    "ways",
]
