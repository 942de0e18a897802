"""What a reader chooses: by which ways, how soon, at which hours; and the ways out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from testamur.access.accounts import actions as accounts
from testamur.access.accounts.queries.logins import locale_of
from testamur.exchange.notifications.addresses import Addresses
from testamur.exchange.notifications.models import Choice, Setting
from testamur.exchange.notifications.queries.choices import settings_of
from testamur.exchange.notifications.queries.readers import LOOKS
from testamur.exchange.notifications.rules.families import (
    PUSHED,
    ChoiceInvalid,
    Chosen,
    NoAddress,
    Pace,
    Settings,
    StopInvalid,
    Way,
    ways_of,
)
from testamur.exchange.notifications.stopping import read_token
from testamur.exchange.notifications.words import families as words
from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.delivery import actions as delivery
from testamur.kernel.journal.actions import append
from testamur.register.people import queries as people
from testamur.schoolday.diary.rules.states import Part

TESTS = (5, timedelta(hours=1))


@transaction.atomic
def choose(*, by: Actor, child: UUID, chosen: Mapping[Part, Chosen], now: datetime) -> None:
    """Choose how these parts of one child's diary are told to oneself; no way at all is web only.

    Needs ``notices.choice.set`` for that child. Journal: ``notices.choices.set/1`` with the number of parts. Raises
    NotFound, ChoiceInvalid.
    """
    path = people.paths([child]).get(child)
    if path is None:
        raise NotFound("There is no such pupil.", field="child")
    by.must("notices.choice.set", path, person=child)
    for part, one in chosen.items():
        ways_of(one.ways)
        if one.pace not in set(Pace) or part not in set(Part):
            raise ChoiceInvalid("There is no such part or pace.", field="chosen")
    rows = [
        Choice(
            id=new_id(), person=by.id, child=child, part=part.value, ways=sorted(one.ways), pace=one.pace.value,
            changed_at=now,
        )
        for part, one in chosen.items()
    ]  # fmt: skip
    Choice.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["person", "child", "part"],
        update_fields=["ways", "pace", "changed_at"],
    )
    refs = {"child": str(child), "parts": len(rows)}
    append(by=by, kind="notices.choices.set/1", path=path, refs=refs, now=now)


@transaction.atomic
def set_settings(*, by: Actor, settings: Settings, now: datetime) -> None:
    """Choose what holds for all messages to oneself: quiet hours, times of digests, details, Latin letters, stops.

    Needs ``notices.own.settings`` of oneself. Journal: ``notices.settings.set/1``. Raises ChoiceInvalid.
    """
    by.must("notices.own.settings", "/", person=by.id)
    if settings.digest_weekday not in range(1, 8):
        raise ChoiceInvalid("A week has seven days.", field="digest_weekday")
    _save(by.id, settings, now)
    append(by=by, kind="notices.settings.set/1", path="/", refs={"person": str(by.id)}, now=now)


@transaction.atomic
def stop_by_link(*, by: Actor, token: str, now: datetime) -> Way:
    """The link in a letter: nothing more by that way to the person that it names. Anybody who has the link may.

    Journal: ``notices.stopped/1``. Raises StopInvalid.
    """
    named = read_token(token)
    if named is None:
        raise StopInvalid("This link is not whole.", field="token")
    person, way = named
    _stop(person, way, now)
    append(by=by, kind="notices.stopped/1", path="/", refs={"person": str(person), "way": way.value}, now=now)
    return way


@transaction.atomic
def stop_by_number(*, by: Actor, number: str, now: datetime) -> int:
    """Somebody answered STOP: no more text messages to the persons who have that number; returns how many.

    `by` is the service that took the message. Journal: ``notices.stopped/1``.
    """
    persons = sorted(people.text_numbers(contact=number))
    for person in persons:
        _stop(person, Way.SMS, now)
    refs = {"persons": [str(person) for person in persons], "way": Way.SMS.value}
    append(by=by, kind="notices.stopped/1", path="/", refs=refs, now=now)
    return len(persons)


def send_test(*, by: Actor, way: Way, now: datetime) -> None:
    """Send oneself a message by that way, as the real ones look without details.

    Needs ``notices.own.test`` of oneself. Journal: ``notices.test.sent/1``. Raises NoAddress, ChoiceInvalid, TooMany.
    Call it outside a transaction.
    """
    by.must("notices.own.test", "/", person=by.id)
    if way not in PUSHED:
        raise ChoiceInvalid("Nothing is sent that way.", field="way")
    accounts.limit(by=by, name="notices.test", key=str(by.id), most=TESTS[0], within=TESTS[1], now=now)
    _test(by, way, now)


@transaction.atomic
def _test(by: Actor, way: Way, now: datetime) -> None:
    to = Addresses([by.id], by=LOOKS).of(by.id, way)
    if not to:
        raise NoAddress("There is no address for that way, or messages do not reach it.", field="way")
    written = words.trial(locale_of(by.id), way, latin=settings_of(by.id).latin)
    may = replace(by, grants=(*by.grants, Grant("notices", "/", ("delivery.message.post",))))
    messages = [words.message(written, way, one, person=by.id, kind="notices.test") for one in to]
    delivery.post(by=may, messages=messages, now=now)
    append(by=by, kind="notices.test.sent/1", path="/", refs={"person": str(by.id), "way": way.value}, now=now)


def _stop(person: UUID, way: Way, now: datetime) -> None:
    held = settings_of(person)
    _save(person, replace(held, stopped=held.stopped | {way}), now)


def _save(person: UUID, settings: Settings, now: datetime) -> None:
    Setting.objects.update_or_create(
        person=person,
        defaults={
            "quiet_from": settings.quiet_from,
            "quiet_to": settings.quiet_to,
            "digest_at": settings.digest_at,
            "digest_weekday": settings.digest_weekday,
            "details": settings.details,
            "latin": settings.latin,
            "stopped": sorted(settings.stopped),
            "changed_at": now,
        },
    )
