"""Looking at a document before and after it is signed."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound
from testamur.register.schools import queries as schools
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office import persons, words
from testamur.surfaces.web.office.documents import ISSUED, state_of
from testamur.surfaces.web.office.scope import actor_of, visitor_of
from testamur.surfaces.web.pages import page
from testamur.trust.archive.queries import store
from testamur.trust.records.actions import seeing
from testamur.trust.records.queries import finding
from testamur.trust.records.queries.finding import Details

PDF_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"
"""For the browser's own viewer, which styles its frame itself; the file runs nothing: active content is refused."""


@door("office.home", Area.OFFICE)
@require_GET
def preview(request: HttpRequest, record: UUID) -> HttpResponse:
    """The document as PDF in the page, what is known of it and who signs beside it."""
    found = _known(request, record)
    view = found.record
    names = persons.shown(request, [view.subject, *(s.person for s in found.signatures)], "office.preview")
    signers = [
        (names[s.person].name if s.person in names else "", words.word(words.ROLES, s.role), s.signed_at)
        for s in found.signatures
    ]
    pupil = names.get(view.subject)
    return page(
        request,
        "web/office/preview.html",
        view=view,
        found=found,
        name=pupil.name if pupil else "",
        hidden=pupil is not None and pupil.masked,
        unit=schools.unit(view.unit),
        signers=signers,
        state=state_of(view.state, found.held, found.released_at, request)["word"],
    )


@door("office.home", Area.OFFICE)
@require_GET
def pdf(request: HttpRequest, record: UUID) -> HttpResponse:
    """The bytes for the frame: the draft's first revision, or the archived original."""
    found = _known(request, record)
    persons.must_see(request, [found.record.subject, *found.pupils], "office.preview")
    if found.record.state in ISSUED:
        data = store().read(record, "record.pdf")
    else:
        data = seeing.first_revision(by=actor_of(request), record=record, now=visitor_of(request).now)
    return HttpResponse(
        data,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="{found.record.code}.pdf"',
            "Content-Security-Policy": PDF_POLICY,
            "X-Frame-Options": "SAMEORIGIN",
        },
    )


def _known(request: HttpRequest, record: UUID) -> Details:
    found = finding.details(by=actor_of(request), record=record)
    if found is None:
        raise NotFound("There is no such document.")
    return found
