"""Finished PDFs of other systems: taken in, told what changed, or refused with the reason."""

from __future__ import annotations

import io
import random
import subprocess
import time
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import page as validation
import pikepdf
import pytest
import typst
import weasyprint

from testamur.trust.records import foreign
from testamur.trust.records.intake import Inspection, Intake, inspect, normalise
from testamur.trust.records.render import fonts_dir

AT = datetime(2026, 6, 10, 8, tzinfo=UTC)
DATA = b'{"document":{"title":"Intyg"},"v":1}'
TYPST = b"""#set document(title: "Intyg", author: "P\xc3\xa5hittad skola")
#set text(lang: "sv", font: "Noto Sans")
= Intyg
Eleven har deltagit. #link("https://skola.example")[Mer]"""
HTML = """<html lang="sv"><head><title>Intyg</title><style>body { font-family: "Noto Sans" }</style></head>
<body><h1>Intyg åäö</h1><p>Eleven har deltagit. <a href="https://skola.example">Mer</a></p></body></html>"""


@cache
def by_typst(*standards: Any, tags: bool = True) -> bytes:
    folders: Any = [str(fonts_dir())]
    made = typst.compile(
        TYPST, font_paths=folders, ignore_system_fonts=True, timestamp=AT, pdf_standards=list(standards), pdf_tags=tags
    )
    return bytes(made)


@cache
def by_weasyprint(variant: str | None = None) -> bytes:
    return bytes(weasyprint.HTML(string=HTML).write_pdf(pdf_variant=variant))


