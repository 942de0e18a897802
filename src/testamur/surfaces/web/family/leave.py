"""A guardian reports an absence, explains one that was, asks for leave, agrees to it, or takes it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.schoolday.diary import actions
from testamur.schoolday.diary.queries import leaves
from testamur.schoolday.diary.rules.leaves import LeaveView, NewLeave
from testamur.schoolday.diary.rules.pupil import Schooling, ground_name
from testamur.schoolday.diary.rules.states import LeaveKind, LeaveState, Part
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.family.child import ChildPage, opened, was_seen
from testamur.surfaces.web.forms import Day
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor, WebRequest

ASK = "diary.leave.ask"
STATES: dict[str, tuple[str | Promise, str]] = {
    "waiting": (gettext_lazy("Waits for the other guardian"), "warning"),
    "asked": (gettext_lazy("Waits for the school"), "info"),
    "granted": (gettext_lazy("Granted"), "success"),
    "refused": (gettext_lazy("Refused"), "danger"),
    "withdrawn": (gettext_lazy("Withdrawn"), "neutral"),
}
"""State → what it is called, and its colour."""


class Time(forms.TimeInput):
    """An hour and a minute."""

    input_type = "time"

    def __init__(self) -> None:
        """As the browser sends and wants it."""
        super().__init__(format="%H:%M")


class LeaveForm(forms.Form):
    """What happened, or what is asked for. The grounds are those of the law at the child's school."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is it?"),
        widget=forms.RadioSelect,
        choices=(
            ("report", gettext_lazy("An absence: ill today, or a day that was")),
            ("leave", gettext_lazy("Leave for days to come")),
        ),
    )
    ground = forms.ChoiceField(label=gettext_lazy("Why"))
    first = forms.DateField(label=gettext_lazy("First day"), widget=Day())
    last = forms.DateField(
        label=gettext_lazy("Last day"), widget=Day(), required=False, help_text=gettext_lazy("Empty: the first day.")
    )
    from_time = forms.TimeField(
        label=gettext_lazy("From"), widget=Time(), required=False, help_text=gettext_lazy("Only for part of one day.")
    )
    to_time = forms.TimeField(label=gettext_lazy("Until"), widget=Time(), required=False)
    text = forms.CharField(
        label=gettext_lazy("Tell the school"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=1000,
        help_text=gettext_lazy("No more about health than the school has to know."),
    )

    def __init__(self, schooling: Schooling, *args: Any, **kwargs: Any) -> None:
        """With the grounds of the law."""
        super().__init__(*args, **kwargs)
        grounds = schooling.pack.diary.grounds if schooling.pack is not None else ()
        ground: Any = self.fields["ground"]
        # those that guardians may state themselves come first
        ordered = sorted(grounds, key=lambda one: "guardian" not in one.by)
        ground.choices = [(one.code, one.name) for one in ordered]

    def new(self, pupil: UUID) -> NewLeave:
        """What the verb takes."""
        told = self.cleaned_data
        return NewLeave(
            pupil=pupil,
            kind=LeaveKind(told["kind"]),
            ground=told["ground"],
            first=told["first"],
            last=told["last"] or told["first"],
            from_time=told["from_time"],
            to_time=told["to_time"],
            text=told["text"],
        )


@dataclass(frozen=True, slots=True)
class LeaveLine:
    """One report or request as the page shows it, with what the visitor can do about it."""

    leave: LeaveView
    ground: str
    state: str | Promise
    colour: str
    new: bool
    mine: bool
    may_consent: bool
    may_withdraw: bool


@require_http_methods(["GET", "POST"])
@door("family.records", Area.FAMILY)
def leave(request: WebRequest, pupil: UUID) -> HttpResponse:
    """The form and what was reported and asked for before (issue of E7: who was away, and why)."""
    visitor = request.visitor
    child = opened(visitor, pupil, "leave")
    asks = visitor.actor.may(ASK, child.schooling.path, person=pupil)
    if request.method == "POST" and not asks:
        raise NotFound("There is nothing to send here.", pupil=str(pupil))
    form = LeaveForm(child.schooling, request.POST if request.method == "POST" else None, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask_leave(by=visitor.actor, leave=form.new(pupil), now=visitor.now)
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("The school has it. Below you see where it stands."))
            return SeeOther(reverse("family:leave", args=[pupil]))
    response = page(
        request,
        "web/family/leave.html",
        status=422 if form.is_bound and form.errors else 200,
        child=child,
        form=form,
        asks=asks,
        rule=child.schooling.pack.diary.leave if child.schooling.pack is not None else None,
        lines=_lines(visitor, child),
        children=child.children,
    )
    if request.method == "GET":
        was_seen(visitor, child, Part.LEAVE)
    return response


@require_POST
@door("family.records", Area.FAMILY)
def consent(request: WebRequest, pupil: UUID, leave: UUID) -> HttpResponse:
    """Agree, as the other guardian."""
    visitor = request.visitor
    _one(visitor, opened(visitor, pupil, "leave"), leave)
    actions.consent_leave(by=visitor.actor, leave=leave, now=visitor.now)
    messages.success(request, _("You have agreed."))
    return SeeOther(reverse("family:leave", args=[pupil]))


@require_POST
@door("family.records", Area.FAMILY)
def withdraw(request: WebRequest, pupil: UUID, leave: UUID) -> HttpResponse:
    """Take back what was reported or asked for."""
    visitor = request.visitor
    _one(visitor, opened(visitor, pupil, "leave"), leave)
    actions.withdraw_leave(by=visitor.actor, leave=leave, now=visitor.now)
    messages.success(request, _("It is withdrawn."))
    return SeeOther(reverse("family:leave", args=[pupil]))


def _initial(request: WebRequest) -> dict[str, object]:
    """A day that another page names is filled in: an absence to explain."""
    told = request.GET.get("day", "")
    try:
        day = date.fromisoformat(told) if told else request.visitor.now.date()
    except ValueError:
        day = request.visitor.now.date()
    kind = request.GET.get("kind", "")
    return {"kind": kind if kind in {"report", "leave"} else "report", "first": day}


def _one(visitor: Visitor, child: ChildPage, leave: UUID) -> LeaveView:
    """One of the child's own. Raises NotFound for every other."""
    found = next((one for one in _of(visitor, child) if one.id == leave), None)
    if found is None:
        raise NotFound("There is no such request.", leave=str(leave))
    return found


def _of(visitor: Visitor, child: ChildPage) -> tuple[LeaveView, ...]:
    first, last = child.schooling.period(child.today)
    return leaves.leaves_of(by=visitor.actor, pupil=child.pupil, first=first, last=max(last, child.today))


def _lines(visitor: Visitor, child: ChildPage) -> list[LeaveLine]:
    new, me = child.new(Part.LEAVE), visitor.actor
    path = child.schooling.path
    consents = me.may("diary.leave.consent", path, person=child.pupil)
    withdraws = me.may("diary.leave.withdraw", path, person=child.pupil)
    return [
        LeaveLine(
            one,
            ground_name(child.schooling, one.ground),
            *STATES[one.state],
            new=one.id in new,
            mine=one.asked_by == me.id,
            may_consent=consents and one.state is LeaveState.WAITING and me.id not in one.consents,
            may_withdraw=withdraws
            and one.state in {LeaveState.WAITING, LeaveState.ASKED, LeaveState.GRANTED}
            and (one.state is not LeaveState.GRANTED or one.last >= child.today),
        )
        for one in _of(visitor, child)
    ]
