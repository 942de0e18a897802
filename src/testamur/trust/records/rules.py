"""Pure rules of a record's life: states, snapshot, code, statement."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from uuid import UUID

from testamur.kernel.base.clock import stamp
from testamur.kernel.base.ids import urn
from testamur.kernel.proofs.snapshot import PRACTICE
from testamur.law.contract import DocumentType

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class State(StrEnum):
    """Where a record stands in its life (trust.md)."""

    DRAFTED = "drafted"
    READY = "ready"
    SIGNING = "signing"
    SIGNED = "signed"
    SEALED = "sealed"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    RECTIFIED = "rectified"
    ANNULLED = "annulled"
    DISPOSED = "disposed"


_S = State
TRANSITIONS: frozenset[tuple[State, State]] = frozenset(
    {
        (_S.DRAFTED, _S.READY),
        (_S.DRAFTED, _S.DISPOSED),
        (_S.READY, _S.DRAFTED),
        (_S.READY, _S.SIGNING),
        (_S.READY, _S.DISPOSED),
        (_S.SIGNING, _S.READY),
        (_S.SIGNING, _S.SIGNED),
        (_S.SIGNED, _S.SEALED),
        (_S.SIGNED, _S.READY),
        (_S.SEALED, _S.PUBLISHED),
        (_S.PUBLISHED, _S.SUPERSEDED),
        (_S.PUBLISHED, _S.RECTIFIED),
        (_S.PUBLISHED, _S.ANNULLED),
        (_S.PUBLISHED, _S.DISPOSED),
        (_S.SUPERSEDED, _S.DISPOSED),
        (_S.RECTIFIED, _S.DISPOSED),
        (_S.ANNULLED, _S.DISPOSED),
    }
)
"""The one table of transitions; the migration makes the database's guard from it."""

REPLACEMENT: Mapping[str, State] = {
    "new_version": State.SUPERSEDED,
    "rectification": State.RECTIFIED,
    "change": State.SUPERSEDED,
    "re_examination": State.SUPERSEDED,
}
"""Reason of a new record that names an old one → what becomes of the old one when the new one is published."""


class ReleaseMode(StrEnum):
    """When published records become visible to those whom they are about."""

    AT_ONCE = "at_once"
    AT = "at"
    AFTER_REVIEW = "after_review"


class WorkState(StrEnum):
    """How far a long work has come."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


DELEGATE = "delegate"
"""Role of a signer who signs by the principal's delegation."""

