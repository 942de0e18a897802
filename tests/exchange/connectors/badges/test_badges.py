"""Badges: verified here by other code than that which makes them, from the public pages alone."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.test import Client
from joserfc import jwt
from joserfc.jwk import RSAKey

from testamur.exchange.connectors.badges import actions as badges
from testamur.kernel.base.refused import NotAllowed
from testamur.kernel.journal.models import Entry
from tests.exchange.connectors.completing import complete, student
from tests.schoolday.reporting.signing import Desk
from tests.schoolday.reporting.test_correcting import correct
from tests.schoolday.reporting.university import University

pytestmark = pytest.mark.django_db(transaction=True)
ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


@pytest.fixture
def desk(sealing_university: University) -> Desk:
    return Desk(sealing_university)


def fetched(address: str) -> dict[str, Any]:
    """A public page, as a stranger's program reads it."""
    assert address.startswith(settings.PUBLIC_URL)
    answer = Client().get(urlsplit(address).path)
    assert answer.status_code == 200, address
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    found: dict[str, Any] = json.loads(answer.content)
    return found


def from_base58(text: str) -> bytes:
    number = 0
    for letter in text:
        number = number * 58 + ALPHABET.index(letter)
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8)


def verify_embedded(badge: dict[str, Any]) -> None:
    """VC Data Integrity EdDSA 1.0, section 3.3.2, with the key of the issuer's own page."""
    proof = dict(badge["proof"])
    signature = from_base58(proof.pop("proofValue").removeprefix("z"))
    bare = {name: value for name, value in badge.items() if name != "proof"}
    home = fetched(proof["verificationMethod"].split("#")[0])
    assert proof["verificationMethod"] in home["assertionMethod"]
    method = next(m for m in home["verificationMethod"] if m["id"] == proof["verificationMethod"])
    assert home["id"] == badge["issuer"]["id"] == method["controller"]
    raw = from_base58(method["publicKeyMultibase"].removeprefix("z"))
    assert raw[:2] == b"\xed\x01"
    signed = sha256(rfc8785.dumps(proof)).digest() + sha256(rfc8785.dumps(bare)).digest()
    Ed25519PublicKey.from_public_bytes(raw[2:]).verify(signature, signed)


def shaped(badge: dict[str, Any], samples: Path) -> None:
    """What Open Badges 3.0 asks for, and no property that its context does not name."""
    assert badge["@context"][0] == "https://www.w3.org/ns/credentials/v2"
    assert set(badge["type"]) == {"VerifiableCredential", "OpenBadgeCredential"}
    assert {"id", "issuer", "validFrom", "credentialSubject", "name"} <= set(badge)
    achievement = badge["credentialSubject"]["achievement"]
    assert {"id", "type", "name", "description", "criteria"} <= set(achievement)
    context = json.loads((samples / "openbadges3" / "context-3.0.3.json").read_text())["@context"]
    known = {"@context", "id", "type", "name", "description", "issuer", "validFrom", "credentialSubject"}
    known |= {"credentialStatus", "evidence", "proof", "url"} | set(context)  # the first line: credentials/v2
    for part in context.values():
        known |= set(part.get("@context", {})) if isinstance(part, dict) else set()

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            assert set(value) <= known, set(value) - known
            for name, inner in value.items():
                if name != "proof":
                    walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(badge)


def test_a_badge_verifies_by_what_the_issuer_publishes_and_is_revoked_when_the_certificate_is_replaced(
    desk: Desk, samples: Path
):
    u, me = desk.u, desk.u.persons["graded"]
    decision, record = complete(desk)
    by, later = student(u, me), u.now + timedelta(days=1)
    badge = json.loads(badges.issue(by=by, person=me, record=record, form=badges.Form.JSON, now=later))
    shaped(badge, samples)
    verify_embedded(badge)
    subject = badge["credentialSubject"]
    assert (subject["achievement"]["humanCode"], subject["result"][0]["value"]) == ("DV1574", "C")
    assert subject["achievement"]["resultDescription"][0]["allowedValue"] == ["F", "Fx", "E", "D", "C", "B", "A"]
    assert (subject["creditsEarned"], subject["identifier"][0]["identityHash"]) == (7.5, u.names["graded"])
    assert str(me) not in json.dumps(badge)
    for changed in ({"name": "Another course"}, {"awardedDate": "2020-01-01T00:00:00Z"}):
        with pytest.raises(InvalidSignature):
            verify_embedded({**badge, **changed})

    token = badges.issue(by=by, person=me, record=record, form=badges.Form.JWT, now=later).decode()
    head = json.loads(urlsafe_b64decode(token.split(".")[0] + "=="))
    assert set(head) == {"alg", "kid", "typ"}  # Open Badges 3.0, 8.2.2: no others
    claims = jwt.decode(token, RSAKey.import_key(fetched(head["kid"])), algorithms=["RS256"]).claims
    assert (claims["iss"], claims["jti"], claims["sub"]) == (badge["issuer"]["id"], badge["id"], subject["id"])
    assert {name: value for name, value in badge.items() if name != "proof"}.items() <= claims.items()
    assert "d" not in fetched(head["kid"])

    assert fetched(badge["id"])["valid"] is True
    status = badge["credentialStatus"]["id"]
    assert fetched(status)["revokedCredential"] == []
    one = correct(desk, decision, "b")
    desk.send(one, who="examiner")
    desk.finish(one)
    told = fetched(badge["id"])
    assert (told["valid"], told["state"]) == (False, "rectified")
    assert [gone["id"] for gone in fetched(status)["revokedCredential"]] == [badge["id"]]
    with pytest.raises(badges.NoBadge):
        badges.issue(by=by, person=me, record=record, form=badges.Form.JSON, now=later)
    assert u.names["graded"].split()[-1] not in json.dumps([told, fetched(status), fetched(badge["issuer"]["id"])])
    assert Entry.objects.filter(kind="connectors.badge.issued/1", actor=me).count() == 2

    with pytest.raises(NotAllowed):
        badges.issue(by=u.actor("teacher"), person=me, record=record, form=badges.Form.JSON, now=later)
