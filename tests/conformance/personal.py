"""Records that persons signed in the file itself, good ones and ones in which one thing was done wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from testamur.kernel.proofs.jcs import canonical
from testamur.kernel.proofs.pdf.reader import read
from testamur.trust.sealing import cms, der
from testamur.trust.sealing.personal import PersonalAlgorithm, algorithm_of, prepare, revision
from testamur.trust.sealing.rules import Algorithm
from testamur.trust.sealing.sealer import Sealed
from tests.conformance import builder as make
from tests.conformance.builder import AT, Built, Signer
from tests.kernel.proofs.eid import Issued, issue

TEACHER = Signer("class_teacher", "Giáo viên chủ nhiệm", "Nguyễn Thị Ví Dụ", ("vn.cccd", "001190000001"))
DEPUTY = Signer("deputy", "Phó hiệu trưởng", "Lê Văn Giả", ("vn.cccd", "001170000003"))
PRINCIPAL = Signer("principal", "Hiệu trưởng", "Trần Văn Mẫu", ("vn.cccd", "001180000002"))
BOTH = (TEACHER, PRINCIPAL)
SIGNED = AT - timedelta(minutes=10)
RESERVED = 9_000

Change = Callable[[dict[int, bytes]], None]
Signing = Callable[[bytes], bytes]


def certificate(signer: Signer, by: Issued | None = None, **changes: Any) -> Issued:
    """A personal certificate with the number as Vietnamese authorities write it."""
    subject = changes.pop("subject", {NameOID.USER_ID: f"CCCD:{signer.identifier[1]}"})
    return issue(f"{signer.name} TEST", by or make.world().person_ca, subject=subject, **changes)


@cache
def own(signer: Signer) -> Issued:
    """The one certificate of a signer in a test run."""
    return certificate(signer)


def chain(who: Issued) -> list[bytes]:
    return [who.der, make.world().person_ca.der]


def value(who: Issued, to_be_signed: bytes) -> bytes:
    if isinstance(who.key, rsa.RSAPrivateKey):
        return bytes(who.key.sign(to_be_signed, padding.PKCS1v15(), hashes.SHA256()))
    return bytes(who.key.sign(to_be_signed, ec.ECDSA(hashes.SHA256())))


def signed(
    document: bytes,
    signer: Signer,
    order: int,
    *,
    by: Issued | None = None,
    at: datetime = SIGNED,
    certificates: Sequence[bytes] | None = None,
) -> bytes:
    """The revision of one signer."""
    by = by or own(signer)
    certificates = certificates or chain(by)
    prepared = prepare(
        document, certificates=certificates, order=order, name=signer.name, role_title=signer.title, at=at
    )
    return revision(prepared, certificates=certificates, signature=value(by, prepared.to_be_signed))


@cache
def first(signers: Sequence[Signer] = BOTH, **changes: Any) -> bytes:
    return make.render(canonical(make.snapshot(signers=signers, **changes)))


def finished(
    document: bytes,
    personal: Sequence[bytes],
    *,
    evidence: Mapping[str, bytes] | None = None,
    signers: Sequence[Signer] = BOTH,
    change: Change | None = None,
    snapshot_changes: Mapping[str, Any] | None = None,
    **sealing: Any,
) -> Built:
    """Sealed, logged and proved in earnest; `change` does something to the objects of the seal's revision."""
    record_json = canonical(make.snapshot(signers=signers, **(snapshot_changes or {})))
    sealed = make.seal(document, evidence or {}, personal=personal, **sealing)
    if change is not None:
        sealed = resealed(sealed, change)
    return make.finish(sealed, record_json, evidence or {})


@cache
def good() -> Built:
    """Teacher and principal both signed in the file."""
    document = first()
    one = signed(document, TEACHER, 1)
    return finished(document, [one, signed(document + one, PRINCIPAL, 2)])


def resealed(sealed: Sealed, change: Change) -> Sealed:
    """The seal's revision with other objects, sealed as the issuer could."""
    world = make.world()

    def sealing(digest: bytes) -> bytes:
        template = cms.Template([world.seal.der, world.seal_ca.der], Algorithm.P256)
        return template.build(digest, make.Key(world.seal).sign(hashlib.sha256(template.to_be_signed(digest)).digest()))

    made, container, digest = _rewritten(sealed.first, sealed.file()[len(sealed.first) :], change, sealing, 24_000)
    head, _gap, tail = made.partition(b"<" + bytes(24_000) + b">")
    signature = _signature_of(container)
    h0 = sealed.h0
    return Sealed(sealed.first, head, tail, 24_000, container, h0, digest, signature)


