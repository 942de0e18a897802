"""Plans of a group: written, published, shared and copied."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import Refused
from testamur.schoolday.learning import actions, queries
from testamur.schoolday.learning.rules import LONGEST_TITLE, PlanText, PlanView, goals_of, levels_of, lines_of
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.diary.about import names_of
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.forms import Day
from testamur.surfaces.web.learning.about import Place, groups_of, place_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest

SEE, WRITE = "learning.plan.see", "learning.plan.write"
_FIRST, _LAST = date(2000, 1, 1), date(2200, 1, 1)


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class PlanForm(forms.Form):
    """What a plan says."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=LONGEST_TITLE)
    subject = forms.ChoiceField(label=gettext_lazy("Subject"), required=False)
    starts = forms.DateField(label=gettext_lazy("From"), widget=Day)
    ends = forms.DateField(label=gettext_lazy("Until"), widget=Day)
    content = forms.CharField(label=gettext_lazy("What we work with"), required=False, widget=_area(4))
    goals = forms.CharField(
        label=gettext_lazy("Goals"),
        required=False,
        widget=_area(5),
        help_text=gettext_lazy("One goal a line. A code of the curriculum can stand before a bar: MA-1 | fractions."),
    )
    methods = forms.CharField(label=gettext_lazy("How we work"), required=False, widget=_area(3))
    assessed = forms.CharField(label=gettext_lazy("What is assessed, and how"), required=False, widget=_area(3))
    levels = forms.CharField(
        label=gettext_lazy("Levels of the matrix"),
        required=False,
        widget=_area(4),
        help_text=gettext_lazy("One level a line, the lowest first. Leave it empty where there is no matrix."),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1, max_value=1_000_000)

    def __init__(self, place: Place, *args: Any, **kwargs: Any) -> None:
        """The subjects that the visitor teaches in the group."""
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["subject"].choices = [("", _("No subject")), *place.subjects.items()]

    def said(self) -> PlanText:
        """What was typed."""
        told = self.cleaned_data
        return PlanText(
            told["title"], told["starts"], told["ends"], told["subject"], told["content"], told["methods"],
            told["assessed"], goals_of(told["goals"]), levels_of(told["levels"]),
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Days of these years."""
        told: dict[str, Any] = super().clean() or {}
        for name in ("starts", "ends"):
            if name in told and not _FIRST <= told[name] <= _LAST:
                self.add_error(name, _("Choose a day of these years."))
        return told


class CopyForm(forms.Form):
    """Which plan is copied, and when the copy begins."""

    plan = forms.UUIDField(widget=forms.HiddenInput)
    starts = forms.DateField(label=gettext_lazy("From"), widget=Day)


@door("learning.home", Area.STAFF)
@require_safe
def home(request: WebRequest) -> HttpResponse:
    """The visitor's groups, each with its pages."""
    groups = groups_of(request.visitor)
    by = request.visitor.actor
    lines = [(one, by.may("learning.entry.see", one.path, group=one.id)) for one in groups]
    hat = request.visitor.hat
    unit = request.visitor.units.get(hat.unit) if hat is not None and hat.unit is not None else None
    demands = unit is not None and by.may("learning.development.demand", unit.path)
    asked = unit is not None and demands and queries.demanded(unit.id)
    return page(request, "web/learning/home.html", lines=lines, unit=unit, demands=demands, asked=asked)


@door("learning.home", Area.STAFF)
@require_safe
def group(request: WebRequest, group: UUID) -> HttpResponse:
    """The plans of a group."""
    place = place_of(request.visitor, group, "learning.plans", SEE)
    found = queries.plans(by=place.by, group=group)
    return page(
        request,
        "web/learning/plans.html",
        place=place,
        tabs=place.tabs("plans"),
        lines=[(one, place.subject(one.subject)) for one in found],
        may_write=place.may(WRITE),
    )


@door("learning.home", Area.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: WebRequest, group: UUID) -> HttpResponse:
    """Begin a plan."""
    place = place_of(request.visitor, group, "learning.plans", WRITE)
    initial = {"starts": place.on, "subject": next(iter(place.subjects), "")}
    form = PlanForm(place, request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            key = actions.write_plan(by=place.by, group=group, said=form.said(), now=request.visitor.now)
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("The plan is kept as a draft. Families see it once you publish it."))
            return SeeOther(reverse("learning:plan", args=[key]))
    return _form_page(request, place, form)


@door("learning.home", Area.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: WebRequest, plan: UUID) -> HttpResponse:
    """Change a plan; whoever has seen an older state of it overwrites nothing."""
    found = queries.plan(by=request.visitor.actor, plan=plan)
    place = place_of(request.visitor, found.group, "learning.plans", WRITE)
    form = PlanForm(place, request.POST if request.method == "POST" else None, initial=_initial(found))
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["seen"] or 0
        try:
            actions.change_plan(by=place.by, plan=plan, said=form.said(), seen=seen, now=request.visitor.now)
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("The plan is changed."))
            return SeeOther(reverse("learning:plan", args=[plan]))
    return _form_page(request, place, form, found)


