"""Telling people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.access.accounts.queries.logins import locales_of
from testamur.exchange.notifications.letters import write
from testamur.exchange.notifications.models import Told
from testamur.exchange.notifications.rules import Kind, Letter, address, language
from testamur.kernel.base.actor import Actor
from testamur.kernel.delivery import actions as delivery
from testamur.kernel.delivery.rules import NewMessage
from testamur.kernel.journal.actions import append
from testamur.register.people import queries as people
from testamur.register.people.rules import ids_digest


@transaction.atomic
def tell(*, by: Actor, path: str, kind: Kind, letters: Sequence[Letter], now: datetime) -> int:
    """Put letters of one kind into the outbox and note what their readers were told; returns how many went.

    Whoever has no e-mail address is noted as told all the same, so that nobody is looked up again and again. A letter
    whose `dedupe` key was used before is not written again. Needs ``notices.notice.send`` at `path`, where the
    letters' matter lies, ``delivery.message.post`` there and ``people.contact.see`` where the readers are kept.
    Journal: ``notices.sent/1`` with kind, count and a digest of the messages' ids; none when there is no letter.
    """
    by.must("notices.notice.send", path)
    if not letters:
        return 0
    persons = [letter.person for letter in letters]
    contacts = people.contacts(by=by, persons=persons)
    locales = locales_of(persons)
    messages = []
    for letter in letters:
        to = address(contacts[letter.person], label="work" if letter.work else "home")
        if to:
            messages.append(_message(letter, to, locales, path))
    ids = delivery.post(by=by, messages=messages, now=now)
    _note(letters, now)
    refs = {"kind": kind.value, "count": len(ids), "unreachable": len(letters) - len(ids)}
    append(by=by, kind="notices.sent/1", path=path, refs={**refs, "messages_sha256": ids_digest(ids)}, now=now)
    return len(ids)


def _message(letter: Letter, to: str, locales: Mapping[UUID, str], path: str) -> NewMessage:
    written = write(letter.kind, letter.facts, language(locales.get(letter.person, ""), letter.country))
    return NewMessage(
        channel="email",
        to=to,
        subject=written.subject,
        text=written.text,
        html=written.html,
        kind=f"notices.{letter.kind.value}",
        path=path,
        person=letter.person,
        dedupe=letter.dedupe,
    )


def _note(letters: Sequence[Letter], now: datetime) -> None:
    rows = {
        (letter.person, mark.kind, mark.unit): Told(
            person=letter.person,
            kind=mark.kind,
            unit=mark.unit,
            at=now,
            count=mark.count,
            upto=mark.upto,
            about=mark.about,
        )
        for letter in letters
        for mark in letter.marks
    }
    Told.objects.bulk_create(
        list(rows.values()),
        update_conflicts=True,
        unique_fields=["person", "kind", "unit"],
        update_fields=["at", "count", "upto", "about"],
        batch_size=100,
    )
