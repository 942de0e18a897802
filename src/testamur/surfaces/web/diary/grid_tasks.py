"""Columns of the mark grid: adding, changing, showing to families, taking out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import Refused
from testamur.schoolday.diary import actions
from testamur.schoolday.diary.actions.tasks import PLAN
from testamur.schoolday.diary.queries import marks as queries
from testamur.schoolday.diary.queries.rooms import must_teach, room
from testamur.schoolday.diary.rules.marks import TaskView, kinds_for
from testamur.surfaces.web import refusals
from testamur.surfaces.web.diary.grid_forms import Change, NewColumn
from testamur.surfaces.web.diary.grid_tell import visitor_of
from testamur.surfaces.web.doors import door


@door("diary.home", Area.STAFF)
@require_POST
def add(request: HttpRequest, group: UUID, subject: str) -> HttpResponse:
    """A column for marks of the day, or (``closing``: the kind's code) the one that closes a period."""
    visitor = visitor_of(request)
    place = room(group=group, on=visitor.now.date())
    must_teach(by=visitor.actor, verb=PLAN, room=place, subject=subject, on=visitor.now.date())
    shown = next((one for one in place.year.terms if one.code == request.POST.get("term")), place.term)
    closing = request.POST.get("closing", "")
    where: dict[str, Any] = {"by": visitor.actor, "group": group, "subject": subject, "now": visitor.now}
    if closing:
        actions.ensure_closing(term=place.the_term().id if shown is None else shown.id, kind=closing, **where)
        return _back(group, subject, request.POST.get("term", ""))
    form = NewColumn(request.POST, kinds=kinds_for(place, subject, visitor.now.date()))
    if form.is_valid():
        told = form.cleaned_data
        try:
            made = actions.add_task(
                kind=told["kind"], on=told["on"], title=told["title"], weight=told.get("weight"),
                hidden=told["hidden"], **where,
            )  # fmt: skip
        except Refused as refused:
            refusals.into(form, refused)
        else:
            term = next(one for one in place.year.terms if one.id == queries.task_or_refuse(made).term)
            return _back(group, subject, term.code)
    return _wrong(request, form, group, subject)


@door("diary.home", Area.STAFF)
@require_POST
def change(request: HttpRequest, task: UUID) -> HttpResponse:
    """Title, day and weight; or, by its button, what families see of it."""
    visitor, one = visitor_of(request), _held(request, task)
    act = request.POST.get("act", "")
    if act == "show":
        n = actions.show_task(by=visitor.actor, task=task, now=visitor.now)
        messages.success(
            request,
            ngettext("Families see %(n)s mark now.", "Families see %(n)s marks now.", n) % {"n": n},
        )
        return _back(one.group, one.subject, _code(one, visitor_of(request)))
    if act == "hide":
        actions.change_task(by=visitor.actor, task=task, hide=True, now=visitor.now)
        messages.success(request, _("Families do not see these marks now."))
        return _back(one.group, one.subject, _code(one, visitor_of(request)))
    form = Change.of(one, request.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            actions.change_task(
                by=visitor.actor, task=task, title=told["title"], on=told.get("on"), weight=told.get("weight"),
                now=visitor.now,
            )  # fmt: skip
        except Refused as refused:
            refusals.into(form, refused)
        else:
            return _back(one.group, one.subject, _code(queries.task_or_refuse(task), visitor))
    return _wrong(request, form, one.group, one.subject)


@door("diary.home", Area.STAFF)
@require_POST
def retire(request: HttpRequest, task: UUID) -> HttpResponse:
    """Take a column out; where marks stand, with the reason."""
    visitor, one = visitor_of(request), _held(request, task)
    try:
        actions.retire_task(by=visitor.actor, task=task, why=request.POST.get("why", ""), now=visitor.now)
    except Refused as refused:
        messages.error(request, refusals.sentence(refused))
    else:
        messages.success(request, _("The column was taken out."))
    return _back(one.group, one.subject, _code(one, visitor))


def _held(request: HttpRequest, task: UUID) -> TaskView:
    """The column, for one who may plan it."""
    visitor, one = visitor_of(request), queries.task_or_refuse(task)
    place = room(group=one.group, on=visitor.now.date())
    must_teach(by=visitor.actor, verb=PLAN, room=place, subject=one.subject, on=visitor.now.date())
    return one


def _code(task: TaskView, visitor: Any) -> str:
    place = room(group=task.group, on=visitor.now.date())
    return next((term.code for term in place.year.terms if term.id == task.term), "")


def _wrong(request: HttpRequest, form: forms.Form, group: UUID, subject: str) -> HttpResponse:
    for field, errors in form.errors.items():
        label = form.fields[field].label if field in form.fields else ""
        messages.error(request, f"{label}: {' '.join(map(str, errors))}" if label else " ".join(map(str, errors)))
    return _back(group, subject, request.POST.get("term", ""))


def _back(group: UUID, subject: str, term: str) -> HttpResponse:
    query = f"?{urlencode({'term': term})}" if term else ""
    return redirect(reverse("diary:grid", args=[group, subject]) + query)
