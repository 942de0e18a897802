"""What travels: one signed batch as a ZIP of one exact form, and the store's signed receipt for it.

A batch is ``batch.xml``, ``batch.p7s`` (the body's seal over it: CMS SignedData, detached, as docs/formats.md §6) and,
where the form says so, ``pdf/<record>.pdf`` for every record. The XML names the digest of each file, so the signature
covers them. The same batch is the same bytes whenever it is packed.

A receipt is JSON ``{"receipt": base64, "signature": base64}``; the signature is a CMS over the receipt's bytes, which
are JSON again: ``{"v": 1, "receipt", "sender", "number", "batch_sha256", "received_at", "records": [{"record",
"state": "accepted" | "rejected", "receipt", "code", "text"}]}``.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from testamur.kernel.base.refused import Refused
from testamur.kernel.proofs import cms as proofs
from testamur.kernel.proofs.report import Failed
from testamur.trust.sealing import cms
from testamur.trust.sealing.keys.contract import SealKey

XML, SIGNATURE = "batch.xml", "batch.p7s"
_EPOCH = (1980, 1, 1, 0, 0, 0)
MAX_FILES, MAX_FILE = 2_100, 64_000_000
_STATES = frozenset({"accepted", "rejected"})


class BadReceipt(Refused):
    """The store's answer is no receipt for this batch: not signed by it, for another one, or not for every record."""

    code = "connectors.delivery.bad_receipt"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the store said of one record."""

    record: UUID
    accepted: bool
    receipt: str = ""
    code: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The store's word on one batch, its signature checked."""

    id: str
    received_at: str
    answers: tuple[Answer, ...]
    digest: str = ""
    """That of the batch, as the store names it."""


def pack(document: bytes, signature: bytes, files: Iterable[tuple[str, bytes]]) -> bytes:
    """The ZIP, stored and not compressed: PDF files are compressed already, and bytes stay the same everywhere."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as archive:
        for name, data in ((XML, document), (SIGNATURE, signature), *files):
            member = zipfile.ZipInfo(name, _EPOCH)
            member.external_attr, member.create_system = 0o644 << 16, 3
            archive.writestr(member, data)
    return held.getvalue()


def unpack(data: bytes) -> tuple[bytes, bytes, dict[str, bytes]]:
    """(XML, signature, files) of a batch. Raises ValueError for anything else."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > MAX_FILES or any(m.file_size > MAX_FILE or m.compress_type for m in members):
                raise ValueError("too much, or compressed")
            found = {member.filename: archive.read(member) for member in members}
    except zipfile.BadZipFile as error:
        raise ValueError("no ZIP") from error
    if len(found) != len(members) or not {XML, SIGNATURE} <= set(found):
        raise ValueError("no batch")
    return found.pop(XML), found.pop(SIGNATURE), found


def sign(data: bytes, key: SealKey, certificates: Sequence[bytes]) -> bytes:
    """A detached CMS over `data`: DER."""
    template = cms.Template(certificates, key.algorithm)
    digest = hashlib.sha256(data).digest()
    signature = key.sign(hashlib.sha256(template.to_be_signed(digest)).digest())
    return template.build(digest, signature)


def must_be_signed(data: bytes, signature: bytes, roots: Sequence[bytes], *, at: datetime) -> str:
    """`signature` is a genuine CMS over `data` by a certificate that leads to one of `roots`; returns who signed.

    Raises ValueError.
    """
    try:
        seal = proofs.parse_seal(signature)
        proofs.check_signature(seal, hashlib.sha256(data).digest())
        proofs.check_certificate(seal, roots, (), at=at, proven=True)
    except Failed as failed:
        raise ValueError(str(failed)) from failed
    return seal.certificate.subject.rfc4514_string()


def receipt_of(
    answer: bytes, *, sender: str, number: int, digest: str, records: Collection[UUID], roots: Sequence[bytes],
    at: datetime,
) -> Receipt:  # fmt: skip
    """The receipt in the store's answer, believed only when everything fits. Raises `BadReceipt`."""
    found = receipt_for(answer, sender=sender, number=number, roots=roots, at=at)
    must_speak_of(found, digest=digest, records=records)
    return found


def must_speak_of(receipt: Receipt, *, digest: str, records: Collection[UUID]) -> None:
    """It is the receipt of that batch and answers for every record of it. Raises `BadReceipt`."""
    if receipt.digest != digest:
        raise BadReceipt("The receipt is for another batch.", field="receipt")
    if len(receipt.answers) != len(records) or {one.record for one in receipt.answers} != set(records):
        raise BadReceipt("The receipt does not speak of every record of the batch once.", field="receipt")


def received_at(answer: bytes) -> datetime | None:
    """When the store says that it received the batch, unchecked; None where it says nothing that can be read."""
    try:
        told = json.loads(base64.b64decode(json.loads(answer)["receipt"], validate=True))["received_at"]
        found = datetime.fromisoformat(told)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return found if found.tzinfo is not None else None


def receipt_for(answer: bytes, *, sender: str, number: int, roots: Sequence[bytes], at: datetime) -> Receipt:
    """The store's receipt for whatever it has under that number, signed by it. Raises `BadReceipt`.

    Of which batch it speaks says its digest; that is for the caller to compare.
    """
    try:
        told = json.loads(answer)
        body = base64.b64decode(told["receipt"], validate=True)
        must_be_signed(body, base64.b64decode(told["signature"], validate=True), roots, at=at)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadReceipt(f"The receipt is not signed by the store ({error}).", field="receipt") from error
    try:
        receipt = json.loads(body)
        if (receipt["v"], receipt["sender"], receipt["number"]) != (1, sender, number):
            raise BadReceipt("The receipt is for another batch.", field="receipt")
        answers = tuple(_answer(one) for one in receipt["records"])
        digest = bytes.fromhex(receipt["batch_sha256"]).hex()
        found = Receipt(str(receipt["receipt"])[:120], str(receipt["received_at"])[:40], answers, digest)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadReceipt(f"The receipt cannot be read ({type(error).__name__}).", field="receipt") from error
    if len({one.record for one in answers}) != len(answers) or len(digest) != 2 * hashlib.sha256().digest_size:
        raise BadReceipt("The receipt speaks of a record twice, or of no batch.", field="receipt")
    return found


def _answer(told: Mapping[str, Any]) -> Answer:
    state, receipt = told["state"], str(told.get("receipt") or "")[:120]
    if state not in _STATES or (state == "accepted" and not receipt):
        raise ValueError("neither accepted with a receipt nor rejected")
    code, text = str(told.get("code") or "")[:80], str(told.get("text") or "")[:400]
    return Answer(UUID(told["record"]), state == "accepted", receipt, code, text)


def make_receipt(body: Mapping[str, Any], key: SealKey, certificates: Sequence[bytes]) -> bytes:
    """The answer with a signed receipt: what a store does, and ours that is simulated."""
    data = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    signed = sign(data, key, certificates)
    told = {"receipt": base64.b64encode(data).decode(), "signature": base64.b64encode(signed).decode()}
    return json.dumps(told).encode()
