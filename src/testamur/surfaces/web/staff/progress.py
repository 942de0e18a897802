"""After signing: how far the documents have come, told live; the page can be left, the work goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import Area
from testamur.register.people import queries as people
from testamur.schoolday.reporting.queries import belonging
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office.words import reason
from testamur.surfaces.web.pages import fragment
from testamur.surfaces.web.requests import WebRequest
from testamur.surfaces.web.sightings import note, protected
from testamur.surfaces.web.staff import browser
from testamur.surfaces.web.staff.signers import role_name, signer
from testamur.trust.records.queries import hands as work
from testamur.trust.records.queries.hands import Course, Stage

STUCK = timedelta(minutes=2)
"""After so long without a single document at its goal the page says that nobody need wait at it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One stage and how many documents have come that far."""

    name: str | Promise
    count: int
    total: int

    @property
    def done(self) -> bool:
        """True when all have."""
        return self.count >= self.total


_NAMES: tuple[tuple[Stage, str | Promise], ...] = (
    (Stage.SIGNED, pgettext_lazy("stage of documents", "Signed")),
    (Stage.SEALED, pgettext_lazy("stage of documents", "Sealed")),
    (Stage.LOGGED, pgettext_lazy("stage of documents", "In the transparency log")),
    (Stage.PUBLISHED, pgettext_lazy("stage of documents", "Archived and published")),
)


@require_GET
@door("staff.home", Area.STAFF)
def progress(request: WebRequest, ceremony: UUID) -> HttpResponse:
    """Signed → sealed → logged → archived and published, with counts and time left; at the end what failed and why."""
    visitor = request.visitor
    by = signer(visitor)
    course = work.course(by=by, ceremony=ceremony)
    hand = course.hand
    going_on = hand.count - hand.stages.get(Stage.PASSED_ON, 0)
    seen = people.people(by=by, ids={f.subject for f in course.failures if f.subject_kind == "pupil"})
    note(visitor, by, dict.fromkeys(protected(seen), hand.path), "staff.progress")
    return fragment(
        request,
        "web/staff/progress.html",
        "live",
        hand=hand,
        role=role_name(hand.role),
        passed_on=hand.stages.get(Stage.PASSED_ON, 0),
        going_on=going_on,
        lines=[Line(name, hand.reached(stage), going_on) for stage, name in _NAMES],
        running=hand.on_the_way > 0,
        left=_left(course, visitor.now),
        slow=_slow(course, visitor.now),
        failures=[(f, seen[f.subject].name if f.subject in seen else "", reason(f.why)) for f in course.failures],
        next_step=browser.next_step(request, ceremony),
        result_list=belonging.list_in(by=by, ceremony=ceremony),
    )


def _left(course: Course, now: datetime) -> int | None:
    """Seconds that the rest will take at the pace so far; None before there is one."""
    hand = course.hand
    if hand.signed_at is None or not hand.published or not hand.on_the_way:
        return None
    spent = max(1.0, (now - hand.signed_at).total_seconds())
    return max(1, round(spent / hand.published * hand.on_the_way))


def _slow(course: Course, now: datetime) -> bool:
    signed_at = course.hand.signed_at
    return bool(course.hand.on_the_way) and signed_at is not None and now - signed_at > STUCK
