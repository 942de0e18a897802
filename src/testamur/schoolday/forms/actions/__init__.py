"""The verbs of forms and consents. Callers import them from here."""

from __future__ import annotations

from testamur.schoolday.forms.actions.answering import answer_form, withdraw_consent
from testamur.schoolday.forms.actions.making import (
    change_form,
    close_form,
    discard_form,
    draft_form,
    publish_form,
    replace_form,
)
from testamur.schoolday.forms.actions.reminding import remind_form
from testamur.schoolday.forms.actions.signing import ask_to_sign, settle_signing, start_signing

__all__ = [
    "answer_form",
    "ask_to_sign",
    "change_form",
    "close_form",
    "discard_form",
    "draft_form",
    "publish_form",
    "remind_form",
    "replace_form",
    "settle_signing",
    "start_signing",
    "withdraw_consent",
]
