"""The plan of what is kept for how long, and lists of deletion: proposed, reviewed, carried out by another person."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.register.people import queries as people
from testamur.register.schools import queries as schools
from testamur.schoolday.keeping import actions, queries
from testamur.schoolday.keeping.queries.lists import SEE
from testamur.schoolday.keeping.rules import SHOWN, Category
from testamur.schoolday.keeping.tasks import erase_listed
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.keeping.sources import source
from testamur.surfaces.web.mine import words
from testamur.surfaces.web.office.scope import actor_of, place_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest


@door("keeping.lists", Area.OFFICE)
@require_GET
def overview(request: WebRequest) -> HttpResponse:
    """The plan at the school that is looked at, and all lists of the places that the hat reaches."""
    by, place, today = actor_of(request), place_of(request), request.visitor.now.date()
    by.must(SEE, place.unit.path)
    found = queries.lists(by=by, path=place.unit.path)
    units = schools.unit_names({one.unit for one in found})
    school = place.school
    return page(
        request,
        "web/keeping/lists.html",
        place=place,
        plan=[(words.CATEGORIES[one.category], one, source(one.term.source)) for one in queries.plan_of(school, today)]
        if school
        else [],
        proposes=school is not None and by.may("keeping.list.propose", school.path),
        rows=[(one, words.CATEGORIES[one.category], units.get(one.unit, ""), *words.LISTS[one.state]) for one in found],
    )


@door("keeping.lists", Area.OFFICE)
@require_POST
def propose(request: WebRequest) -> HttpResponse:
    """Propose a list for one kind at one school."""
    by, place = actor_of(request), place_of(request, request.POST.get("school", ""))
    text = request.POST.get("category", "")
    category = next((one for one in Category if one.value == text), None)
    if category is None:
        raise NotFound("There is no such kind.", field="category")
    try:
        made = actions.propose_list(by=by, unit=place.one.id, category=category, now=request.visitor.now)
    except (NotFound, Refused) as refused:
        if refused.code in {"not_found", "not_allowed"}:
            raise
        messages.error(request, refusals.sentence(refused))
        return SeeOther(reverse("keeping:lists") + f"?school={place.one.id}")
    return SeeOther(reverse("keeping:list", args=[made]))


@door("keeping.lists", Area.OFFICE)
@require_GET
def show(request: WebRequest, deletion: UUID) -> HttpResponse:
    """One list: counts and ids, who proposed and approved it, and what can be done with it."""
    by = actor_of(request)
    one = queries.the_list(by=by, id=deletion)
    persons = {key for key in (one.proposed_by, one.approved_by, one.carried_by) if key is not None}
    names = {key: person.name for key, person in people.people(by=by, ids=persons, numbers=False).items()}
    state, colour = words.LISTS[one.state]
    return page(
        request,
        "web/keeping/list.html",
        one=one,
        category=words.CATEGORIES[one.category],
        source=source(one.source),
        school=schools.unit_names([one.unit]).get(one.unit, ""),
        state=state,
        colour=colour,
        ids=queries.ids_of(by=by, id=one.id, limit=SHOWN),
        shown=SHOWN,
        proposed_by=names.get(one.proposed_by, ""),
        approved_by=names.get(one.approved_by, "") if one.approved_by else "",
        carried_by=names.get(one.carried_by, "") if one.carried_by else "",
        mine=one.approved_by == by.id,
    )


@door("keeping.lists", Area.OFFICE)
@require_POST
def act(request: WebRequest, deletion: UUID) -> HttpResponse:
    """Approve, drop or carry out."""
    by, now, what = actor_of(request), request.visitor.now, request.POST.get("act", "")
    queries.the_list(by=by, id=deletion)
    try:
        if what == "approve":
            actions.approve_list(by=by, list=deletion, digest=request.POST.get("digest", ""), now=now)
            messages.success(request, _("Approved. Somebody else has to carry it out."))
        elif what == "drop":
            actions.drop_list(by=by, list=deletion, now=now)
            messages.success(request, _("Dropped. Nothing is deleted."))
        elif what == "carry":
            actions.carry_out(by=by, list=deletion, now=now)
            erase_listed.enqueue(str(deletion))
            messages.success(request, _("It is being carried out in the background."))
    except Refused as refused:
        if refused.code == "not_allowed":
            raise
        messages.error(request, refusals.sentence(refused))
    return SeeOther(reverse("keeping:list", args=[deletion]))
