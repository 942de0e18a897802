"""A day in the life: 300 pupils, twelve lessons, 900 messages over channels that all lie; none lost, none twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from testamur.access.accounts import queries as accounts
from testamur.exchange.notifications import steps, tasks
from testamur.exchange.notifications.actions import add_device, choose
from testamur.exchange.notifications.models import Item
from testamur.exchange.notifications.rules.families import Chosen, Pace, Way
from testamur.kernel.base.actor import operator
from testamur.kernel.delivery import queries as delivery
from testamur.kernel.delivery import steps as sending
from testamur.kernel.delivery import vapid
from testamur.kernel.delivery.models import Message
from testamur.kernel.jobs.rules import step_actor
from testamur.register.people import actions as people
from testamur.register.people.rules import ContactKind, NewContact, NewGuardianship, NewPerson, Relation
from testamur.register.schools import actions as schools
from testamur.register.schools.rules import GroupKind, NewEnrolment, NewGroup, NewSlot
from testamur.schoolday.diary import actions as diary
from testamur.schoolday.diary.rules.lessons import LessonKey, Missing
from testamur.schoolday.diary.rules.marks import Entry
from testamur.schoolday.diary.rules.states import AbsenceKind, Part
from tests.gateways.carriers import Carrier, Lies, point
from tests.gateways.carriers import Running as RunningCarrier
from tests.gateways.push import PushService
from tests.gateways.push import Running as RunningPush
from tests.kernel.delivery.conftest import Clock
from tests.kernel.delivery.smtp_sink import Running as RunningMail
from tests.kernel.delivery.smtp_sink import Sink
from tests.schoolday.diary.school import BEGINS, School, build
from tests.shipping import see_own_acts

pytestmark = pytest.mark.django_db

CLASSES, EACH = 12, 25
PUPILS = CLASSES * EACH
WAYS = (Way.SMS, Way.EMAIL, Way.PUSH)
SENDER = step_actor("test", "delivery.*")


@dataclass
class Day:
    """The school, its classes with their pupils and first lesson, and everything that lies."""

    school: School
    clock: Clock
    mail: Sink
    push: PushService
    carrier: Carrier
    classes: list[tuple[UUID, UUID, list[UUID]]] = field(default_factory=list)

    def fill(self) -> None:
        """Twelve classes; each pupil has one guardian, who is told at once by all three ways."""
        now, path = self.clock(), self.school.path
        new = [
            NewGroup(self.school.school, self.school.year, GroupKind.CLASS, f"7-{n}", year_level=7)
            for n in range(CLASSES)
        ]
        groups = schools.add_groups(by=operator(), groups=new, now=now)
        slots = schools.add_slots(
            by=operator(),
            slots=[
                NewSlot(one, now.isoweekday(), time(9), time(9, 45), "MAT", self.school.persons["teacher"], number=1)
                for one in groups
            ],
            now=now,
        )
        born = [NewPerson(given=f"Ученик{n}", family="Примерен", birth_date=date(2012, 3, 4)) for n in range(PUPILS)]
        grown = [
            NewPerson(
                given=f"Родител{n}", family="Примерен", birth_date=date(1985, 3, 4),
                contacts=(
                    NewContact(ContactKind.EMAIL, f"parent{n}@doma.example"),
                    NewContact(ContactKind.PHONE, f"+359888{n:06}"),
                ),
            )
            for n in range(PUPILS)
        ]  # fmt: skip
        pupils = people.register_persons(by=operator(), path=path, persons=born, now=now)
        guardians = people.register_persons(by=operator(), path=path, persons=grown, now=now)
        pairs = list(zip(pupils, guardians, strict=True))
        people.add_guardianships(
            by=operator(), now=now,
            guardianships=[NewGuardianship(child, one, Relation.PARENT, date(2012, 3, 4)) for child, one in pairs],
        )  # fmt: skip
        rooms = [
            (group, slot, pupils[n * EACH :][:EACH]) for n, (group, slot) in enumerate(zip(groups, slots, strict=True))
        ]
        schools.add_enrolments(
            by=operator(), now=now,
            enrolments=[
                NewEnrolment(pupil, self.school.school, BEGINS, group=group, year_level=7)
                for group, _slot, some in rooms
                for pupil in some
            ],
        )  # fmt: skip
        for child, guardian in pairs:
            self._chooses(guardian, child)
        self.classes = rooms

    def _chooses(self, guardian: UUID, child: UUID) -> None:
        hat = next(one for one in accounts.hats(person=guardian, on=self.clock().date()) if one.role == "guardian")
        by = accounts.actor(hat, person=guardian, identified_by="simulated")
        add_device(by=by, **self.push.subscribe().sent, now=self.clock())
        both = dict.fromkeys((Part.MARKS, Part.ABSENCES), Chosen(frozenset(WAYS), Pace.NOW))
        choose(by=by, child=child, chosen=both, now=self.clock())

    def lesson(self, group: UUID, slot: UUID, pupils: list[UUID]) -> None:
        """Two are not there; a test is handed back, and everybody has a mark."""
        by, on = self.school.actor("principal", on=self.clock().date()), self.clock().date()
        missing = [Missing(one, AbsenceKind.ABSENT) for one in pupils[:2]]
        diary.take_attendance(by=by, lesson=LessonKey(slot, on), missing=missing, seen_version=0, now=self.clock())
        task = diary.add_task(by=by, group=group, subject="MAT", kind="current", on=on, title="", now=self.clock())
        diary.enter_marks(by=by, task=task, entries=[Entry(one, "5") for one in pupils], now=self.clock())

    def background(self) -> None:
        """What the worker does every few seconds; twice, as two workers would."""
        for _worker in range(2):
            steps.follow(now=self.clock())
            steps.spread(by=tasks.STEP, now=self.clock())
            steps.tell_readers(by=tasks.STEP, now=self.clock())
        sending.send_due(by=SENDER, clock=self.clock)

    def evening(self) -> None:
        """Whatever is still on its way goes; then the carrier reports, late, twice, out of order and with forgeries."""
        for _round in range(200):
            if delivery.counts(by=SENDER).get("waiting", 0) == 0:
                break
            self.clock.forward(seconds=30)
            self.mail.refuse.clear()  # greylisting ends
            self.background()
        browser = Client()
        for reported, forged in Lies(self.carrier, seed=4):
            answer = browser.post(reported.path, reported.form, headers=reported.headers)
            assert answer.status_code == (403 if forged else 204)


@contextmanager
def lying(settings: Any, folder: Path) -> Iterator[tuple[Sink, PushService, Carrier]]:
    """Mail that is refused at first, a push service and a carrier that are busy every fifth time."""
    settings.DATA = folder
    way = "testamur.kernel.delivery.channels.{}.configured"
    settings.DELIVERY_CHANNELS = {"email": way.format("smtp"), "push": way.format("push")}
    settings.DELIVERY_SMS_RATE = 0
    with (
        RunningMail(Sink()) as mail,
        RunningPush(PushService(vapid=vapid.public_key(), busy=20)) as push,
        RunningCarrier(Carrier("twilio", busy=20)) as carrier,
    ):
        settings.SMTP = {"url": f"smtp://127.0.0.1:{mail.port}?tls=none", "from": "Училище <shkola@example.bg>"}
        mail.refuse = {f"parent{n}@doma.example": "450 4.2.1 greylisted" for n in range(0, PUPILS, 7)}
        point(settings, carrier, folder)
        yield mail, push, carrier


@pytest.mark.feature("E20", "E22", "E23", "E26")
def test_a_day_in_the_life(now: datetime, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    see_own_acts(monkeypatch)
    with lying(settings, tmp_path) as (mail, push, carrier):
        day = Day(build("bg.school", now=now), Clock(now), mail, push, carrier)
        day.fill()
        day.background()
        assert Message.objects.count() == 0
        for room in day.classes:
            day.lesson(*room)
            day.clock.forward(minutes=20)
            day.background()
        day.evening()
    assert Counter(one["to"] for one in carrier.taken) == {f"+359888{n:06}": 1 for n in range(PUPILS)}
    assert Counter(str(one["To"]) for one in mail.received) == {f"parent{n}@doma.example": 1 for n in range(PUPILS)}
    assert Counter(Counter(where for where, *_rest in push.received).values()) == {1: PUPILS}
    assert push.refused == []
    states = Counter(Message.objects.values_list("channel", "state"))
    assert states == {("sms", "delivered"): PUPILS, ("email", "sent"): PUPILS, ("push", "sent"): PUPILS}
    told = Item.objects.filter(told_at__isnull=False)
    assert (
        told.count() == Item.objects.count() == len(WAYS) * (PUPILS + 2 * CLASSES)
    )  # a mark each, and two absences a class
    assert set(told.values_list("outcome", flat=True)) == {"told"}
