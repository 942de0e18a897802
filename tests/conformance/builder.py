"""Makes sealed records from nothing, and lets a test do one thing wrong at any step.

Typst renders, the product's sealing code writes and seals the second revision, evidence and log are made here, so that
each can be falsified. Everyone in these documents is plainly invented.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import typst
from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from testamur.kernel.base.clock import stamp
from testamur.kernel.base.ids import urn
from testamur.kernel.proofs import notes, policies, status, tlog
from testamur.kernel.proofs.attested import SMS_UNIT
from testamur.kernel.proofs.jcs import canonical
from testamur.kernel.proofs.merkle import MerkleTree, leaf_hash
from testamur.kernel.proofs.pdf.reader import read
from testamur.kernel.proofs.snapshot import signer_ref, verify_code
from testamur.kernel.proofs.trust import Trust, parse_trust
from testamur.trust.records.render import fonts_dir
from testamur.trust.sealing import cms
from testamur.trust.sealing.rules import Algorithm
from testamur.trust.sealing.sealer import Sealed, Sealer, embed_proof
from tests.kernel.proofs import eid
from tests.kernel.proofs.eid import Issued, b64, issue, usage

AT = eid.AT
"""When everything happens; the certificates are valid around it."""
ORGANISATION = UUID("3f0c7a52-7a7e-4a0e-9d6e-0d4a6f3c1b11")
RECORD = UUID("9a1f2f6e-0b0f-4f3b-8f58-5d1c5f0a7e01")
OTHER_RECORD = UUID("9a1f2f6e-0b0f-4f3b-8f58-5d1c5f0a7e02")
ORIGIN = "log.example/log/provkommunen"
SEAL_USAGE = usage(digital_signature=True, content_commitment=True)
RECT = (5_000, 6_000, 30_000, 12_000)
LINES = ("Elektroniskt underskrivet av Rektor Provsson", "Förseglat av Provkommunen TEST")


@dataclass(frozen=True)
class Signer:
    """An invented signer with their identifier."""

    role: str
    title: str
    name: str
    identifier: tuple[str, str]


PRINCIPAL = Signer("principal", "Rektor", "Rektor Provsson", ("se.personnummer", "199001010000"))
EXAMINER = Signer("examiner", "Examinator", "Examinator Provsdotter", ("se.personnummer", "199103030000"))
TEACHER = Signer("teacher", "Lärare", "Lärare Påhittsdotter", ("se.personnummer", "199102020000"))


@dataclass
class Key:
    """A seal key in memory (P-256 or RSA)."""

    issued: Issued

    @property
    def algorithm(self) -> Algorithm:
        key = self.issued.key
        return Algorithm.P256 if isinstance(key, ec.EllipticCurvePrivateKey) else Algorithm(f"rsa-{key.key_size}")

    @property
    def public_key(self) -> bytes:
        public: ec.EllipticCurvePublicKey | rsa.RSAPublicKey = self.issued.key.public_key()
        return public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)

    def sign(self, digest: bytes) -> bytes:
        hashed = utils.Prehashed(hashes.SHA256())
        if self.algorithm is Algorithm.P256:
            return bytes(self.issued.key.sign(digest, ec.ECDSA(hashed)))
        return bytes(self.issued.key.sign(digest, padding.PKCS1v15(), hashed))


@dataclass(frozen=True)
class World:
    """All keys of one invented municipality and of those who vouch for it."""

    seal_root: Issued
    seal_ca: Issued
    seal: Issued
    eid_root: Issued
    sms_root: Issued
    person_root: Issued
    person_ca: Issued
    log: notes.Ed25519Signer
    witnesses: tuple[notes.Ed25519Signer, ...]

    def trust(self, **changes: Any) -> Trust:
        return parse_trust(self.trust_json(**changes))

    def trust_json(
        self,
        *,
        organisation: UUID = ORGANISATION,
        seal_roots: Sequence[bytes] | None = None,
        crls: Sequence[bytes] = (),
        log: notes.Ed25519Signer | None = None,
        eid_roots: Mapping[str, Sequence[bytes]] | None = None,
        tsa_roots: Sequence[bytes] = (),
        threshold: int = 2,
        test: bool = True,
        witnesses: Sequence[notes.Ed25519Signer] | None = None,
        status: Any = None,
    ) -> bytes:
        log = log or self.log
        panel = {f"w{i}": w.vkey for i, w in enumerate(witnesses if witnesses is not None else self.witnesses)}
        roots: dict[str, Sequence[bytes]] = {
            "bankid": [eid.shared_root().der],
            "simulated": [self.eid_root.der],
            "sms": [self.sms_root.der],
            "certificate": [self.person_root.der],
        } | dict(eid_roots or {})
        value = {
            "v": 1,
            "test": test,
            "made": stamp(AT),
            "organisations": [
                {
                    "id": urn(organisation),
                    "name": "Provkommunen TEST",
                    "seal_roots": [b64(d) for d in ([self.seal_root.der] if seal_roots is None else seal_roots)],
                    "crls": [b64(d) for d in crls],
                    "log": {
                        "origin": log.name,
                        "vkeys": [str(log.vkey)],
                        "policy": policies.format_policy([log.vkey], panel, threshold),
                    },
                }
            ],
            "eid_roots": {method: [b64(d) for d in ders] for method, ders in roots.items()},
            "tsa_roots": [b64(d) for d in tsa_roots],
            "status": [] if status is None else [{"organisation": urn(organisation), "list": status}],
        }
        return json.dumps(value).encode()


def _signer(name: str, kind: notes.Kind = notes.Kind.ED25519) -> notes.Ed25519Signer:
    return notes.Ed25519Signer(name, ed25519.Ed25519PrivateKey.generate(), kind)


@cache
def world() -> World:
    """The one world of a test run."""
    root = issue("Provkommunen Root TEST", None, ca=True)
    ca = issue("Provkommunen CA TEST", root, ca=True, path_length=0)
    person_root = issue("Personal Root TEST", None, ca=True)
    return World(
        seal_root=root,
        seal_ca=ca,
        seal=seal_certificate(ca),
        eid_root=issue("Simulated e-ID TEST", None, ca=True),
        sms_root=issue("SMS code attestation TEST", None, ca=True),
        person_root=person_root,
        person_ca=issue("Personal CA TEST", person_root, ca=True, path_length=0),
        log=_signer(ORIGIN),
        witnesses=tuple(_signer(f"witness{n}.example", notes.Kind.COSIGNATURE_ED25519) for n in range(3)),
    )


def new_log(name: str = ORIGIN) -> notes.Ed25519Signer:
    """A log with a key of its own."""
    return _signer(name)


def seal_certificate(ca: Issued, **changes: Any) -> Issued:
    return issue("Provkommunen sigill TEST", ca, key_usage=changes.pop("key_usage", SEAL_USAGE), **changes)


@cache
def person_certificate(signer: Signer) -> Issued:
    return simulated_certificate(signer, world().eid_root)


def simulated_certificate(signer: Signer, root: Issued, **changes: Any) -> Issued:
    number = ":".join(signer.identifier)
    return issue(f"{signer.name} TEST", root, subject={NameOID.SERIAL_NUMBER: number}, **changes)


def sms_certificate(signer: Signer, root: Issued, unit: str = SMS_UNIT, **changes: Any) -> Issued:
    """What attests a code that this person returned."""
    number = ":".join(signer.identifier)
    subject = {NameOID.SERIAL_NUMBER: number, NameOID.ORGANIZATIONAL_UNIT_NAME: unit}
    return issue(signer.name, root, subject=subject, **changes)


# --- the document --------------------------------------------------------------------------------


def snapshot(record: UUID = RECORD, signers: Sequence[Signer] = (PRINCIPAL,), **changes: Any) -> dict[str, Any]:
    """`record.json` as a dictionary."""
    code = verify_code(record)
    return {
        "v": 1,
        "record": urn(record),
        "version": 1,
        "replaces": None,
        "document": {"type": "se.compulsory.terminsbetyg", "title": "Terminsbetyg", "locale": "sv",
                     "period": "2025/2026 VT"},
        "pack": {"id": "se.compulsory", "version": "2026.1"},
        "template": {"id": "se.compulsory/terminsbetyg", "version": "1", "sha256": "0" * 64},
        "issuer": {"id": urn(ORGANISATION), "name": "Provkommunen", "unit": {"code": "1", "name": "Provskolan"}},
        "subject": {
            "kind": "pupil", "name": "Elev Påhittad", "given": "Elev", "family": "Påhittad",
            "identifier": {"scheme": "se.personnummer", "value": "201003040000"}, "birth_date": "2010-03-04",
        },
        "content": {"grades": [{"subject": "MA", "grade": "B"}]},
        "signers": [
            {"order": n, "role": s.role, "title": s.title, "name": s.name, "ref": signer_ref(record, *s.identifier)}
            for n, s in enumerate(signers, 1)
        ],
        "seal": {"page": 1, "rect": list(RECT)},
        "verify": {"code": code, "url": f"https://provkommunen.example/v/{code}"},
        "issued_on": "2026-06-12",
        "frozen_at": stamp(AT - timedelta(hours=2)),
        "test": True,
    } | changes  # fmt: skip


TEMPLATE = """
#set document(title: "Terminsbetyg", author: "Provkommunen")
#set page(paper: "a4")
#set text(font: "Noto Sans", lang: "sv", size: 11pt)
#pdf.attach("record.json", bytes(sys.inputs.record), relationship: "data", mime-type: "application/json",
  description: "Record")
