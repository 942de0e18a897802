"""Verbs of access."""

from testamur.access.accounts.actions.logins import (
    choose_hat,
    choose_locale,
    confirm,
    end_login,
    note_seen,
    sign_in,
)

__all__ = ["choose_hat", "choose_locale", "confirm", "end_login", "note_seen", "sign_in"]
