"""Correcting a result that was signed: rectification (HF 6:23) and re-examination (HF 6:24) as a list of their own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from testamur.access.accounts.rules import Area
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.law.contract import CorrectionRule
from testamur.law.tables import pack
from testamur.register.curriculum import queries as curriculum
from testamur.schoolday.reporting import actions
from testamur.schoolday.reporting.queries import corrections as queries
from testamur.schoolday.reporting.queries import lists
from testamur.schoolday.reporting.rules.states import ListState
from testamur.schoolday.results import queries as decided
from testamur.schoolday.results.queries import Result
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor
from testamur.surfaces.web.results import common
from testamur.surfaces.web.results.lists import ordered

CORRECT = "reporting.list.correct"


class CorrectionForm(forms.Form):
    """One correction by one rule of the law."""

    value = forms.ChoiceField(label=gettext_lazy("New grade"))
    grounds = forms.MultipleChoiceField(
        label=gettext_lazy("The examiner affirms"), required=False, widget=forms.CheckboxSelectMultiple
    )
    explanation = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("It stands in the list that the examiner signs."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    heard = forms.BooleanField(label=gettext_lazy("The student has had the chance to speak"), required=False)
    hearing_unneeded = forms.CharField(
        label=gettext_lazy("Or: why the student did not have to be heard"),
        help_text=gettext_lazy("Only when the grade is lowered does the law ask for this."),
        required=False,
        max_length=500,
    )

    def __init__(self, data: Any, rule: CorrectionRule, old: Result) -> None:
        """From the rule: the other grades of the scale, what has to be affirmed."""
        super().__init__(data)
        law = pack(old.pack).results
        scale = law.scales.get(old.scale) if law is not None else None
        steps = [one.value for one in scale.values if one.value != old.value] if scale is not None else []
        fields = self.fields
        fields["value"].choices = [("", "–"), *((one, one) for one in steps)]  # type: ignore[attr-defined]
        fields["grounds"].choices = [*rule.grounds, *rule.instead]  # type: ignore[attr-defined]


@require_GET
@door("results.home", Area.RESULTS)
def corrections(request: HttpRequest, result_list: UUID) -> HttpResponse:
    """The decided results of a list, each with the ways to correct it."""
    visitor = common.visitor_of(request)
    by = visitor.actor
    view = lists.view(by=by, list=result_list, now=visitor.now)
    head = view.head
    by.must(CORRECT, head.path)
    if head.state not in {ListState.SIGNED, ListState.ENTERED}:
        raise NotFound("Only what was signed is corrected.")
    rows = [row for row in ordered(visitor, view.rows, "family") if row.decision is not None]
    found = decided.results_by_id([row.decision for row in rows if row.decision is not None])
    persons = common.seen(visitor, (row.person for row in rows), "results.corrections", head.path)
    return page(
        request,
        "web/results/office/corrections.html",
        head=head,
        line=common.lines(visitor, [head])[0],
        rows=[
            (row, common.name_of(persons, row.person), common.number_of(persons.get(row.person)), found[row.decision])
            for row in rows
            if row.decision in found
        ],
    )


@require_http_methods(["GET", "POST"])
@door("results.home", Area.RESULTS)
def correct(request: HttpRequest, decision: UUID) -> HttpResponse:
    """Choose by which rule, then say what and why: a list of one row is opened, to be sent and signed as any other."""
    visitor = common.visitor_of(request)
    by = visitor.actor
    old = _old(by, decision)
    ways = {one.reason: one for one in queries.ways(pack_id=old.pack)}
    rule = ways.get(request.GET.get("reason", ""))
    form = CorrectionForm(request.POST or None, rule, old) if rule is not None else None
    if request.method == "POST" and rule is not None and form is not None and form.is_valid():
        try:
            made = actions.open_correction(
                by=by,
                decision=decision,
                reason=rule.reason,
                value=form.cleaned_data["value"],
                explanation=form.cleaned_data["explanation"],
                heard=("pupil",) if form.cleaned_data["heard"] else (),
                hearing_unneeded=form.cleaned_data["hearing_unneeded"],
                grounds=form.cleaned_data["grounds"],
                now=visitor.now,
            )
        except (NotAllowed, NotFound):
            raise
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("The correction is drawn up. It counts when the examiner has signed it."))
            return redirect("results:list", made)
    name, what = _about(visitor, old)
    return page(
        request,
        "web/results/office/correct.html",
        status=422 if form is not None and form.errors else 200,
        old=old,
        name=name,
        what=what,
        ways=ways.values(),
        rule=rule,
        form=form,
    )


def _old(by: Actor, decision: UUID) -> Result:
    """The decision. Raises NotFound, and NotAllowed for those who may correct nothing where it was made."""
    old = decided.results_by_id([decision]).get(decision)
    if old is None:
        raise NotFound("There is no such result.")
    by.must(CORRECT, old.path)
    return old


def _about(visitor: Visitor, old: Result) -> tuple[str, str]:
    """Whose result it is, and of what."""
    persons = common.seen(visitor, [old.pupil], "results.correct", old.path)
    code, _slash, module_code = old.code.partition("/")
    course = curriculum.course(code=code, path=old.path)
    part = next((one for one in course.modules if one.code == module_code), None) if course is not None else None
    words = [old.code, common.local_name(course), common.local_name(part)]
    return common.name_of(persons, old.pupil), " ".join(word for word in words if word)
