"""Public pages of badges, for programs: whether one holds, who the issuer is and by which keys it signs."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from testamur.exchange.connectors.badges import queries as badges
from testamur.kernel.base.refused import NotFound

Told = Callable[..., dict[str, Any]]


def published(kind: str = "application/json") -> Callable[[Told], Callable[..., HttpResponse]]:
    """Everybody may read it, a program in somebody's browser too; NotFound is 404."""

    def decorate(told: Told) -> Callable[..., HttpResponse]:
        @require_safe
        @wraps(told)
        def entered(_request: HttpRequest, **arguments: Any) -> HttpResponse:
            try:
                answer = JsonResponse(told(**arguments), content_type=kind)
            except NotFound:
                answer = JsonResponse({"error": "not_found"}, status=404)
            answer.headers["Access-Control-Allow-Origin"] = "*"
            answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
            return answer

        entered.door = ("public", ())  # type: ignore[attr-defined]  # read by the matrix test
        return entered

    return decorate


@published()
def badge(code: str) -> dict[str, Any]:
    """Whether a badge holds."""
    return badges.standing(code)


@published("application/ld+json")
def issuer(organisation: UUID) -> dict[str, Any]:
    """An issuer and its keys."""
    return badges.issuer(organisation)


@published("application/jwk+json")
def key(organisation: UUID, kid: str) -> dict[str, Any]:
    """One public key."""
    return badges.jwk(organisation, kid)


@published()
def revocations(organisation: UUID) -> dict[str, Any]:
    """The badges of an issuer that no longer hold."""
    return badges.revocations(organisation)
