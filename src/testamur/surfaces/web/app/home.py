"""The app's home: per child how much is new, today's lessons, and the ways on; more once the app is unlocked (C17)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import SELF, Area
from testamur.kernel.base.refused import NotFound
from testamur.schoolday.diary.queries import pupil as diary
from testamur.schoolday.diary.rules.pupil import PupilLesson
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.family import reach
from testamur.surfaces.web.family import week as weeks
from testamur.surfaces.web.family.child import opened
from testamur.surfaces.web.family.home import DiaryPart, diaries
from testamur.surfaces.web.family.leave import ASK
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor, WebRequest
from testamur.surfaces.web.sightings import protected

FURTHER: tuple[tuple[str, str | Promise, str], ...] = (
    ("messages:home", _("Messages"), "message-square"),
    ("care:home", _("Care hours"), "clock"),
    ("notices:choices", _("Notifications"), "bell"),
)
"""What the app offers once it is unlocked: address, name, icon."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """One child on the home. `hidden`: the identity is protected, and the app is locked: no lessons, no place."""

    person: UUID
    name: str
    diary: DiaryPart | None
    lessons: tuple[PupilLesson, ...]
    reports: bool
    hidden: bool


@require_GET
@door("app.home", Area.FAMILY)
def home(request: WebRequest) -> HttpResponse:
    """Numbers and lessons for whoever holds the device; what is new in words for whoever unlocked the app."""
    visitor = request.visitor
    seen = reach.persons(visitor, "app.home")
    strong = reach.is_strong(visitor)
    hidden = frozenset() if strong else protected(seen) - {visitor.actor.id}
    days = diaries(visitor, seen, strong=strong)
    today = visitor.now.date()
    known = {key: one.schooling for key, one in days.items() if key not in hidden}
    lessons = (
        diary.days(
            by=visitor.actor, pupils=list(known), first=today, last=today, of=known,
            groups=diary.groups_of(known, today, today),
        )
        if known
        else {}
    )  # fmt: skip
    shelves = [
        Shelf(
            key,
            person.given or person.name,
            days.get(key),
            lessons.get(key, ()),
            key in days and visitor.actor.may(ASK, days[key].schooling.path, person=key),
            key in hidden,
        )
        for key, person in seen.items()
    ]
    return page(
        request,
        "web/app/home.html",
        shelves=shelves,
        fresh=sum(one.new for one in days.values()),
        strong=strong,
        app=visitor.login is not None and visitor.login.app is not None,
        further=_further(),
        oneself=visitor.hat is not None and visitor.hat.key == SELF,
    )


@require_GET
@door("app.home", Area.FAMILY)
def week(request: WebRequest, pupil: UUID) -> HttpResponse:
    """A child's week: lessons and events. Of a pupil with protected identity only once the app is unlocked."""
    visitor = request.visitor
    _shown(visitor, pupil)
    child = opened(visitor, pupil, "week")
    return page(request, "web/app/week.html", child=child, **weeks.facts(request, child))


def _shown(visitor: Visitor, pupil: UUID) -> None:
    """Raise NotFound where the app may not show that child's days yet."""
    person = visitor.persons.get(pupil)
    weak = not reach.is_strong(visitor) and pupil != visitor.actor.id
    if person is not None and weak and protected({pupil: person}):
        raise NotFound("Unlock the app first.", pupil=str(pupil))


def _further() -> list[tuple[str, str | Promise, str]]:
    found = []
    for name, label, icon in FURTHER:
        try:
            found.append((reverse(name), label, icon))
        except NoReverseMatch:
            continue
    return found
