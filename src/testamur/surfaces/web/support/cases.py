"""The reception of persons with protected identity, step by step, and who needs to know (row C19)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.register.people import actions as people_actions
from testamur.register.people import queries as people
from testamur.register.people.rules import PersonView, Protection
from testamur.register.schools import queries as schools
from testamur.schoolday.support import actions, queries
from testamur.schoolday.support.rules import CaseView, Step
from testamur.surfaces.web import refusals, sightings
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.forms import Day
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor, WebRequest
from testamur.trust.records.actions.sheltering import end_shares_of
from testamur.trust.records.queries.sheltering import shares_of

SEE = "people.protected.see"
STEPS: Mapping[Step, tuple[str | Promise, str | Promise]] = {
    Step.RECEIVED: (
        gettext_lazy("Received"),
        gettext_lazy("One named person of the school talked with the guardian, not in writing, and is the contact."),
    ),
    Step.IDENTITY: (
        gettext_lazy("Identity agreed"),
        gettext_lazy("It is agreed which name the pupil has at school, and what is told to whom."),
    ),
    Step.ALIAS: (
        gettext_lazy("Alias chosen"),
        gettext_lazy("A name that lists show to all who need not know, or agreed that there is none."),
    ),
    Step.PICTURES: (
        gettext_lazy("Pictures and consents looked through"),
        gettext_lazy("Photographs, films, class pictures, web pages, consents, and links to documents."),
    ),
    Step.WAY: (
        gettext_lazy("Way of contact"),
        gettext_lazy("Post goes by the forwarding of the tax authority. No address is kept, here or on paper."),
    ),
    Step.KNOWING: (
        gettext_lazy("Who needs to know"),
        gettext_lazy("Those who need the name for their work are on the list below, and nobody else."),
    ),
    Step.OTHERS: (
        gettext_lazy("Other systems and papers"),
        gettext_lazy("Suppliers, after-school care, school transport, library, class lists on paper, telephone trees."),
    ),
    Step.PLAN: (
        gettext_lazy("Plan for questions"),
        gettext_lazy("Everybody knows what to answer when somebody asks for the pupil, calls or comes."),
    ),
}


class AliasForm(forms.Form):
    """A name that stands in the place of the true one."""

    given = forms.CharField(label=gettext_lazy("Given name of the alias"), max_length=60, required=False)
    family = forms.CharField(label=gettext_lazy("Family name of the alias"), max_length=60, required=False)


class NeedForm(forms.Form):
    """Somebody who needs to know, and how long."""

    person = forms.ChoiceField(label=gettext_lazy("Who?"))
    starts = forms.DateField(label=gettext_lazy("From"), widget=Day())
    ends = forms.DateField(label=gettext_lazy("Until"), widget=Day())

    def __init__(self, staff: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        """`staff`: id and name of those who work at the school."""
        super().__init__(*args, **kwargs)
        field: Any = self.fields["person"]
        field.choices = staff


class FollowForm(forms.Form):
    """When the case is looked at again."""

    day = forms.DateField(label=gettext_lazy("Followed up on"), widget=Day())


@door("office.protected", Area.OFFICE)
@require_safe
def cases(request: WebRequest) -> HttpResponse:
    """Everybody whose identity is protected at the place, with how far the reception has come."""
    visitor, path = request.visitor, _path(request)
    ids = people.protected_at(by=visitor.actor, path=path)
    seen = people.people(by=visitor.actor, ids=ids, numbers=False)
    _note(visitor, seen, "support.cases")
    known = queries.cases(by=visitor.actor, path=path)
    lines = [
        {"person": seen[key], "case": known.get(key), "due": _due(visitor, known.get(key))}
        for key in sorted(seen, key=lambda one: seen[one].sort_key)
    ]
    return page(request, "web/support/cases.html", lines=lines)


@door("office.protected", Area.OFFICE)
@require_safe
def case(request: WebRequest, sheltered: UUID) -> HttpResponse:
    """One person's reception: steps, alias, who needs to know, shared documents, follow-up."""
    return _shown(request, _person(request, sheltered))


@door("office.protected", Area.OFFICE)
@require_POST
def act(request: WebRequest, sheltered: UUID) -> HttpResponse:
    """What one of the forms of a case sends (`act`)."""
    view = _person(request, sheltered)
    what = request.POST.get("act", "")
    forms_: dict[str, forms.Form] = {}
    try:
        if what in {"alias", "need", "follow_up"}:
            form = _form(request, view, what)
            forms_[what] = form
            if not form.is_valid():
                return _shown(request, view, forms_)
        _do(request, view, what, forms_)
    except NotFound:
        raise
    except Refused as refused:
        if what not in forms_:
            messages.error(request, str(refusals.sentence(refused)))
            return SeeOther(reverse("support:case", args=[sheltered]))
        refusals.into(forms_[what], refused)
        return _shown(request, view, forms_)
    messages.success(request, _("Kept."))
    return SeeOther(reverse("support:case", args=[sheltered]))


