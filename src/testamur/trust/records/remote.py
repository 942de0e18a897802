"""Signing with a key at a signing service (CSC API v2): one authorisation for as many documents as it allows.

The service is asked outside every transaction, by one worker at a time (a lease on the ceremony). Activation data are
bound to the very digests that are signed with them; they are kept on the ceremony, as secrets, until they are used up,
run out, or the ceremony ends. PIN and code are handed on and kept nowhere. What the service signed is compared before
it is believed; what was lost on the way from it is signed anew, under a new authorisation, and counts once.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.clock import parse_stamp, stamp
from testamur.kernel.base.refused import NotFound
from testamur.trust.records import certified
from testamur.trust.records.certified import SignatureWrong
from testamur.trust.signing import personal
from testamur.trust.signing import queries as ceremonies
from testamur.trust.signing.methods.certificate.csc.client import Authorised, Credential, CscClient
from testamur.trust.signing.methods.certificate.csc.errors import (
    AuthorisationOver,
    BadAnswer,
    NoCredential,
    Refusal,
)
from testamur.trust.signing.methods.certificate.csc.settings import configured
from testamur.trust.signing.methods.contract import MethodRefused
from testamur.trust.signing.personal import Standing

AT_ONCE = 25
"""Digests in one call of ``signHash``: a page waits no longer than a few seconds, and little is lost with a line."""
MOST = 1000
"""Documents in one authorisation, whatever the service allows."""
_SOON = timedelta(seconds=30)

Open = Callable[[], CscClient]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ceremony at the service stands.

    Attributes:
        standing: how many documents are signed.
        credential: the id of the key that was chosen; empty before.
        authorised: documents that may be signed without asking the signer again.
        elsewhere: the signer has to confirm in the service's own app.
    """

    standing: Standing
    credential: str
    authorised: int
    elsewhere: bool


def service() -> CscClient:
    """A client as the settings say. Raises ``signing.csc.not_set_up``."""
    return CscClient(configured())


def offered(*, by: Actor, ceremony: UUID, open_: Open = service) -> list[Credential]:
    """The signer's usable keys at the service. Raises NoCredential where there is none, and what the client raises."""
    order = personal.order(by=by, ceremony=ceremony)
    user = configured().user.format(number=order.identifier, scheme=order.scheme)
    with open_() as there:
        found = [one for one in there.credentials(user) if _spoken(one)]
    if not found:
        raise NoCredential("The signing service has no key of this signer that can be used.", field="credential")
    return found


def choose(*, by: Actor, ceremony: UUID, credential: str, now: datetime, open_: Open = service) -> Credential:
    """Sign with that key. Raises what `personal.offer` refuses (another's certificate, expired …) and the client."""
    personal.order(by=by, ceremony=ceremony)
    with open_() as there:
        found = there.credential(credential)
    if not _spoken(found):
        raise NoCredential("This key cannot be used.", field="credential")
    certified.choose(by=by, ceremony=ceremony, given=found.certificates, now=now)
    personal.keep_secret(by=by, ceremony=ceremony, credential=found.id)
    return found


def send_code(*, by: Actor, ceremony: UUID, factor: str, open_: Open = service) -> str:
    """Have the service send a code, or ask its question; returns the question, empty when a code was sent."""
    credential = _credential(by, ceremony)
    with open_() as there:
        return there.challenge(credential, factor)


def credential_of(*, by: Actor, ceremony: UUID, open_: Open = service) -> Credential:
    """The chosen key, as the service describes it now: what it wants to know, how many it signs at once."""
    credential = _credential(by, ceremony)
    with open_() as there:
        return there.credential(credential)


def authorise(*, by: Actor, ceremony: UUID, values: Mapping[str, str], now: datetime, open_: Open = service) -> Place:
    """Let the service sign what is left, as many as it allows at once, with what the signer typed.

    Raises WrongCode, Locked and whatever else the service answers; ``signing.ceremony.busy``.
    """
    credential = _credential(by, ceremony)
    row = personal.take(by=by, ceremony=ceremony, now=now)
    try:
        with open_() as there:
            known = there.credential(credential)
            some = certified.to_sign(by=by, ceremony=ceremony, limit=min(known.most, MOST))
            if some:
                view = ceremonies.ceremony(ceremony, by=by)
                got = there.authorise(credential, [one.digest for one in some], values, text=_first_line(view.visible))
                _keep(by, ceremony, got, len(some), now)
    finally:
        personal.give_back(row, until=now)
    return place(by=by, ceremony=ceremony, now=now)


def leave(*, by: Actor, ceremony: UUID, back: str, now: datetime, open_: Open = service) -> str:
    """The address where the signer authorises what is left, as much as the service allows at once; see `returned`.

    Raises ``signing.ceremony.busy`` and what the client raises.
    """
    credential = _credential(by, ceremony)
    row = personal.take(by=by, ceremony=ceremony, now=now)
    state, verifier = f"{ceremony.hex}.{secrets.token_urlsafe(18)}", secrets.token_urlsafe(48)
    try:
        with open_() as there:
            known = there.credential(credential)
            some = certified.to_sign(by=by, ceremony=ceremony, limit=min(known.most, MOST))
            address = there.leave(credential, [one.digest for one in some], back=back, state=state, verifier=verifier)
        personal.keep_secret(
            by=by, ceremony=ceremony, state=state, verifier=verifier, asked=str(len(some)), sad="", authorised=""
        )
    finally:
        personal.give_back(row, until=now)
    return address


