"""Written assessments of a class in a subject: all pupils on one page, saved as they are written, then published."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.register.people.rules import PersonView
from testamur.schoolday.diary import actions
from testamur.schoolday.diary.queries import assessments as queries
from testamur.schoolday.diary.queries.phrases import phrases
from testamur.schoolday.diary.rules.assessments import (
    LONGEST_TEXT,
    AssessmentConflict,
    NothingToPublish,
    Sheet,
    SheetRow,
    Written,
)
from testamur.schoolday.diary.rules.phrases import Phrase, filled, found
from testamur.surfaces.web import refusals
from testamur.surfaces.web.diary.about import Class, class_of, names_of
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest


class SaveForm(forms.Form):
    """One pupil's assessment, and the version that the writer saw."""

    pupil = forms.UUIDField()
    seen = forms.IntegerField(min_value=0, max_value=1_000_000)
    value = forms.CharField(required=False, max_length=20)
    text = forms.CharField(required=False, max_length=LONGEST_TEXT)
    phrase = forms.CharField(required=False, max_length=60)
    plan = forms.CharField(required=False, max_length=LONGEST_TEXT)

    def said(self) -> Written:
        """What was typed."""
        return Written(self.cleaned_data["value"], self.cleaned_data["text"], self.cleaned_data["plan"])


@dataclass(frozen=True, slots=True)
class Line:
    """One pupil on the page. `theirs`: what somebody else saved meanwhile; `error`: why nothing was saved."""

    row: SheetRow
    shown: Written
    seen: int
    theirs: Written | None = None
    writer: str = ""
    error: str = ""
    called: str = ""


