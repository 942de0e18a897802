"""Securing a credential: a compact JWS around it, or a proof inside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from testamur.exchange.connectors.badges.keys import Keys, base58, base64url
from testamur.kernel.base.clock import stamp
from testamur.kernel.proofs.jcs import canonical


def as_jwt(credential: Mapping[str, Any], keys: Keys, *, kid: str) -> str:
    """The credential as a JWT (Open Badges 3.0, section 8.2): the payload is the credential and the claims of it.

    `kid` is an address at which the public key is a JWK. RS256 is the algorithm that the standard asks of everybody.
    """
    began = datetime.fromisoformat(credential["validFrom"])
    claims = {
        **credential,
        "iss": credential["issuer"]["id"],
        "jti": credential["id"],
        "nbf": int(began.timestamp()),
        "sub": credential["credentialSubject"]["id"],
    }
    head = {"alg": "RS256", "kid": kid, "typ": "JWT"}
    signed = ".".join(base64url(json.dumps(part, ensure_ascii=False).encode()) for part in (head, claims))
    return f"{signed}.{base64url(keys.rsa.sign(signed.encode(), PKCS1v15(), SHA256()))}"


def with_proof(credential: Mapping[str, Any], keys: Keys, *, method: str, now: datetime) -> dict[str, Any]:
    """The credential with an embedded proof ``eddsa-jcs-2022`` (Data Integrity EdDSA Cryptosuites 1.0, section 3.3).

    `method` is the address of the public key as a Multikey.
    """
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "created": stamp(now),
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
        "@context": credential["@context"],
    }
    signed = sha256(canonical(proof)).digest() + sha256(canonical(dict(credential))).digest()
    return {**credential, "proof": {**proof, "proofValue": "z" + base58(keys.ed25519.sign(signed))}}
