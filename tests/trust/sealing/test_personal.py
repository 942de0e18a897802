"""Personal signatures in the file: valid for foreign software, conforming, and the same bytes each time."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import page
import pikepdf
import pytest
from asn1crypto import x509 as asn1
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from testamur.kernel.proofs.jcs import canonical
from testamur.kernel.proofs.pdf.reader import read
from testamur.kernel.proofs.pdf.values import Ref
from testamur.trust.sealing.cms import CertificatesInvalid
from testamur.trust.sealing.personal import (
    PersonalAlgorithm,
    PersonalKeyRefused,
    PersonalOrder,
    PersonalSignatureWrong,
    PersonalStranger,
    Prepared,
    orders,
    prepare,
    revision,
)
from testamur.trust.sealing.revision.nodes import NotSealable
from testamur.trust.sealing.sealer import Batch, Sealed, embed_proof
from testamur.trust.sealing.testpersons import TestAuthority, TestPerson, authority
from testamur.trust.sealing.testpki import TestPki
from tests.conformance import builder as make
from tests.trust.sealing.support import EVIDENCE, FIELD_TEXT, LINES, NOW, RECT, tagged, tool

PROOF = b"c2sp.org/tlog-proof@v1\n" + b"x" * 3400
SIGNERS = (
    make.Signer("class_teacher", "Giáo viên chủ nhiệm", "Nguyễn Thị Ví Dụ", ("vn.cccd", "001190000001")),
    make.Signer("principal", "Hiệu trưởng", "Trần Văn Mẫu", ("vn.cccd", "001180000002")),
)
TEACHER: dict[str, Any]
PRINCIPAL: dict[str, Any]
TEACHER, PRINCIPAL = (
    {"order": order, "name": who.name, "role_title": who.title} for order, who in enumerate(SIGNERS, 1)
)


def document(pages: int = 1, on: int = 1) -> bytes:
    """A record's first revision; its box stands on page `on`."""
    template = make.TEMPLATE + "#pagebreak() \n== Trang \n" * (pages - 1)
    facts = make.snapshot(signers=SIGNERS, seal={"page": on, "rect": list(RECT)})
    return make.render(canonical(facts), template)


def untagged() -> bytes:
    """The same as other systems make it: PDF/A-3b without structure."""
    with pikepdf.open(io.BytesIO(document())) as pdf:
        for key in ("/StructTreeRoot", "/MarkInfo"):
            del pdf.Root[key]
        for sheet in pdf.pages:
            for key in ("/StructParents", "/Tabs"):
                if key in sheet:
                    del sheet[key]
        with pdf.open_metadata(set_pikepdf_as_editor=False) as meta:
            meta["pdfaid:conformance"] = "B"
            del meta["pdfuaid:part"]
        out = io.BytesIO()
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable, fix_metadata_version=False)
    return out.getvalue()


def sound(data: bytes, profile: str) -> bool:
    """True when page-validation finds nothing but that an earlier signature ends before the file does, as it must."""
    report = page.validate_pdf_bytes(data, profile=profile)
    return {found.rule_id for found in report.failures} <= {
        "PDFA3A-SIGNATURE-BYTERANGE-001",
        "PDFA3B-SIGNATURE-BYTERANGE-001",
    }


def details(status: Any) -> str:
    """What pyHanko says of a signature; its method has no types."""
    return str(status.pretty_print_details())


@pytest.fixture(scope="module")
def people() -> TestAuthority:
    return authority(NOW)


@pytest.fixture(scope="module")
def teacher(people: TestAuthority) -> TestPerson:
    return people.person("Nguyễn Thị Ví Dụ", uid="CCCD:001190000001", now=NOW)


@pytest.fixture(scope="module")
def principal(people: TestAuthority) -> TestPerson:
    return people.person(
        "Trần Văn Mẫu", serial_number="CCCD:001180000002", now=NOW, algorithm=PersonalAlgorithm.RSA_2048
    )


def asked(document: bytes, who: TestPerson, facts: dict[str, Any], **changes: Any) -> Prepared:
    return prepare(document, certificates=who.certificates, **({"at": NOW} | facts | changes))


