"""Seals of the body responsible and of its schools: keys, requests, certificates, how long they last, and a trial.

A school without a seal of its own uses that of its body.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.proofs.chain import load, name_of
from testamur.kernel.proofs.report import Check, Outcome
from testamur.register.schools.rules import UnitView
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office import words
from testamur.surfaces.web.office.scope import actor_of, place_of, visitor_of
from testamur.surfaces.web.office.seal_forms import ChainForm, KeyForm, RetireForm, told
from testamur.surfaces.web.pages import page
from testamur.trust.records import trial
from testamur.trust.records.bundle import anchors
from testamur.trust.sealing import actions, making, queries
from testamur.trust.sealing.keys.apart import key_at
from testamur.trust.sealing.keys.opening import certificate_request
from testamur.trust.sealing.queries import Seal
from testamur.trust.sealing.rules import Algorithm, SealState


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose seals a page is about: the body responsible, or one of its schools."""

    unit: UnitView
    body: UnitView

    @property
    def is_school(self) -> bool:
        """A school, whose seal takes the place of its body's."""
        return self.unit.id != self.body.id


@door("office.home", Area.OFFICE)
@require_GET
def seals(request: HttpRequest) -> HttpResponse:
    """All seals of the body, those in use first."""
    place, by = place_of(request), actor_of(request)
    body = place.authority
    if not by.may("sealing.seal.read", body.path):
        mine = place.school if place.school is not None and by.may("sealing.seal.read", place.school.path) else None
        return page(request, "web/office/seals.html", owner=Owner(body, body), elsewhere=True, school=mine)
    return _list(request, Owner(body, body))


@door("office.home", Area.OFFICE)
@require_GET
def school_seals(request: HttpRequest, unit: UUID) -> HttpResponse:
    """The seals of one school: its own, or word that it uses that of its body."""
    owner = _owner(request, unit)
    actor_of(request).must("sealing.seal.read", owner.unit.path)
    return _list(request, owner)


def _list(request: HttpRequest, owner: Owner) -> HttpResponse:
    place, by, now = place_of(request), actor_of(request), visitor_of(request).now
    order = {SealState.ACTIVE: 0, SealState.REQUESTED: 1, SealState.RETIRED: 2}
    found = sorted(queries.seals(by=by, organisation=owner.unit.id), key=lambda s: order[s.state])
    shown = [told(seal, now) for seal in found]
    among = () if owner.is_school else place.schools
    own = queries.sealing_themselves([one.id for one in among], now) if among else frozenset()
    return page(
        request,
        "web/office/seals.html",
        owner=owner,
        seals=shown,
        active=next((t for t in shown if t.seal.state is SealState.ACTIVE), None),
        may=by.may("sealing.seal.request", owner.unit.path),
        sealing=[one for one in among if one.id in own],
        others=[one for one in among if one.id not in own],
        address=_request_address(owner),
    )


@door("office.home", Area.OFFICE)
@require_GET
def choose_school(request: HttpRequest) -> HttpResponse:
    """From the list of schools to the page of one."""
    wanted = request.GET.get("unit", "")
    if not wanted:
        return redirect("office:seals")
    found = next((one for one in place_of(request).schools if str(one.id) == wanted), None)
    if found is None:
        raise NotFound("There is no such school.", field="unit")
    return redirect("office:school_seals", found.id)


def _request_address(owner: Owner) -> str:
    return (
        reverse("office:school_seal_request", args=[owner.unit.id])
        if owner.is_school
        else reverse("office:seal_request")
    )


def _owner(request: HttpRequest, unit: UUID) -> Owner:
    """A school that the hat reaches. Raises NotFound for any other."""
    place = place_of(request)
    found = next((one for one in place.schools if one.id == unit), None)
    if found is None:
        raise NotFound("There is no such school.", field="unit")
    return Owner(found, place_of(request, str(unit)).authority)


@door("office.keys", Area.OFFICE)
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """A new key of the body and its certificate request."""
    body = place_of(request).authority
    return _ask(request, Owner(body, body))


@door("office.keys", Area.OFFICE)
@require_http_methods(["GET", "POST"])
def school_ask(request: HttpRequest, unit: UUID) -> HttpResponse:
    """The same for a school."""
    return _ask(request, _owner(request, unit))


