"""The message with the code that proves an address."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from testamur.exchange.notifications.rules import EVERY_LANGUAGE
from testamur.kernel.delivery.rules import latin as in_latin


def subject(locale: str) -> str:
    """Of the letter."""
    with translation.override(_known(locale)):
        return _("Your code for messages from the school")


def text(code: str, locale: str, *, latin: bool) -> str:
    """The message; in Latin letters it is one text message in every language."""
    with translation.override(_known(locale)):
        told = _("%(code)s is your code for messages from the school (Testamur). Give it to nobody.") % {"code": code}
    return in_latin(told) if latin else told


def _known(locale: str) -> str:
    return locale if locale in EVERY_LANGUAGE else "en"
