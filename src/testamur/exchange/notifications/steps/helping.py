"""Telling those whose turn it is in the chain of help, and who follows up a protected person's case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.access.accounts.queries.logins import locales_of
from testamur.exchange.notifications.rules import address, language
from testamur.exchange.notifications.steps.places import countries
from testamur.exchange.notifications.words.helping import Waits, write
from testamur.kernel.base.actor import Actor
from testamur.kernel.delivery import actions as delivery
from testamur.kernel.delivery.rules import NewMessage
from testamur.register.people import queries as people
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Role
from testamur.schoolday.support import actions, queries
from testamur.schoolday.support.rules import Level, Turn

KIND = "notices.support"


def tell_helpers(*, by: Actor, now: datetime) -> int:
    """Tell everybody whose turn it is and who was not told, or not since days; returns how many letters went.

    One transaction for each question or case: whoever dies between has told some, and nobody twice.
    """
    count = 0
    for turn in queries.turns(by=by, now=now):
        what = Waits.ANSWER if turn.level is None else Waits.QUESTION
        with transaction.atomic():
            count += _post(by, what, _readers(turn, now), turn.path, f"{turn.question}:{now.timestamp():.0f}", now)
            actions.note_told(by=by, question=turn.question, now=now)
    for case in queries.cases_due(by=by, on=now.date()):
        with transaction.atomic():
            key = f"{case.id}:{now.timestamp():.0f}"
            count += _post(by, Waits.CASE, [case.opened_by], case.path, key, now)
            actions.note_case_told(by=by, case=case.id, now=now)
    return count


def _readers(turn: Turn, now: datetime) -> list[UUID]:
    """The teacher, or whoever asked; else the administrators of the office."""
    if turn.person is not None:
        return [turn.person]
    unit = schools.unit_at(turn.path) if turn.level is Level.BODY else schools.unit(turn.unit)
    posts = schools.posts_at(unit=unit.id, on=now.date()) if unit is not None else ()
    return sorted({post.person for post in posts if post.role is Role.ADMINISTRATOR})


def _post(by: Actor, what: Waits, persons: Sequence[UUID], path: str, key: str, now: datetime) -> int:
    contacts = people.contacts(by=by, persons=persons)
    locales, country = locales_of(persons), countries()(path)
    messages = []
    for person in persons:
        to = address(contacts[person], label="home" if what is Waits.ANSWER else "work")
        if to:
            subject, text = write(what, language(locales.get(person, ""), country))
            dedupe = f"support:{what.value}:{key}:{person}"
            message = NewMessage("email", to, subject, text, kind=KIND, path=path, person=person, dedupe=dedupe)
            messages.append(message)
    delivery.post(by=by, messages=messages, now=now)
    return len(messages)
