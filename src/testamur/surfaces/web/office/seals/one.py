"""One seal: its certificate installed, tried, retired."""

from __future__ import annotations

import hashlib
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.proofs.chain import load, name_of
from testamur.kernel.proofs.report import Check, Outcome
from testamur.register.schools.rules import UnitView
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office import words
from testamur.surfaces.web.office.scope import actor_of, visitor_of
from testamur.surfaces.web.office.seals.forms import ChainForm, RetireForm, told
from testamur.surfaces.web.office.seals.owner import Owner, mine
from testamur.surfaces.web.pages import page
from testamur.trust.records import trial
from testamur.trust.records.bundle import anchors
from testamur.trust.sealing import actions, making
from testamur.trust.sealing.keys.apart import key_at
from testamur.trust.sealing.queries import Seal
from testamur.trust.sealing.rules import SealState


@door("office.home", Area.OFFICE)
@require_GET
def seal(request: HttpRequest, seal: UUID) -> HttpResponse:
    """One seal."""
    return _page(request, *mine(request, seal), ChainForm())


def _page(
    request: HttpRequest,
    seal: Seal,
    owner: Owner,
    form: ChainForm,
    *,
    status: int = 200,
    checks: tuple[Check, ...] = (),
    failed: str = "",
) -> HttpResponse:
    by = actor_of(request)
    retiring = RetireForm()
    if owner.is_school:
        retiring.fields["sure"].label = _("I know that the school's documents get the seal of its body from now on.")
    if seal.state is SealState.REQUESTED:
        retiring.fields["sure"].label = _("I know that a certificate for this request can no longer be installed.")
    return page(
        request,
        "web/office/seal.html",
        status=status,
        told=told(seal, visitor_of(request).now),
        owner=owner,
        form=form,
        checks=[
            {
                "name": words.word(words.CHECKS, one.name),
                "outcome": words.word(words.CHECKED, one.outcome),
                "found": one.found,
            }
            for one in checks
        ],
        failed=failed,
        holds=bool(checks) and all(check.outcome is Outcome.OK for check in checks),
        retiring=retiring,
        may_install=owner.may(by, "sealing.seal.register") and seal.state is SealState.REQUESTED,
        may_retire=owner.may(by, "sealing.seal.retire") and seal.state is not SealState.RETIRED,
        may_try=bool(seal.certificates) and seal.state is SealState.ACTIVE,
        roots=_roots(seal),
    )


def _roots(seal: Seal) -> list[dict[str, str]]:
    folder = anchors() / "seal-roots" / str(seal.organisation)
    ders = [path.read_bytes() for path in sorted(folder.glob("*.der"))]
    return [{"name": name_of(load(der)), "sha256": hashlib.sha256(der).hexdigest()} for der in ders]


@door("office.home", Area.OFFICE)
@require_GET
def request_pem(request: HttpRequest, seal: UUID) -> HttpResponse:
    """The certificate request, to send to the authority that issues certificates."""
    found, _whose = mine(request, seal)
    if not found.request:
        raise NotFound("No request was made here for this seal.")
    pem = x509.load_der_x509_csr(found.request).public_bytes(Encoding.PEM)
    name = f"seal-{found.id}.csr.pem"
    return HttpResponse(
        pem, content_type="application/pkcs10", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@door("office.keys", Area.OFFICE)
@require_POST
def install(request: HttpRequest, seal: UUID) -> HttpResponse:
    """Take a certificate into use; the former seal retires in the same act."""
    (found, owner), by = mine(request, seal), actor_of(request)
    unit = owner.unit
    owner.must(by, "sealing.seal.register")
    if found.state is not SealState.REQUESTED:
        messages.error(request, refusals.sentence(actions.KeyRetired()))
        return redirect("office:seal", found.id)
    form = ChainForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            key = key_at(found.locator)
            sent = [one.read(making.MAX_FILE + 1) for one in form.cleaned_data["certificates"]]
            chain, root = making.chain_for(key.public_key, making.read_certificates(sent))
            new = actions.register_seal(
                by=by,
                organisation=unit.id,
                path=unit.path,
                key=key,
                locator=found.locator,
                certificates=chain[:2],
                now=visitor_of(request).now,
            )
        except Refused as refused:
            refusals.into(form, refused)
        else:
            if root is not None:
                _trust(unit, root)
            messages.success(request, _("The seal is in use. Try it now."))
            return redirect("office:seal", new)
    return _page(request, found, owner, form, status=400)


def _trust(unit: UnitView, root: bytes) -> None:
    """Keep a root that came with the chain: verifiers get it with the trust bundle of this installation."""
    folder = anchors() / "seal-roots" / str(unit.id)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{hashlib.sha256(root).hexdigest()[:16]}.der").write_bytes(root)


@door("office.home", Area.OFFICE)
@require_POST
def attempt(request: HttpRequest, seal: UUID) -> HttpResponse:
    """Seal a sample in memory and say what a verifier would say."""
    (found, owner), failed = mine(request, seal), ""
    checks: tuple[Check, ...] = ()
    try:
        checks = trial.try_seal(by=actor_of(request), seal=found.id, now=visitor_of(request).now)
    except Refused as refused:
        failed = refusals.sentence(refused)
    return _page(request, found, owner, ChainForm(), checks=checks, failed=failed)


@door("office.keys", Area.OFFICE)
@require_POST
def retire(request: HttpRequest, seal: UUID) -> HttpResponse:
    """Stop using a seal, or give a request up."""
    (found, owner), by = mine(request, seal), actor_of(request)
    owner.must(by, "sealing.seal.retire")
    if not RetireForm(request.POST).is_valid():
        messages.error(request, _("Say that you are sure."))
        return redirect("office:seal", found.id)
    actions.retire_seal(by=by, seal=found.id, now=visitor_of(request).now)
    if found.state is SealState.ACTIVE:
        messages.success(request, _("The seal is retired. What it sealed stays valid."))
    else:
        messages.success(request, _("The request is given up. Its key seals nothing."))
    return redirect("office:school_seals", owner.unit.id) if owner.is_school else redirect("office:seals")
