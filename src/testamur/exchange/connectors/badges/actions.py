"""Issuing a badge."""

from __future__ import annotations

import json
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db import transaction

from testamur.exchange.connectors.badges import keys, proofs
from testamur.exchange.connectors.badges.content import credential, issuer_address
from testamur.exchange.connectors.completed import completed, student
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import Refused
from testamur.kernel.journal.actions import append


class NoBadge(Refused):
    """There is no completed course with that certificate, or the certificate does not stand."""

    code = "connectors.badge.none"


class Form(StrEnum):
    """How a badge is secured."""

    JSON = "json"
    JWT = "jwt"


@transaction.atomic
def issue(*, by: Actor, person: UUID, record: UUID, form: Form, now: datetime) -> bytes:
    """The badge of a completed course whose certificate is `record`, for the student.

    Needs ``reporting.own.read`` and ``records.record.fetch`` for that person. The first badge of an organisation makes
    its keys. Raises NoBadge, NotFound, NotAllowed. Journal: ``connectors.badge.issued/1``.
    """
    courses = completed(by=by, person=person, now=now)
    found = next((one for one in courses if one.certificate and one.certificate.record == record), None)
    if found is None or found.certificate is None:
        raise NoBadge("There is no badge for this document.", record=str(record))
    held, public = found.certificate, settings.PUBLIC_URL
    by.must("records.record.fetch", held.path, person=person)
    plain = credential(found, held, public=public, name=student(by=by, person=person).name)
    pair, home = keys.ensure(held.organisation), issuer_address(public, held.organisation)
    if form is Form.JWT:
        made = proofs.as_jwt(plain, pair, kid=f"{home}/keys/{pair.jwk['kid']}").encode()
    else:
        secured = proofs.with_proof(plain, pair, method=f"{home}#{pair.multikey}", now=now)
        made = json.dumps(secured, ensure_ascii=False, indent=2).encode()
    told = {"record": str(record), "form": form.value, "sha256": sha256(made).hexdigest()}
    append(by=by, kind="connectors.badge.issued/1", path=held.path, refs=told, now=now)
    return made
