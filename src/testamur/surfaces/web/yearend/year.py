"""The year's end of a class: what follows for each pupil and why; confirmed together or one by one."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.law.year import AwardOffer, Weak, YearEnd
from testamur.register.people.rules import PersonView
from testamur.schoolday.diary.rules.moments import moments_of
from testamur.schoolday.results import actions, moments
from testamur.schoolday.results.moments import ClassYear
from testamur.schoolday.results.rules import Confirmed, PupilYear
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor, WebRequest
from testamur.surfaces.web.yearend import about


@dataclass(frozen=True, slots=True)
class Line:
    """One pupil on the page. `offer`: an award that needs more than the class's word."""

    pupil: PersonView
    year: PupilYear
    result: str
    award: str
    promotion: str
    offer: AwardOffer | None
    weak: tuple[Weak, ...]
    again: tuple[tuple[str, str], ...]
    further: tuple[tuple[str, str], ...]

    @property
    def open(self) -> bool:
        """Something is to be decided about the pupil that is not decided together with the others."""
        wants = self.offer is not None and not self.year.award
        return not self.year.settled or bool(self.weak) or wants


class AgainForm(forms.Form):
    """What help there was, and the new assessment of one thing."""

    what = forms.ChoiceField(label=gettext_lazy("What is assessed again"))
    value = forms.CharField(label=gettext_lazy("New assessment"), max_length=20)
    explanation = forms.CharField(
        label=gettext_lazy("What help the pupil had"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: object, weak: tuple[Weak, ...], rules: YearEnd, **kwargs: object) -> None:
        """`weak`: what there is to choose from."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # what every form takes
        self.fields["what"].choices = [  # type: ignore[attr-defined]
            (f"{one.kind}.{one.code}", f"{one.name}: {rules.value(one.kind, one.value)}") for one in weak
        ]
        steps = {step.value: step.name for one in weak for step in one.scale.values}
        self.fields["value"].help_text = ", ".join(
            value if value == name else f"{value} ({name})" for value, name in steps.items()
        )


@door("diary.home", Area.STAFF)
@require_GET
def year(request: WebRequest, group: UUID) -> HttpResponse:
    """Every pupil of the class with what the year speaks for, in the order of the class list."""
    return _shown(request, moments.class_year(by=request.visitor.actor, group=group, on=request.visitor.now.date()))


@door("diary.home", Area.STAFF)
@require_POST
def confirm(request: WebRequest, group: UUID) -> HttpResponse:
    """Confirm all that are clear, as they were shown."""
    visitor = request.visitor
    one = moments.class_year(by=visitor.actor, group=group, on=visitor.now.date())
    agreed = request.POST.get("agreed") == "on"
    said = {}
    for pupil, of in one.years.items():
        shown = request.POST.get(f"result.{pupil}", "")
        if shown and of.clear:
            said[pupil] = Confirmed(shown, of.gives if agreed else "", agreed)
    return _confirmed(request, one, said)


@door("diary.home", Area.STAFF)
@require_POST
def decide(request: WebRequest, group: UUID, pupil: UUID) -> HttpResponse:
    """Confirm one pupil's result, or give the award that needs more."""
    visitor, sent = request.visitor, request.POST
    one = moments.class_year(by=visitor.actor, group=group, on=visitor.now.date())
    if pupil not in one.years:
        raise NotFound("There is no such pupil in this class.", pupil=str(pupil))
    said = Confirmed(
        sent.get("result", "")[:40], sent.get("award", "")[:40], sent.get("agreed") == "on", sent.get("merit", "")[:40],
        " ".join(sent.get("why", "").split())[:200],
    )  # fmt: skip
    return _confirmed(request, one, {pupil: said})


@door("diary.home", Area.STAFF)
@require_POST
def award(request: WebRequest, group: UUID, pupil: UUID) -> HttpResponse:
    """Give an award that follows from no result."""
    visitor, sent = request.visitor, request.POST
    try:
        actions.give_award(
            by=visitor.actor, group=group, pupil=pupil, value=sent.get("award", "")[:40], why=sent.get("why", "")[:400],
            now=visitor.now,
        )  # fmt: skip
    except (NotAllowed, NotFound):
        raise
    except Refused as refused:
        return _shown(
            request, moments.class_year(by=visitor.actor, group=group, on=visitor.now.date()),
            problem=refusals.sentence(refused),
        )  # fmt: skip
    messages.success(request, _("The award is given."))
    return redirect("yearend:year", group)


@door("diary.home", Area.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def again(request: WebRequest, group: UUID, pupil: UUID) -> HttpResponse:
    """Assess again, after help, what keeps a pupil from completing the year."""
    visitor = request.visitor
    one = moments.class_year(by=visitor.actor, group=group, on=visitor.now.date())
    visitor.actor.must("results.year.reassess", one.room.path, group=group)
    weak = one.weak.get(pupil, ())
    names = about.persons(visitor, [pupil] if pupil in one.years else [], one.room, "yearend.again")
    if pupil not in names:
        raise NotFound("There is no such pupil in this class.", pupil=str(pupil))
    form = AgainForm(request.POST if request.method == "POST" else None, weak=weak, rules=one.rules)
    if request.method == "POST" and form.is_valid():
        kind, _dot, code = form.cleaned_data["what"].partition(".")
        try:
            actions.reassess(
                by=visitor.actor, group=group, pupil=pupil, kind=kind, code=code, value=form.cleaned_data["value"],
                explanation=form.cleaned_data["explanation"], now=visitor.now,
            )  # fmt: skip
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("The new assessment counts instead of the former one."))
            return redirect("yearend:again", group, pupil)
    status = 422 if form.errors else 200
    line = _line(one, names[pupil])
    return page(request, "web/yearend/again.html", status=status, of=one, line=line, form=form)


def _confirmed(request: WebRequest, one: ClassYear, said: dict[UUID, Confirmed]) -> HttpResponse:
    group, visitor = one.room.group.id, request.visitor
    try:
        n = actions.confirm_year(by=visitor.actor, group=group, pupils=said, now=visitor.now) if said else 0
    except Refused as refused:
        return _shown(request, one, problem=refusals.sentence(refused))
    told = ngettext("%(n)s pupil is decided.", "%(n)s pupils are decided.", n) % {"n": n}
    (messages.success if n else messages.info)(request, told)
    return redirect("yearend:year", group)


def _shown(request: WebRequest, one: ClassYear, problem: str = "") -> HttpResponse:
    visitor = request.visitor
    names = about.persons(visitor, one.pupils, one.room, "yearend.year")
    lines = [_line(one, person) for person in names.values()]
    clear = [line for line in lines if line.year.clear]
    return page(
        request,
        "web/yearend/year.html",
        status=422 if problem else 200,
        of=one,
        problem=problem,
        tabs=_tabs(visitor, one),
        lines=lines,
        clear=clear,
        awards=any(line.year.gives for line in clear),
        waiting=[line for line in lines if line.open and not line.year.clear],
        may_confirm=visitor.actor.may("results.year.confirm", one.room.path, group=one.room.group.id),
        may_reassess=visitor.actor.may("results.year.reassess", one.room.path, group=one.room.group.id),
        merits=one.rules.merits.items(),
        free=one.rules.free_awards.items(),
    )


def _tabs(visitor: Visitor, one: ClassYear) -> list[dict[str, object]]:
    if not visitor.actor.may(moments.CLOSE, one.room.path, group=one.room.group.id):
        return []
    return about.tabs(one.room.group.id, {m.code: m.name for m in moments_of(one.room)}, "")


def _line(one: ClassYear, person: PersonView) -> Line:
    of, rules = one.years[person.id], one.rules
    return Line(
        person,
        of,
        rules.value(rules.result[0], of.result),
        rules.value(rules.award[0], of.award),
        rules.value(rules.promotion[0], of.promotion),
        next((offer for offer in of.proposal.awards if offer.needs), None) if not of.award else None,
        one.weak.get(person.id, ()),
        tuple((rules.name(kind, code), rules.value(kind, value)) for kind, code, value in of.again),
        tuple((rules.value(rules.award[0], value), words) for value, words in of.further),
    )
