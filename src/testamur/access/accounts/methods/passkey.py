"""Passkeys (WebAuthn) with user verification: two factors in one, level substantial."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from testamur.access.accounts.methods.base import Base
from testamur.access.accounts.methods.contract import Asked, Begun, Found, Progress, Shown, Stand, Way
from testamur.access.accounts.models import Passkey
from testamur.access.accounts.rules import Level

REFUSED = "passkeyRefused"
LIFETIME = timedelta(minutes=5)
_MAX_RESPONSE = 20_000


class Passkeys(Base):
    """Log in with a passkey of this site; the browser finds out which."""

    name = "passkey"

    def ways(self, *, person: UUID | None) -> Iterator[Way]:
        """For everybody before a login, for somebody who has one after it."""
        if person is None or Passkey.objects.filter(person=person).exists():
            yield Way(self.name, Level.SUBSTANTIAL)

    def begin(self, asked: Asked) -> Begun:
        """A challenge. To confirm, only passkeys of that person are asked for."""
        rows = Passkey.objects.filter(person=asked.person).order_by("made_at", "id") if asked.person else ()
        options, state = server(asked.browser.origin).authenticate_begin(
            [_descriptor(_credential(row)) for row in rows] or None,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        kept = {"state": state, "origin": asked.browser.origin, "options": dict(options.public_key)}
        return Begun(json.loads(json.dumps(kept)), LIFETIME)

    def proceed(self, kept: Mapping[str, Any], given: Mapping[str, str], now: datetime) -> Progress:
        """Check what the authenticator signed; a counter that does not go on is a copied key."""
        try:
            answer = AuthenticationResponse.from_dict(_parsed(given.get("response", "")))
            row = Passkey.objects.select_for_update().filter(handle=handle_of(answer.raw_id)).first()
            if row is None:
                return Progress(REFUSED, failed=True)
            server(kept["origin"]).authenticate_complete(kept["state"], [_credential(row)], answer)
        except (ValueError, TypeError, KeyError):
            return Progress(REFUSED, failed=True)
        count = answer.response.authenticator_data.counter
        if not answer.response.authenticator_data.is_user_verified() or (row.count and count <= row.count):
            return Progress(REFUSED, failed=True)
        holder = answer.response.user_handle
        if holder and holder != row.person.bytes:
            return Progress(REFUSED, failed=True)
        row.count, row.used_at = count, now
        row.save(update_fields=["count", "used_at"])
        evidence = sha256(answer.response.signature).hexdigest()
        return Progress(found=Found(Level.SUBSTANTIAL, person=row.person, evidence=evidence))

    def shown(self, stand: Stand, now: datetime) -> Shown:  # noqa: ARG002 - the contract's shape
        """What the browser's own dialogue needs."""
        return Shown(options=stand.kept.get("options", {}))


def server(origin: str) -> Fido2Server:
    """The relying party at that origin; its id is the host. Browsers allow passkeys over https and on localhost."""
    host = origin.partition("://")[2].partition(":")[0]
    return Fido2Server(PublicKeyCredentialRpEntity(name="Testamur", id=host), verify_origin=lambda seen: seen == origin)


def registration(*, origin: str, person: UUID, name: str, have: Sequence[bytes]) -> tuple[dict[str, Any], Any]:
    """Options for the browser and the state to keep, to make one more passkey."""
    options, state = server(origin).register_begin(
        PublicKeyCredentialUserEntity(name=name, id=person.bytes, display_name=name),
        [_descriptor(AttestedCredentialData(data)) for data in have],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return json.loads(json.dumps(dict(options.public_key))), state


def registered(*, origin: str, state: Any, response: str) -> tuple[AttestedCredentialData, int]:
    """The new credential and its counter. Raises ValueError for anything that does not verify."""
    try:
        data = server(origin).register_complete(state, RegistrationResponse.from_dict(_parsed(response)))
    except (TypeError, KeyError) as error:
        raise ValueError("not an answer of an authenticator") from error
    if data.credential_data is None or not data.is_user_verified():
        raise ValueError("without user verification")
    return data.credential_data, data.counter


def handle_of(credential_id: bytes) -> str:
    """Digest by which a credential is found."""
    return sha256(credential_id).hexdigest()


def _parsed(text: str) -> Mapping[str, Any]:
    if len(text) > _MAX_RESPONSE:
        raise ValueError("too long")
    found = json.loads(text)
    if not isinstance(found, dict):
        raise TypeError("not an object")
    return found


def _credential(row: Passkey) -> AttestedCredentialData:
    return AttestedCredentialData(bytes(row.credential))


def _descriptor(credential: AttestedCredentialData) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(type=PublicKeyCredentialType.PUBLIC_KEY, id=credential.credential_id)


def configured() -> Passkeys:
    """Always there."""
    return Passkeys()
