"""Reading logins, hats and preferences."""

from testamur.access.accounts.queries.hats import actor, hats
from testamur.access.accounts.queries.logins import LoginView, locale_of, login, logins

__all__ = ["LoginView", "actor", "hats", "locale_of", "login", "logins"]