def signed(document: bytes, who: TestPerson, facts: dict[str, Any], **changes: Any) -> bytes:
    prepared = asked(document, who, facts, **changes)
    return revision(prepared, certificates=who.certificates, signature=who.sign(prepared.to_be_signed))


def both(first: bytes, teacher: TestPerson, principal: TestPerson) -> tuple[bytes, bytes]:
    one = signed(first, teacher, TEACHER)
    return one, signed(first + one, principal, PRINCIPAL)


def sealed(batch: Batch, first: bytes, personal: Sequence[bytes], **changes: Any) -> Sealed:
    asked: dict[str, Any] = {
        "evidence": {}, "page": 1, "rect": RECT, "lines": LINES, "field_text": FIELD_TEXT, "at": NOW,
    }  # fmt: skip
    return batch.seal(first, personal=personal, **(asked | changes))


@pytest.mark.feature("D11", "D12")
@pytest.mark.parametrize(("pages", "on"), [(1, 1), (4, 4)])
def test_a_file_that_two_persons_signed_is_still_an_accessible_archive_document(
    batch: Batch, teacher: TestPerson, principal: TestPerson, pages: int, on: int
) -> None:
    first = document(pages, on)
    personal = both(first, teacher, principal)
    final = embed_proof(sealed(batch, first, personal, page=on), PROOF)
    assert final.startswith(first + personal[0] + personal[1])
    assert sound(final, "3a")
    assert sound(final, "ua1")


@pytest.mark.feature("D11", "D12")
@pytest.mark.parametrize("evidence", [{}, EVIDENCE])
def test_foreign_software_finds_all_three_signatures_valid(
    batch: Batch,
    pki: TestPki,
    people: TestAuthority,
    teacher: TestPerson,
    principal: TestPerson,
    evidence: dict[str, bytes],
    tmp_path: Path,
) -> None:
    first = document(2)
    final = embed_proof(sealed(batch, first, both(first, teacher, principal), evidence=evidence), PROOF)
    told = tool("pdfsig", "-nocert", data=final, tmp=tmp_path)
    assert told.count("Signature is Valid.") == 3, told
    assert "No errors" in tool("qpdf", "--check", data=final, tmp=tmp_path) or "No syntax" in tool(
        "qpdf", "--check", data=final, tmp=tmp_path
    )
    roots = [asn1.Certificate.load(der) for der in (pki.root, people.root)]
    context = ValidationContext(trust_roots=roots, allow_fetching=False, moment=NOW)
    found = PdfFileReader(io.BytesIO(final)).embedded_signatures
    assert [one.field_name for one in found] == ["signer-1", "signer-2", "TestamurSeal"]
    for one in found:
        status = asyncio.run(async_validate_pdf_signature(one, signer_validation_context=context))
        assert status.intact, details(status)
        assert status.valid, details(status)
        assert status.trusted, details(status)
        # pyHanko's rules know no file that is attached after a signature: it says so, and finds the signature valid
        assert status.bottom_line or evidence, details(status)


@pytest.mark.parametrize("algorithm", list(PersonalAlgorithm))
def test_every_kind_of_key_signs_and_gives_the_same_bytes_again(
    people: TestAuthority, algorithm: PersonalAlgorithm
) -> None:
    who = people.person("Ví Dụ", uid="CCCD:001190000001", now=NOW, algorithm=algorithm)
    prepared = asked(document(), who, TEACHER)
    value = who.sign(prepared.to_be_signed)
    made = revision(prepared, certificates=who.certificates, signature=value)
    assert made == revision(asked(document(), who, TEACHER), certificates=who.certificates, signature=value)
    assert asked(document(), who, TEACHER, at=NOW + timedelta(microseconds=999)) == prepared
    assert asked(document(), who, TEACHER, at=NOW + timedelta(seconds=1)) != prepared
    assert orders(read(document() + made)) == (1,)


