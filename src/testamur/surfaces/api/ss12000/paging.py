"""Pages of SS 12000: a token says what was asked and where the page begins; nothing else can be asked beside it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest

from testamur.surfaces.api.refusing import QueryInvalid

PAGE, MOST = 100, 1000
MOST_LOOKUP = 1000


def asked(request: HttpRequest, names: Sequence[str]) -> tuple[dict[str, str], tuple[str, str] | None]:
    """The filters of this list and after what its page begins: of a pageToken, else as they stand in the query."""
    given = {name: request.GET[name] for name in names if name in request.GET}
    text = request.GET.get("pageToken")
    if text is None:
        return given, None
    if given:
        raise QueryInvalid(f"{next(iter(given))} cannot be combined with pageToken.", parameter="pageToken")
    try:
        told = _signer(request).unsign_object(text)
    except (BadSignature, ValueError) as error:
        raise QueryInvalid("This pageToken is none of ours.", parameter="pageToken") from error
    return told["asked"], (told["after"][0], told["after"][1])


def token(request: HttpRequest, given: dict[str, str], after: tuple[str, object]) -> str:
    """The token of the next page."""
    return _signer(request).sign_object({"asked": given, "after": [after[0], str(after[1])]})


def _signer(request: HttpRequest) -> Signer:
    """A token of one list is none of another's."""
    return Signer(salt=f"testamur.api.page {request.path}")


def uuid(text: object, name: str) -> UUID:
    """A UUID. Raises QueryInvalid."""
    try:
        return UUID(str(text))
    except ValueError as error:
        raise QueryInvalid(f"{name} is a UUID.", parameter=name) from error


def body(request: HttpRequest) -> dict[str, object]:
    """The JSON object that was sent. Raises QueryInvalid."""
    try:
        told = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise QueryInvalid("The body is a JSON object.", parameter="body") from error
    if not isinstance(told, dict) or "\\u0000" in json.dumps(told):
        raise QueryInvalid("The body is a JSON object without the character NUL.", parameter="body")
    return told


def texts(told: dict[str, object], name: str) -> list[str]:
    """A list of texts in a body; empty where there is none. Raises QueryInvalid."""
    some = told.get(name, [])
    if not isinstance(some, list) or len(some) > MOST_LOOKUP or not all(isinstance(one, str) for one in some):
        raise QueryInvalid(f"{name} is a list of at most {MOST_LOOKUP} texts.", parameter=name)
    return some


def ids(told: dict[str, object], name: str = "ids") -> list[UUID]:
    """A list of UUIDs in a body. Raises QueryInvalid."""
    return [uuid(one, name) for one in texts(told, name)]
