"""Development plans of a class, for those who teach it: drafted from judgements, agreed, handed over."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.register.people import queries as people
from testamur.schoolday.learning import actions, queries
from testamur.schoolday.learning.rules import Ahead, DevelopmentView, How, Part, VersionView
from testamur.surfaces.web import refusals, sightings
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.diary.about import names_of, today
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.learning.about import Place, place_of
from testamur.surfaces.web.office.scope import ids_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor, WebRequest

SEE, WRITE = "learning.development.see", "learning.development.write"
PARTS = {
    Part.TEACHER: gettext_lazy("Teacher"),
    Part.GUARDIAN: gettext_lazy("Guardian"),
    Part.PUPIL: gettext_lazy("Pupil"),
}


def _area() -> forms.Textarea:
    return forms.Textarea(attrs={"rows": 4})


class AheadForm(forms.Form):
    """What was agreed."""

    well = forms.CharField(label=gettext_lazy("What goes well"), required=False, widget=_area())
    next = forms.CharField(label=gettext_lazy("What the pupil works on next"), required=False, widget=_area())
    school = forms.CharField(label=gettext_lazy("The school does"), required=False, widget=_area())
    home = forms.CharField(label=gettext_lazy("At home we do"), required=False, widget=_area())
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=1_000_000)

    def ahead(self) -> Ahead:
        """What was typed."""
        told = self.cleaned_data
        return Ahead(told["well"], told["next"], told["school"], told["home"])


@door("learning.home", Area.STAFF)
@require_safe
def developments(request: WebRequest, group: UUID) -> HttpResponse:
    """The pupils of a class, and how far the plan of each has come."""
    place = place_of(request.visitor, group, "learning.development", SEE)
    if not place.planned:
        raise NotFound("There are no development plans in this class.", group=str(group))
    found = queries.developments(by=place.by, group=group)
    return page(
        request,
        "web/learning/developments.html",
        place=place,
        tabs=place.tabs("development"),
        lines=[(person, found.get(key)) for key, person in place.pupils.items()],
        may_write=place.may(WRITE),
    )


@door("learning.home", Area.STAFF)
@require_POST
def draft(request: WebRequest, group: UUID) -> HttpResponse:
    """Draft a pupil's plan, or its next version, from the judgements as they stand."""
    place = place_of(request.visitor, group, "learning.development", WRITE)
    wanted = ids_of([request.POST.get("pupil", "")])
    if not wanted:
        raise NotFound("There is no such pupil in this group.")
    key = actions.draft_development(by=place.by, group=group, pupil=wanted[0], now=request.visitor.now)
    messages.success(request, _("The draft holds the judgements as they stand now."))
    return SeeOther(reverse("learning:development", args=[key]))


@door("learning.home", Area.STAFF)
@require_safe
def development(request: WebRequest, development: UUID) -> HttpResponse:
    """A pupil's development plan with its versions, and the draft to write in."""
    found, place = _opened(request, development)
    form = _form(found.draft) if found.draft is not None else None
    return _shown(request, found, place, form)


@door("learning.home", Area.STAFF)
@require_POST
def write(request: WebRequest, development: UUID) -> HttpResponse:
    """Keep what was agreed; with ``act=freeze`` hand it over too."""
    found, place = _opened(request, development)
    draft = found.draft
    if draft is None:
        raise NotFound("There is no draft.", development=str(development))
    form = AheadForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, place, form)
    seen, now = form.cleaned_data["seen"], request.visitor.now
    try:
        actions.write_ahead(by=place.by, version=draft.id, ahead=form.ahead(), seen=seen, now=now)
        if request.POST.get("act") == "freeze":
            actions.freeze_development(by=place.by, version=draft.id, seen=seen + 1, now=now)
    except Refused as refused:
        fresh = queries.development(by=place.by, development=development)
        if fresh.draft is not None and fresh.draft.ahead == form.ahead():
            # the text was kept, the handing over was not: the form goes on from there
            form = AheadForm({**request.POST.dict(), "seen": str(fresh.draft.seen)})
            form.is_valid()
        refusals.into(form, refused)
        return _shown(request, fresh, place, form)
    told = _("It is handed over. The family is asked to confirm it.")
    messages.success(request, told if request.POST.get("act") == "freeze" else _("The draft is kept."))
    return SeeOther(reverse("learning:development", args=[development]))


@door("learning.home", Area.STAFF)
@require_POST
def demand(request: WebRequest) -> HttpResponse:
    """The head says whether an e-ID is asked for under the development plans of the school."""
    hat = request.visitor.hat
    unit = request.visitor.units.get(hat.unit) if hat is not None and hat.unit is not None else None
    if unit is None:
        raise NotFound("This role belongs to no school.")
    on = request.POST.get("act") == "demand"
    actions.demand_eid(by=request.visitor.actor, school=unit.id, path=unit.path, on=on, now=request.visitor.now)
    messages.success(request, _("It holds for what is handed over from now on."))
    return SeeOther(reverse("learning:home"))


@door("learning.home", Area.STAFF, Area.FAMILY)
@require_safe
def pdf(request: WebRequest, version: UUID) -> HttpResponse:
    """The PDF that is confirmed and signed."""
    visitor = request.visitor
    data = queries.paper(by=visitor.actor, version=version)
    pupil = queries.versions_by_id([version])[version][0]
    seen = people.people(by=visitor.actor, ids=[pupil], numbers=False)
    if visitor.hat is not None and pupil not in visitor.hat.wards:
        hidden = sightings.protected(seen)
        sightings.note(visitor, visitor.actor, {key: seen[key].path for key in hidden}, "learning.paper")
    headers = {"Content-Disposition": 'inline; filename="plan.pdf"', "Cache-Control": "no-store"}
    return HttpResponse(data, content_type="application/pdf", headers=headers)


def signatures(visitor: Visitor, version: VersionView | None) -> list[dict[str, object]]:
    """Who confirmed a version, in words."""
    if version is None:
        return []
    names = names_of(visitor, [one.person for one in version.signatures])
    return [
        {"who": names.get(one.person, ""), "part": PARTS[one.part], "eid": one.how is How.EID, "at": one.at}
        for one in version.signatures
    ]


def _opened(request: WebRequest, development: UUID) -> tuple[DevelopmentView, Place]:
    found = queries.development(by=request.visitor.actor, development=development)
    return found, place_of(request.visitor, found.group, "learning.development", SEE)


def _form(draft: VersionView) -> AheadForm:
    said = draft.ahead
    values = {"well": said.well, "next": said.next, "school": said.school, "home": said.home, "seen": draft.seen}
    return AheadForm(initial=values)


def _shown(request: WebRequest, found: DevelopmentView, place: Place, form: Any) -> HttpResponse:
    frozen = [one for one in found.versions if one.frozen_at is not None]
    return page(
        request,
        "web/learning/development.html",
        status=422 if form is not None and form.errors else 200,
        place=place,
        person=place.pupils.get(found.pupil),
        of=found,
        draft=found.draft,
        form=form,
        versions=[(one, signatures(request.visitor, one), one.signed_by(place.by.id)) for one in frozen],
        may_write=place.may(WRITE),
        on=today(request.visitor),
    )
