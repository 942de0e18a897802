"""Reading logins, hats and preferences."""

from testamur.access.accounts.queries.demo import Choice, demo_people
from testamur.access.accounts.queries.hats import actor, hats
from testamur.access.accounts.queries.logins import LoginView, locale_of, locales_of, login, logins

__all__ = ["Choice", "LoginView", "actor", "demo_people", "hats", "locale_of", "locales_of", "login", "logins"]
