"""Seals of the body responsible: keys, certificate requests, certificates, how long they last, and a trial."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.proofs.chain import load, name_of
from testamur.kernel.proofs.report import Check, Outcome
from testamur.register.schools.rules import UnitView
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office import words
from testamur.surfaces.web.office.importing import FilesField, ManyFiles
from testamur.surfaces.web.office.scope import actor_of, place_of, visitor_of
from testamur.surfaces.web.pages import page
from testamur.trust.records import trial
from testamur.trust.records.bundle import anchors
from testamur.trust.sealing import actions, making, queries
from testamur.trust.sealing.keys.apart import key_at
from testamur.trust.sealing.keys.opening import certificate_request
from testamur.trust.sealing.queries import Seal
from testamur.trust.sealing.rules import Algorithm, SealState

WARN, HURRY = 90, 30
"""Days before the end of a certificate from which on a warning is shown, and a stronger one."""

STATES: words.Words = {
    "requested": gettext_lazy("Waiting for its certificate"),
    "active": gettext_lazy("In use"),
    "retired": gettext_lazy("Retired"),
}


class KeyForm(forms.Form):
    """A new key: in a file of this installation, or one that lies on a token that the operator has prepared."""

    where = forms.ChoiceField(label=gettext_lazy("Key"), widget=forms.RadioSelect)
    algorithm = forms.ChoiceField(
        label=gettext_lazy("Kind of key in a file"),
        required=False,
        choices=[
            (Algorithm.P256.value, "ECDSA P-256"),
            (Algorithm.RSA_3072.value, "RSA 3072"),
            (Algorithm.RSA_4096.value, "RSA 4096"),
        ],
        help_text=gettext_lazy("As the authority that issues the certificate asks for."),
    )
    label = forms.CharField(
        label=gettext_lazy("Name of the key on the token"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("Its label (CKA_LABEL). Only for a key on a token."),
    )
    organisation = forms.CharField(
        label=gettext_lazy("Name of the body responsible"),
        max_length=64,
        help_text=gettext_lazy("As it is registered: the certificate will carry it."),
    )
    common_name = forms.CharField(label=gettext_lazy("Name of the seal"), max_length=64)

    def __init__(self, data: Any, tokens: list[str], initial: dict[str, str]) -> None:
        """`tokens` are the names of prepared tokens."""
        super().__init__(data, initial=initial)
        told = [(f"token:{name}", _("On the token %(name)s") % {"name": name}) for name in tokens]
        self.fields["where"].choices = [("file", _("In a file of this installation")), *told]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A key on a token has a name there."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if str(told.get("where", "")).startswith("token:") and not told.get("label"):
            self.add_error("label", _("Say which key of the token it is."))
        return told


class ChainForm(forms.Form):
    """What came back from the authority that issues certificates."""

    certificates = FilesField(
        label=gettext_lazy("Certificates"),
        widget=ManyFiles(attrs={"accept": ".pem,.crt,.cer,.der,.p7b,.p7c"}),
        help_text=gettext_lazy("The seal's certificate with those above it: PEM, DER or P7B, one file or several."),
    )


class RetireForm(forms.Form):
    """Stop using a seal."""

    sure = forms.BooleanField(label=gettext_lazy("I know that nothing can be sealed until another seal is in use."))


@dataclass(frozen=True, slots=True)
class Told:
    """A seal as its page shows it; `days` until its certificate ends."""

    seal: Seal
    state: str
    name: str
    issuer: str
    days: int | None
    urgency: str
    on_token: bool
    fingerprint: str


def _told(seal: Seal, now: datetime) -> Told:
    own = load(seal.certificates[0]) if seal.certificates else None
    days = (seal.valid_to - now).days if seal.valid_to else None
    urgency = ""
    if seal.state is SealState.ACTIVE and days is not None:
        urgency = "danger" if days < HURRY else "warning" if days < WARN else ""
    return Told(
        seal,
        words.word(STATES, seal.state.value),
        name_of(own) if own else _asked_name(seal),
        own.issuer.rfc4514_string() if own else "",
        days,
        urgency,
        seal.locator.startswith("pkcs11:"),
        hashlib.sha256(seal.certificates[0]).hexdigest() if seal.certificates else "",
    )


def _asked_name(seal: Seal) -> str:
    if not seal.request:
        return ""
    names = x509.load_der_x509_csr(seal.request).subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else ""


@door("office.home", Area.OFFICE)
@require_GET
def seals(request: HttpRequest) -> HttpResponse:
    """All seals of the body, those in use first."""
    place, by, now = place_of(request), actor_of(request), visitor_of(request).now
    body = place.authority
    if not by.may("sealing.seal.read", body.path):
        return page(request, "web/office/seals.html", body=body, elsewhere=True)
    order = {SealState.ACTIVE: 0, SealState.REQUESTED: 1, SealState.RETIRED: 2}
    found = sorted(queries.seals(by=by, organisation=body.id), key=lambda s: order[s.state])
    told = [_told(seal, now) for seal in found]
    return page(
        request,
        "web/office/seals.html",
        body=body,
        seals=told,
        active=next((t for t in told if t.seal.state is SealState.ACTIVE), None),
        may=by.may("sealing.seal.request", body.path),
    )


@door("office.keys", Area.OFFICE)
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """A new key and its certificate request."""
    body, by = place_of(request).authority, actor_of(request)
    by.must("sealing.seal.request", body.path)
    initial = {"where": "file", "organisation": body.name[:64], "common_name": body.name[:64]}
    form = KeyForm(request.POST or None, sorted(_tokens()), initial)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("office:seal", _asked(request, body, form.cleaned_data))
        except Refused as refused:
            refusals.into(form, refused)
    return page(
        request,
        "web/office/seal_request.html",
        status=400 if form.errors else 200,
        form=form,
        body=body,
        tokens=_tokens(),
    )


def _asked(request: HttpRequest, body: UnitView, told: dict[str, Any]) -> UUID:
    on_token = told["where"].startswith("token:")
    if on_token:
        locator = _with_object(_tokens()[told["where"].removeprefix("token:")], told["label"])
    else:
        stem = "seal-" + body.path.strip("/").replace("/", "-")
        locator = making.make_key_file(_keys(), stem=stem, algorithm=Algorithm(told["algorithm"] or Algorithm.P256))
    try:
        key = key_at(locator)
        asked = certificate_request(
            key, country=body.country, organisation=told["organisation"], common_name=told["common_name"]
        )
        return actions.make_request(
            by=actor_of(request),
            organisation=body.id,
            path=body.path,
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
    return _page(request, _mine(request, seal), ChainForm())


def _page(
    request: HttpRequest,
    seal: Seal,
    form: ChainForm,
    *,
    status: int = 200,
    checks: tuple[Check, ...] = (),
    failed: str = "",
) -> HttpResponse:
    place, by = place_of(request), actor_of(request)
    body = place.authority
    retiring = RetireForm()
    if seal.state is SealState.REQUESTED:
        retiring.fields["sure"].label = _("I know that a certificate for this request can no longer be installed.")
    return page(
        request,
        "web/office/seal.html",
        status=status,
        told=_told(seal, visitor_of(request).now),
        body=body,
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
        may_install=by.may("sealing.seal.register", body.path) and seal.state is SealState.REQUESTED,
        may_retire=by.may("sealing.seal.retire", body.path) and seal.state is not SealState.RETIRED,
        may_try=bool(seal.certificates) and seal.state is SealState.ACTIVE,
        roots=_roots(seal),
    )


def _roots(seal: Seal) -> list[dict[str, str]]:
    folder = anchors() / "seal-roots" / str(seal.organisation)
    ders = [path.read_bytes() for path in sorted(folder.glob("*.der"))]
    return [{"name": name_of(load(der)), "sha256": hashlib.sha256(der).hexdigest()} for der in ders]


def _mine(request: HttpRequest, seal: UUID) -> Seal:
    """A seal of the visitor's own body. Raises NotFound for any other."""
    body, by = place_of(request).authority, actor_of(request)
    found = next((s for s in queries.seals(by=by, organisation=body.id) if s.id == seal), None)
    if found is None:
        raise NotFound("There is no such seal.", field="seal")
    return found


