"""One lesson: who was not there, what was done, the homework; ten seconds when everybody is there."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.register.people import queries as people
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Role
from testamur.schoolday.diary import actions
from testamur.schoolday.diary.queries import lessons as queries
from testamur.schoolday.diary.queries.lessons import Register
from testamur.schoolday.diary.queries.rooms import EVERY
from testamur.schoolday.diary.rules.lessons import (
    UNDO_FOR,
    LessonChanged,
    LessonKey,
    LessonView,
    Missing,
)
from testamur.schoolday.diary.rules.rooms import NotYourSubject
from testamur.surfaces.web import refusals, sightings
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.diary.about import names_of, reaches_families, subject_names
from testamur.surfaces.web.diary.attendance_rows import late_now, parsed, rows_of
from testamur.surfaces.web.diary.moments import a_day, day_in, here, number
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor, WebRequest

CONFLICT, REFUSED = 409, 422
_TEACHERS = {Role.TEACHER, Role.CLASS_TEACHER, Role.EXAMINER}


@require_GET
@door("diary.home", Area.STAFF, Area.OFFICE)
def lesson(request: WebRequest, lesson: UUID, on: str) -> HttpResponse:
    """The class list of a lesson, with everybody there."""
    return _shown(request, LessonKey(lesson, day_in(on)))


@require_POST
@door("diary.home", Area.STAFF, Area.OFFICE)
def save(request: WebRequest, lesson: UUID, on: str) -> HttpResponse:
    """Register attendance (for a lesson that is not still to come) and, where it is new, topic and homework."""
    visitor, key, sent = request.visitor, LessonKey(lesson, day_in(on)), request.POST
    by, now, clock = visitor.actor, visitor.now, here(visitor)
    view = queries.lesson(id=key.id, on=key.on)
    seen = number(sent, "version") or 0
    missing = parsed(sent, late_now(view, clock))
    went: dict[str, str] = {}
    try:
        if view.on <= clock.date():
            took = actions.take_attendance(by=by, lesson=key, missing=missing, seen_version=seen, now=now)
            seen, went = took.version, {"saved": "all" if took.first else "again"}
        if "topic" in sent and _is_new(view, sent):
            actions.write_topic(
                by=by, lesson=key, topic=sent["topic"], homework=sent.get("homework", ""), due=_due(sent),
                note=sent.get("note"), seen_version=seen, now=now,
            )  # fmt: skip
            went = went or {"saved": "topic"}
    except (NotAllowed, NotFound, NotYourSubject):
        raise
    except LessonChanged as refused:
        return _shown(request, key, mine=missing, refused=refused, status=CONFLICT)
    except Refused as refused:
        return _shown(request, key, mine=missing, refused=refused, status=REFUSED)
    return SeeOther(_address(key) + f"?saved={went.get('saved', 'topic')}")


@require_POST
@door("diary.home", Area.STAFF, Area.OFFICE)
def undo(request: WebRequest, lesson: UUID, on: str) -> HttpResponse:
    """Take back what was just registered."""
    key, sent = LessonKey(lesson, day_in(on)), request.POST
    return _done(
        request,
        key,
        actions.undo_attendance,
        _("It is as it was before."),
        whole=sent.get("whole") == "1",
        seen_version=number(sent, "version") or 0,
    )


@require_POST
@door("diary.home", Area.STAFF, Area.OFFICE)
def cancel(request: WebRequest, lesson: UUID, on: str) -> HttpResponse:
    """Say that the lesson is not given, or that it is."""
    key, sent = LessonKey(lesson, day_in(on)), request.POST
    cancelled = sent.get("cancelled", "1") == "1"
    told = _("The lesson is cancelled.") if cancelled else _("The lesson is given after all.")
    return _done(
        request, key, actions.cancel_lesson, told, cancelled=cancelled, seen_version=number(sent, "version") or 0
    )


@require_POST
@door("diary.home", Area.STAFF, Area.OFFICE)
def substitute(request: WebRequest, lesson: UUID, on: str) -> HttpResponse:
    """Let somebody else give the lesson."""
    key, sent = LessonKey(lesson, day_in(on)), request.POST
    try:
        teacher = UUID(sent.get("teacher", ""))
    except ValueError as wrong:
        raise NotFound("There is no such teacher.", field="teacher") from wrong
    return _done(
        request,
        key,
        actions.assign_substitute,
        _("The lesson has another teacher now. The note is on that teacher's page of the day."),
        teacher=teacher,
        note=sent.get("note", ""),
        seen_version=number(sent, "version") or 0,
    )


def _done(request: WebRequest, key: LessonKey, verb: Any, told: str, **values: Any) -> HttpResponse:
    visitor = request.visitor
    try:
        verb(by=visitor.actor, lesson=key, now=visitor.now, **values)
    except (NotAllowed, NotFound, NotYourSubject):
        raise
    except Refused as refused:
        messages.error(request, refusals.sentence(refused))
    else:
        messages.success(request, told)
    return redirect(_address(key))


def _address(key: LessonKey) -> str:
    return reverse("diary:lesson", args=[key.id, key.on.isoformat()])


def _is_new(view: LessonView, sent: QueryDict) -> bool:
    text = sent.get("homework", "").replace("\r\n", "\n").strip()
    told = (sent.get("topic", "").strip(), text, _due(sent) if text else None, sent.get("note", view.note).strip())
    return told != (view.topic, view.homework, view.due, view.note)


def _due(sent: QueryDict) -> date | None:
    return a_day(sent.get("due_day", "")) or a_day(sent.get("due", ""))


def _shown(
    request: WebRequest,
    key: LessonKey,
    *,
    mine: tuple[Missing, ...] | None = None,
    refused: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; after a refusal with what was typed, beside what stands."""
    visitor, clock = request.visitor, here(request.visitor)
    found = queries.register(by=visitor.actor, id=key.id, on=key.on)
    view = found.lesson
    _note_sights(visitor, found)
    rows = rows_of(found, mine)
    names = names_of(visitor, {one for one in (view.teacher, view.usual, view.taken_by) if one is not None})
    typed = request.POST if refused is not None else None
    chosen = _due(typed) if typed is not None else view.due or (found.next_days[0] if found.next_days else None)
    return page(
        request,
        "web/diary/lesson.html",
        status=status,
        of=view,
        code=found.room.group.code,
        subject=subject_names(found.room.pack).get(view.subject, view.subject),
        rows=rows,
        counts=_counts(row.state for row in rows),
        late_now=late_now(view, clock),
        to_come=view.on > clock.date(),
        is_today=view.on == clock.date(),
        topic=typed.get("topic", "") if typed is not None else view.topic,
        homework=typed.get("homework", "") if typed is not None else view.homework,
        note=typed.get("note", view.note) if typed is not None else view.note,
        due=chosen,
        due_days=tuple(dict.fromkeys([*found.next_days, *([chosen] if chosen else [])])),
        teacher=names.get(view.teacher, "") if view.teacher else "",
        usual=names.get(view.usual, "") if view.usual else "",
        taken_by=names.get(view.taken_by, "") if view.taken_by else "",
        mine=view.teacher == visitor.actor.id,
        reaches=reaches_families(visitor, found.room.group),
        refused=refusals.sentence(refused) if refused is not None else "",
        conflict=status == CONFLICT,
        saved=request.GET.get("saved", ""),
        may_undo=_may_undo(view, visitor) and request.GET.get("saved") in {"all", "again"},
        substitutes=_substitutes(visitor, view),
    )


