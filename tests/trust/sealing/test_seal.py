"""A sealed file: conforming, valid for foreign software, and nothing of the first revision touched."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from testamur.kernel.base.refused import Refused
from testamur.kernel.proofs.pdf import contents, reader
from testamur.kernel.proofs.pdf.changes import compare_revisions
from testamur.kernel.proofs.pdf.values import PdfError, Ref, text
from testamur.trust.sealing.revision.drafting import RectInvalid
from testamur.trust.sealing.revision.nodes import NotSealable
from testamur.trust.sealing.revision.objects import EvidenceRefused
from testamur.trust.sealing.rules import Algorithm, Rect
from testamur.trust.sealing.sealer import (
    Batch,
    ContentsTooSmall,
    KeyMismatch,
    Sealed,
    Sealer,
    SignatureDiffers,
    embed_in_file,
    embed_proof,
)
from testamur.trust.sealing.testpki import TestPki
from tests.trust.sealing.support import (
    EVIDENCE,
    FIELD_TEXT,
    LINES,
    NOW,
    RECT,
    conforms,
    foreign,
    pyhanko,
    tagged,
    tool,
)

INVISIBLE: Rect = (0, 0, 0, 0)
PROOF = b"c2sp.org/tlog-proof@v1\n" + b"x" * 3400


def seal(batch: Batch, first: bytes, **changes: Any) -> Sealed:
    asked: dict[str, Any] = {
        "evidence": EVIDENCE,
        "page": 1,
        "rect": RECT,
        "lines": LINES,
        "field_text": FIELD_TEXT,
        "at": NOW,
    }
    return batch.seal(first, **(asked | changes))


@pytest.mark.feature("A18", "A20", "D11")
@pytest.mark.parametrize("rect", [RECT, INVISIBLE])
@pytest.mark.parametrize(("pages", "on"), [(1, 1), (4, 1), (4, 4)])
def test_a_sealed_record_is_still_an_accessible_archive_document(batch: Batch, rect: Rect, pages: int, on: int) -> None:
    first = tagged(pages)
    final = embed_proof(seal(batch, first, rect=rect, page=on), PROOF)
    assert final.startswith(first)
    assert conforms(final, "3a")
    assert conforms(final, "ua1")


def test_the_validators_would_notice_a_seal_outside_the_structure(batch: Batch) -> None:
    final = embed_proof(seal(batch, tagged()), PROOF)
    assert not conforms(final.replace(b"/S/Form/P", b"/S/Span/P"), "ua1")
    assert not conforms(final.replace(b"/AFRelationship/Supplement", b"/AFRelationshix/Supplement"), "3a")


@pytest.mark.feature("A18", "A22")
@pytest.mark.parametrize("algorithm", [Algorithm.P256, Algorithm.RSA_2048, Algorithm.RSA_3072])
def test_foreign_software_finds_the_seal_valid(
    sealers: dict[Algorithm, Sealer], pki: TestPki, algorithm: Algorithm, tmp_path: Path
) -> None:
    sealed = seal(sealers[algorithm].prepare_batch(LINES), tagged(4), page=4)
    for final in (sealed.file(), embed_proof(sealed, PROOF)):
        status: Any = pyhanko(final, pki.root)
        assert status.bottom_line
        assert status.intact
        assert status.valid
        assert status.coverage.name == "ENTIRE_FILE"
        assert status.docmdp_ok
        said = tool("pdfsig", data=final, tmp=tmp_path)
        assert "Signature is Valid" in said
        assert "Total document signed" in said
        assert "No syntax or stream encoding errors found" in tool("qpdf", "--check", data=final, tmp=tmp_path)


def test_poppler_trusts_the_seal_when_it_knows_the_root(batch: Batch, pki: TestPki, tmp_path: Path) -> None:
    if shutil.which("certutil") is None:
        pytest.skip("certutil (libnss3-tools) is not installed")
    store = f"sql:{tmp_path}"
    (tmp_path / "root.der").write_bytes(pki.root)
    subprocess.run(["certutil", "-N", "-d", store, "--empty-password"], check=True)
    subprocess.run(
        ["certutil", "-A", "-d", store, "-n", "root", "-t", "C,C,C", "-i", str(tmp_path / "root.der")], check=True
    )
    assert "Certificate is Trusted" in tool("pdfsig", "-nssdir", store, data=seal(batch, tagged()).file(), tmp=tmp_path)


def test_openssl_accepts_the_container_as_cades(batch: Batch, pki: TestPki, tmp_path: Path) -> None:
    sealed = seal(batch, tagged())
    final = embed_proof(sealed, PROOF)
    (signature,) = contents.signatures(reader.read(final))
    (tmp_path / "cms").write_bytes(signature.contents)
    (tmp_path / "data").write_bytes(final[: signature.contents_start] + final[signature.contents_end :])
    root = x509.load_der_x509_certificate(pki.root).public_bytes(Encoding.PEM)
    (tmp_path / "root").write_bytes(root)
    done = subprocess.run(
        ["openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", "cms", "-content", "data",
         "-CAfile", "root", "-purpose", "any", "-out", "/dev/null"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_every_flipped_bit_outside_the_container_breaks_the_seal(batch: Batch, pki: TestPki) -> None:
    sealed = seal(batch, tagged())
    final = bytearray(sealed.file())
    for at in (200, len(sealed.first) + 100, sealed.contents_offset - 10, sealed.size - 200):
        final[at] ^= 1
        try:
            status: Any = pyhanko(bytes(final), pki.root)
        except Exception:  # noqa: BLE001 - a file that pyHanko cannot even read is as good
            continue
        finally:
            final[at] ^= 1
        assert not status.bottom_line


def test_the_seal_says_of_itself_what_the_log_wants_to_know(batch: Batch) -> None:
    sealed = seal(batch, tagged())
    final = embed_proof(sealed, PROOF)
    (signature,) = contents.signatures(reader.read(final))
    assert signature.covers(len(final))
    assert signature.contents_start == sealed.contents_offset
    covered = final[: signature.contents_start] + final[signature.contents_end :]
    assert sealed.doc_digest == hashlib.sha256(covered).digest()
    assert sealed.h0 == hashlib.sha256(tagged()).digest()
    assert sealed.signature_value in signature.contents
    assert len(final) == sealed.size == len(sealed.file())


@pytest.mark.feature("A22")
def test_evidence_travels_as_associated_files_beside_the_record(batch: Batch) -> None:
    pdf = reader.read(embed_proof(seal(batch, tagged()), PROOF))
    files = contents.embedded_files(pdf)
    assert [(f.name, f.relationship, f.mime, f.associated) for f in files] == [
        ("evidence-1.json", "Supplement", "application/json", True),
        ("evidence-2.json", "Supplement", "application/json", True),
        ("record.json", "Data", "application/json", True),
    ]
    assert {f.name: f.data for f in files if f.name in EVIDENCE} == EVIDENCE


def test_the_revision_redefines_only_catalog_page_and_structure(batch: Batch) -> None:
    pdf = reader.read(seal(batch, tagged(4), page=3).file())
    changes = compare_revisions(pdf, 2)
    kinds = sorted(str(r.after.fields.get("Type")) + str(r.after.fields.get("S", "")) for r in changes.redefined)
    assert kinds == ["Catalog", "Page", "StructElemDocument", "StructTreeRoot"]
    assert changes.freed == ()
    assert set(changes.trailer) == {"Prev", "Size"}
    assert len(pdf.revisions) == 2


def test_the_box_can_be_searched_and_read_in_all_alphabets(batch: Batch, tmp_path: Path) -> None:
    data = seal(batch, tagged()).file()
    path = tmp_path / "box.pdf"
    path.write_bytes(data)
    done = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True)
    shown = " ".join(done.stdout.split())
    for line in LINES:
        assert line in shown
    (signature,) = contents.signatures(reader.read(data))
    assert text(signature.widget["TU"]) == FIELD_TEXT
    assert text(signature.values["Name"]) == "TEST Exempel kommun"


def test_an_invisible_seal_takes_no_font_and_no_picture(batch: Batch) -> None:
    visible, hidden = seal(batch, tagged()), seal(batch, tagged(), rect=INVISIBLE)
    (signature,) = contents.signatures(reader.read(hidden.file()))
    assert "AP" not in signature.widget
    assert signature.widget["Rect"] == (0, 0, 0, 0)
    assert visible.size - hidden.size > 3000


def test_the_same_document_sealed_again_from_its_signature_is_the_same_file(
    sealers: dict[Algorithm, Sealer], batch: Batch
) -> None:
    once = seal(batch, tagged())
    anew = sealers[Algorithm.P256].prepare_batch(tuple(reversed(LINES)))
    again = seal(anew, tagged(), signature=once.signature_value)
    assert again.file() == once.file()
    with pytest.raises(SignatureDiffers):
        seal(anew, tagged(), signature=once.signature_value, field_text="Another")


def test_a_proof_can_enter_a_file_read_back_from_disk(batch: Batch, pki: TestPki) -> None:
    sealed = seal(batch, tagged())
    final = embed_in_file(sealed.file(), sealed.contents_offset, proof=PROOF)
    assert final == embed_proof(sealed, PROOF)
    again = embed_in_file(final, sealed.contents_offset, proof=PROOF)
    assert again == final
    status: Any = pyhanko(again, pki.root)
    assert status.bottom_line


def test_a_proof_too_large_for_its_room_is_refused_and_nothing_is_cut(batch: Batch) -> None:
    sealed = seal(batch, tagged())
    with pytest.raises(ContentsTooSmall) as refused:
        embed_proof(sealed, b"x" * 40_000)
    assert refused.value.code == "sealing.contents.too_small"
    assert refused.value.found["needed"] > refused.value.found["reserved"]  # type: ignore[operator]  # both are int


def test_room_for_a_large_proof_and_a_time_stamp_is_reserved(batch: Batch) -> None:
    embed_proof(seal(batch, tagged()), b"x" * 6_100, b"\x30\x82\x27\x0c" + b"y" * 9_996)


@pytest.mark.feature("A16")
@pytest.mark.parametrize("form", [False, True])
@pytest.mark.parametrize("attachment", [False, True])
def test_a_finished_document_of_another_system_is_sealed_as_pdf_a_3b(
    batch: Batch, pki: TestPki, form: bool, attachment: bool, tmp_path: Path
) -> None:
    first = foreign(attachment=attachment)
    if form:
        first = foreign(form=True, attachment=attachment)
    final = embed_proof(seal(batch, first), PROOF)
    assert final.startswith(first)
    if not form:  # the old link of that sample is not PDF/A by itself
        assert conforms(first, "3b")
        assert conforms(final, "3b")
    status: Any = pyhanko(final, pki.root)
    assert status.bottom_line
    assert "Signature is Valid" in tool("pdfsig", data=final, tmp=tmp_path)
    pdf = reader.read(final)
    names = [f.name for f in contents.embedded_files(pdf)]
    assert names == [*EVIDENCE, *(["zz (1).txt"] if attachment else [])]
    sheet = contents.page(pdf, 1)
    annotations = pdf.array(sheet.fields["Annots"])
    assert len(annotations) == (2 if form else 1)


def refused(batch: Batch, first: bytes, **changes: Any) -> str:
    with pytest.raises((NotSealable, PdfError, EvidenceRefused, RectInvalid)) as said:
        seal(batch, first, **changes)
    assert str(said.value)
    return said.value.code


def test_what_cannot_be_sealed_is_refused_by_name(batch: Batch) -> None:
    first = tagged()
    sealed = seal(batch, first).file()
    assert refused(batch, first[:-1]) == "sealing.pdf.end"
    assert refused(batch, first + b"\n") == "sealing.pdf.end"
    assert refused(batch, b"") == "pdf.header"
    assert refused(batch, b"%PDF-1.7\n%%EOF\n") == "pdf.end"
    assert refused(batch, sealed) == "sealing.pdf.revised"
    assert refused(batch, first.replace(b"trailer\n<<", b"trailer\n<</Encrypt 5 0 R")) == "pdf.encrypted"
    assert refused(batch, b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n") == "pdf.xref_stream"
    assert refused(batch, first, page=2) == "pdf.pages"
    assert refused(batch, first, page=0) == "pdf.pages"


def test_a_signed_document_is_not_sealed_again(batch: Batch) -> None:
    with pikepdf.open(io.BytesIO(seal(batch, tagged()).file())) as pdf:
        flat = io.BytesIO()
        pdf.save(flat, object_stream_mode=pikepdf.ObjectStreamMode.disable)
        del pdf.Root.Perms
        bare = io.BytesIO()
        pdf.save(bare, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert refused(batch, flat.getvalue()) == "sealing.pdf.signed"
    assert refused(batch, bare.getvalue(), evidence={}) == "sealing.pdf.signed"


@pytest.mark.parametrize("rect", [(0, 0, 100, 0), (500, 0, 100, 900), (-5, 0, 100, 100), (0, 0, 0, 5)])
def test_a_box_that_is_no_rectangle_is_refused(batch: Batch, rect: Rect) -> None:
    assert refused(batch, tagged(), rect=rect) == "sealing.rect.invalid"


@pytest.mark.parametrize("name", ["record.json", "å.json", "a/b.json", "a(b).json", "", "../x"])
def test_an_evidence_name_that_is_taken_or_unusable_is_refused(batch: Batch, name: str) -> None:
    assert refused(batch, tagged(), evidence={name: b"{}"}) == "sealing.evidence.name"


def test_a_key_that_is_not_the_certificates_is_refused(sealers: dict[Algorithm, Sealer], pki: TestPki) -> None:
    with pytest.raises(KeyMismatch):
        Sealer(sealers[Algorithm.P256].key, pki.seals[Algorithm.RSA_2048].chain, "TEST")


def test_a_document_without_evidence_keeps_its_names_and_files(batch: Batch) -> None:
    pdf = reader.read(seal(batch, tagged(), evidence={}).file())
    assert [f.name for f in contents.embedded_files(pdf)] == ["record.json"]
    assert pdf.catalog().fields["AF"] == pdf.catalog(revision=1).fields["AF"]


def test_the_signature_sits_under_the_catalogs_permissions(batch: Batch) -> None:
    pdf = reader.read(seal(batch, tagged()).file())
    (signature,) = contents.signatures(pdf)
    assert pdf.catalog().fields["Perms"] == {"DocMDP": Ref(signature.number)}
    assert signature.values["SubFilter"] == "ETSI.CAdES.detached"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_document_is_sealed_as_it_is_or_refused_by_name(batch: Batch, data: st.DataObject) -> None:
    first = foreign(form=True, attachment=True) if data.draw(st.booleans()) else tagged()
    at = data.draw(st.integers(0, len(first) - 1))
    junk = data.draw(st.binary(min_size=1, max_size=4))
    hurt = first[:at] + junk + first[at + data.draw(st.integers(0, 6)) :]
    try:
        sealed = seal(batch, hurt)
    except Refused:
        return
    assert sealed.file().startswith(hurt)