SEEN_BY_CITIZENS = (State.PUBLISHED, State.SUPERSEDED, State.RECTIFIED, State.ANNULLED)
"""A released record that was replaced or declared void is still shown, and shown as such."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """The organisation that seals and the school that issues; `path` is the school's place in the tree."""

    organisation: UUID
    name: str
    unit: UUID
    unit_code: str
    unit_name: str
    path: str


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom the record is about. For a pupil the legal name and number; for a group its name only."""

    kind: str
    id: UUID
    name: str
    given: str = ""
    family: str = ""
    scheme: str = ""
    identifier: str = ""
    birth_date: date | None = None


@dataclass(frozen=True, slots=True)
class Signer:
    """One who has to sign, in order. Refs bind name and number per record."""

    order: int
    role: str
    title: str
    person: UUID
    name: str
    scheme: str
    identifier: str


@dataclass(frozen=True, slots=True)
class NewRecord:
    """Everything that a snapshot freezes.

    `content` is the pack's own member, made by `DocumentType.content`. `replaces` names the record that this one takes
    the place of, `replaced_because` one of `REPLACEMENT`. `group` is the class's code, `pupils` are those whom a
    group's document names: for lists and for the review of sights, not part of the snapshot.
    """

    record: UUID
    issuer: Issuer
    document: DocumentType
    pack_id: str
    pack_version: str
    template_sha256: str
    subject: Subject
    period: str
    content: Mapping[str, Any]
    signers: tuple[Signer, ...]
    issued_on: date
    version: int = 1
    replaces: UUID | None = None
    replaced_because: str = ""
    group: str = ""
    pupils: tuple[UUID, ...] = ()


def signer_ref(record: UUID, scheme: str, identifier: str) -> str:
    """docs/formats.md §1: binds the named signer to the identifier in the e-ID, per record."""
    return hashlib.sha256(f"testamur/signer/1\n{urn(record)}\n{scheme}:{identifier}".encode()).hexdigest()


def code(record: UUID) -> str:
    """The short code for people: 60 bits of a digest of the record's id, as `XXXX-XXXX-XXXX`."""
    digest = hashlib.sha256(f"testamur/code/1\n{urn(record)}".encode()).digest()
    number = int.from_bytes(digest[:8], "big") >> 4
    letters = "".join(CROCKFORD[(number >> shift) & 31] for shift in range(55, -1, -5))
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def snapshot(
    new: NewRecord, *, public_url: str, test: bool, frozen_at: datetime, practice: bool = False
) -> dict[str, Any]:
    """The content of `record.json` (docs/formats.md §1). `practice`: of an installation for training, which says so."""
    short = code(new.record)
    document = new.document
    return {
        "v": 1,
        "record": urn(new.record),
        "version": new.version,
        "replaces": urn(new.replaces) if new.replaces else None,
        "document": {
            "type": document.code,
            "title": document.title,
            "locale": document.locale,
            "period": new.period,
        },
        "pack": {"id": new.pack_id, "version": new.pack_version},
        "template": {
            "id": document.code,
            "version": document.template_version,
            "sha256": new.template_sha256,
        },
        "issuer": {
            "id": urn(new.issuer.organisation),
            "name": _practised(new.issuer.name) if practice else new.issuer.name,
            "unit": {"code": new.issuer.unit_code, "name": new.issuer.unit_name},
        },
        "subject": _subject(new.subject),
        "content": dict(new.content),
        "signers": [
            {
                "order": s.order,
                "role": s.role,
                "title": s.title,
                "name": s.name,
                "ref": signer_ref(new.record, s.scheme, s.identifier),
            }
            for s in new.signers
        ],
        "seal": {"page": document.seal_page, "rect": list(document.seal_rect)},
        "verify": {"code": short, "url": f"{public_url.rstrip('/')}/v/{short}"},
        "issued_on": new.issued_on.isoformat(),
        "frozen_at": stamp(frozen_at),
        "test": test,
    }


def _practised(name: str) -> str:
    """The issuer's name with the mark of practice in it, whoever has renamed the body since it was made."""
    return name if PRACTICE in name else f"{name} ({PRACTICE})"


def _subject(subject: Subject) -> dict[str, Any]:
    if subject.kind == "group":
        return {"kind": "group", "name": subject.name}
    return {
        "kind": "pupil",
        "name": subject.name,
        "given": subject.given,
        "family": subject.family,
        "identifier": {"scheme": subject.scheme, "value": subject.identifier},
        "birth_date": subject.birth_date.isoformat() if subject.birth_date else None,
    }


def statement(
    *,
    record: UUID,
    version: int,
    organisation: UUID,
    doc_digest: str,
    seal_sig_sha256: str,
    record_json_sha256: str,
    prev: str | None,
    at: datetime,
) -> dict[str, Any]:
    """What the log entry commits to (docs/formats.md §7)."""
    return {
        "v": 1,
        "event": "issue",
        "record": urn(record),
        "version": version,
        "organisation": urn(organisation),
        "doc_digest": doc_digest,
        "seal_sig_sha256": seal_sig_sha256,
        "record_json_sha256": record_json_sha256,
        "prev": prev,
        "time": stamp(at),
    }


# --- what people type, and from where -----------------------------------------------------------

TRIES_BEFORE_PAUSE, MOST_TRIES = 5, 20
"""Wrong PINs after which a share rests, and after which it ends."""

_MISREAD = str.maketrans("OILU", "011V")
_CODE_LETTERS = 12


def read_code(text: str) -> str | None:
    """The code that somebody typed or scanned, in its normal form ``XXXX-XXXX-XXXX``; None when it cannot be one.

    Case, blanks and hyphens do not matter, and letters that Crockford's alphabet leaves out stand for what they look
    like.
    """
    plain = "".join(c for c in text[:60].upper() if c not in "- \t\u2010\u2011\u2013")
    letters = plain.translate(_MISREAD)
    if len(letters) != _CODE_LETTERS or not set(letters) <= set(CROCKFORD):
        return None
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def network_of(address: str) -> str:
    """The network of an address, wide enough that it names no household: /24 of IPv4, /48 of IPv6; empty if unknown."""
    try:
        found = ip_address(address.strip())
    except ValueError:
        return ""
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return str(ip_network((found, 24 if isinstance(found, IPv4Address) else 48), strict=False))
