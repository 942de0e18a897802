"""A new key and its certificate request."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import Refused
from testamur.register.schools.rules import UnitView
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office.scope import actor_of, place_of, visitor_of
from testamur.surfaces.web.office.seals.forms import KeyForm
from testamur.surfaces.web.office.seals.owner import Owner, owner_of
from testamur.surfaces.web.pages import page
from testamur.trust.sealing import actions, making
from testamur.trust.sealing.keys.apart import key_at
from testamur.trust.sealing.keys.opening import certificate_request
from testamur.trust.sealing.rules import Algorithm


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
    return _ask(request, owner_of(request, unit))


def _ask(request: HttpRequest, owner: Owner) -> HttpResponse:
    unit, by = owner.unit, actor_of(request)
    owner.must(by, "sealing.seal.request")
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