@door("office.home", Area.OFFICE)
@require_GET
def request_pem(request: HttpRequest, seal: UUID) -> HttpResponse:
    """The certificate request, to send to the authority that issues certificates."""
    found = _mine(request, seal)
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
    found, by, body = _mine(request, seal), actor_of(request), place_of(request).authority
    by.must("sealing.seal.register", body.path)
    form = ChainForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            key = key_at(found.locator)
            sent = [one.read(making.MAX_FILE + 1) for one in form.cleaned_data["certificates"]]
            chain, root = making.chain_for(key.public_key, making.read_certificates(sent))
            new = actions.register_seal(
                by=by,
                organisation=body.id,
                path=body.path,
                key=key,
                locator=found.locator,
                certificates=chain[:2],
                now=visitor_of(request).now,
            )
        except Refused as refused:
            refusals.into(form, refused)
        else:
            if root is not None:
                _trust(body, root)
            messages.success(request, _("The seal is in use. Try it now."))
            return redirect("office:seal", new)
    return _page(request, found, form, status=400)


def _trust(body: UnitView, root: bytes) -> None:
    """Keep a root that came with the chain: verifiers get it with the trust bundle of this installation."""
    folder = anchors() / "seal-roots" / str(body.id)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{hashlib.sha256(root).hexdigest()[:16]}.der").write_bytes(root)


@door("office.home", Area.OFFICE)
@require_POST
def attempt(request: HttpRequest, seal: UUID) -> HttpResponse:
    """Seal a sample in memory and say what a verifier would say."""
    found, failed = _mine(request, seal), ""
    checks: tuple[Check, ...] = ()
    try:
        checks = trial.try_seal(by=actor_of(request), seal=found.id, now=visitor_of(request).now)
    except Refused as refused:
        failed = refusals.sentence(refused)
    return _page(request, found, ChainForm(), checks=checks, failed=failed)


@door("office.keys", Area.OFFICE)
@require_POST
def retire(request: HttpRequest, seal: UUID) -> HttpResponse:
    """Stop using a seal, or give a request up."""
    found, by = _mine(request, seal), actor_of(request)
    if not RetireForm(request.POST).is_valid():
        messages.error(request, _("Say that you are sure."))
        return redirect("office:seal", found.id)
    actions.retire_seal(by=by, seal=found.id, now=visitor_of(request).now)
    if found.state is SealState.ACTIVE:
        messages.success(request, _("The seal is retired. What it sealed stays valid."))
    else:
        messages.success(request, _("The request is given up. Its key seals nothing."))
    return redirect("office:seals")