def by_hand(*more: bytes, catalog: bytes = b"", page: bytes = b"", content: bytes = b"0 0 m 9 9 l S") -> bytes:
    """One page, written by hand; `more` are objects from 5 on."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R" + catalog + b">>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<>>" + page + b">>",
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(content), content),
        *more,
    ]
    out, offsets = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % o for o in offsets)
    out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


NOT_EMBEDDED = by_hand(
    b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    page=b"/Resources<</Font<</F 5 0 R>>>>",
    content=b"BT /F 12 Tf 50 700 Td (Intyg) Tj ET",
).replace(b"/Resources<<>>", b"              ")


def saved(data: bytes, **how: Any) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(out := io.BytesIO(), **how)
    return out.getvalue()


def taken(data: bytes) -> Intake:
    return normalise(data, record_json=DATA, frozen_at=AT)


PRODUCERS: dict[str, tuple[Callable[[], bytes], str]] = {
    "typst": (by_typst, "3b"),
    "typst, untagged": (lambda: by_typst(tags=False), "3b"),
    "typst, PDF 2.0": (lambda: by_typst("2.0"), "3b"),
    "typst, PDF/A-1b": (lambda: by_typst("a-1b"), "3b"),
    "typst, PDF/A-2a": (lambda: by_typst("a-2a"), "3a"),
    "typst, PDF/A-3a and UA": (lambda: by_typst("a-3a", "ua-1"), "3a"),
    "weasyprint": (by_weasyprint, "3b"),
    "weasyprint, PDF/A-3b": (lambda: by_weasyprint("pdf/a-3b"), "3b"),
    "qpdf, object streams": (
        lambda: saved(by_typst(), object_stream_mode=pikepdf.ObjectStreamMode.generate), "3b",
    ),
    "qpdf, linearised": (lambda: saved(by_typst(), linearize=True), "3b"),
    "by hand, lines only": (by_hand, "3b"),
    "by hand, font not embedded": (lambda: NOT_EMBEDDED, ""),
}  # fmt: skip
every = pytest.mark.parametrize(("make", "level"), PRODUCERS.values(), ids=PRODUCERS.keys())


@pytest.mark.feature("A16", "A20")
@every
def test_documents_of_many_producers_become_pdf_a_or_are_flagged(make: Callable[[], bytes], level: str):
    result = taken(make())
    assert result.pdfa == level, result.reasons
    assert bool(result.reasons) == (level == "")
    if level:
        assert validation.validate_pdf_bytes(result.pdf, profile=level).is_compliant


@every
def test_what_comes_out_can_be_sealed(make: Callable[[], bytes], level: str, tmp_path: Path):
    pdf = taken(make()).pdf
    assert pdf.endswith(b"%%EOF\n")
    assert pdf.count(b"%%EOF") == 1
    start = int(pdf.rsplit(b"startxref", 1)[1].split()[0])
    assert pdf[start:].startswith(b"xref\n")
    assert b"/ObjStm" not in pdf
    assert b"/XRef" not in pdf
    (tmp_path / "a.pdf").write_bytes(pdf)
    done = subprocess.run(["qpdf", "--check", str(tmp_path / "a.pdf")], capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@every
def test_the_same_input_gives_the_same_bytes(make: Callable[[], bytes], level: str):
    assert taken(make()) == taken(make())


@every
def test_the_snapshot_is_attached_byte_for_byte(make: Callable[[], bytes], level: str):
    with pikepdf.open(io.BytesIO(taken(make()).pdf)) as pdf:
        spec = pdf.Root.AF[-1]
        assert (str(spec.UF), str(spec.AFRelationship)) == ("record.json", "/Data")
        assert pdf.attachments["record.json"].get_file().read_bytes() == DATA


@every
def test_the_pages_look_as_before(make: Callable[[], bytes], level: str, tmp_path: Path):
    pictures = []
    for name, data in (("before", make()), ("after", taken(make()).pdf)):
        (tmp_path / f"{name}.pdf").write_bytes(data)
        subprocess.run(
            ["pdftoppm", "-r", "50", "-png", str(tmp_path / f"{name}.pdf"), str(tmp_path / name)],
            check=True, capture_output=True,
        )  # fmt: skip
        pictures.append([p.read_bytes() for p in sorted(tmp_path.glob(f"{name}*.png"))])
    assert pictures[0]
    assert pictures[0] == pictures[1]


def test_a_second_later_gives_the_same_bytes():
    first = taken(by_hand())
    time.sleep(1.1)
    assert taken(by_hand()) == first


def test_metadata_are_kept():
    with pikepdf.open(io.BytesIO(taken(by_typst()).pdf)) as pdf:
        with pdf.open_metadata() as meta:
            assert meta["dc:title"] == "Intyg"
            assert meta["dc:creator"] == ["Påhittad skola"]
        assert str(pdf.Root.Lang) == "sv"
    assert inspect(by_weasyprint()) == Inspection(1, "Intyg", "WeasyPrint 70.0", "sv")


def test_every_change_is_told():
    assert taken(by_typst("a-3a")).changes == ("The record's data were attached as record.json.",)
    changes = taken(by_typst("2.0")).changes
    assert "The colours are declared to be sRGB." in changes
    assert any("from 2.0 to 1.7" in c for c in changes)
    assert "The file is identified as PDF/A-3b (before: PDF/A-1b)." in taken(by_typst("a-1b")).changes


def test_a_font_that_is_not_embedded_is_named_as_the_reason():
    result = taken(NOT_EMBEDDED)
    assert any("font" in reason.lower() for reason in result.reasons)


def test_a_false_claim_to_be_pdf_a_is_withdrawn():
    with pikepdf.open(io.BytesIO(NOT_EMBEDDED)) as pdf:
        with pdf.open_metadata() as meta:
            meta["pdfaid:part"], meta["pdfaid:conformance"] = "2", "B"
        pdf.save(out := io.BytesIO())
    result = taken(out.getvalue())
    assert "The claim to be PDF/A-2b was removed, since it does not hold." in result.changes
    assert b"pdfaid:part" not in result.pdf


def test_earlier_versions_inside_the_file_are_removed():
    first = by_hand(content=b"% SECRET GRADE F\n0 0 m 9 9 l S")
    start = int(first.rsplit(b"startxref", 1)[1].split()[0])
    body = b"4 0 obj\n<</Length 15>>\nstream\n0 0 m 99 99 l S\nendstream\nendobj\n"
    update = body + b"xref\n4 1\n%010d 00000 n \ntrailer\n<</Size 5/Root 1 0 R/Prev %d>>\n" % (len(first), start)
    update += b"startxref\n%d\n%%%%EOF\n" % (len(first) + len(body))
    result = taken(first + update)
    assert "Earlier versions of the document that the file still held were removed." in result.changes
    with pikepdf.open(io.BytesIO(result.pdf)) as pdf:
        assert all(b"SECRET" not in o.read_bytes() for o in pdf.objects if isinstance(o, pikepdf.Stream))


def encrypted(**passwords: Any) -> bytes:
    return saved(by_typst(), encryption=pikepdf.Encryption(**passwords))


def signed() -> bytes:
    return by_hand(
        b"<</FT/Sig/T(Signature1)/V 6 0 R/Type/Annot/Subtype/Widget/Rect[0 0 0 0]>>",
        b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached/ByteRange[0 1 2 3]/Contents<00>>>",
        catalog=b"/AcroForm<</Fields[5 0 R]/SigFlags 3>>",
    )


def with_attachment(name: str) -> bytes:
    with pikepdf.open(io.BytesIO(by_typst())) as pdf:
        pdf.attachments[name] = b"{}"
        pdf.save(out := io.BytesIO())
    return out.getvalue()


BAD: dict[str, tuple[Callable[[], bytes], type[foreign.IntakeRefused]]] = {
    "empty": (lambda: b"", foreign.NotPdf),
    "text": (lambda: b"Dear school, attached please find", foreign.NotPdf),
    "zip": (lambda: b"PK\x03\x04" + b"\0" * 2000, foreign.NotPdf),
    "only a header": (lambda: b"%PDF-1.7\n", foreign.Broken),
    "cut off": (lambda: by_typst()[: len(by_typst()) // 2], foreign.Broken),
    "without pages": (lambda: by_hand().replace(b"/Kids[3 0 R]/Count 1", b"/Kids[     ]/Count 0"), foreign.Broken),
    "page tree in a loop": (lambda: by_hand().replace(b"/Kids[3 0 R]", b"/Kids[2 0 R]"), foreign.Broken),
    "broken content stream": (
        lambda: by_hand().replace(b"<</Length 13>>", b"<</Length 13/Filter/FlateDecode>>"), foreign.Broken,
    ),
    "needs a password": (lambda: encrypted(user="x", owner="y"), foreign.Encrypted),
    "encrypted with an empty password": (lambda: encrypted(user="", owner="y"), foreign.Encrypted),
    "signed": (signed, foreign.AlreadySigned),
    "certified": (lambda: by_hand(catalog=b"/Perms<<>>"), foreign.AlreadySigned),
    "JavaScript on opening": (
        lambda: by_hand(catalog=b"/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"), foreign.ActiveContent,
    ),
    "JavaScript by name": (
        lambda: by_hand(b"<</S/JavaScript/JS(1)>>", catalog=b"/Names<</JavaScript<</Names[(a) 5 0 R]>>>>"),
        foreign.ActiveContent,
    ),
    "JavaScript in a stream": (
        lambda: by_hand(b"<</Length 1>>\nstream\n1\nendstream", page=b"/AA<</O<</S/JavaScript/JS 5 0 R>>>>"),
        foreign.ActiveContent,
    ),
    "starts a program": (lambda: by_hand(catalog=b"/OpenAction<</S/Launch/F(cmd.exe)>>"), foreign.ActiveContent),
    "starts a program after another action": (
        lambda: by_hand(catalog=b"/OpenAction<</S/GoTo/D[3 0 R/Fit]/Next[<</S/Launch/F(x)>>]>>"), foreign.ActiveContent,
    ),
    "sends data": (lambda: by_hand(page=b"/AA<</O<</S/SubmitForm/F(http://x)>>>>"), foreign.ActiveContent),
    "film on a page": (
        lambda: by_hand(b"<</Subtype/RichMedia/Rect[0 0 9 9]>>", page=b"/Annots[5 0 R]"), foreign.ActiveContent,
    ),
    "fields to fill in": (
        lambda: by_hand(b"<</FT/Tx/T(name)/Subtype/Widget/Rect[0 0 9 9]>>", page=b"/Annots[5 0 R]",
                        catalog=b"/AcroForm<</Fields[5 0 R]>>"), foreign.FormFields,
    ),
    "XFA form": (lambda: by_hand(catalog=b"/AcroForm<</XFA(x)/Fields[]>>"), foreign.FormFields),
    "another record.json": (lambda: with_attachment("Record.JSON"), foreign.RecordAttached),
    "nested too deeply": (lambda: by_hand(catalog=b"/X" + b"[" * 200 + b"]" * 200), foreign.Broken),
}  # fmt: skip


@pytest.mark.parametrize(("make", "refusal"), BAD.values(), ids=BAD.keys())
def test_bad_documents_are_refused_with_their_reason(make: Callable[[], bytes], refusal: type[foreign.IntakeRefused]):
    for verb in (taken, inspect):
        with pytest.raises(foreign.IntakeRefused) as refused:
            verb(make())
        assert type(refused.value) is refusal, refused.value
        assert refused.value.code.startswith("records.intake.")
        assert refused.value.field == "file"


def test_size_pages_and_objects_are_bounded(monkeypatch: pytest.MonkeyPatch):
    for bound, value in (("MAX_BYTES", 100), ("MAX_PAGES", 0), ("MAX_OBJECTS", 3)):
        with monkeypatch.context() as patch:
            patch.setattr(foreign, bound, value)
            with pytest.raises(foreign.TooLarge):
                taken(by_hand())


@pytest.mark.parametrize("packed", [1, 2])
def test_a_small_file_that_unpacks_to_a_huge_one_is_refused(packed: int):
    data = b"\0" * 260_000_000
    for _ in range(packed):
        data = zlib.compress(data, 1)
    filters = b"[" + b"/FlateDecode" * packed + b"]"
    stream = b"<</Length %d/Filter%s>>\nstream\n%s\nendstream" % (len(data), filters, data)
    with pytest.raises(foreign.TooLarge):
        taken(by_hand(stream))


def test_a_record_whose_data_end_in_cr_conforms():
    data = next(d for n in range(1_000) if zlib.compress(d := b'{"a":"%s"}' % (b"a" * n))[-1] == 0x0D)
    result = normalise(by_typst(), record_json=data, frozen_at=AT)
    assert result.pdfa == "3b", result.reasons


def test_damaged_files_are_refused_or_taken_but_never_crash():
    chance = random.Random(27)
    for source in (by_typst(), by_weasyprint(), signed()):
        for _ in range(50):
            data = bytearray(source)
            for _ in range(chance.choice((1, 4, 20))):
                data[chance.randrange(len(data))] = chance.randrange(256)
            if chance.random() < 0.3:
                data = data[: chance.randrange(len(data))]
            try:
                result = taken(bytes(data))
            except foreign.IntakeRefused:
                continue
            assert result.pdf.endswith(b"%%EOF\n")
