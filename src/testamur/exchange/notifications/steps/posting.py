"""Letters to the staff on their way into the outbox: to the address at work, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from testamur.access.accounts.queries.logins import locales_of
from testamur.exchange.notifications.actions.colleagues import tell_colleagues
from testamur.exchange.notifications.rules import address, language
from testamur.exchange.notifications.steps.places import countries
from testamur.kernel.base.actor import Actor
from testamur.kernel.delivery.rules import MessageInvalid, NewMessage, check
from testamur.register.people import queries as people
from testamur.register.people.rules import common_path

MOST = 200
"""Letters in one transaction."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to one person; `write` gives subject and text in a language."""

    person: UUID
    path: str
    dedupe: str
    write: Callable[[str], tuple[str, str]]


def post(by: Actor, about: str, letters: Sequence[Letter], now: datetime) -> int:
    """Put the letters of those whom an address reaches into the outbox; returns how many."""
    persons = [one.person for one in letters]
    contacts, locales, country = people.contacts(by=by, persons=persons), locales_of(persons), countries()
    messages = []
    for one in letters:
        to = address(contacts[one.person], label="work")
        subject, text = one.write(language(locales.get(one.person, ""), country(one.path)))
        message = NewMessage(
            "email", to, subject, text, kind=f"notices.{about}", path=one.path, person=one.person, dedupe=one.dedupe
        )
        if to and _can_go(message):
            messages.append(message)
    path = common_path([one.path for one in letters])
    return tell_colleagues(by=by, path=path, about=about, messages=messages, now=now)


def _can_go(message: NewMessage) -> bool:
    """False for an address that no channel can take: one such may not keep all others waiting."""
    try:
        check(message)
    except MessageInvalid:
        return False
    return True
