"""The sheet of a class at a moment of the year: all that is entered about its pupils, on the mark grid."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts.rules import Area
from testamur.law.diary import MarkKind
from testamur.schoolday.diary import actions
from testamur.schoolday.diary.queries import moments as queries
from testamur.schoolday.diary.rules.moments import MomentSheet, Part
from testamur.surfaces.web import sightings
from testamur.surfaces.web.diary import grid as marks
from testamur.surfaces.web.diary import grid_shape as shape
from testamur.surfaces.web.diary.grid_shape import Head
from testamur.surfaces.web.diary.grid_tell import visitor_of
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import page

NOW = "now"
"""In the address: the moment that the day is about."""
PARTS = {Part.SUBJECTS: _("Subjects"), Part.TRAITS: _("Qualities and competences"), Part.FACTS: _("Health and days")}
_FEW = 4
"""Steps of a scale that a head has room for."""


def found(request: HttpRequest, group: UUID, moment: str, part: str) -> MomentSheet:
    """The sheet that an address is about."""
    visitor = visitor_of(request)
    one = queries.sheet(
        by=visitor.actor, group=group, moment="" if moment == NOW else moment, part=part, on=visitor.now.date()
    )
    hidden = sightings.protected({row.pupil.id: row.pupil for row in one.grid.rows})
    if hidden:
        sightings.note(visitor, visitor.actor, dict.fromkeys(hidden, one.grid.room.path), "diary.moment")
    return one


@door("diary.home", Area.STAFF)
@require_GET
def moment(request: HttpRequest, group: UUID, moment: str, sheet: str) -> HttpResponse:
    """Pupils and the columns of a moment: of subjects, of qualities and competences, or of facts."""
    return _shown(request, found(request, group, moment, sheet))


@door("diary.home", Area.STAFF)
@require_POST
def begin(request: HttpRequest, group: UUID, moment: str, sheet: str) -> HttpResponse:
    """Open the columns of a moment."""
    visitor = visitor_of(request)
    made = actions.open_moment(by=visitor.actor, group=group, moment=moment, now=visitor.now)
    told = ngettext("%(n)s column is open.", "%(n)s columns are open.", made) % {"n": made}
    messages.success(request, told)
    return redirect("diary:moment", group, moment, sheet)


@door("diary.home", Area.STAFF)
@require_POST
def save(request: HttpRequest, group: UUID, moment: str, sheet: str) -> HttpResponse:
    """The whole sheet from a browser without script: what was touched is entered, what was not stays."""
    found(request, group, moment, sheet)
    wrong = marks.entered(request)
    if wrong:
        return _shown(request, found(request, group, moment, sheet), wrong=wrong, status=422)
    return redirect("diary:moment", group, moment, sheet)


@door("diary.home", Area.STAFF)
@require_GET
def fresh(request: HttpRequest, group: UUID, moment: str, sheet: str) -> HttpResponse:
    """What colleagues wrote in its columns since the page last asked."""
    one = found(request, group, moment, sheet)
    new = queries.fresh(by=visitor_of(request).actor, sheet=one, since=marks.asked_since(request))
    return marks.news(request, new)


def _shown(
    request: HttpRequest, one: MomentSheet, *, wrong: Sequence[marks.Answer] = (), status: int = 200
) -> HttpResponse:
    grid = one.grid
    heads = _heads(one)
    names = {row.pupil.id: row.pupil.name for row in grid.rows}
    titles = {head.number: f"{head.title} ({head.kind})" for head in heads}
    named = {"group": grid.room.group.id, "moment": one.moment.code, "sheet": one.part.value}
    context: dict[str, Any] = {
        "sheet": one,
        "grid": grid,
        "subject": one.moment.name,
        "heads": heads,
        "lines": shape.lines(grid),
        "average": False,
        "moments": [_tab(named, moment=other.code, label=other.name, now=one.moment.code) for other in one.moments],
        "parts": [_tab(named, sheet=part.value, label=PARTS[part], now=one.part.value) for part in one.parts],
        "at": visitor_of(request).now.isoformat(),
        "program": json.dumps({**shape.program(grid), "start": 0}),
        "zero": UUID(int=0),
        "numbered": shape.numbered(grid),
        "save_address": reverse("diary:moment_save", kwargs=named),
        "fresh_address": reverse("diary:moment_fresh", kwargs=named),
        "begin_address": reverse("diary:moment_begin", kwargs=named),
        "shown_term": one.moment.term.code,
        "closes": queries.has_class(visitor_of(request).actor, grid.room),
        "wrong": marks.told(wrong, names, titles),
    }
    return page(request, "web/diary/moment.html", status=status, **context)


def _tab(named: dict[str, Any], *, label: Any, now: str, **other: str) -> dict[str, object]:
    (value,) = other.values()
    return {"label": label, "address": reverse("diary:moment", kwargs={**named, **other}), "current": value == now}


def _heads(one: MomentSheet) -> list[Head]:
    """The columns under the name of what they are about, with the steps that are taken there."""
    found, diary = [], one.grid.room.pack.diary
    for head in shape.heads(one.grid):
        task, kind = head.column.task, head.column.kind
        name = diary.about(task.subject) or shape.subject_name(one.grid.room.pack, task.subject)
        found.append(Head(head.number, head.column, name, head.kind, _steps(kind), head.proposed, ""))
    return found


def _steps(kind: MarkKind | None) -> str:
    """``T H C``, ``0–10``; empty where anything may stand."""
    values = [step.value for step in kind.scale.values] if kind is not None else []
    if len(values) <= _FEW:
        return " ".join(values)
    return f"{values[-1]}–{values[0]}"