def _counts(states: Any) -> dict[str, int]:
    found = {"present": 0, "absent": 0, "late": 0, "left_early": 0}
    for state in states:
        found[state] += 1
    return found


def _may_undo(view: LessonView, visitor: Visitor) -> bool:
    at: datetime | None = view.taken_at
    fresh = at is not None and visitor.now - at < UNDO_FOR - timedelta(seconds=30)
    return fresh and view.taken_by == visitor.actor.id


def _substitutes(visitor: Visitor, view: LessonView) -> list[tuple[UUID, str]]:
    """Teachers of the school for whoever may let somebody stand in."""
    if not visitor.actor.may(EVERY, view.path):
        return []
    posts = schools.posts_at(unit=view.school, on=view.on)
    persons = people.people(
        by=visitor.actor, ids={post.person for post in posts if post.role in _TEACHERS}, numbers=False
    )
    known = sorted(persons.values(), key=lambda one: (one.sort_key, one.id))
    return [(one.id, one.name) for one in known if one.id != view.teacher]


def _note_sights(visitor: Visitor, found: Register) -> None:
    hidden = sightings.protected({row.pupil.id: row.pupil for row in found.rows})
    if hidden:
        sightings.note(visitor, visitor.actor, dict.fromkeys(hidden, found.room.school.path), "diary.lesson")
