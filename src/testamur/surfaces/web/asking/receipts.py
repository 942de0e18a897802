"""The receipt of a signed consent: a page to print, and what proves it, for the guardian and the school."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound
from testamur.kernel.base.text import file_stem
from testamur.kernel.proofs.evidence import SignerEvidence
from testamur.kernel.proofs.report import EvidenceError
from testamur.register.people import queries as people
from testamur.register.people.rules import PersonView
from testamur.register.schools import queries as schools
from testamur.schoolday.forms import proving, queries
from testamur.schoolday.forms.queries import Receipt
from testamur.surfaces.web import sightings
from testamur.surfaces.web.asking.words import NEEDS, PURPOSES, answered
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.files import attachment
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest
from testamur.surfaces.web.staff.signers import METHODS
from testamur.trust.records import bundle

DOCUMENT, EVIDENCE = "document", "evidence"


@require_GET
@door("forms.home", Area.FAMILY, Area.STAFF, Area.OFFICE)
def receipt(request: WebRequest, receipt: UUID) -> HttpResponse:
    """What was consented to, by whom and when, and that the evidence holds; fit to be printed."""
    visitor = request.visitor
    kept = queries.receipt(receipt, by=visitor.actor)
    form, answer = kept.form, kept.answer
    names = _noted(request, kept)
    language = answer.language
    return page(
        request,
        "web/asking/receipt.html",
        found=form,
        answer=answer,
        title=form.content.title(language),
        text=form.content.text(language),
        child=names.get(answer.child),
        person=names.get(answer.person),
        body=schools.units_above(form.path)[0].name,
        answers=[
            (question.label(language), answered(question, answer.values[question.key], language))
            for question in form.content.questions
            if question.key in answer.values
        ],
        purpose=PURPOSES.get(form.purpose, ""),
        needs=NEEDS[form.needs],
        method=METHODS.get(answer.method, answer.method),
        proof=_proof(request, kept),
        own=answer.person == visitor.actor.id,
    )


@require_GET
@door("forms.home", Area.FAMILY, Area.STAFF, Area.OFFICE)
def file(request: WebRequest, receipt: UUID, part: str) -> HttpResponse:
    """The ``document`` that was signed, or the ``evidence`` of it, as JSON."""
    kept = queries.receipt(receipt, by=request.visitor.actor)
    if part not in {DOCUMENT, EVIDENCE}:
        raise NotFound("There is no such file.", receipt=str(receipt))
    _noted(request, kept)
    data = kept.document if part == DOCUMENT else kept.evidence
    stem = f"{file_stem(kept.form.content.title(kept.answer.language))} {part}"
    answer = attachment(data, f"{stem}.json", "application/json")
    answer["Cache-Control"] = "no-store"
    return answer


def _noted(request: WebRequest, kept: Receipt) -> Mapping[UUID, PersonView]:
    """Child and signer, as the visitor may see them; a sight of a protected one is written down."""
    visitor = request.visitor
    names = people.people(by=visitor.actor, ids=[kept.answer.child, kept.answer.person], numbers=False)
    hidden = sightings.protected(names) - {visitor.actor.id}
    sightings.note(visitor, visitor.actor, {key: names[key].path or kept.form.path for key in hidden}, "forms.receipt")
    return names


def _proof(request: WebRequest, kept: Receipt) -> SignerEvidence | str:
    """What the evidence attests, or why it does not hold."""
    told = bundle.current(now=request.visitor.now)["eid_roots"]
    roots = {method: [base64.b64decode(one) for one in some] for method, some in told.items()}
    try:
        return proving.verify(kept.document, kept.evidence, roots=roots)
    except EvidenceError as failure:
        return str(failure)
    except (ValueError, KeyError, TypeError):
        return _("The evidence cannot be read.")