def ceremony_of(state: str) -> UUID:
    """The ceremony that a return from the service is about. Raises ``not_found``; proves nothing yet."""
    try:
        return UUID(state.partition(".")[0])
    except ValueError as error:
        raise NotFound("There is no such ceremony.") from error


def returned(*, by: Actor, state: str, code: str, back: str, now: datetime, open_: Open = service) -> UUID:
    """The signer's browser came back from the service with a code; returns the ceremony, ready to go on.

    Raises ``not_found`` unless `state` is the one that this signer's ceremony left with, and what the client raises;
    a code is good once, and so is the state.
    """
    ceremony = ceremony_of(state)
    kept = personal.secrets_of(by=by, ceremony=ceremony)
    if not kept.get("state") or not hmac.compare_digest(kept["state"].encode(), state.encode()):
        raise NotFound("There is no such ceremony.", ceremony=str(ceremony))
    personal.keep_secret(by=by, ceremony=ceremony, state="", verifier="", asked="")
    if not code:
        raise Refusal("The signer authorised nothing there.")
    with open_() as there:
        got = there.redeem(code, back=back, verifier=kept["verifier"])
    _keep(by, ceremony, got, int(kept["asked"]), now)
    return ceremony


def advance(*, by: Actor, ceremony: UUID, now: datetime, open_: Open = service) -> Place:
    """Sign the next documents with what is authorised; does nothing where nothing is, or somebody else is at it.

    Activation data that have run out are forgotten: the signer is asked again, and what is signed stays signed.
    """
    here = place(by=by, ceremony=ceremony, now=now)
    if not (here.authorised or here.elsewhere):
        return here
    try:
        row = personal.take(by=by, ceremony=ceremony, now=now)
    except personal.BeingSigned:
        return here
    until = now
    try:
        with open_() as there:
            _step(by, ceremony, there, here, now)
    except AuthorisationOver:
        _forget(by, ceremony)
        raise
    except MethodRefused as refused:
        until = now + timedelta(seconds=refused.wait)
        raise
    finally:
        personal.give_back(row, until=until)
    return place(by=by, ceremony=ceremony, now=now)


def place(*, by: Actor, ceremony: UUID, now: datetime) -> Place:
    """Where the ceremony stands, from what is kept here; nobody is asked."""
    view = ceremonies.ceremony(ceremony, by=by)
    standing = Standing(view, personal.done(ceremony))
    kept = personal.secrets_of(by=by, ceremony=ceremony)
    until = kept.get("sad_until", "")
    holds = bool(kept.get("sad")) and bool(until) and parse_stamp(until) > now
    left = min(int(kept.get("authorised", "0")) if holds else 0, standing.left)
    return Place(standing, kept.get("credential", ""), left, bool(kept.get("handle")))


def _step(by: Actor, ceremony: UUID, there: CscClient, here: Place, now: datetime) -> None:
    kept = personal.secrets_of(by=by, ceremony=ceremony)
    if here.elsewhere:
        got = there.authorised(kept["handle"])
        if got.sad:
            _keep(by, ceremony, got, int(kept.get("authorised", "0")), now)
        return
    sad, left = kept["sad"], here.authorised
    some = certified.to_sign(by=by, ceremony=ceremony, limit=left)
    if parse_stamp(kept["sad_until"]) - now < _SOON and left > AT_ONCE:
        got = there.extend(here.credential, [one.digest for one in some], sad)
        _keep(by, ceremony, got, left, now)
        sad = got.sad
    some = some[:AT_ONCE]
    algorithm = there.credential(here.credential).algorithm
    values = there.sign(here.credential, [one.digest for one in some], sad, algorithm=algorithm)
    rest = left - len(some)
    # the service has counted these whatever becomes of them here
    personal.keep_secret(by=by, ceremony=ceremony, authorised=str(rest) if rest else "", sad=sad if rest else "")
    signatures = {one.record: value for one, value in zip(some, values, strict=True)}
    try:
        certified.hand_in(by=by, ceremony=ceremony, signatures=signatures, now=now)
    except SignatureWrong as error:
        _forget(by, ceremony)
        raise BadAnswer("The signing service signed something else.") from error


def _keep(by: Actor, ceremony: UUID, got: Authorised, count: int, now: datetime) -> None:
    until = stamp((now + timedelta(seconds=got.lasts)).replace(microsecond=0)) if got.sad else ""
    personal.keep_secret(
        by=by, ceremony=ceremony, sad=got.sad, handle=got.handle, sad_until=until, authorised=str(count)
    )


def _forget(by: Actor, ceremony: UUID) -> None:
    personal.keep_secret(by=by, ceremony=ceremony, sad="", handle="", sad_until="", authorised="")


def _spoken(credential: Credential) -> bool:
    """Whether the key can be used here: a redirect needs the addresses of the service's authorisation server."""
    return credential.known and (not credential.redirects or bool(configured().token_url))


def _credential(by: Actor, ceremony: UUID) -> str:
    found = personal.secrets_of(by=by, ceremony=ceremony).get("credential", "")
    if not found:
        raise Refusal("No key is chosen yet.", field="credential")
    return found


def _first_line(text: str) -> str:
    return text.partition("\n")[0]
