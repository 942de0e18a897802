"""A pupil's decisions of the year, and putting right what was written by mistake."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.law.tables import pack as pack_by_id
from testamur.register.schools import queries as schools
from testamur.schoolday.results import queries as results
from testamur.schoolday.results.queries import DecisionRow
from testamur.schoolday.transcripts import actions
from testamur.schoolday.transcripts.looking import Frame, frame
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office import naming, persons
from testamur.surfaces.web.office.correcting import KINDS
from testamur.surfaces.web.office.words import word
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest

CORRECTED = ("level", "test", "quality", "competence", "year_result")


class CorrectionForm(forms.Form):
    """The new value of one decision, and why."""

    value = forms.ChoiceField(label=gettext_lazy("New value"))
    explanation = forms.CharField(
        label=gettext_lazy("What was written by mistake, and how"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("It is kept with the transcript, and not printed."),
    )
    sure = forms.BooleanField(label=gettext_lazy("It was a slip when it was written down."))

    def __init__(self, data: Any, values: list[tuple[str, str]]) -> None:
        """`values`: the steps of the scale."""
        super().__init__(data)
        self.fields["value"].choices = [("", "–"), *values]  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@door("transcripts.correct", Area.STAFF, Area.OFFICE)
def correct(request: WebRequest, pupil: UUID) -> HttpResponse:
    """First which decision, then its new value. Whoever wrote it down corrects it."""
    visitor = request.visitor
    told = _class(request, pupil)
    by = visitor.actor
    by.must("transcripts.correction.make", told.school.path, group=told.group.id)
    rows = _decisions(told, pupil)
    chosen = request.POST.get("decision") or request.GET.get("decision", "")
    row = next((one for one in rows if str(one.id) == chosen), None)
    form = CorrectionForm(request.POST if request.method == "POST" else None, _values(row)) if row else None
    if request.method == "POST" and form is not None and row is not None and form.is_valid():
        try:
            actions.correct(
                by=by,
                decision=row.id,
                value=form.cleaned_data["value"],
                explanation=form.cleaned_data["explanation"],
                slip=form.cleaned_data["sure"],
                now=visitor.now,
            )
        except Refused as refused:
            refusals.into(form, refused)
        else:
            said = _("The correction stands. Verify the class once more, then its new document is made and signed.")
            messages.success(request, said)
            return SeeOther(reverse("transcripts:class", args=[told.group.id]))
    names = persons.shown(request, [pupil, *(p for one in rows for p in one.decided_by)], "transcripts.correct")
    return page(
        request,
        "web/transcripts/correct.html",
        status=422 if form is not None and form.is_bound and form.errors else 200,
        group=told.group,
        pupil=names[pupil],
        lines=[
            (one, word(KINDS, one.facts.kind), _name(one), _value(one), by.id in one.decided_by,
             ", ".join(names[p].name for p in one.decided_by if p in names))
            for one in rows
        ],
        row=row,
        named=(_name(row), _value(row)) if row else None,
        form=form,
    )  # fmt: skip


def _class(request: WebRequest, pupil: UUID) -> Frame:
    """The class of a pupil on the day, or the one in which the year ended."""
    place = schools.placement(person=pupil, on=request.visitor.now.date())
    told = frame(place.class_group) if place is not None and place.class_group is not None else None
    if told is None:
        raise NotFound("There is no such pupil in a class with transcripts.", field="pupil")
    return told


def _decisions(told: Frame, pupil: UUID) -> list[DecisionRow]:
    found = results.of_year(unit=told.school.id, school_year=told.year.code, pupil=pupil)
    return [
        one
        for one in found
        if one.facts.kind in CORRECTED and not one.facts.occasion and one.facts.period.term in {"", told.term}
    ]


def _name(row: DecisionRow) -> str:
    return naming.subject(pack_by_id(row.pack), row.facts.code)


def _value(row: DecisionRow) -> str:
    return naming.value(pack_by_id(row.pack), row.facts.kind, row.facts.value)


def _values(row: DecisionRow | None) -> list[tuple[str, str]]:
    """The steps of the scale, the present one left out."""
    if row is None:
        return []
    scale = pack_by_id(row.pack).scale(row.facts.kind, row.facts.code, row.facts.period.ends)
    return [
        (step.value, step.name if step.name == step.value else f"{step.value} – {step.name}")
        for step in scale.values
        if step.value != row.facts.value
    ]
