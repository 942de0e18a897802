"""Changes of a day: what is different today, a teacher who is away, a lesson at another hour or in another room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.register.people.rules import PersonView
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitView
from testamur.schoolday.diary import actions
from testamur.schoolday.diary.queries import lessons as queries
from testamur.schoolday.diary.queries.changed import free_teachers, week_of
from testamur.schoolday.diary.queries.lessons import Line, of_school
from testamur.schoolday.diary.queries.rooms import EVERY
from testamur.schoolday.diary.rules.lessons import LessonKey, LessonView, Move, StandIn
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.diary.about import today as day_here
from testamur.surfaces.web.diary.moments import a_day, day_in, number
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office.scope import place_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest
from testamur.surfaces.web.timetable.clashes import clashes
from testamur.surfaces.web.timetable.views import staff_of, tabs
from testamur.surfaces.web.timetable.weeks import Hour, hours_of

OFF = "off"
"""What a form says of a lesson that nobody gives."""
SUGGESTED = 5


@require_GET
@door("timetable.home", Area.STAFF, Area.OFFICE)
def changes(request: WebRequest) -> HttpResponse:
    """What a day changes of the timetable; as it hangs in the staff room."""
    visitor, place = request.visitor, place_of(request)
    on = a_day(request.GET.get("on", "")) or day_here(visitor)
    lines = week_of(first=on, last=on, school=place.one.id)
    changed = [one for one in lines if one.lesson.cancelled or one.lesson.substituted or one.lesson.moved]
    return page(
        request,
        "web/timetable/changes.html",
        place=place,
        chosen_school=place.one.id,
        tabs=tabs(visitor, place.one, "changes"),
        on=on,
        before=on - timedelta(days=1),
        after=on + timedelta(days=1),
        hours=hours_of(visitor, place.one, changed, on),
        total=len(lines),
        edits=visitor.actor.may(EVERY, place.one.path),
    )


@dataclass(frozen=True, slots=True)
class Seat:
    """One lesson of a teacher who is away, and who could give it. `chosen`: a person's id, ``off``, or empty."""

    hour: Hour
    free: tuple[tuple[UUID, str], ...]
    busy: tuple[tuple[UUID, str], ...]
    chosen: str


@door("timetable.home", Area.STAFF, Area.OFFICE)
@require_http_methods(["GET", "POST"])
def away(request: WebRequest) -> HttpResponse:
    """All lessons of a teacher on a day: who gives each of them, or that nobody does; families hear at once.

    Raises NotAllowed without ``diary.group.every`` at the school.
    """
    visitor = request.visitor
    told = request.POST if request.method == "POST" else request.GET
    place = place_of(request, told.get("school", ""))
    school = place.one
    visitor.actor.must(EVERY, school.path)
    on = a_day(told.get("on", "")) or day_here(visitor)
    known = staff_of(visitor, school)
    chosen = next((one for one in known if str(one) == told.get("teacher", "")), None)
    problem, status = "", 200
    lines = of_school(by=visitor.actor, school=school.id, on=on)
    mine = [one for one in lines if chosen is not None and one.lesson.teacher == chosen]
    open_ = [one for one in mine if not (one.lesson.cancelled or one.lesson.taken)]
    if request.method == "POST":
        try:
            n = _replace(request, open_, known)
        except Refused as refused:
            problem, status = refusals.sentence(refused), 422
        else:
            said = ngettext("%(n)s lesson is changed. Families are told at once.",
                            "%(n)s lessons are changed. Families are told at once.", n)  # fmt: skip
            messages.success(request, said % {"n": n})
            query = urlencode({"school": str(school.id), "on": on.isoformat()})
            return SeeOther(f"{reverse('timetable:changes')}?{query}")
    return page(
        request,
        "web/timetable/away.html",
        status=status,
        place=place,
        chosen_school=school.id,
        tabs=tabs(visitor, school, "away"),
        on=on,
        teachers=known.values(),
        chosen=known.get(chosen) if chosen is not None else None,
        seats=_seats(request, school, lines, open_, known, on) if open_ else [],
        settled=len(mine) - len(open_),
        note=told.get("note", ""),
        problem=problem,
        off=OFF,
    )