def rewritten(
    document: bytes, added: bytes, change: Change, who: Issued, signing: Signing | None = None, *, short: int = 0
) -> bytes:
    """The revision `added` with other objects, signed in earnest by `who`, or with the CMS that `signing` makes.

    The signature leaves out the last `short` bytes.
    """
    sign = signing or (lambda d: container_of(who, d))
    made, container, _digest = _rewritten(document, added, change, sign, RESERVED, short)
    return made.replace(b"<" + bytes(RESERVED) + b">", b"<" + container.hex().encode().ljust(RESERVED, b"0") + b">")


def container_of(who: Issued, digest: bytes, certificates: Sequence[bytes] | None = None) -> bytes:
    """A good CMS over a digest."""
    certificates = certificates or chain(who)
    template = cms.Template(certificates, algorithm_of(certificates[0]))
    return template.build(digest, value(who, template.to_be_signed(digest)))


def without_ess(who: Issued, digest: bytes) -> bytes:
    """A CMS whose signed attributes do not say which certificate signed."""
    good_one = container_of(who, digest)
    template = cms.Template(chain(who), PersonalAlgorithm.P256)
    signed_attributes = template.to_be_signed(digest)
    _tag, _start, body, end = der.element(signed_attributes, 0, len(signed_attributes))
    kept = [
        signed_attributes[c[1] : c[3]]
        for c in der.children(signed_attributes, body, end)
        if bytes.fromhex("2a864886f70d010910022f") not in signed_attributes[c[1] : c[3]]
    ]
    fewer = der.tlv(der.SET, *kept)
    old_implicit, new_implicit = b"\xa0" + signed_attributes[1:], b"\xa0" + fewer[1:]
    parts = _parts(good_one)
    info = parts["signer"].replace(old_implicit, new_implicit)
    at = info.rindex(b"\x04")
    while not info.endswith(der.tlv(der.OCTET_STRING, info[at + 2 :])) or len(info) - at > 76:
        at = info.rindex(b"\x04", 0, at)
    info = info[:at] + der.tlv(der.OCTET_STRING, value(who, fewer))
    inner = parts["before"] + der.tlv(der.SET, der.tlv(der.SEQUENCE, info))
    signed_data = der.tlv(der.SEQUENCE, inner)
    return der.tlv(der.SEQUENCE, parts["type"] + der.tlv(0xA0, signed_data))


def _parts(container: bytes) -> dict[str, bytes]:
    outer = der.element(container, 0, len(container))
    kind, explicit = der.children(container, outer[2], outer[3])
    data = der.element(container, explicit[2], explicit[3])
    members = der.children(container, data[2], data[3])
    signer = der.element(container, members[-1][2], members[-1][3])
    return {
        "type": container[kind[1] : kind[3]],
        "before": container[data[2] : members[-1][1]],
        "signer": container[signer[2] : signer[3]],
    }


def _signature_of(container: bytes) -> bytes:
    signer = _parts(container)["signer"]
    last = der.children(signer, 0, len(signer))[-1]
    return signer[last[2] : last[3]]


def _rewritten(
    document: bytes, added: bytes, change: Change, signing: Signing, reserved: int, short: int = 0
) -> tuple[bytes, bytes, bytes]:
    """The revision with zero bytes in place of the hexadecimal value, the CMS, and the digest that it is over."""
    data = document + added
    pdf = read(data)
    section = pdf.revisions[-1].section
    objects = {n: pdf.raw(obj) for n in section.numbers() if (obj := pdf.find(n)) is not None}
    number = next(n for n, raw in objects.items() if b"/ByteRange" in raw)
    signature = objects.pop(number)
    change(objects)
    parts, offsets, at = [], {}, len(document)
    for n, raw in objects.items():
        offsets[n] = at
        parts.append(raw + b"\n")
        at += len(parts[-1])
    head = signature[: signature.index(b"/Contents") + len(b"/Contents")]
    offsets[number] = at
    start = at + len(head)
    end = start + reserved + 2
    xref_at = end + 48 + len(b">>\nendobj\n")
    table = b"xref\n" + b"".join(b"%d 1\n%010d 00000 n \n" % (n, offsets[n]) for n in sorted(offsets))
    old = section.trailer
    kept = b"".join(
        b"/%s %s" % (k.encode(), data[slice(*old.spans[k])]) for k in ("Root", "Prev", "Info", "ID") if k in old.spans
    )
    size = max(max(offsets) + 1, int(str(old.values["Size"])))
    rest = b">>\nendobj\n" + table + b"trailer\n<</Size %d" % size + kept + b">>\nstartxref\n%d\n%%%%EOF\n" % xref_at
    tail = (b"/ByteRange[0 %d %d %d]" % (start, end, 48 + len(rest) - short)).ljust(48) + rest
    body = b"".join(parts) + head
    digest = hashlib.sha256(document + body + tail[: len(tail) - short]).digest()
    return body + b"<" + bytes(reserved) + b">" + tail, signing(digest), digest