@door("learning.home", Area.STAFF)
@require_safe
def plan(request: WebRequest, plan: UUID) -> HttpResponse:
    """One plan with everything that can be done with it."""
    found = queries.plan(by=request.visitor.actor, plan=plan)
    place = place_of(request.visitor, found.group, "learning.plans", SEE)
    return page(
        request,
        "web/learning/plan.html",
        place=place,
        plan=found,
        subject=place.subject(found.subject),
        writer=names_of(request.visitor, [found.made_by]).get(found.made_by, ""),
        may_write=place.may(WRITE),
    )


@door("learning.home", Area.STAFF)
@require_POST
def act(request: WebRequest, plan: UUID) -> HttpResponse:
    """Publish, make a draft again, share, or show the matrix."""
    by, now, what = request.visitor.actor, request.visitor.now, request.POST.get("act", "")
    queries.plan(by=by, plan=plan)
    match what:
        case "publish":
            actions.publish_plan(by=by, plan=plan, now=now)
            messages.success(request, _("The plan is published. Families are told the way they chose."))
        case "withdraw":
            actions.withdraw_plan(by=by, plan=plan, now=now)
            messages.success(request, _("The plan is a draft again."))
        case "share" | "unshare":
            actions.share_plan(by=by, plan=plan, shared=what == "share", now=now)
            messages.success(request, _("It is noted who may copy the plan."))
        case "show" | "hide":
            actions.show_matrix(by=by, plan=plan, shown=what == "show", now=now)
            messages.success(request, _("It is noted who sees the matrix."))
            return SeeOther(reverse("learning:matrix", args=[plan]))
        case _:
            messages.warning(request, _("Nothing was changed."))
    return SeeOther(reverse("learning:plan", args=[plan]))


@door("learning.home", Area.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def library(request: WebRequest, group: UUID) -> HttpResponse:
    """What colleagues share, and the plans of one's own other groups: copied here with one button."""
    place = place_of(request.visitor, group, "learning.plans", WRITE)
    form = CopyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        if not _FIRST <= told["starts"] <= _LAST:
            form.add_error("starts", _("Choose a day of these years."))
        else:
            return _copied(request, place, form)
    shared = queries.library(by=place.by, group=group)
    own = [
        one
        for other in groups_of(request.visitor)
        if other.id != group
        for one in queries.plans(by=place.by, group=other.id)
    ]
    known = {one.id: one for one in (*own, *shared)}
    return page(
        request,
        "web/learning/library.html",
        status=422 if form.errors else 200,
        place=place,
        form=form,
        lines=[(one, place.subject(one.subject)) for one in known.values()],
        problem=bool(form.errors),
    )


def _copied(request: WebRequest, place: Place, form: CopyForm) -> HttpResponse:
    told = form.cleaned_data
    key = actions.copy_plan(
        by=place.by, plan=told["plan"], group=place.group.id, starts=told["starts"], now=request.visitor.now
    )
    messages.success(request, _("The copy is a draft: look through it, then publish it."))
    return SeeOther(reverse("learning:plan", args=[key]))


def _initial(found: PlanView) -> dict[str, object]:
    return {
        "title": found.title, "subject": found.subject, "starts": found.starts, "ends": found.ends,
        "content": found.content, "goals": lines_of(found.goals), "methods": found.methods,
        "assessed": found.assessed, "levels": "\n".join(found.levels), "seen": found.version,
    }  # fmt: skip


def _form_page(request: WebRequest, place: Place, form: PlanForm, found: PlanView | None = None) -> HttpResponse:
    status = 422 if form.errors else 200
    return page(request, "web/learning/write.html", status=status, place=place, form=form, plan=found)
