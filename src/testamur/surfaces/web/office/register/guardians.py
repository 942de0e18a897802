"""A pupil's guardians: who, since when, with custody or not, and how they are reached."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.register.people import actions
from testamur.register.people import queries as people
from testamur.register.people.rules import GuardianView, Relation, normalise_contact
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.forms import Day
from testamur.surfaces.web.office import persons
from testamur.surfaces.web.office.register.desk import Desk, back, desk_of_pupil, is_protected, one_id
from testamur.surfaces.web.office.register.personal import NameForm, ReachForm
from testamur.surfaces.web.office.scope import visitor_of
from testamur.surfaces.web.pages import page

HERE = "office.register.guardian"
RELATIONS = {
    Relation.MOTHER: gettext_lazy("Mother"),
    Relation.FATHER: gettext_lazy("Father"),
    Relation.PARENT: gettext_lazy("Parent"),
    Relation.APPOINTED: gettext_lazy("Appointed by a court or an authority"),
    Relation.FOSTER: gettext_lazy("Foster parent"),
}


class GuardianForm(ReachForm, NameForm):
    """A guardian, by number if the register knows the person."""

    relation = forms.ChoiceField(
        label=gettext_lazy("Who it is to the pupil"), choices=[(r.value, t) for r, t in RELATIONS.items()]
    )
    custody = forms.BooleanField(
        label=gettext_lazy("Has custody: decides for the pupil by law"), required=False, initial=True
    )
    starts = forms.DateField(label=gettext_lazy("From"), widget=Day())
    field_order = (
        "scheme", "number", "given", "middle", "family", "relation", "custody", "email", "phone", "starts",
    )  # fmt: skip


@door("office.correct", Area.OFFICE)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, pupil: UUID) -> HttpResponse:
    """Give a pupil a guardian: somebody new, or somebody whom the number finds in the register."""
    desk, child = desk_of_pupil(request, pupil, "people.guardianship.add", HERE)
    now = visitor_of(request).now
    form = GuardianForm(request.POST or None, desk.school.country, now.date(), initial={"starts": now.date()})
    if request.method == "POST" and form.is_valid():
        try:
            made, known = _add(desk, pupil, form, now)
        except Refused as refused:
            _into(form, refused)
        else:
            if known:
                messages.success(request, _("The guardian was in the register already, and is now this pupil's too."))
            else:
                messages.success(request, _("The guardian is added."))
            return back("office:register_guardianship", pupil, made)
    return page(
        request,
        "web/office/register/guardian_new.html",
        status=422 if form.errors else 200,
        pupil=child,
        protected=is_protected(child),
        form=form,
    )


def _add(desk: Desk, pupil: UUID, form: GuardianForm, now: datetime) -> tuple[UUID, bool]:
    told = form.cleaned_data
    ways = form.contacts(desk.school.country)
    known = form.known(desk.by)
    for way in ways:
        normalise_contact(way)  # said at its own field, before anything is written
    made = actions.register_guardian(
        by=desk.by,
        child=pupil,
        guardian=known or form.person(ways),
        relation=Relation(told["relation"]),
        custody=told["custody"],
        starts=told["starts"],
        now=now,
    )
    return made, known is not None


def _into(form: forms.Form, refused: Refused) -> None:
    """A contact that is none stands at the field of its kind."""
    field = {"email": "email", "phone": "phone"}.get(str(refused.found.get("kind", "")))
    if refused.code == "people.contact.invalid" and field in form.fields:
        form.add_error(field, refusals.sentence(refused))
    else:
        refusals.into(form, refused)


class EndForm(forms.Form):
    """The last day."""

    ends = forms.DateField(
        label=gettext_lazy("Last day"), widget=Day(), help_text=gettext_lazy("Access ends with that day by itself.")
    )


@door("office.correct", Area.OFFICE)
@require_http_methods(["GET", "POST"])
def guardian(request: HttpRequest, pupil: UUID, guardianship: UUID) -> HttpResponse:
    """A guardian of a pupil: ways to reach, and the end."""
    desk, child = desk_of_pupil(request, pupil, "people.guardianship.end", HERE)
    now = visitor_of(request).now
    found = people.guardians(by=desk.by, children=[pupil], on=now.date())[pupil]
    one = next((g for g in found if g.id == guardianship), None)
    if one is None:
        raise NotFound("There is no such guardian today.")
    act = request.POST.get("act", "")
    reach = ReachForm(request.POST if act == "reach" else None)
    end = EndForm(request.POST if act == "end" else None, initial={"ends": now.date()})
    if request.method == "POST":
        answer = _act(request, desk, one, act, reach, end)
        if answer is not None:
            return answer
    return _shown(request, desk, child, one, reach, end)


def _act(
    request: HttpRequest, desk: Desk, one: GuardianView, act: str, reach: ReachForm, end: EndForm
) -> HttpResponse | None:
    """Do it and say where to go; None when a form has to be shown again."""
    now, form = visitor_of(request).now, end if act == "end" else reach
    try:
        if act == "remove":
            held = people.contacts(by=desk.by, persons=[one.guardian.id])[one.guardian.id]
            wanted = one_id(request.POST.get("contact", ""), "contact")
            if wanted not in {way.id for way in held}:
                raise NotFound("There is no such contact point.")
            actions.remove_contacts(by=desk.by, ids=[wanted], now=now)
            messages.success(request, _("Taken away."))
        elif act == "end" and end.is_valid():
            last: date = end.cleaned_data["ends"]
            actions.end_guardianships(by=desk.by, ends={one.id: last}, now=now)
            messages.success(request, _("The last day is %(day)s.") % {"day": last.isoformat()})
            return back("office:register_pupil", one.child)
        elif act == "reach" and reach.is_valid():
            _reach(request, desk, one, reach, now)
        else:
            return None
    except Refused as refused:
        if refused.code in {"not_allowed", "not_found"}:
            raise
        _into(form, refused)
        return None
    return back("office:register_guardianship", one.child, one.id)


def _reach(request: HttpRequest, desk: Desk, one: GuardianView, reach: ReachForm, now: datetime) -> None:
    ways = reach.contacts(desk.school.country)
    if not ways:
        messages.error(request, _("Write an e-mail address or a number."))
        return
    plain = [normalise_contact(way) for way in ways]
    actions.add_contacts(by=desk.by, contacts=[(one.guardian.id, way) for way in ways], now=now)
    if any(way.kind == "phone" and not way.sms for way in plain):
        messages.warning(request, _("Kept. That number takes no text messages: add a mobile number for them."))
    else:
        messages.success(request, _("Kept."))


def _shown(
    request: HttpRequest, desk: Desk, child: Any, one: GuardianView, reach: ReachForm, end: EndForm
) -> HttpResponse:
    persons.note(request, [one.guardian], HERE)
    ways = people.contacts(by=desk.by, persons=[one.guardian.id])[one.guardian.id]
    return page(
        request,
        "web/office/register/guardian.html",
        status=422 if reach.errors or end.errors else 200,
        pupil=child,
        protected=is_protected(child),
        one=one,
        hidden=is_protected(one.guardian),
        relation=RELATIONS[one.relation],
        ways=ways,
        reach=reach,
        end=end,
        may_reach=bool(one.guardian.path) and desk.by.may("people.contact.add", one.guardian.path),
    )