def _do(request: WebRequest, view: PersonView, what: str, forms_: Mapping[str, forms.Form]) -> None:
    by, now = request.visitor.actor, request.visitor.now
    told = forms_[what].cleaned_data if what in forms_ else {}
    if what == "alias":
        people_actions.choose_alias(by=by, person=view.id, given=told["given"], family=told["family"], now=now)
    elif what == "need":
        people_actions.let_know(
            by=by, person=view.id, staff=UUID(told["person"]), starts=told["starts"], ends=told["ends"], now=now
        )
    elif what == "end_need":
        need = _id(request.POST.get("need", ""))
        if need not in {one.id for one in people.needs(by=by, person=view.id)}:
            raise NotFound("There is no such need to know.", field="need")
        people_actions.end_need(by=by, need=need, now=now)
    elif what == "open":
        actions.open_case(by=by, person=view.id, now=now)
    elif what == "end_shares":
        end_shares_of(by=by, subject=view.id, now=now)
    else:
        _keep(request, view, what, told)


def _keep(request: WebRequest, view: PersonView, what: str, told: Mapping[str, Any]) -> None:
    by, now = request.visitor.actor, request.visitor.now
    kept = queries.case_of(by=by, person=view.id)
    if kept is None:
        raise NotFound("There is no case yet.", field="case")
    if what == "follow_up":
        actions.follow_up_on(by=by, case=kept.id, day=told["day"], now=now)
    elif request.POST.get("step", "") in {one.value for one in Step}:
        verb = actions.undo_step if what == "undo" else actions.do_step
        verb(by=by, case=kept.id, step=Step(request.POST["step"]), now=now)
    else:
        raise NotFound("There is no such step.", field="step")


def _form(request: WebRequest, view: PersonView, what: str) -> forms.Form:
    if what == "alias":
        return AliasForm(request.POST)
    return NeedForm(_staff(request, view), request.POST) if what == "need" else FollowForm(request.POST)


def _shown(request: WebRequest, view: PersonView, forms_: Mapping[str, forms.Form] | None = None) -> HttpResponse:
    visitor, told = request.visitor, forms_ or {}
    by, today = visitor.actor, visitor.now.date()
    kept = queries.case_of(by=by, person=view.id)
    given, family = people.cover(by=by, person=view.id)
    needs = people.needs(by=by, person=view.id)
    names = people.people(
        by=by,
        ids={one.staff for one in needs} | {s.done_by for s in (kept.steps if kept else ()) if s.done_by},
        numbers=False,
    )
    return page(
        request,
        "web/support/case.html",
        status=422 if told else 200,
        person=view,
        case=kept,
        due=_due(visitor, kept),
        steps=[
            {
                "step": one,
                "title": STEPS[one.step][0],
                "text": STEPS[one.step][1],
                "by": names[one.done_by].name if one.done_by in names else "",
            }
            for one in (kept.steps if kept else ())
        ],
        needs=[(one, names.get(one.staff), one.ends < today, one.starts > today) for one in needs],
        alias=told.get("alias") or AliasForm(initial={"given": given, "family": family}),
        need=told.get("need")
        or NeedForm(_staff(request, view), initial={"starts": today, "ends": today + timedelta(days=180)}),
        follow=told.get("follow_up") or FollowForm(initial={"day": kept.follow_up if kept else today}),
        shares=shares_of(by=by, subject=view.id, now=visitor.now),
    )


def _due(visitor: Visitor, kept: CaseView | None) -> bool:
    return kept is not None and kept.follow_up <= visitor.now.date()


def _staff(request: WebRequest, view: PersonView) -> list[tuple[str, str]]:
    """Those who have a post where the person goes to school, or where the person is kept."""
    visitor = request.visitor
    on = visitor.now.date()
    placed = schools.placement(person=view.id, on=on)
    units = schools.units_above(placed.school_path if placed is not None else view.path)
    posts = [post for unit in units for post in schools.posts_at(unit=unit.id, on=on)]
    seen = people.people(by=visitor.actor, ids={post.person for post in posts} - {view.id}, numbers=False)
    return [(str(one.id), one.name) for one in sorted(seen.values(), key=lambda one: (one.sort_key, one.id))]


def _person(request: WebRequest, sheltered: UUID) -> PersonView:
    """A protected person of the place, by the true name; the sight is written down. Raises NotFound for all others."""
    visitor, path = request.visitor, _path(request)
    at = people.paths([sheltered]).get(sheltered, "")
    if not at.startswith(path) or not people.protected([sheltered]):
        raise NotFound("There is no such person.", person=str(sheltered))
    visitor.actor.must(SEE, at, person=sheltered)
    view = people.people(by=visitor.actor, ids=[sheltered])[sheltered]
    _note(visitor, {sheltered: view}, "support.case")
    return view


def _note(visitor: Visitor, seen: Mapping[UUID, PersonView], where: str) -> None:
    assert visitor.hat is not None
    hidden = {key for key, one in seen.items() if one.protection not in {None, Protection.NONE}} - {visitor.actor.id}
    sightings.note(visitor, visitor.actor, dict.fromkeys(hidden, visitor.hat.unit_path), where)


def _path(request: WebRequest) -> str:
    hat = request.visitor.hat
    assert hat is not None  # the door lets nobody in without one
    request.visitor.actor.must(SEE, hat.unit_path)
    request.visitor.actor.must("support.case.open", hat.unit_path)
    return hat.unit_path


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("There is no such thing.", field="need") from None
