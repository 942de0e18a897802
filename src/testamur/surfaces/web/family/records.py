"""One document of a pupil: what it is, whether it holds, who signed it; its original, its evidence, its receipts."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts.rules import Area
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.family import reach
from testamur.surfaces.web.files import attachment, inline_pdf, record_stem
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor, WebRequest
from testamur.trust.records import actions, bundle, parcel, queries
from testamur.trust.records.originals import Fetched
from testamur.trust.records.queries import CitizenRecord, RetrievalView
from testamur.trust.records.queries.fetched import signature_times

CHECKED: dict[str, str | Promise] = {
    "archive": _("The document lies in the archive as it was put there."),
    "file": _("The file is the one that was issued, to the last byte."),
    "snapshot": _("Its content is what was signed."),
    "proof": _("It stands in the issuer's public log, and the proof of that is complete."),
    "log": _("The log has it at the very place that the proof names."),
}
"""Check of the integrity report → in plain words."""


@require_GET
@door("family.records", Area.FAMILY)
def record(request: WebRequest, record: UUID) -> HttpResponse:
    """The page of one document."""
    return _shown(request, reach.one(request.visitor, record), None)


@require_POST
@door("family.records", Area.FAMILY)
def check(request: WebRequest, record: UUID) -> HttpResponse:
    """Fetch the original anew and tell what was checked on the way: a receipt with its integrity report."""
    found = reach.one(request.visitor, record)
    fetched = actions.fetch(by=request.visitor.actor, record=record, now=request.visitor.now)
    return _shown(request, found, fetched)


def _shown(request: WebRequest, found: CitizenRecord, fetched: Fetched | None) -> HttpResponse:
    visitor = request.visitor
    seen = reach.persons(visitor, "family.record")
    person = seen[found.subject]
    receipts = _by_minute(queries.retrievals(by=visitor.actor, record=found.record))
    return page(
        request,
        "web/family/record.html",
        record=found,
        name=person.name,
        signers=_signers(found.record),
        receipts=[(one, one.person == visitor.actor.id) for one in receipts],
        report=fetched.report if fetched else None,
        checks=[CHECKED.get(c["check"], c["text"]) for c in fetched.report["checks"]] if fetched else (),
        children=reach.switch(visitor, seen, found.subject),
    )


def _by_minute(receipts: Iterable[RetrievalView]) -> list[RetrievalView]:
    """One line for what one person fetched within a minute: reading in the page and keeping the file are one visit."""
    return list({(r.person, r.way, r.at.replace(second=0, microsecond=0)): r for r in receipts}.values())


def _signers(record: UUID) -> list[dict[str, object]]:
    """Name and title as the document itself has them, and when each signed."""
    frozen = queries.frozen(records=[record]).get(record, {})
    times = signature_times(record=record)
    return [{**signer, "at": times.get(signer["order"])} for signer in frozen.get("signers", ())]


@require_GET
@door("family.records", Area.FAMILY)
def pdf(request: WebRequest, record: UUID) -> HttpResponse:
    """The original for reading in the page."""
    fetched = _fetched(request.visitor, record)
    return inline_pdf(fetched.pdf, f"{fetched.code}.pdf")


@require_GET
@door("family.records", Area.FAMILY)
def original(request: WebRequest, record: UUID) -> HttpResponse:
    """The electronic original, unchanged (A2)."""
    fetched = _fetched(request.visitor, record)
    return attachment(fetched.pdf, f"{record_stem(fetched.title, fetched.period, fetched.code)}.pdf", "application/pdf")


@require_GET
@door("family.records", Area.FAMILY)
def evidence(request: WebRequest, record: UUID) -> HttpResponse:
    """The original with everything that a stranger needs to check it, as one ZIP file."""
    fetched = _fetched(request.visitor, record)
    packed = parcel.bundle_zip(
        fetched,
        bundle.current(now=request.visitor.now),
        verify_url=settings.PUBLIC_URL.rstrip("/") + reverse("public:verify"),
    )
    return attachment(packed, f"{record_stem(fetched.title, fetched.period, fetched.code)}.zip", "application/zip")


def _fetched(visitor: Visitor, record: UUID) -> Fetched:
    reach.one(visitor, record)
    return actions.fetch(by=visitor.actor, record=record, now=visitor.now)