def test_a_root_that_was_sent_along_is_left_out(people: TestAuthority, teacher: TestPerson) -> None:
    prepared = prepare(document(), certificates=(*teacher.certificates, people.root), at=NOW, **TEACHER)
    assert prepared == asked(document(), teacher, TEACHER)


def test_an_untagged_document_can_be_signed_too(batch: Batch, teacher: TestPerson, principal: TestPerson) -> None:
    first = untagged()
    final = embed_proof(sealed(batch, first, both(first, teacher, principal), evidence=EVIDENCE), PROOF)
    assert sound(final, "3b")


def test_the_seal_after_others_locks_the_fields_and_certifies_nothing(
    batch: Batch, teacher: TestPerson, principal: TestPerson
) -> None:
    first = document()
    pdf = read(sealed(batch, first, both(first, teacher, principal)).file())
    assert len(pdf.revisions) == 4
    assert "Perms" not in pdf.catalog().fields
    assert isinstance(pdf.catalog().fields["AcroForm"], dict)
    fields = pdf.array(pdf.dictionary(pdf.catalog().fields["AcroForm"])["Fields"])
    assert all(isinstance(one, Ref) for one in fields)
    assert len(fields) == 3


def test_a_signature_over_something_else_is_refused(teacher: TestPerson, principal: TestPerson) -> None:
    prepared = asked(document(), teacher, TEACHER)
    for value in (teacher.sign(b"other"), principal.sign(prepared.to_be_signed), b"", b"\x30\x00"):
        with pytest.raises(PersonalSignatureWrong):
            revision(prepared, certificates=teacher.certificates, signature=value)


def test_nobody_signs_twice_or_before_one_who_has_signed(teacher: TestPerson, principal: TestPerson) -> None:
    one, two = both(document(), teacher, principal)
    for order in (0, 1, 2):
        with pytest.raises(PersonalOrder):
            asked(document() + one + two, teacher, TEACHER, order=order)
    with pytest.raises(NotSealable):
        asked(document() + one, principal, PRINCIPAL, order=7)


def test_nobody_signs_in_the_name_of_another(teacher: TestPerson, principal: TestPerson) -> None:
    with pytest.raises(PersonalStranger):
        asked(document(), teacher, TEACHER, name="Lê Thị Khác")
    one, _two = both(document(), teacher, principal)
    with pytest.raises(PersonalStranger):
        asked(document() + one, principal, PRINCIPAL, role_title="Phó hiệu trưởng")
    with pytest.raises(NotSealable):
        asked(tagged(), teacher, TEACHER)


def test_the_first_may_sign_otherwise_and_only_the_second_in_the_file(batch: Batch, principal: TestPerson) -> None:
    first = document()
    personal = [signed(first, principal, PRINCIPAL)]
    final = embed_proof(sealed(batch, first, personal, evidence=EVIDENCE), PROOF)
    assert sound(final, "3a")
    assert sound(final, "ua1")


def test_a_sealed_file_is_not_signed_any_more(batch: Batch, teacher: TestPerson, principal: TestPerson) -> None:
    first = document()
    for personal in ((), both(first, teacher, principal)):
        with pytest.raises(NotSealable):
            asked(sealed(batch, first, personal).file(), teacher, TEACHER, order=9)


def test_a_certificate_that_cannot_sign_such_a_file_is_refused(pki: TestPki, teacher: TestPerson) -> None:
    with pytest.raises(CertificatesInvalid):
        prepare(document(), certificates=(), at=NOW, **TEACHER)
    with pytest.raises(CertificatesInvalid):
        prepare(document(), certificates=(b"no certificate",), at=NOW, **TEACHER)
    with pytest.raises(CertificatesInvalid):
        prepare(document(), certificates=(teacher.certificates[0], pki.issuing), at=NOW, **TEACHER)
    with pytest.raises(PersonalKeyRefused):
        prepare(document(), certificates=(_ed25519(),), at=NOW, **TEACHER)


def _ed25519() -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding

    key = Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "TEST Ed25519")])
    issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "TEST Other")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(issuer).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(NOW).not_valid_after(NOW + timedelta(days=1))
    return builder.sign(key, None).public_bytes(Encoding.DER)