= Terminsbetyg
#let record = json(bytes(sys.inputs.record))
#record.subject.at("name")
#table(columns: 2, [Ämne], [Betyg], ..for g in record.content.grades { ([#g.subject], [#g.grade]) })
"""


@cache
def _fonts() -> Any:
    folder = fonts_dir()
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])


@cache
def render(record_json: bytes, template: str = TEMPLATE) -> bytes:
    """The first revision: PDF/A-3a and PDF/UA-1 with `record.json` inside."""
    compiler = typst.Compiler(template.encode(), font_paths=_fonts(), ignore_system_fonts=True)
    pdf = compiler.compile(
        sys_inputs={"record": record_json.decode()},
        format="pdf",
        pdf_standards=["a-3a", "ua-1"],
        timestamp=AT - timedelta(hours=2),
    )
    assert isinstance(pdf, bytes)
    return pdf + b"\n"


# --- the ceremony --------------------------------------------------------------------------------


def leaf(record: UUID, first: bytes) -> dict[str, Any]:
    return {"h0": hashlib.sha256(first).hexdigest(), "record": urn(record), "size": len(first)}


@dataclass
class Ceremony:
    """One act of signing over several documents."""

    signer: Signer
    leaves: Sequence[dict[str, Any]]
    header: dict[str, Any] = field(default_factory=dict)
    visible: str = ""

    def __post_init__(self) -> None:
        tree = self.tree()
        self.header = {
            "v": 1,
            "ceremony": "urn:uuid:0195f2a0-0000-7000-8000-000000000001",
            "purpose": "sign-records",
            "organisation": urn(ORGANISATION),
            "role": self.signer.role,
            "signer": self.signer.name,
            "count": len(self.leaves),
            "root": tree.root.hex(),
            "created": stamp(AT - timedelta(minutes=2)),
        } | self.header
        self.visible = self.visible or (
            f"Du skriver under {self.header['count']} betyg.\nTestamur 1: {self.header['count']} {self.header['root']}"
        )

    def tree(self) -> MerkleTree:
        return MerkleTree([leaf_hash(canonical(item)) for item in self.leaves])

    def evidence(self, order: int, index: int, method: str, proof: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "v": 1,
            "order": order,
            "role": self.signer.role,
            "method": method,
            "header": self.header,
            "leaf": dict(self.leaves[index]),
            "index": index,
            "path": [item.hex() for item in self.tree().path(index)],
            "proof": dict(proof),
        }

    def simulated(
        self, *, certificate: Issued | None = None, signed_at: datetime = AT - timedelta(minutes=1)
    ) -> dict[str, Any]:
        certificate = certificate or person_certificate(self.signer)
        signed = {
            "v": 1,
            "purpose": "testamur-simulated-eid",
            "visible": b64(self.visible.encode()),
            "nonvisible": b64(canonical(self.header)),
            "signed_at": stamp(signed_at),
        }
        value = certificate.key.sign(canonical(signed), ec.ECDSA(hashes.SHA256()))
        return {
            "visible": signed["visible"],
            "nonvisible": signed["nonvisible"],
            "signed_at": signed["signed_at"],
            "signature": b64(value),
            "certificates": [b64(certificate.der)],
        }

    def sms(
        self,
        *,
        certificate: Issued | None = None,
        sent_at: datetime = AT - timedelta(seconds=90),
        signed_at: datetime = AT - timedelta(minutes=1),
        **changes: Any,
    ) -> dict[str, Any]:
        """A code that came back; `changes` are signed too."""
        certificate = certificate or sms_certificate(self.signer, world().sms_root)
        signed = {
            "v": 1,
            "purpose": "testamur-sms-attestation",
            "visible": b64(self.visible.encode()),
            "nonvisible": b64(canonical(self.header)),
            "sent_at": stamp(sent_at),
            "signed_at": stamp(signed_at),
            "phone": {"last": "12", "commitment": "5" * 64},
            "tries": 1,
        } | changes
        value = certificate.key.sign(canonical(signed), ec.ECDSA(hashes.SHA256()))
        proof = {name: item for name, item in signed.items() if name not in {"v", "purpose"}}
        return proof | {"signature": b64(value), "certificates": [b64(certificate.der)]}

    def bankid(self, person: eid.Eid) -> dict[str, Any]:
        data = eid.signed_data(visible=self.visible.encode(), nonvisible=canonical(self.header))
        xml = eid.signature_xml(person, data)
        return {"signature": b64(xml), "ocsp": b64(eid.ocsp_response(person, xml))}


# --- the seal ------------------------------------------------------------------------------------


def seal(
    first: bytes,
    evidence: Mapping[str, bytes],
    *,
    by: Issued | None = None,
    chain: Sequence[bytes] | None = None,
    at: datetime = AT,
    rect: tuple[int, int, int, int] = RECT,
    page: int = 1,
    personal: Sequence[bytes] = (),
) -> Sealed:
    by = by or world().seal
    sealer = Sealer(Key(by), chain or [by.der, world().seal_ca.der], "Provkommunen TEST", time_stamp_room=4_096)
    return sealer.prepare_batch(LINES).seal(
        first, evidence=evidence, page=page, rect=rect, lines=LINES, field_text="Provkommunens sigill", at=at,
        personal=personal,
    )  # fmt: skip


def reseal(data: bytes, first_size: int, change: Callable[[dict[int, bytes]], None]) -> Sealed:
    """Rewrite the second revision with `change` done to its objects, and seal the result as the issuer could.

    `change` gets object number → bytes from the header to ``endobj`` and alters the dictionary in place. The object of
    the signature itself stays the last one. Empty bytes free the object.
    """
    pdf = read(data)
    section = pdf.revisions[1].section
    objects = {n: pdf.raw(obj) for n in section.numbers() if (obj := pdf.find(n)) is not None and obj.revision == 2}
    number = next(n for n, raw in objects.items() if b"/ByteRange" in raw)
    objects.pop(number)
    change(objects)
    parts, offsets, at = [], {}, first_size
    freed = {n for n, raw in objects.items() if not raw}
    for n, raw in objects.items():
        if n in freed:
            continue
        offsets[n] = at
        parts.append(raw + b"\n")
        at += len(parts[-1])
    head = (
        b"%d 0 obj\n<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M(D:%s)/Name(P)/Reference[<</Type"
        b"/SigRef/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/P 1/V/1.2>>>>]/Contents"
        % (number, AT.astimezone(UTC).strftime("%Y%m%d%H%M%SZ").encode())
    )
    offsets[number] = at
    reserved = 24_000
    start = at + len(head)
    end = start + reserved + 2
    xref_at = end + 48 + len(b">>\nendobj\n")
    rows = {n: b"%d 1\n%010d 00000 n \n" % (n, place) for n, place in offsets.items()}
    rows |= {n: b"%d 1\n0000000000 00001 f \n" % n for n in freed}
    table = b"xref\n" + b"".join(rows[n] for n in sorted(rows))
    old = pdf.revisions[0].section.trailer
    kept = b"".join(
        b"/%s %s" % (k.encode(), data[slice(*old.spans[k])]) for k in ("Root", "Info", "ID") if k in old.spans
    )
    size = max(max(offsets) + 1, int(str(old.values["Size"])))
    rest = (
        b">>\nendobj\n" + table + b"trailer\n<</Size %d/Prev %d" % (size, pdf.revisions[0].section.start) + kept
        + b">>\nstartxref\n%d\n%%%%EOF\n" % xref_at
    )  # fmt: skip
    tail = (b"/ByteRange[0 %d %d %d]" % (start, end, 48 + len(rest))).ljust(48) + rest
    first = data[:first_size]
    body = b"".join(parts) + head
    digest = hashlib.sha256(first + body + tail).digest()
    template = cms.Template([world().seal.der, world().seal_ca.der], Algorithm.P256)
    signature = Key(world().seal).sign(hashlib.sha256(template.to_be_signed(digest)).digest())
    return Sealed(
        first,
        body,
        tail,
        reserved,
        template.build(digest, signature),
        hashlib.sha256(first).digest(),
        digest,
        signature,
    )


# --- time-stamps ---------------------------------------------------------------------------------


@cache
def tsa_root() -> Issued:
    return issue("Tidsstämpel Root TEST", None, ca=True)


def time_stamp(
    signature: bytes,
    *,
    at: datetime = AT + timedelta(seconds=5),
    extended: tuple[x509.ObjectIdentifier, ...] = (ExtendedKeyUsageOID.TIME_STAMPING,),
    **certificate: Any,
) -> bytes:
    """An RFC 3161 token over a signature value, by another library than ours."""
    unit = issue(
        "Tidsstämpel TEST",
        tsa_root(),
        key=eid.rsa_key(2),
        key_usage=usage(digital_signature=True),
        extended=extended,
        **certificate,
    )
    private = unit.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    stamper = DummyTimeStamper(
        tsa_cert=asn1_x509.Certificate.load(unit.der), tsa_key=keys.PrivateKeyInfo.load(private), fixed_dt=at
    )
    token = asyncio.run(stamper.async_timestamp(hashlib.sha256(signature).digest(), "sha256"))
    return bytes(token.dump())


# --- the log -------------------------------------------------------------------------------------


def statement(sealed: Sealed, record_json: bytes, **changes: Any) -> tlog.Statement:
    made = tlog.Statement(
        event="issue",
        record=RECORD,
        version=1,
        organisation=ORGANISATION,
        doc_digest=sealed.doc_digest,
        seal_sig_sha256=hashlib.sha256(sealed.signature_value).digest(),
        record_json_sha256=hashlib.sha256(record_json).digest(),
        prev=None,
        time=AT,
    )
    return replace(made, **changes)


def proof(
    stated: tlog.Statement,
    *,
    log: notes.Ed25519Signer | None = None,
    witnesses: Sequence[notes.Ed25519Signer] | None = None,
    others: int = 5,
    time: datetime = AT + timedelta(seconds=20),
    kind: tlog.EntryKind = tlog.EntryKind.RECORD,
    salt: bytes = b"s" * 32,
) -> bytes:
    """A `.tlog-proof`: the entry among others, the checkpoint signed and cosigned."""
    log = log or world().log
    witnesses = world().witnesses if witnesses is None else witnesses
    entry = tlog.entry(kind, tlog.commitment(salt, stated.data()))
    entries = [tlog.entry(kind, hashlib.sha256(b"%d" % n).digest()) for n in range(others)]
    entries.insert(others // 2, entry)
    tree = MerkleTree([leaf_hash(item) for item in entries])
    text = notes.Checkpoint(log.name, len(entries), tree.root).text()
    seconds = int(time.timestamp())
    lines = [notes.sign(text, log), *(notes.sign(text, witness, time=seconds) for witness in witnesses)]
    note = notes.Note(text, tuple(lines))
    return tlog.Proof(others // 2, tuple(tree.path(others // 2)), note.data(), salt + stated.data()).data()


# --- the status list -----------------------------------------------------------------------------


def status_list(
    *,
    replaced: Sequence[UUID] = (),
    annulled: Sequence[UUID] = (),
    made: datetime = AT + timedelta(days=1),
    entries: int = 6,
    log: notes.Ed25519Signer | None = None,
    witnesses: Sequence[notes.Ed25519Signer] | None = None,
    kind: tlog.EntryKind = tlog.EntryKind.STATUS_LIST,
    seen: timedelta = timedelta(seconds=20),
    index: int | None = None,
    **header: Any,
) -> dict[str, Any]:
    """A status list as the log would publish it `seen` after it was made, unless an argument falsifies it."""
    log = log or world().log
    packed, digest = status.pack(*(status.keys(map(status.key, part)) for part in (replaced, annulled)))
    values: dict[str, Any] = {
        "organisation": ORGANISATION, "origin": log.name, "made": made, "entries": entries, "replaced": len(replaced),
        "annulled": len(annulled), "keys_sha256": digest, "previous": None,
    }  # fmt: skip
    text = status.Header(**(values | header)).text()
    entry = tlog.entry(kind, tlog.commitment(status.NO_SALT, text.encode()))
    index = entries if index is None else index
    leaves = [leaf_hash(tlog.entry(tlog.EntryKind.RECORD, hashlib.sha256(b"%d" % n).digest())) for n in range(index)]
    tree = MerkleTree([*leaves, leaf_hash(entry)])
    head = notes.Checkpoint(log.name, index + 1, tree.root).text()
    seconds = int((made + seen).timestamp())
    cosigners = world().witnesses if witnesses is None else witnesses
    lines = (notes.sign(head, log), *(notes.sign(head, witness, time=seconds) for witness in cosigners))
    proved = tlog.Proof(
        index, tuple(tree.path(index)), notes.Note(head, lines).data(), status.NO_SALT + text.encode()
    ).data()
    return status.assemble(notes.Note(text, (notes.sign(text, log),)).data(), packed, proved)


# --- all of it -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Built:
    """A finished record with the parts it was made of."""

    data: bytes
    first: bytes
    record_json: bytes
    evidence: Mapping[str, bytes]
    sealed: Sealed
    proof: bytes


def signed_evidence(
    first: bytes, signers: Sequence[Signer] = (PRINCIPAL,), *, record: UUID = RECORD, others: int = 2
) -> dict[str, bytes]:
    """Simulated evidence of each signer, in ceremonies that hold other documents too."""
    leaves = [leaf(UUID(int=n + 1, version=4), b"other %d" % n) for n in range(others)]
    leaves.insert(others // 2, leaf(record, first))
    found = {}
    for order, signer in enumerate(signers, 1):
        ceremony = Ceremony(signer, leaves)
        value = ceremony.evidence(order, others // 2, "simulated", ceremony.simulated())
        found[f"evidence-{order}.json"] = canonical(value)
    return found


def build(
    signers: Sequence[Signer] = (PRINCIPAL,),
    *,
    snapshot_changes: Mapping[str, Any] | None = None,
    template: str = TEMPLATE,
    evidence: Callable[[bytes], Mapping[str, bytes]] | None = None,
    time_stamp: Callable[[bytes], bytes] | None = None,
    make_proof: Callable[[Sealed, bytes], bytes] | None = None,
    **sealing: Any,
) -> Built:
    """A good record, unless one of the arguments makes it a bad one."""
    record_json = canonical(snapshot(signers=signers, **(snapshot_changes or {})))
    first = render(record_json, template)
    found = evidence(first) if evidence else signed_evidence(first, signers)
    sealed = seal(first, found, **sealing)
    return finish(sealed, record_json, found, make_proof=make_proof, time_stamp=time_stamp)


def finish(
    sealed: Sealed,
    record_json: bytes,
    evidence: Mapping[str, bytes],
    *,
    make_proof: Callable[[Sealed, bytes], bytes] | None = None,
    time_stamp: Callable[[bytes], bytes] | None = None,
) -> Built:
    proved = make_proof(sealed, record_json) if make_proof else proof(statement(sealed, record_json))
    token = time_stamp(sealed.signature_value) if time_stamp else None
    return Built(embed_proof(sealed, proved, token), sealed.first, record_json, evidence, sealed, proved)


@cache
def good() -> Built:
    """The record that most bad files are made from."""
    return build()


def resealed(change: Callable[[dict[int, bytes]], None], built: Built | None = None) -> bytes:
    """A record whose second revision does something else, sealed, logged and proved in earnest."""
    built = built or good()
    sealed = reseal(built.sealed.file(), len(built.first), change)
    return finish(sealed, built.record_json, built.evidence).data


def decode(value: str) -> bytes:
    return base64.b64decode(value)


def revoked(*certificates: Issued, by: Issued, on: datetime) -> bytes:
    """A CRL of `by`."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(by.certificate.subject)
        .last_update(on)
        .next_update(on + timedelta(days=3650))
    )
    for item in certificates:
        entry = x509.RevokedCertificateBuilder().serial_number(item.certificate.serial_number).revocation_date(on)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(by.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
