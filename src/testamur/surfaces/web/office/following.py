"""Who has not signed, what was declined, what failed: and what can be done about it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts.rules import Area
from testamur.exchange.notifications.steps import asking
from testamur.kernel.base.refused import NotFound
from testamur.register.schools import queries as schools
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office import paging, persons, words
from testamur.surfaces.web.office.scope import actor_of, ids_of, place_of, visitor_of
from testamur.surfaces.web.pages import page
from testamur.trust.records import actions, queries
from testamur.trust.records.queries import finding

LINES = 50


@door("office.home", Area.OFFICE)
@require_GET
def follow(request: HttpRequest) -> HttpResponse:
    """The page."""
    place, by, now = place_of(request), actor_of(request), visitor_of(request).now
    path = place.school.path if request.GET.get("school") and place.school else place.unit.path
    told = queries.follow(by=by, path=path)
    declined = [one for one in queries.declines(by=by, path=path) if one.open]
    start = paging.offset(request, LINES)
    unsigned, held, refused = (
        told.unsigned[start : start + LINES],
        told.held[start : start + LINES],
        declined[start : start + LINES],
    )
    longest = max(len(told.unsigned), len(told.held), len(declined))
    ids = [
        *(u.person for u in unsigned),
        *(h.subject for h in held),
        *(x for d in refused for x in (d.subject, d.person)),
    ]
    names = persons.shown(request, ids, "office.follow")
    titles = dict(finding.kinds(by=by, path=path))
    units = schools.units({u.unit for u in unsigned} | {h.unit for h in held} | {d.unit for d in refused})

    def name(person: UUID) -> str:
        return names[person].name if person in names else ""

    def school(unit: UUID) -> str:
        return units[unit].name if unit in units else ""

    told_last = asking.reminded(by=by, path=path, persons={u.person for u in unsigned})
    return page(
        request,
        "web/office/follow.html",
        place=place,
        chosen_school=place.school.id if request.GET.get("school") and place.school else None,
        pages=paging.pages(request, longest, LINES),
        path=path,
        unsigned=[
            {
                "of": u,
                "name": name(u.person),
                "role": words.word(words.ROLES, u.role),
                "title": titles.get(u.document_type, u.title),
                "school": school(u.unit),
                "days": (now - u.since).days if u.since else None,
                "reminded": told_last.get((u.person, u.unit)),
            }
            for u in unsigned
        ],
        held=[
            {"of": h, "name": name(h.subject) or h.group, "why": words.reason(h.why), "school": school(h.unit)}
            for h in held
        ],
        resting=[{"of": b, "why": words.reason(b.error)} for b in told.resting],
        declined=[
            {
                "of": d,
                "name": name(d.subject) or d.group,
                "by": name(d.person),
                "role": words.word(words.ROLES, d.role),
                "school": school(d.unit),
            }
            for d in refused
        ],
        total=sum(u.count for u in told.unsigned),
        can_remind=True,
        may_retry=by.may("records.record.retry", path),
        may_ready=by.may("records.record.ready", path),
    )


@door("office.home", Area.OFFICE)
@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Try again what was stopped."""
    by, now, what = actor_of(request), visitor_of(request).now, request.POST.get("act", "")
    path = place_of(request, request.POST.get("school", "")).unit.path
    try:
        if what == "retry":
            records = ids_of(request.POST.getlist("records"))
            by.must("records.record.retry", path)
            if records:
                actions.retry_held(by=by, path=path, records=records, now=now)
            told = ngettext("%(n)s document is tried again.", "%(n)s documents are tried again.", len(records))
            messages.success(request, told % {"n": len(records)} if records else _("Choose documents first."))
        elif what == "sign_again":
            records = ids_of(request.POST.getlist("records"))
            by.must("records.record.retry", path)
            if records:
                actions.sign_again(by=by, path=path, records=records, now=now)
            told = ngettext(
                "%(n)s document waits for its signatures again.",
                "%(n)s documents wait for their signatures again.",
                len(records),
            )
            messages.success(request, told % {"n": len(records)} if records else _("Choose documents first."))
        elif what == "retry_batch":
            for batch in ids_of(request.POST.getlist("batch"))[:1]:
                actions.retry_batch(by=by, batch=batch, now=now)
                messages.success(request, _("It is tried again now."))
        elif what == "remind":
            for person in ids_of(request.POST.getlist("person"))[:1]:
                went = asking.remind(by=by, path=path, person=person, now=now)
                messages.success(request, _("A reminder is on its way.") if went else _("There is no e-mail address."))
        else:
            raise NotFound("There is no such button.")
    except (actions.WrongState, asking.RemindedToday) as refused:
        messages.error(request, refusals.sentence(refused))
    return redirect("office:follow")
