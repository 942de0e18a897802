"""A class whose families are told: what a teacher does, and the messages that come of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from testamur.exchange.notifications import steps, tasks
from testamur.exchange.notifications.actions import choose, set_settings
from testamur.exchange.notifications.models import Item
from testamur.exchange.notifications.rules.families import Chosen, Pace, Settings, Way
from testamur.kernel.base.actor import operator
from testamur.kernel.delivery.models import Message
from testamur.register.people import actions as people
from testamur.register.people.rules import ContactKind, NewContact
from testamur.schoolday.diary import actions as diary
from testamur.schoolday.diary.models import Mark
from testamur.schoolday.diary.rules.lessons import LessonKey, Missing
from testamur.schoolday.diary.rules.marks import Entry
from testamur.schoolday.diary.rules.states import AbsenceKind, Part
from tests.kernel.delivery.conftest import Clock
from tests.schoolday.diary.school import TODAY, School

EVERY = dict.fromkeys(Part, Chosen(frozenset({Way.EMAIL}), Pace.NOW))
NAMES = ("guardian", "other_guardian", "far_guardian")


@dataclass
class Families:
    """The school, and a clock that is set by hand."""

    school: School
    clock: Clock

    def reach(self) -> None:
        """Everybody has an e-mail address and a mobile telephone."""
        new = [
            (self.school.persons[name], contact)
            for n, name in enumerate(NAMES)
            for contact in (
                NewContact(ContactKind.EMAIL, f"{name}@doma.example"),
                NewContact(ContactKind.PHONE, f"+35988812345{n}"),
            )
        ]
        people.add_contacts(by=operator(), contacts=new, now=self.clock())

    def column(self, title: str = "", **more: Any) -> UUID:
        return diary.add_task(
            by=self.school.actor("teacher"), group=self.school.group, subject="MAT", kind="current", on=TODAY,
            title=title, now=self.clock(), **more,
        )  # fmt: skip

    def mark(self, column: UUID, pupil: int, value: str) -> None:
        one = self.school.pupils[pupil]
        seen = Mark.objects.filter(task=column, pupil=one, replaced_by__isnull=True).values_list("id", flat=True)
        entry = Entry(one, value, seen=seen.first())
        diary.enter_marks(by=self.school.actor("teacher"), task=column, entries=[entry], now=self.clock())

    def absent(self, *pupils: int, version: int = 0) -> None:
        """Not there in today's first lesson."""
        key = LessonKey(self.school.slots[1], TODAY)
        missing = [Missing(self.school.pupils[n], AbsenceKind.ABSENT) for n in pupils]
        by = self.school.actor("teacher")
        diary.take_attendance(by=by, lesson=key, missing=missing, seen_version=version, now=self.clock())

    def choose(self, name: str, pupil: int, *ways: Way, pace: Pace = Pace.NOW) -> None:
        """All parts by these ways."""
        chosen = dict.fromkeys(Part, Chosen(frozenset(ways), pace))
        by = self.school.actor(name, "guardian")
        choose(by=by, child=self.school.pupils[pupil], chosen=chosen, now=self.clock())

    def settings(self, name: str, **chosen: Any) -> None:
        by = self.school.actor(name, "guardian")
        set_settings(by=by, settings=Settings(**chosen), now=self.clock())

    def tell(self, **passed: float) -> list[Message]:
        """Follow, spread and tell after so much time; the new messages, in order of channel and address."""
        self.clock.forward(**passed)
        known = set(Message.objects.values_list("id", flat=True))
        steps.follow(now=self.clock())
        steps.spread(by=tasks.STEP, now=self.clock())
        steps.follow_failures(by=tasks.STEP, now=self.clock())
        steps.tell_readers(by=tasks.STEP, now=self.clock())
        return list(Message.objects.exclude(id__in=known).order_by("channel", "to"))

    def waiting(self) -> int:
        return Item.objects.filter(told_at__isnull=True).count()


def to(messages: list[Message]) -> list[tuple[str, str]]:
    """Channel and address of each."""
    return [(one.channel, one.to.partition("@")[0]) for one in messages]


def at(clock: Clock, on: date, hour: int, minute: int = 0) -> None:
    """Set the clock to that time in Sofia (two hours ahead in winter)."""
    clock.at = datetime(on.year, on.month, on.day, hour - 2, minute, tzinfo=clock.at.tzinfo)
