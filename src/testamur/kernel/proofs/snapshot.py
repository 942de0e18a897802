"""`record.json`, the snapshot inside every record, read strictly (docs/formats.md §1)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from testamur.kernel.base.ids import urn
from testamur.kernel.proofs import shape
from testamur.kernel.proofs.jcs import parse_canonical
from testamur.kernel.proofs.shape import ShapeError, items, members, text, whole

MAX_BYTES = 16 << 20
MAX_SIGNERS = 64
MAX_SEAL_AREA = 100_000 * 100 * 100
"""Of the seal's box, in square hundredths of a point: a fifth of an A4 page. What is signed must stay in sight."""
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
PRACTICE = "BẢN THỰC HÀNH"
"""Stands in the issuer's name of every document that a practice installation makes (§1): what is signed says it."""
_TOP = (
    "v", "record", "version", "replaces", "document", "pack", "template", "issuer", "subject", "content", "signers",
    "seal", "verify", "issued_on", "frozen_at", "test",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NamedSigner:
    """A signer as the decision names them; `ref` binds the identifier without showing it."""

    order: int
    role: str
    title: str
    name: str
    ref: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a verifier needs of `record.json`; the pack's own content stays untouched in `value`.

    Attributes:
        rect: seal box in hundredths of a PDF point (x0, y0, x1, y1); all zero when there is none.
        page: page of the seal box, from 1.
    """

    record: UUID
    version: int
    replaces: UUID | None
    document_type: str
    title: str
    locale: str
    issuer: UUID
    issuer_name: str
    subject_name: str
    signers: tuple[NamedSigner, ...]
    page: int
    rect: tuple[int, int, int, int]
    code: str
    url: str
    issued_on: date
    frozen_at: datetime
    test: bool
    value: Mapping[str, Any]

    @property
    def practice(self) -> bool:
        """Whether the document was made in training: a test document whose issuer's name says so."""
        return is_practice(test=self.test, issuer=self.issuer_name)

    def summary(self) -> dict[str, Any]:
        """The member `record` of a verdict (§11): what a person needs to recognise the document."""
        return {
            "id": urn(self.record),
            "version": self.version,
            "type": self.document_type,
            "title": self.title,
            "subject": self.subject_name,
            "issuer": self.issuer_name,
            "issued_on": self.issued_on.isoformat(),
            "signers": [{"role": s.role, "title": s.title, "name": s.name} for s in self.signers],
            "code": self.code,
        }


def is_practice(*, test: bool, issuer: str) -> bool:
    """Whether a document of that issuer was made in training. A document that is no test never was."""
    return test and PRACTICE in issuer


def signer_ref(record: UUID, scheme: str, value: str) -> str:
    r"""SHA-256 of `testamur/signer/1\n<record>\n<scheme>:<value>`, lower-case hex (§1)."""
    return hashlib.sha256(f"testamur/signer/1\n{urn(record)}\n{scheme}:{value}".encode()).hexdigest()


def verify_code(record: UUID) -> str:
    """The code printed on the document: 60 bits in Crockford base32, `XXXX-XXXX-XXXX` (§1)."""
    number = int.from_bytes(hashlib.sha256(f"testamur/code/1\n{urn(record)}".encode()).digest()[:8]) >> 4
    letters = "".join(_CROCKFORD[number >> shift & 31] for shift in range(55, -1, -5))
    return "-".join((letters[:4], letters[4:8], letters[8:]))


def parse_snapshot(data: bytes) -> Snapshot:
    """Read `record.json`; raises `ShapeError` in one plain sentence for every deviation from version 1."""
    if len(data) > MAX_BYTES:
        raise ShapeError("record.json is too large")
    try:
        value = parse_canonical(data)
    except (ValueError, TypeError, RecursionError) as error:
        raise ShapeError("record.json is not canonical JSON") from error
    top = members(value, _TOP, "record.json")
    if top["v"] != 1 or isinstance(top["v"], bool):
        raise ShapeError("record.json is of another version")
    document = members(top["document"], ("type", "title", "locale", "period"), "document")
    issuer = members(top["issuer"], ("id", "name", "unit"), "issuer")
    pack = members(top["pack"], ("id", "version"), "pack")
    template = members(top["template"], ("id", "version", "sha256"), "template")
    unit = members(issuer["unit"], ("code", "name"), "issuer.unit")
    for part in (pack, unit, document, template):
        for name, item in part.items():
            text(item, name)
    shape.digest(template["sha256"], "template.sha256")
    if not isinstance(top["content"], dict):
        raise ShapeError("content is not an object")
    seal = members(top["seal"], ("page", "rect"), "seal")
    check = members(top["verify"], ("code", "url"), "verify")
    record = shape.urn(top["record"], "record")
    if check["code"] != verify_code(record):
        raise ShapeError("verify.code does not belong to this record")
    return Snapshot(
        record=record,
        version=whole(top["version"], "version", least=1),
        replaces=None if top["replaces"] is None else shape.urn(top["replaces"], "replaces"),
        document_type=document["type"],
        title=document["title"],
        locale=document["locale"],
        issuer=shape.urn(issuer["id"], "issuer.id"),
        issuer_name=text(issuer["name"], "issuer.name"),
        subject_name=_subject(top["subject"]),
        signers=_signers(top["signers"]),
        page=whole(seal["page"], "seal.page", least=1),
        rect=_rect(seal["rect"]),
        code=check["code"],
        url=text(check["url"], "verify.url"),
        issued_on=_date(top["issued_on"], "issued_on"),
        frozen_at=shape.time(top["frozen_at"], "frozen_at"),
        test=shape.yes_no(top["test"], "test"),
        value=top,
    )


def _signers(value: object) -> tuple[NamedSigner, ...]:
    signers = []
    for number, item in enumerate(items(value, "signers", limit=MAX_SIGNERS), 1):
        signer = members(item, ("order", "role", "title", "name", "ref"), "a signer")
        if whole(signer["order"], "signers.order", least=1) != number:
            raise ShapeError("the signers are not numbered from 1 in order")
        signers.append(
            NamedSigner(
                order=number,
                role=text(signer["role"], "signers.role"),
                title=text(signer["title"], "signers.title"),
                name=text(signer["name"], "signers.name"),
                ref=shape.digest(signer["ref"], "signers.ref"),
            )
        )
    return tuple(signers)


def _rect(value: object) -> tuple[int, int, int, int]:
    numbers = [whole(n, "seal.rect", least=-(2**31), most=2**31) for n in items(value, "seal.rect", limit=4)]
    if len(numbers) != 4 or (any(numbers) and (numbers[0] >= numbers[2] or numbers[1] >= numbers[3])):  # noqa: PLR2004
        raise ShapeError("seal.rect is not a rectangle")
    if (numbers[2] - numbers[0]) * (numbers[3] - numbers[1]) > MAX_SEAL_AREA:
        raise ShapeError("seal.rect takes too much of the page")
    return (numbers[0], numbers[1], numbers[2], numbers[3])


def _subject(value: object) -> str:
    kind = value.get("kind") if isinstance(value, dict) else None
    if kind == "group":
        return text(members(value, ("kind", "name"), "subject")["name"], "subject.name")
    if kind != "pupil":
        raise ShapeError("the subject is neither a pupil nor a group")
    pupil = members(value, ("kind", "name", "given", "family", "identifier", "birth_date"), "subject")
    identifier = members(pupil["identifier"], ("scheme", "value"), "subject.identifier")
    for name, item in (*identifier.items(), ("given", pupil["given"]), ("family", pupil["family"])):
        text(item, f"subject.{name}")
    if pupil["birth_date"] is not None:
        _date(pupil["birth_date"], "subject.birth_date")
    return text(pupil["name"], "subject.name")


def _date(value: object, what: str) -> date:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise ShapeError(f"{what} is not a date of the form YYYY-MM-DD")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ShapeError(f"{what} is not a date of the calendar") from None
