"""Entering marks from the page's program, and one cell with its comment and history."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound
from testamur.register.people import queries as people
from testamur.schoolday.diary import actions
from testamur.schoolday.diary.queries import marks as queries
from testamur.schoolday.diary.queries.rooms import must_teach, remembered, room
from testamur.schoolday.diary.rules.marks import Entry, Outcome, State, TaskView
from testamur.surfaces.web.diary import grid_shape as shape
from testamur.surfaces.web.diary.grid_forms import Cell
from testamur.surfaces.web.diary.grid_tell import refusal, visitor_of
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import fragment
from testamur.surfaces.web.requests import Visitor

MOST = 200
"""Entries in one call: more than any class."""


@door("diary.home", Area.STAFF)
@require_POST
def enter(request: HttpRequest, task: UUID) -> HttpResponse:
    """Marks of one column: JSON ``{entries: [{pupil, value, comment, seen}], term}`` in, what became of each out.

    400 for what is no such JSON, after asking whether the visitor may write here at all.
    """
    visitor, sent = visitor_of(request), _sent(request)
    with remembered():
        one = queries.task_or_refuse(task)
        place = room(group=one.group, on=visitor.now.date())
        if sent is None:
            must_teach(by=visitor.actor, verb=queries.ENTER, room=place, subject=one.subject, on=visitor.now.date())
            return HttpResponseBadRequest()
        entries, code = sent
        outcomes = actions.enter_marks(by=visitor.actor, task=task, entries=entries, now=visitor.now)
    names = _writers(visitor, outcomes)
    shown = next((term.id for term in place.year.terms if term.code == code), None)
    touched = {o.pupil for o in outcomes if o.state in {State.STORED, State.CONFLICT}}
    if place.pack.diary.about(one.subject):
        touched = set()  # nothing is reckoned from it
    concluded = queries.conclusions(room=place, subject=one.subject, term=shown, pupils=touched) if touched else {}
    return JsonResponse(
        {
            "entries": [_told(outcome, names) for outcome in outcomes],
            "rows": {str(pupil): shape.row_answer(*found) for pupil, found in concluded.items()},
        }
    )


@door("diary.home", Area.STAFF)
@require_GET
def cell(request: HttpRequest, task: UUID, pupil: UUID) -> HttpResponse:
    """One mark: its comment, and everything that stood there before."""
    return _cell(request, task, pupil)


@door("diary.home", Area.STAFF)
@require_GET
def find(request: HttpRequest, group: UUID, subject: str) -> HttpResponse:
    """The same for a pupil and a column that were chosen in a form."""
    visitor = visitor_of(request)
    place = room(group=group, on=visitor.now.date())
    must_teach(by=visitor.actor, verb=queries.SEE, room=place, subject=subject, on=visitor.now.date())
    try:
        task, pupil = UUID(request.GET.get("task", "")), UUID(request.GET.get("pupil", ""))
    except ValueError:
        return HttpResponseBadRequest()
    return _cell(request, task, pupil)


@door("diary.home", Area.STAFF)
@require_POST
def write(request: HttpRequest, task: UUID, pupil: UUID) -> HttpResponse:
    """One mark with its comment, from the page of the cell."""
    visitor, form = visitor_of(request), Cell(request.POST)
    queries.cell_history(by=visitor.actor, task=task, pupil=pupil, on=visitor.now.date())
    if form.is_valid():
        told = form.cleaned_data
        entry = Entry(pupil, told["value"], told["comment"], told["seen"])
        (outcome,) = actions.enter_marks(by=visitor.actor, task=task, entries=[entry], now=visitor.now)
        if outcome.state in {State.STORED, State.UNCHANGED}:
            messages.success(request, _("Saved."))
            return redirect("diary:cell", task, pupil)
        field = "comment" if outcome.code.startswith("diary.mark.comment") else "value"
        form.add_error(field, refusal(outcome, by=_writers(visitor, [outcome]).get(outcome.by, "")))
    return _cell(request, task, pupil, form=form)


def _cell(request: HttpRequest, task: UUID, pupil: UUID, *, form: Cell | None = None) -> HttpResponse:
    visitor = visitor_of(request)
    one = queries.task_or_refuse(task)
    changes = queries.cell_history(by=visitor.actor, task=task, pupil=pupil, on=visitor.now.date())
    place = room(group=one.group, on=visitor.now.date())
    names = people.people(by=visitor.actor, ids=[pupil, *(change.by for change in changes)], numbers=False)
    if pupil not in names or not queries.belongs(group=one.group, pupil=pupil):
        raise NotFound("There is no such pupil in this group.")
    now = changes[0] if changes else None
    initial = {"value": now.value, "comment": now.comment, "seen": now.id} if now else {}
    context = {
        "task": one,
        "title": _title(place.pack.diary.mark_kinds(place.level, one.on), one),
        "group": place.group,
        "subject": shape.subject_name(place.pack, one.subject),
        "pupil": names[pupil],
        "changes": [(change, names[change.by].name if change.by in names else "") for change in changes],
        "form": form or Cell(initial=initial),
        "writable": visitor.actor.may(queries.ENTER, place.path, group=one.group) and not one.retired,
    }
    return fragment(request, "web/diary/cell.html", "cell", **context)


def _title(kinds: Any, task: TaskView) -> str:
    return task.title or next((kind.name for kind in kinds if kind.code == task.kind), task.kind)


def _sent(request: HttpRequest) -> tuple[list[Entry], str] | None:
    if request.content_type != "application/json":
        return None
    try:
        told = json.loads(request.body)
        entries = [
            Entry(UUID(one["pupil"]), _text(one["value"]), _text(one.get("comment", "")), _id(one.get("seen")))
            for one in told["entries"]
        ]
        return (entries, _text(told.get("term", ""))) if len(entries) <= MOST else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _text(value: object) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise TypeError("a text is needed")
    return value


def _id(value: object) -> UUID | None:
    return UUID(_text(value)) if value else None


def _writers(visitor: Visitor, outcomes: Any) -> dict[UUID | None, str]:
    """Names of those whose marks stand instead."""
    ids = {one.by for one in outcomes if one.state is State.CONFLICT and one.by}
    return (
        {key: one.name for key, one in people.people(by=visitor.actor, ids=ids, numbers=False).items()} if ids else {}
    )


def _told(outcome: Outcome, names: dict[UUID | None, str]) -> dict[str, Any]:
    wrong = outcome.state in {State.REFUSED, State.CONFLICT}
    return {
        "pupil": str(outcome.pupil),
        "state": outcome.state.value,
        "mark": str(outcome.mark) if outcome.mark else "",
        "value": outcome.value,
        "comment": outcome.comment,
        "message": refusal(outcome, by=names.get(outcome.by, "")) if wrong else "",
    }
