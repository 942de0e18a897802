"""Students of whom subscribers are to hear."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import Refused
from testamur.register.curriculum import queries as curriculum
from testamur.schoolday.reporting.actions.subscriptions import note_found
from testamur.schoolday.reporting.queries import final, subscriptions
from testamur.schoolday.reporting.queries.law import university_of
from testamur.schoolday.reporting.rules.views import SubscriptionView


def find_announced(*, by: Actor, now: datetime, courses: Collection[UUID] = ()) -> int:
    """Note whoever can get a final grade now and was not found before, for each running subscription; how many.

    Of some courses, where named: those of a list that was just signed. Each course is reckoned once, however many
    subscribe to it. Needs ``reporting.subscription.find``.
    """
    running = subscriptions.running(on=now.date())
    known = subscriptions.announced(subscriptions=tuple(one.id for one in running))
    found: list[tuple[UUID, UUID, UUID]] = []
    for (university, code), some in _by_course(running).items():
        course = curriculum.course(code=code, path=some[0].path)
        if course is None or (courses and course.id not in courses):
            continue
        try:
            ready = final.ready(course=course.id, path=university)
        except Refused:  # a university without rules any more: nothing can be set there
            continue
        found += [(one.id, student, course.id) for one in some for student in sorted(ready)]
    fresh = [one for one in found if one not in known]
    return note_found(by=by, found=fresh, now=now) if fresh else 0


def _by_course(running: Collection[SubscriptionView]) -> dict[tuple[str, str], list[SubscriptionView]]:
    found: dict[tuple[str, str], list[SubscriptionView]] = defaultdict(list)
    for one in running:
        found[university_of(one.path), one.course_code].append(one)
    return found
