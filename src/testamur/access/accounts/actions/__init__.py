"""Verbs of access."""

from testamur.access.accounts.actions.apps import allow_app, connect_app, end_app, forbid_app, open_app
from testamur.access.accounts.actions.attempts import (
    Entered,
    Started,
    begin,
    came_back,
    cancel,
    deliver,
    finish,
    proceed,
)
from testamur.access.accounts.actions.clients import add_client, admit_client, end_client, note_reading
from testamur.access.accounts.actions.factors import (
    CodeWrong,
    PasskeyRefused,
    add_passkey,
    add_totp,
    remove_passkey,
    remove_totp,
    renew_recovery_codes,
)
from testamur.access.accounts.actions.limits import limit
from testamur.access.accounts.actions.logins import (
    choose_hat,
    choose_locale,
    confirm,
    end_elsewhere,
    end_login,
    end_others,
    note_seen,
    set_admin_mode,
    sign_in,
)

__all__ = [
    "CodeWrong",
    "Entered",
    "PasskeyRefused",
    "Started",
    "add_client",
    "add_passkey",
    "add_totp",
    "admit_client",
    "allow_app",
    "begin",
    "came_back",
    "cancel",
    "choose_hat",
    "choose_locale",
    "confirm",
    "connect_app",
    "deliver",
    "end_app",
    "end_client",
    "end_elsewhere",
    "end_login",
    "end_others",
    "finish",
    "forbid_app",
    "limit",
    "note_reading",
    "note_seen",
    "open_app",
    "proceed",
    "remove_passkey",
    "remove_totp",
    "renew_recovery_codes",
    "set_admin_mode",
    "sign_in",
]