def _ask(request: HttpRequest, owner: Owner) -> HttpResponse:
    unit, by = owner.unit, actor_of(request)
    by.must("sealing.seal.request", unit.path)
    initial = {"where": "file", "organisation": unit.name[:64], "common_name": unit.name[:64]}
    form = KeyForm(request.POST or None, sorted(_tokens()), initial)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("office:seal", _asked(request, unit, form.cleaned_data))
        except Refused as refused:
            refusals.into(form, refused)
    return page(
        request,
        "web/office/seal_request.html",
        status=400 if form.errors else 200,
        form=form,
        owner=owner,
        tokens=_tokens(),
    )


def _asked(request: HttpRequest, unit: UnitView, said: dict[str, Any]) -> UUID:
    on_token = said["where"].startswith("token:")
    if on_token:
        locator = _with_object(_tokens()[said["where"].removeprefix("token:")], said["label"])
    else:
        stem = "seal-" + unit.path.strip("/").replace("/", "-")
        locator = making.make_key_file(_keys(), stem=stem, algorithm=Algorithm(said["algorithm"] or Algorithm.P256))
    try:
        key = key_at(locator)
        asked = certificate_request(
            key, country=unit.country, organisation=said["organisation"], common_name=said["common_name"]
        )
        return actions.make_request(
            by=actor_of(request),
            organisation=unit.id,
            path=unit.path,
            key=key,
            locator=locator,
            request=asked,
            now=visitor_of(request).now,
        )
    except Refused:
        if not on_token:
            making.remove_key_file(locator)
        raise


def _keys() -> Path:
    return Path(settings.DATA) / "keys"


def _tokens() -> dict[str, str]:
    """Tokens that the operator has prepared: ``<data>/keys/tokens/<name>.locator`` with a pkcs11 locator each.

    Which library is loaded is the operator's word alone; nobody names one through the web.
    """
    return {
        path.stem: path.read_text(encoding="utf-8").strip() for path in sorted((_keys() / "tokens").glob("*.locator"))
    }


def _with_object(locator: str, label: str) -> str:
    head, _question, query = locator.partition("?")
    return f"{head};object={quote(label)}?{query}"


@door("office.home", Area.OFFICE)
@require_GET
def seal(request: HttpRequest, seal: UUID) -> HttpResponse:
    """One seal."""
    return _page(request, *_mine(request, seal), ChainForm())


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
    by, path = actor_of(request), owner.unit.path
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
        may_install=by.may("sealing.seal.register", path) and seal.state is SealState.REQUESTED,
        may_retire=by.may("sealing.seal.retire", path) and seal.state is not SealState.RETIRED,
        may_try=bool(seal.certificates) and seal.state is SealState.ACTIVE,
        roots=_roots(seal),
    )


def _roots(seal: Seal) -> list[dict[str, str]]:
    folder = anchors() / "seal-roots" / str(seal.organisation)
    ders = [path.read_bytes() for path in sorted(folder.glob("*.der"))]
    return [{"name": name_of(load(der)), "sha256": hashlib.sha256(der).hexdigest()} for der in ders]


def _mine(request: HttpRequest, seal: UUID) -> tuple[Seal, Owner]:
    """A seal of the visitor's own body, or of a school that the hat reaches. Raises NotFound for any other."""
    place, by = place_of(request), actor_of(request)
    body = place.authority
    found = next((s for s in queries.seals(by=by, organisation=body.id) if s.id == seal), None)
    if found is not None:
        return found, Owner(body, body)
    try:
        other = queries.seal(seal)
    except NotFound:
        raise NotFound("There is no such seal.", field="seal") from None
    owner = _owner(request, other.organisation)
    by.must("sealing.seal.read", owner.unit.path)
    return other, owner


@door("office.home", Area.OFFICE)
@require_GET
def request_pem(request: HttpRequest, seal: UUID) -> HttpResponse:
    """The certificate request, to send to the authority that issues certificates."""
    found, _whose = _mine(request, seal)
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
    (found, owner), by = _mine(request, seal), actor_of(request)
    unit = owner.unit
    by.must("sealing.seal.register", unit.path)
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
    (found, owner), failed = _mine(request, seal), ""
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
    (found, owner), by = _mine(request, seal), actor_of(request)
    if not RetireForm(request.POST).is_valid():
        messages.error(request, _("Say that you are sure."))
        return redirect("office:seal", found.id)
    actions.retire_seal(by=by, seal=found.id, now=visitor_of(request).now)
    if found.state is SealState.ACTIVE:
        messages.success(request, _("The seal is retired. What it sealed stays valid."))
    else:
        messages.success(request, _("The request is given up. Its key seals nothing."))
    return redirect("office:school_seals", owner.unit.id) if owner.is_school else redirect("office:seals")
