"""What one browser keeps of its ceremonies, and what an e-ID is told of the device."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import get_language

from testamur.surfaces.web import proxies, refusals
from testamur.surfaces.web.account import browser as seen
from testamur.surfaces.web.requests import WebRequest
from testamur.trust.signing.methods.bankid import messages as bankid
from testamur.trust.signing.methods.contract import Device, MethodRefused

CEREMONIES, CHOICE, LIST = "ceremonies", "choice", "list"
KEPT = 4
LONGEST = 1200
"""Characters of a choice that the session keeps: it is a cookie."""


def query_of(text: str) -> QueryDict:
    """A choice from its text."""
    return QueryDict(text)


def keep_choice(request: WebRequest, choice: str) -> None:
    """Remember what was chosen last; a longer choice than a cookie holds is not kept."""
    request.session[CHOICE] = choice if len(choice) <= LONGEST else ""


def choice_of_list(result_list: UUID) -> str:
    """The choice of a whole result list."""
    return f"{LIST}={result_list.hex}"


def review_address(request: WebRequest) -> str:
    """Back to the review of what was chosen last (a result list has its own), or home."""
    choice = request.session.get(CHOICE, "")
    if one := query_of(choice).get(LIST):
        return reverse("results:review", args=[UUID(one)])
    return f"{reverse('staff:review')}?{choice}" if choice else reverse("staff:home")


def keep_ceremony(request: WebRequest, ceremony: UUID, choice: str, *, further: bool) -> None:
    """This browser began the ceremony: only it may take the return from the e-ID's app."""
    known = dict(request.session.get(CEREMONIES, {}))
    known[ceremony.hex] = int(further)
    request.session[CEREMONIES] = dict(list(known.items())[-KEPT:])
    keep_choice(request, choice)


def began(request: WebRequest, ceremony: UUID) -> bool:
    """True when the ceremony was begun in this browser."""
    return ceremony.hex in request.session.get(CEREMONIES, {})


def next_step(request: WebRequest, ceremony: UUID) -> str:
    """Address of the review of what is left after this ceremony; empty when there was only one step."""
    further = request.session.get(CEREMONIES, {}).get(ceremony.hex)
    return review_address(request) if further and request.session.get(CHOICE) else ""


def device(request: HttpRequest, returns_to: UUID | None) -> Device:
    """What the e-ID is told of the browser; with `returns_to` the app on this device comes back to that ceremony."""
    address = ""
    if returns_to is not None:
        back = request.build_absolute_uri(reverse("staff:back", args=[returns_to]))
        address = f"{back}?nonce={{nonce}}"
    return Device(
        ip=proxies.address(request),
        user_agent=request.META.get("HTTP_USER_AGENT", "")[:255],
        domain=request.get_host().partition(":")[0],
        device_id=seen.mark(request),
        return_url=address,
    )


def words(refused: MethodRefused) -> str:
    """The e-ID's own message where it has one, with its id; else ours."""
    if refused.message_id in bankid.TEXTS:
        return f"{bankid.text(refused.message_id, get_language() or 'en')} ({refused.message_id})"
    return refusals.sentence(refused)
