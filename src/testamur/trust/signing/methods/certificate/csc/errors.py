"""What a signing service says when it says no, as refusals that a person can act on (CSC API v2 sections 10 and 11)."""

from __future__ import annotations

from typing import Any

import httpx

from testamur.trust.signing.methods.contract import MethodRefused


class Unavailable(MethodRefused):
    """The service cannot be reached, or has a fault of its own."""

    code = "signing.csc.unavailable"
    again = True


class TooManyRequests(MethodRefused):
    """The service gets too many questions; wait."""

    code = "signing.csc.too_many"
    again = True


class NotAuthorised(MethodRefused):
    """The service does not know us, or our token is over."""

    code = "signing.csc.not_authorised"


class WrongCode(MethodRefused):
    """PIN or code were wrong; nothing was signed with them."""

    code = "signing.csc.wrong_code"


class Locked(MethodRefused):
    """The credential is locked or disabled."""

    code = "signing.csc.locked"


class AuthorisationOver(MethodRefused):
    """What was authorised has run out, or is not for these documents: PIN and code are asked for again."""

    code = "signing.csc.authorisation_over"


class NoCredential(MethodRefused):
    """The service has no credential of the signer that can be used."""

    code = "signing.csc.no_credential"


class BadAnswer(MethodRefused):
    """What the service answered makes no sense; nothing of it was taken in."""

    code = "signing.csc.bad_answer"


class Refusal(MethodRefused):
    """The service refused for another reason."""

    code = "signing.csc.refused"


_CODES = {
    "invalid_authentication_data": WrongCode,
    "invalid_pin": WrongCode,
    "invalid_otp": WrongCode,
    "access_denied": NotAuthorised,
    "invalid_client": NotAuthorised,
    "invalid_token": NotAuthorised,
    "unauthorized_client": NotAuthorised,
    "server_error": Unavailable,
    "temporarily_unavailable": Unavailable,
}
_WORDS = (  # `invalid_request` stands for many things, which the description alone tells apart
    ("locked", Locked),
    ("is disabled", Locked),
    ("sad expired", AuthorisationOver),
    ("parameter sad", AuthorisationOver),
    ("authorized by the sad", AuthorisationOver),
    ("parameter handle", AuthorisationOver),
    ("parameter credentialid", NoCredential),
    ("the pin is invalid", WrongCode),
    ("the otp is invalid", WrongCode),
)


def refusal(path: str, reply: httpx.Response) -> MethodRefused:
    """The refusal that a reply other than a success means."""
    try:
        told: Any = reply.json()
    except ValueError:
        told = {}
    told = told if isinstance(told, dict) else {}
    error, words = str(told.get("error") or "")[:80], str(told.get("error_description") or "")[:200]
    said = f"The signing service answered {reply.status_code} {error} to {path}."
    if reply.status_code == httpx.codes.TOO_MANY_REQUESTS:
        return TooManyRequests(said, wait=_wait(reply))
    if reply.is_server_error or reply.status_code == httpx.codes.REQUEST_TIMEOUT:
        return Unavailable(said, wait=_wait(reply))
    kind = _CODES.get(error)
    if kind is None:
        low = words.lower()
        kind = next((kind for part, kind in _WORDS if part in low), None)
    if kind is None and reply.status_code in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
        kind = NotAuthorised
    return (kind or (Refusal if reply.is_client_error else BadAnswer))(said)


def _wait(reply: httpx.Response) -> float:
    """Seconds from ``Retry-After``; 0 where there is none or it makes no sense."""
    value = reply.headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdigit() and len(value) <= 4 else 0.0  # noqa: PLR2004 - hours at most