@door("staff.home", Area.STAFF, Area.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def assessments(request: WebRequest, group: UUID, subject: str) -> HttpResponse:
    """The sheet; a POST saves one pupil's text, for a script as JSON and else as a page."""
    of, sheet = _sheet(request, group, subject)
    if request.method == "POST" and request.POST.get("insert"):
        return _inserted(request, of, sheet)
    if request.method == "POST":
        return _saved(request, of, sheet)
    return _page(request, of, sheet, [_line(row) for row in sheet.rows])


@door("staff.home", Area.STAFF, Area.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: WebRequest, group: UUID, subject: str) -> HttpResponse:
    """Read all drafts once more, then let the families read those that are chosen."""
    of, sheet = _sheet(request, group, subject)
    of.by.must("diary.assessment.publish", of.room.path, group=group)
    if request.method == "POST":
        return _published(request, of, sheet)
    names = _step_names(sheet)
    return page(
        request,
        "web/diary/publish.html",
        of=of,
        sheet=sheet,
        subject=of.subject_name(sheet.subject),
        back=_address(sheet),
        ready=[(row, names.get(row.current.written.value, "")) for row in sheet.rows if row.ready and row.current],
        unwritten=[row for row in sheet.rows if row.current is None or row.current.written.empty],
        valued=sheet.form.scale is not None,
    )


def _sheet(request: WebRequest, group: UUID, subject: str) -> tuple[Class, Sheet]:
    of = class_of(request.visitor, group, "diary.assessments", "diary.assessment.see")
    if subject not in of.subjects:
        raise NotFound("There is no such subject of yours in this class.", subject=subject[:40])
    asked = request.GET.get("term", "")
    term = next((one.id for one in of.room.year.terms if one.code == asked), None)
    return of, queries.sheet(by=of.by, group=group, subject=subject, on=of.on, term=term)


def _saved(request: WebRequest, of: Class, sheet: Sheet) -> HttpResponse:
    form, told = SaveForm(request.POST), "application/json" in request.headers.get("Accept", "")
    row = next((one for one in sheet.rows if str(one.person.id) == request.POST.get("pupil", "")), None)
    if row is None:
        raise NotFound("There is no such pupil in this group.")
    if not form.is_valid():
        problem = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return _not_saved(request, of, sheet, row, problem, told=told)
    try:
        kept = actions.save_assessment(
            by=of.by, group=of.id, subject=sheet.subject, pupil=row.person.id, said=form.said(),
            seen=form.cleaned_data["seen"], term=sheet.term.id, now=request.visitor.now, on=of.on,
        )  # fmt: skip
    except AssessmentConflict as conflict:
        return _conflict(request, of, sheet, row, form.said(), conflict.found, told=told)
    except Refused as refused:
        return _not_saved(request, of, sheet, row, refusals.sentence(refused), told=told)
    if told:
        return JsonResponse({"version": kept.version, "changed": kept.changed})
    messages.success(request, _("Saved. Nobody but you and your colleagues can read it yet."))
    return HttpResponseRedirect(f"{_address(sheet)}#p-{row.person.id}", status=303)


def _inserted(request: WebRequest, of: Class, sheet: Sheet) -> HttpResponse:
    """A phrase in the text of one pupil, for a browser without script: it is seen first and not saved."""
    sent = request.POST
    row = next((one for one in sheet.rows if str(one.person.id) == sent.get("pupil", "")), None)
    if row is None:
        raise NotFound("There is no such pupil in this group.")
    form = SaveForm(sent)
    if not form.is_valid():
        return _not_saved(request, of, sheet, row, str(_("The text is too long.")), told=False)
    said, seen = form.said(), form.cleaned_data["seen"]
    one = found(_phrases(of, sheet), form.cleaned_data["phrase"])
    if one is None:
        return _not_saved(request, of, sheet, row, str(_("There is no phrase with that code.")), told=False)
    text = " ".join(part for part in (said.text.rstrip(), filled(one.text, called(row.person, sheet))) if part)
    line = replace(_line(row), shown=replace(said, text=text), seen=seen)
    messages.info(request, _("The phrase stands in the text. Read it, then save it."))
    return _page(request, of, sheet, _lines(sheet, line))


def called(person: PersonView, sheet: Sheet) -> str:
    """What a phrase calls a pupil: the name by which one is called, or the law's word where the name is hidden."""
    return sheet.form.pupil if person.masked else person.preferred or person.given


def _phrases(of: Class, sheet: Sheet) -> tuple[Phrase, ...]:
    return phrases(by=of.by, unit=of.room.school, subject=sheet.subject)


def _not_saved(
    request: WebRequest, of: Class, sheet: Sheet, row: SheetRow, problem: str, *, told: bool
) -> HttpResponse:
    if told:
        return JsonResponse({"error": problem}, status=422)
    sent = request.POST
    typed = Written(sent.get("value", ""), sent.get("text", ""), sent.get("plan", ""))
    return _page(request, of, sheet, _lines(sheet, replace(_line(row), shown=typed, error=problem)), status=422)


def _conflict(
    request: WebRequest, of: Class, sheet: Sheet, row: SheetRow, mine: Written, found: Mapping[str, Any], *, told: bool
) -> HttpResponse:
    """Somebody else wrote meanwhile: show both, and let the writer choose."""
    theirs, version = Written(found["value"], found["text"], found["plan"]), int(found["version"])
    writer = names_of(of.visitor, [UUID(found["by"])]).get(UUID(found["by"]), "") if found.get("by") else ""
    if told:
        other = {"value": theirs.value, "text": theirs.text, "plan": theirs.plan, "version": version, "by": writer}
        return JsonResponse({"error": _("Somebody else wrote here meanwhile."), "theirs": other}, status=409)
    line = replace(_line(row), shown=mine, seen=version, theirs=theirs, writer=writer)
    return _page(request, of, sheet, _lines(sheet, line), status=409)


def _published(request: WebRequest, of: Class, sheet: Sheet) -> HttpResponse:
    known = {f"{row.person.id}:{row.current.version}": row for row in sheet.rows if row.current is not None}
    chosen = [known[one] for one in request.POST.getlist("ready") if one in known]
    seen = {row.person.id: row.current.version for row in chosen if row.current is not None}
    try:
        count = actions.publish_assessments(
            by=of.by, group=of.id, subject=sheet.subject, seen=seen, term=sheet.term.id, now=request.visitor.now,
            on=of.on,
        )  # fmt: skip
    except NothingToPublish as refused:
        messages.error(request, refusals.sentence(refused))
        return HttpResponseRedirect(_address(sheet), status=303)
    told = ngettext("%(n)d assessment is published.", "%(n)d assessments are published.", count)
    messages.success(request, told % {"n": count})
    return HttpResponseRedirect(_address(sheet), status=303)


def _page(request: WebRequest, of: Class, sheet: Sheet, lines: Sequence[Line], status: int = 200) -> HttpResponse:
    written = [row for row in sheet.rows if row.current is not None and not row.current.written.empty]
    return page(
        request,
        "web/diary/assessments.html",
        status=status,
        of=of,
        tabs=of.tabs("diary:assessments"),
        sheet=sheet,
        subject=of.subject_name(sheet.subject),
        subjects=[(code, of.subject_name(code)) for code in of.subjects],
        steps=sheet.form.scale.values if sheet.form.scale is not None else (),
        step_names=_step_names(sheet),
        terms=() if sheet.form.per == "year" else of.room.year.terms,
        lines=[replace(line, called=called(line.row.person, sheet)) for line in lines],
        written=len(written),
        waiting=sum(1 for row in sheet.rows if row.ready),
        may_write=of.may("diary.assessment.write"),
        phrases=(kept := _phrases(of, sheet)),
        bank=json.dumps({one.code: one.text for one in reversed(kept)}),
        may_publish=of.may("diary.assessment.publish"),
        longest=LONGEST_TEXT,
        address=_address(sheet),
        review=_address(sheet, "diary:publish"),
    )


def _line(row: SheetRow) -> Line:
    if row.current is None:
        return Line(row, Written(), 0)
    return Line(row, row.current.written, row.current.version)


def _lines(sheet: Sheet, one: Line) -> list[Line]:
    """The sheet as it stands, with one line of its own."""
    return [one if row.person.id == one.row.person.id else _line(row) for row in sheet.rows]


def _step_names(sheet: Sheet) -> dict[str, str]:
    return {step.value: step.name for step in sheet.form.scale.values} if sheet.form.scale is not None else {}


def _address(sheet: Sheet, name: str = "diary:assessments") -> str:
    where = reverse(name, kwargs={"group": sheet.room.group.id, "subject": sheet.subject})
    return where if sheet.form.per == "year" else f"{where}?{urlencode({'term': sheet.term.code})}"
