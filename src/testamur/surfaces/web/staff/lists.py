"""The signer's home: all that waits, what is under way, what happened since; and what was signed before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import Area
from testamur.register.people import queries as people
from testamur.register.schools import queries as schools
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office import paging
from testamur.surfaces.web.pages import fragment, page
from testamur.surfaces.web.requests import WebRequest
from testamur.surfaces.web.sightings import note, protected
from testamur.surfaces.web.staff.signers import role_name, signer
from testamur.surfaces.web.staff.waiting import FILTER, Row, look
from testamur.trust.records.queries import hands as work
from testamur.trust.signing import queries as ceremonies

RECENT = timedelta(days=1)
"""So long home tells of a ceremony that is over."""

PAGE = 50


@require_GET
@door("staff.home", Area.STAFF)
def home(request: WebRequest) -> HttpResponse:
    """Everything that waits for me (A9), to choose from; ceremonies that are under way or ended in the last day."""
    visitor = request.visitor
    by = signer(visitor)
    query = request.GET
    waiting = look(by=by, query=query)
    note(visitor, by, waiting.protected(waiting.rows), "staff.home")
    since = visitor.now - RECENT
    under_way = [(hand, role_name(hand.role)) for hand in work.hands(by=by, since=since)]
    return fragment(
        request,
        "web/staff/home.html",
        "list",
        waiting=waiting,
        groups=[(group, role_name(group.role), _rows(group.rows, _filter(query))) for group in waiting.groups()],
        filter={name: query.get(name, "") for name in FILTER},
        filtered=any(query.get(name) for name in FILTER),
        under_way=under_way,
        ended=ceremonies.ended_for(by.id, since=since, limit=1),
    )


def _rows(rows: Sequence[Row], tail: str) -> SafeString:
    """The lines of one group. Made here and not in the template: there can be thousands."""
    address = reverse("staff:document", args=[UUID(int=0)]).replace(str(UUID(int=0)), "{}")
    line = (
        '<li><input class="ds-input" type="checkbox" name="record" value="{0}" aria-labelledby="r{0}">'
        '<a class="ds-link" id="r{0}" href="{1}">{2}</a></li>'
    )
    after = f"?{tail}" if tail else ""
    return format_html_join("", line, ((r.key, address.format(r.document.record) + after, r.label) for r in rows))


def _filter(query: QueryDict) -> str:
    kept = QueryDict(mutable=True)
    kept.update({name: query.get(name, "") for name in FILTER if query.get(name)})
    return kept.urlencode()


@require_GET
@door("staff.home", Area.STAFF)
def signed(request: WebRequest) -> HttpResponse:
    """What I have signed, newest first, and where it is now."""
    visitor = request.visitor
    by = signer(visitor)
    number = paging.number(request)
    documents, total = work.signed(by=by, start=(number - 1) * PAGE, limit=PAGE)
    pupils: set[UUID] = {d.subject for d in documents if d.subject_kind == "pupil"}
    seen = people.people(by=by, ids=pupils) if pupils else {}
    hidden = protected(seen)
    note(visitor, by, {d.subject: d.path for d in documents if d.subject in hidden}, "staff.signed")
    units = schools.units({d.unit for d in documents})
    rows = [
        (d, seen[d.subject].name if d.subject in seen else "", units[d.unit].name, role_name(d.role)) for d in documents
    ]
    return page(
        request,
        "web/staff/signed.html",
        rows=rows,
        total=total,
        number=number,
        pages=max(1, -(-total // PAGE)),
        first=(number - 1) * PAGE + 1,
    )
