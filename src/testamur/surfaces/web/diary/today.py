"""Today: what needs me now. The lessons of a teacher, what is not registered yet, what waits; the day of a school."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.law.tables import PACKS
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Teaching, UnitKind
from testamur.schoolday.diary import actions
from testamur.schoolday.diary.queries import leaves
from testamur.schoolday.diary.queries import lessons as queries
from testamur.schoolday.diary.queries.lessons import Line
from testamur.schoolday.diary.rules.lessons import Homework, LessonView, NewLesson, current
from testamur.schoolday.noticeboard import queries as board
from testamur.schoolday.noticeboard.rules import EventView
from testamur.surfaces.web import refusals
from testamur.surfaces.web.diary.about import names_of, subject_names
from testamur.surfaces.web.diary.moments import a_day, an_hour, here
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office.scope import place_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor, WebRequest
from testamur.surfaces.web.staff.signers import signer
from testamur.trust.records import queries as records

BACK = timedelta(days=7)
"""So far back home asks for lessons that were not registered."""


@dataclass(frozen=True, slots=True)
class Card:
    """A lesson as a line or card of a page."""

    of: LessonView
    code: str
    subject: str
    teacher: str = ""
    homework: tuple[Homework, ...] = ()

    @property
    def name(self) -> str:
        """Class and subject."""
        return f"{self.code} {self.subject}"


@require_GET
@door("diary.home", Area.STAFF)
def today(request: WebRequest) -> HttpResponse:
    """What needs me now?"""
    visitor = request.visitor
    hat, by, clock = visitor.hat, visitor.actor, here(visitor)
    assert hat is not None  # the door lets nobody in without one
    on = a_day(request.GET.get("on", "")) or clock.date()
    first = min(on, clock.date() - BACK)
    lines = [
        line
        for line in queries.mine(by=by, first=first, last=max(on, clock.date()))
        if line.lesson.path.startswith(hat.unit_path)
    ]
    cards = _cards(visitor, lines, on)
    shown = [card for card in cards if card.of.on == on]
    running, following = current([card.of for card in shown], clock.time()) if on == clock.date() else (None, None)
    return page(
        request,
        "web/diary/today.html",
        on=on,
        is_today=on == clock.date(),
        before=on - timedelta(days=1),
        after=on + timedelta(days=1),
        cards=shown,
        running=next((card for card in shown if card.of is running), None),
        following=next((card for card in shown if card.of is following), None),
        missed=[card for card in cards if _is_missed(card.of, by.id, clock)],
        school=_school(visitor, clock),
        leaves=len(leaves.open_leaves(by=by, on=clock.date())),
        to_sign=len(records.waiting(by=signer(visitor), person=by.id)),
        classes=schools.groups_by_id(hat.groups).values() if hat.role == "class_teacher" else (),
        events=_events(visitor, on),
        taught=_taught(visitor, on),
        leads=hat.role == "principal",
    )


@require_GET
@door("diary.home", Area.STAFF, Area.OFFICE)
def day(request: WebRequest) -> HttpResponse:
    """Every lesson of a school on one day, and which of them nobody has registered."""
    visitor, place, clock = request.visitor, place_of(request), here(request.visitor)
    on = a_day(request.GET.get("on", "")) or clock.date()
    lines = queries.of_school(by=visitor.actor, school=place.one.id, on=on)
    until = clock.time() if on == clock.date() else None
    missing = queries.not_taken(lines, on=on, until=until) if on <= clock.date() else ()
    only = request.GET.get("show") == "missing"
    cards = _cards(visitor, missing if only else lines, on)
    return page(
        request,
        "web/diary/day.html",
        place=place,
        chosen_school=place.one.id,
        on=on,
        before=on - timedelta(days=1),
        after=on + timedelta(days=1),
        cards=cards,
        total=len(lines),
        missing=len(missing),
        late={line.lesson.key for line in missing},
        only=only,
    )


@require_POST
@door("diary.home", Area.STAFF)
def add(request: WebRequest) -> HttpResponse:
    """Add a lesson beside the timetable, and go there."""
    visitor, sent = request.visitor, request.POST
    group, _colon, subject = sent.get("of", "").partition(":")
    on, starts, ends = a_day(sent.get("on", "")), an_hour(sent.get("starts", "")), an_hour(sent.get("ends", ""))
    if on is None or starts is None or ends is None or not subject or _id(group) is None:
        messages.error(request, _("Say for whom, on which day, and from when until when."))
        return redirect("diary:today")
    try:
        new = NewLesson(_known(group), subject, on, starts, ends)
        key = actions.add_lesson(by=visitor.actor, lesson=new, now=visitor.now)
    except (NotAllowed, NotFound):
        raise
    except Refused as refused:
        messages.error(request, refusals.sentence(refused))
        return redirect("diary:today")
    return redirect("diary:lesson", key.id, key.on.isoformat())


def _known(text: str) -> UUID:
    found = _id(text)
    if found is None:
        raise NotFound("There is no such group.")
    return found


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _cards(visitor: Visitor, lines: Iterable[Line], on: date) -> list[Card]:
    """The lessons with the names of subjects and teachers, and the homework that is due on the day."""
    some = list(lines)
    subjects = _subjects(visitor, {line.lesson.school for line in some}, on)
    known = {line.lesson.teacher for line in some if line.lesson.teacher is not None}
    strange = known - {visitor.actor.id}
    names = names_of(visitor, strange) if strange else {}
    due = queries.homework_due(groups={line.lesson.group for line in some if line.lesson.on == on}, on=on)
    return [
        Card(
            line.lesson,
            line.code,
            subjects.get(line.lesson.subject, line.lesson.subject),
            names.get(line.lesson.teacher, "") if line.lesson.teacher else "",
            due.get((line.lesson.group, line.lesson.subject), ()) if line.lesson.on == on else (),
        )
        for line in some
    ]


def _subjects(visitor: Visitor, units: Iterable[UUID], on: date) -> dict[str, str]:
    """What subjects are called at these schools: usually one, whose rules the visitor's own unit names already."""
    found: dict[str, str] = {}
    for unit in units:
        known = visitor.units.get(unit)
        pack = PACKS.get(known.pack if known is not None and known.pack else schools.pack_of(unit, on=on))
        found |= subject_names(pack) if pack is not None else {}
    return found


