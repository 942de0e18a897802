"""The words of each letter, in the language that is active."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from testamur.exchange.notifications.rules import Facts, Kind


@dataclass(frozen=True, slots=True)
class Words:
    """A letter before it is laid out; `button` is the text of the link to `page` of the service."""

    subject: str
    paragraphs: tuple[str, ...]
    button: str
    page: str


def _waiting(facts: Facts) -> str:
    return ngettext(
        "%(count)d document waits for your signature.", "%(count)d documents wait for your signature.", facts.count
    ) % {"count": facts.count}


def _sign(facts: Facts) -> Words:
    return Words(
        _("Documents to sign"),
        (_waiting(facts), _("You can open each document first, and sign all of them at once.")),
        _("See what waits for you"),
        "/sign/",
    )


def _digest(facts: Facts) -> Words:
    return Words(
        _("Documents still to sign"),
        (_waiting(facts), _("You get this letter on weekdays for as long as something waits.")),
        _("See what waits for you"),
        "/sign/",
    )


def _remind(facts: Facts) -> Words:
    since = ngettext(
        "The oldest has waited for %(days)d day.", "The oldest has waited for %(days)d days.", facts.days
    ) % {"days": facts.days}
    return Words(
        _("Reminder: documents to sign"),
        (_waiting(facts), since, _("Please sign them, or decline those that are not right.")),
        _("See what waits for you"),
        "/sign/",
    )


def _late(facts: Facts) -> Words:
    told = ngettext(
        "At %(school)s, %(count)d document has waited for a signature for more than %(days)d days.",
        "At %(school)s, %(count)d documents have waited for a signature for more than %(days)d days.",
        facts.count,
    ) % {"school": facts.school, "count": facts.count, "days": facts.days}
    whose = ngettext("It is %(people)d person's turn.", "It is the turn of %(people)d people.", facts.people) % {
        "people": facts.people
    }
    return Words(
        _("Documents have waited long for a signature"), (told, whose), _("See who has not signed"), "/office/"
    )


def _declined(facts: Facts) -> Words:
    told = ngettext(
        "At %(school)s, %(count)d document was declined by its signer.",
        "At %(school)s, %(count)d documents were declined by their signer.",
        facts.count,
    ) % {"school": facts.school, "count": facts.count}
    return Words(
        _("A signer has declined"),
        (told, _("The reason is shown after you log in. The documents are drafts again.")),
        _("Read the reason"),
        "/office/",
    )


def _fetch(facts: Facts) -> Words:
    told = ngettext(
        "%(count)d new document from %(school)s can be fetched.",
        "%(count)d new documents from %(school)s can be fetched.",
        facts.count,
    ) % {"count": facts.count, "school": facts.school}
    return Words(
        _("A document can be fetched"),
        (told, _("Log in to read it and to keep the original. It stays there; you need not hurry.")),
        _("Fetch it"),
        "/family/",
    )


def _seal(facts: Facts) -> Words:
    told = ngettext(
        "The seal certificate of %(school)s ends in %(days)d day or less.",
        "The seal certificate of %(school)s ends in %(days)d days or less.",
        facts.days,
    ) % {"school": facts.school, "days": facts.days}
    return Words(
        _("The seal certificate ends soon"),
        (told, _("Without a valid one no document can be sealed. Order a new certificate in time.")),
        _("See the seal"),
        "/office/",
    )


WORDS: dict[Kind, Callable[[Facts], Words]] = {
    Kind.SIGN: _sign,
    Kind.DIGEST: _digest,
    Kind.REMIND: _remind,
    Kind.LATE: _late,
    Kind.DECLINED: _declined,
    Kind.FETCH: _fetch,
    Kind.SEAL: _seal,
}
