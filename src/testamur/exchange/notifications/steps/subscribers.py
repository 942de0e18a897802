"""Telling those who subscribe that final grades can be set, and examiners what has waited long."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from testamur.exchange.notifications.actions.reporting import tell_results, tell_subscriber
from testamur.exchange.notifications.rules import ZONES
from testamur.exchange.notifications.rules.reporting import (
    REMIND_DAYS,
    Matter,
    Said,
    Waiting,
    is_reminded,
)
from testamur.exchange.notifications.steps.reporting import to_staff
from testamur.kernel.base.actor import Actor
from testamur.register.curriculum import queries as curriculum
from testamur.schoolday.reporting.queries import office, subscriptions
from testamur.schoolday.reporting.rules.documents import code_of
from testamur.schoolday.reporting.rules.subscriptions import Due
from testamur.schoolday.reporting.rules.views import ListHead

ZONE = ZoneInfo(ZONES["SE"])
"""By whose morning the daily letters go."""


def tell_subscribers(*, by: Actor, now: datetime) -> int:
    """Write to each subscriber of whom he or she has not heard yet; returns how many letters went into the outbox.

    One letter for each subscription, with a number of students and a link: who they are stands behind the login.
    """
    waiting: dict[UUID, list[Due]] = defaultdict(list)
    for one in subscriptions.due(now=now, zone=ZONE):
        waiting[one.subscription].append(one)
    courses = curriculum.courses({one.course for some in waiting.values() for one in some})
    count = 0
    for key, some in waiting.items():
        students = {student for one in some for student in one.students}
        course = courses.get(some[0].course)
        said = Said(code=some[0].course_code, course=course.name if course else "", count=len(students))
        reader = (some[0].person, Matter.READY, said)
        # told once by the row that says so, not by a key: the same number of students may be told of again
        letters = to_staff([reader], some[0].path, f"results:{key}:{now.timestamp():.6f}")
        message = next(iter(letters.messages), None)
        count += tell_subscriber(
            by=by, path=some[0].path, subscription=key, students=students, message=message, now=now
        )
    return count


def remind_examiners(
    *, by: Actor, country: str, country_of: Callable[[str], str], day: date, before: date | None, now: datetime
) -> int:
    """A morning's letters to examiners for whom a list came to a reminder since the last round, one to each.

    It names all lists that have waited so long. `before`: the day of the last round, None where there was none.
    Returns how many letters went into the outbox.
    """
    zone = ZoneInfo(ZONES.get(country, "UTC"))
    queue = office.queue(by=by, path="/", now=now, days=0)
    mine: dict[UUID, list[tuple[date, ListHead]]] = defaultdict(list)
    for head in (*queue.unsigned, *queue.on_paper):
        if head.examiner is not None and head.sent_at is not None and country_of(head.path) == country:
            mine[head.examiner].append((head.sent_at.astimezone(zone).date(), head))
    readers = [
        (examiner, Matter.WAITING, Said(lists=_late(some, day)))
        for examiner, some in sorted(mine.items())
        if any(is_reminded(sent_on, day, before) for sent_on, _head in some)
    ]
    letters = to_staff(readers, "/", f"results.waiting:{day}")
    about = {"about": "reporting.list.waiting"}
    return tell_results(by=by, path="/", messages=letters.messages, unreached=letters.unreached, about=about, now=now)


def _late(some: Sequence[tuple[date, ListHead]], day: date) -> tuple[Waiting, ...]:
    ordered: Iterable[tuple[date, ListHead]] = sorted(some, key=lambda one: (one[0], one[1].number))
    late = ((sent_on, head, (day - sent_on).days) for sent_on, head in ordered)
    return tuple(
        Waiting(head.number, code_of(head.course_code, head.module_code), days)
        for _sent_on, head, days in late
        if days >= REMIND_DAYS
    )
