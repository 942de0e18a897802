"""How the simulated store takes a batch: signature, number, schema, files, pupils; then its receipt."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import hashes
from lxml import etree

from testamur.exchange.connectors.ministry import container
from testamur.exchange.connectors.ministry.mapping.rendering import Writer
from testamur.exchange.connectors.ministry.simulator.state import State
from testamur.kernel.proofs import cms
from testamur.kernel.proofs.report import Failed


class Said(Exception):  # noqa: N818 - an answer, not a programming error
    """A refusal of the batch as a whole."""

    def __init__(self, status: int, code: str, text: str = "", **more: object) -> None:
        """`code` and `text` as the interface gives them."""
        super().__init__(code)
        self.status, self.body = status, {"code": code, "text": text, **more}


@dataclass(frozen=True, slots=True)
class Reading:
    """Where the store finds what it needs in its form (XPath); the default is that of the TEST form."""

    namespace: str = "urn:testamur:test:hoc-ba:1"
    sender: str = "string(f:DonViGui/f:Ma)"
    number: str = "string(f:SoLo)"
    previous: str = "string(f:LoTruoc)"
    records: str = "f:DanhSachHocBa/f:HocBa"
    record: str = "string(@ma)"
    replaces: str = "string(f:ThayThe)"
    pupil: str = "string(f:HocSinh/f:MaDinhDanh)"
    name: str = "string(f:HocSinh/f:HoTen)"
    year: str = "string(f:NamHoc)"
    file: str = "string(f:TepPdf/@ten)"
    file_sha256: str = "string(f:TepPdf/@sha256)"


def take(
    state: State, writer: Writer, reading: Reading, *, sender: str, number: int, digest: str, data: bytes, at: str
) -> dict[str, Any]:
    """Take a batch, or give the receipt that it had already. Raises `Said`."""
    former = state.batches.get(f"{sender}/{number}")
    if former is not None:
        if former["digest"] != digest:
            raise Said(409, "other_batch", "This number has another batch.")
        return dict(former["receipt"])
    who = state.senders.get(sender)
    if who is None:
        raise Said(403, "sender", "The sender is not known.")
    try:
        document, signature, files = container.unpack(data)
    except ValueError as error:
        raise Said(400, "container", str(error)) from error
    if hashlib.sha256(document).hexdigest() != digest:
        raise Said(400, "digest", "The batch is not the one that its digest names.")
    _must_be_signed(document, signature, who.certificates)
    problems = writer.problems(document)
    if problems:
        raise Said(422, "schema", "; ".join(f"{to}: {what}" for to, what in problems[:5]))
    root: Any = etree.fromstring(document)
    space = {"f": reading.namespace}
    if root.xpath(reading.sender, namespaces=space) != sender:
        raise Said(422, "sender", "The batch names another sender.")
    if (number, int(root.xpath(reading.number, namespaces=space))) != (who.next, who.next):
        raise Said(409, "out_of_sequence", "Another number is due.", expected=who.next)
    if root.xpath(reading.previous, namespaces=space) != who.last:
        raise Said(409, "out_of_sequence", "The batch names another one before it.", expected=who.next)
    answers = [
        _record(state, one, reading, space, files, f"{sender}/{number}")
        for one in root.xpath(reading.records, namespaces=space)
    ]
    receipt = {
        "v": 1, "receipt": f"TEST-{sender}-{number:06d}", "sender": sender, "number": number, "batch_sha256": digest,
        "received_at": at, "records": answers,
    }  # fmt: skip
    state.batches[f"{sender}/{number}"] = {"digest": digest, "receipt": receipt}
    who.next, who.last = number + 1, digest
    return receipt


def _must_be_signed(document: bytes, signature: bytes, known: list[str]) -> None:
    try:
        seal = cms.parse_seal(signature)
        cms.check_signature(seal, hashlib.sha256(document).digest())
    except Failed as failed:
        raise Said(403, "signature", str(failed)) from failed
    if seal.certificate.fingerprint(hashes.SHA256()).hex() not in known:
        raise Said(403, "signature", "The certificate is not the sender's.")


def _record(
    state: State, one: Any, reading: Reading, space: Mapping[str, str], files: Mapping[str, bytes], batch: str
) -> dict[str, str]:
    def read(path: str) -> str:
        return str(one.xpath(path, namespaces=space)) if path else ""

    record, pupil, replaces = read(reading.record), read(reading.pupil), read(reading.replaces)
    code, text = "", ""
    name = state.pupils.get(pupil)
    if (state.pupils and name is None) or pupil in state.unknown:
        code, text = "HS01", "Mã định danh không có trong cơ sở dữ liệu dân cư."
    elif name and name.casefold() != read(reading.name).casefold():
        code, text = "HS02", "Họ tên không khớp với cơ sở dữ liệu dân cư."
    elif read(reading.year) in state.closed:
        code, text = "HB03", "Năm học đã khoá."
    elif record in state.records:
        code, text = "HB01", "Học bạ này đã có."
    elif replaces and replaces not in state.records:
        code, text = "HB02", "Không có học bạ được thay thế."
    elif reading.file and hashlib.sha256(files.get(read(reading.file), b"")).hexdigest() != read(reading.file_sha256):
        code, text = "TP01", "Tệp PDF không đúng."
    if code:
        return {"record": record, "state": "rejected", "code": code, "text": text}
    state.records[record] = {"pupil": pupil, "batch": batch, "replaced_by": ""}
    if replaces:
        state.records[replaces]["replaced_by"] = record
    return {"record": record, "state": "accepted", "receipt": f"TEST-HB-{record[:8]}-{len(state.records):07d}"}
