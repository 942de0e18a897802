"""What everybody may read about badges: issuers and their keys, and which badges no longer hold. Nobody is named."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings

from testamur.exchange.connectors.badges import keys
from testamur.exchange.connectors.badges.content import CONTEXTS, address, issuer_address, profile
from testamur.kernel.base.clock import stamp
from testamur.kernel.base.refused import NotFound
from testamur.law.tables import PACKS
from testamur.register.schools import queries as schools
from testamur.trust.records import queries as records
from testamur.trust.records.queries.public import withdrawn
from testamur.trust.records.rules import State

REASONS = {
    State.SUPERSEDED: "Replaced by a newer certificate.",
    State.RECTIFIED: "Rectified: replaced by a newer certificate.",
    State.ANNULLED: "Declared void.",
}


def issuer(organisation: UUID) -> dict[str, Any]:
    """An issuer with its public keys (Controlled Identifiers 1.0). Raises NotFound before its first badge."""
    pair, name = _known(organisation)
    home = issuer_address(settings.PUBLIC_URL, organisation)
    web, multi = f"{home}/keys/{pair.jwk['kid']}", f"{home}#{pair.multikey}"
    return {
        "@context": list(CONTEXTS),
        **profile(settings.PUBLIC_URL, organisation, name),
        "verificationMethod": [
            {"id": web, "type": "JsonWebKey", "controller": home, "publicKeyJwk": pair.jwk},
            {"id": multi, "type": "Multikey", "controller": home, "publicKeyMultibase": pair.multikey},
        ],
        "assertionMethod": [web, multi],
    }


def jwk(organisation: UUID, kid: str) -> dict[str, Any]:
    """The public key with that thumbprint. Raises NotFound."""
    pair, _name = _known(organisation)
    if pair.jwk["kid"] != kid:
        raise NotFound("There is no such key.", kid=kid[:80])
    return pair.jwk


def revocations(organisation: UUID) -> dict[str, Any]:
    """The badges of an issuer that no longer hold (1EdTech revocation list, vcrl 1.0). Raises NotFound."""
    _known(organisation)
    gone = [
        {"id": address(settings.PUBLIC_URL, code), "revoked": True, "revocationReason": REASONS[state]}
        for code, state in withdrawn(organisation=organisation, document_types=_certificates())
    ]
    home = issuer_address(settings.PUBLIC_URL, organisation)
    return {"id": f"{home}/revocations", "issuer": home, "revokedCredential": gone}


def standing(code: str) -> dict[str, Any]:
    """Whether the badge with that code holds, and what replaced it. Raises NotFound. Names nobody."""
    found = records.by_code(code)
    if found is None:
        raise NotFound("There is no such badge.", code=code[:40])
    told = {
        "id": address(settings.PUBLIC_URL, found.code),
        "valid": found.state is State.PUBLISHED,
        "state": found.state.value,
        "issuer": found.issuer,
        "issued": stamp(found.sealed_at),
        "verify": f"{settings.PUBLIC_URL.rstrip('/')}/v/{found.code}",
    }
    return told | ({"replacedBy": address(settings.PUBLIC_URL, found.replaced_by)} if found.replaced_by else {})


def _known(organisation: UUID) -> tuple[keys.Keys, str]:
    pair, unit = keys.of(organisation), schools.unit(organisation)
    if pair is None or unit is None:
        raise NotFound("There is no such issuer.", organisation=str(organisation))
    return pair, unit.name


def _certificates() -> tuple[str, ...]:
    """Full codes of the documents that badges stand on."""
    return tuple(p.documents[p.results.certificate].code for p in PACKS.values() if p.results is not None)
