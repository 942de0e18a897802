"""The letter that a question, an answer or a case waits: no name, no school, no word of what it is about."""

from __future__ import annotations

from enum import StrEnum

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from testamur.exchange.notifications.rules import EVERY_LANGUAGE


class Waits(StrEnum):
    """What waits for the reader."""

    QUESTION = "question"
    ANSWER = "answer"
    CASE = "case"


def write(what: Waits, locale: str) -> tuple[str, str]:
    """Subject and text."""
    address = str(settings.PUBLIC_URL).rstrip("/") + ("/support/protected/" if what is Waits.CASE else "/support/")
    with translation.override(locale if locale in EVERY_LANGUAGE else "en"):
        subject = {
            Waits.QUESTION: _("A question waits for you"),
            Waits.ANSWER: _("Your question is answered"),
            Waits.CASE: _("Something is to be followed up"),
        }[what]
        text = _("Log in to read it: %(address)s") % {"address": address}
    return subject, f"{subject}.\n\n{text}\n"