def _is_missed(one: LessonView, me: UUID, clock: datetime) -> bool:
    """Whether the visitor should have registered a lesson that is over."""
    over = (one.on, one.ends) < (clock.date(), clock.time())
    return over and one.teacher == me and not one.taken and not one.cancelled and one.on >= clock.date() - BACK


def _school(visitor: Visitor, clock: datetime) -> tuple[int, int] | None:
    """Of the lessons of the school that are over today: how many there were, how many nobody has registered."""
    hat = visitor.hat
    unit = visitor.units.get(hat.unit) if hat is not None and hat.unit is not None else None
    if unit is None or unit.kind is not UnitKind.SCHOOL or not visitor.actor.may("diary.completeness.see", unit.path):
        return None
    lines = queries.of_school(by=visitor.actor, school=unit.id, on=clock.date())
    over = [line for line in lines if line.lesson.ends <= clock.time()]
    return len(over), len(queries.not_taken(over, on=clock.date()))


def _events(visitor: Visitor, on: date) -> Sequence[EventView]:
    """What the school and the visitor's classes have on that day."""
    hat = visitor.hat
    if hat is None or hat.unit is None:
        return ()
    zone = timezone.get_current_timezone()
    starts = datetime.combine(on, time(), zone)
    units = [unit.id for unit in schools.units_above(hat.unit_path)]
    return board.events(
        starts_at=starts, ends_at=starts + timedelta(days=1), units=units, groups={*hat.groups, *hat.taught}
    )


def _taught(visitor: Visitor, on: date) -> list[tuple[str, str]]:
    """Classes and subjects for which the visitor may add a lesson: (value, name)."""
    hat = visitor.hat
    assert hat is not None
    if not hat.taught:
        return []
    some: list[Teaching] = [t for t in schools.teaching(person=visitor.actor.id, on=on) if t.group in hat.taught]
    groups = schools.groups_by_id({one.group for one in some})
    names = _subjects(visitor, [hat.unit] if hat.unit is not None else [], on)
    found = {
        f"{one.group}:{one.subject}": f"{groups[one.group].code} {names.get(one.subject, one.subject)}"
        for one in some
        if one.subject
    }
    return sorted(found.items(), key=lambda pair: pair[1])
