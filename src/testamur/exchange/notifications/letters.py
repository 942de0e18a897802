"""A letter laid out as text and HTML in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from testamur.exchange.notifications.rules import Facts, Kind
from testamur.exchange.notifications.texts import WORDS


@dataclass(frozen=True, slots=True)
class Written:
    """A letter as it goes out."""

    subject: str
    text: str
    html: str


def write(kind: Kind, facts: Facts, locale: str) -> Written:
    """The letter; equal ones (many guardians get the same words) are laid out once."""
    return _write(kind, facts, locale, settings.PUBLIC_URL.rstrip("/"))


@lru_cache(maxsize=256)
def _write(kind: Kind, facts: Facts, locale: str, service: str) -> Written:
    with translation.override(locale):
        words = WORDS[kind](facts)
        context = {"words": words, "facts": facts, "locale": locale, "link": f"{service}{words.page}"}
        text = render_to_string("notifications/letter.txt", context)
        return Written(words.subject, text.strip() + "\n", render_to_string("notifications/letter.html", context))
