"""A teacher is ill at a quarter to eight: ninety families hear of it within a minute, each in the way they chose."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from testamur.access.accounts import queries as accounts
from testamur.exchange.notifications import steps, tasks
from testamur.exchange.notifications.actions import add_device, choose
from testamur.exchange.notifications.models import Item
from testamur.exchange.notifications.rules.families import Chosen, Pace, Way
from testamur.kernel.base.actor import operator
from testamur.kernel.delivery import steps as sending
from testamur.kernel.delivery.models import Message
from testamur.register.people import actions as people
from testamur.register.people.rules import ContactKind, NewContact, NewGuardianship, NewPerson, Relation
from testamur.register.schools import actions as schools
from testamur.register.schools.rules import GroupKind, NewEnrolment, NewGroup, NewSlot
from testamur.schoolday.diary import actions as diary
from testamur.schoolday.diary.queries.changed import day_of_school, free_teachers
from testamur.schoolday.diary.queries.lessons import of_school
from testamur.schoolday.diary.rules.lessons import LessonKey, StandIn
from testamur.schoolday.diary.rules.states import Part
from tests.gateways.carriers import Carrier
from tests.gateways.push import PushService
from tests.journeys.test_day import SENDER, lying
from tests.kernel.delivery.conftest import Clock
from tests.schoolday.diary.school import BEGINS, School, build
from tests.shipping import see_own_acts

pytestmark = pytest.mark.django_db

FAMILIES, EACH = 90, 30
MORNING = datetime(2026, 3, 11, 5, 45, tzinfo=UTC)
"""A quarter to eight in Sofia, after the quiet hours."""
WAYS = (Way.PUSH, Way.SMS, Way.EMAIL)
MINUTE, STEP = 60, 5


def _families(school: School, now: datetime, push: PushService) -> tuple[list[UUID], list[UUID]]:
    """Three classes of thirty with a lesson each of the teacher; a third of the families chose each way."""
    by = operator()
    new = [NewGroup(school.school, school.year, GroupKind.CLASS, f"7-{n}", year_level=7) for n in range(3)]
    groups = schools.add_groups(by=by, groups=new, now=now)
    teacher = school.persons["teacher"]
    slots = schools.add_slots(
        by=by,
        slots=[NewSlot(one, 3, time(11 + n), time(11 + n, 45), "MAT", teacher) for n, one in enumerate(groups)],
        now=now,
    )
    born = [NewPerson(given=f"Ученик{n}", family="Примерен", birth_date=date(2012, 3, 4)) for n in range(FAMILIES)]
    grown = [
        NewPerson(
            given=f"Родител{n}", family="Примерен", birth_date=date(1985, 3, 4),
            contacts=(
                NewContact(ContactKind.EMAIL, f"parent{n}@doma.example"),
                NewContact(ContactKind.PHONE, f"+359888{n:06}"),
            ),
        )
        for n in range(FAMILIES)
    ]  # fmt: skip
    pupils = people.register_persons(by=by, path=school.path, persons=born, now=now)
    guardians = people.register_persons(by=by, path=school.path, persons=grown, now=now)
    people.add_guardianships(
        by=by, now=now,
        guardianships=[
            NewGuardianship(child, one, Relation.PARENT, date(2012, 3, 4))
            for child, one in zip(pupils, guardians, strict=True)
        ],
    )  # fmt: skip
    schools.add_enrolments(
        by=by, now=now,
        enrolments=[
            NewEnrolment(pupil, school.school, BEGINS, group=groups[n // EACH], year_level=7)
            for n, pupil in enumerate(pupils)
        ],
    )  # fmt: skip
    for n, (child, guardian) in enumerate(zip(pupils, guardians, strict=True)):
        hat = next(one for one in accounts.hats(person=guardian, on=now.date()) if one.role == "guardian")
        actor = accounts.actor(hat, person=guardian, identified_by="simulated")
        if WAYS[n % 3] is Way.PUSH:
            add_device(by=actor, **push.subscribe().sent, now=now)
        chosen = {Part.LESSONS: Chosen(frozenset({WAYS[n % 3]}), Pace.NOW)}
        choose(by=actor, child=child, chosen=chosen, now=now)
    return guardians, slots


def _round(clock: Clock) -> None:
    """What two workers do every few seconds."""
    for _worker in range(2):
        steps.follow(now=clock())
        steps.spread(by=tasks.STEP, now=clock())
        steps.tell_readers(by=tasks.STEP, now=clock())
    sending.send_due(by=SENDER, clock=clock)


def _reached(mail: Any, push: PushService, carrier: Carrier) -> int:
    return len(mail.received) + len(push.received) + len(carrier.taken)


@pytest.mark.feature("C6", "E20")
@pytest.mark.parametrize("busy", [0, 20])
def test_ninety_families_hear_of_a_sick_teacher_within_a_minute(
    busy: int, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    see_own_acts(monkeypatch)
    with lying(settings, tmp_path) as (mail, push, carrier):
        mail.refuse, push.busy, carrier.busy = {}, busy, busy
        clock = Clock(MORNING)
        school = build("bg.school", now=MORNING)
        guardians, slots = _families(school, MORNING, push)
        head, today = school.actor("principal"), MORNING.date()
        lines = of_school(by=head, school=school.school, on=today)
        away = [line for line in lines if line.lesson.teacher == school.persons["teacher"]]
        free = free_teachers(by=head, lines=lines, school=school.school, on=today)
        changes = [
            StandIn(LessonKey(line.lesson.key, today), free[line.lesson.key][0] if n else None)
            for n, line in enumerate(sorted(away, key=lambda line: line.lesson.starts, reverse=True))
        ]
        diary.replace_teacher(by=head, changes=changes, note="Стр. 40", now=clock())
        assert {line.lesson.key for line in day_of_school(by=head, school=school.school, on=today)} >= set(slots)
        for _step in range(MINUTE // STEP):
            _round(clock)
            clock.forward(seconds=STEP)
        in_time = _reached(mail, push, carrier)
        for _step in range(60):  # what a busy carrier sent back goes again: none is lost, none goes twice
            clock.forward(seconds=30)
            _round(clock)
        queued = Message.objects.filter(kind="notices.family")
        assert queued.count() == FAMILIES
        assert max(queued.values_list("posted_at", flat=True)) <= MORNING.replace(minute=46)
    # where carrier and push service are busy every fifth time, what they sent back is tried again later
    assert in_time >= (FAMILIES * 7 // 10 if busy else FAMILIES), in_time
    third = FAMILIES // 3
    assert Counter(one["to"] for one in carrier.taken) == {f"+359888{n:06}": 1 for n in range(1, FAMILIES, 3)}
    assert len(push.received) == third
    assert Counter(str(one["To"]) for one in mail.received) == {
        f"parent{n}@doma.example": 1 for n in range(2, FAMILIES, 3)
    }
    told = Item.objects.filter(part="lessons", person__in=guardians)
    assert set(told.values_list("outcome", flat=True)) == {"told"}