def _replace(request: WebRequest, lines: list[Line], known: dict[UUID, PersonView]) -> int:
    """What the form says of each lesson; one that it leaves as it is stays so. Raises NotFound for nobody's id."""
    sent, changes = request.POST, []
    for line in lines:
        view = line.lesson
        said = sent.get(f"who-{view.key}", "")
        if not said:
            continue
        teacher = next((one for one in known if str(one) == said), None)
        if teacher is None and said != OFF:
            raise NotFound("There is no such teacher.", field="teacher")
        seen = number(sent, f"seen-{view.key}")
        changes.append(StandIn(LessonKey(view.key, view.on), teacher, view.version if seen is None else seen))
    if not changes:
        raise NothingChosen("Nothing is chosen.", field="who")
    actions.replace_teacher(
        by=request.visitor.actor, changes=changes, note=sent.get("note", "")[:2000], now=request.visitor.now
    )
    return len(changes)


class NothingChosen(Refused):
    """The form says of no lesson who gives it."""

    code = "timetable.nothing_chosen"


def _seats(
    request: WebRequest,
    school: UnitView,
    lines: tuple[Line, ...],
    open_: list[Line],
    known: dict[UUID, PersonView],
    on: date,
) -> list[Seat]:
    visitor, sent = request.visitor, request.POST
    free = free_teachers(by=visitor.actor, lines=lines, school=school.id, on=on)
    seats = []
    for hour in hours_of(visitor, school, open_, on):
        key = hour.of.key
        idle = [one for one in free[key] if one in known]
        busy = [one for one in known if one not in idle and one != hour.of.teacher]
        best = str(idle[0]) if idle else OFF
        seats.append(
            Seat(
                hour,
                tuple((one, known[one].name) for one in idle),
                tuple((one, known[one].name) for one in busy),
                sent.get(f"who-{key}", best),
            )
        )
    return seats


class MoveForm(forms.Form):
    """Another time of the same day, another room."""

    starts = forms.TimeField(
        label=gettext_lazy("Begins"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    ends = forms.TimeField(label=gettext_lazy("Ends"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    room = forms.CharField(label=gettext_lazy("Room"), max_length=40, required=False)


@door("timetable.home", Area.STAFF, Area.OFFICE)
@require_http_methods(["GET", "POST"])
def move(request: WebRequest, lesson: UUID, on: str) -> HttpResponse:
    """Move one lesson of a day. What would be wanted twice is said first, and needs ``sure``."""
    visitor, day = request.visitor, day_in(on)
    view = queries.lesson(id=lesson, on=day)
    queries.must_give(by=visitor.actor, verb="diary.lesson.cancel", lesson=view)
    place = place_of(request, str(view.school))
    start = {"starts": view.starts, "ends": view.ends, "room": view.room}
    form = MoveForm(request.POST or None, initial=start)
    twice: tuple[str, ...] = ()
    if request.method == "POST":
        back_ = request.POST.get("act") == "back"
        if back_ or form.is_valid():
            move_ = None if back_ else Move(**form.cleaned_data)
            twice = () if move_ is None else _twice(view, move_)
            if not twice or request.POST.get("sure"):
                try:
                    actions.move_lesson(
                        by=visitor.actor, lesson=LessonKey(lesson, day), move=move_,
                        seen_version=number(request.POST, "version") or 0, now=visitor.now,
                    )  # fmt: skip
                except Refused as refused:
                    if refused.code in {"not_allowed", "not_found"}:
                        raise
                    refusals.into(form, refused)
                else:
                    messages.success(request, _("The lesson is moved. Families are told at once."))
                    return SeeOther(reverse("diary:lesson", args=[lesson, day.isoformat()]))
    hour = hours_of(visitor, place.one, _line(view), day)[0]
    return page(
        request,
        "web/timetable/move.html",
        status=422 if form.errors or twice else 200,
        place=place,
        hour=hour,
        of=view,
        form=form,
        twice=twice,
    )


def _twice(view: LessonView, move_: Move) -> tuple[str, ...]:
    lines = week_of(first=view.on, last=view.on, school=view.school)
    others = [one for one in lines if one.lesson.key != view.key and not one.lesson.cancelled]
    return clashes(view, move_, others)


def _line(view: LessonView) -> list[Line]:
    found = schools.group(view.group)
    return [Line(view, found.code if found is not None else "")]
