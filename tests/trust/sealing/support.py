"""First revisions to be sealed, and the second opinions on what comes out."""

from __future__ import annotations

import asyncio
import io
import shutil
import subprocess
import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import page
import pikepdf
import typst
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from testamur.kernel.base.clock import now as clock_now
from testamur.trust.sealing.appearance import font_path

NOW = clock_now().replace(microsecond=0)
RECT = (7000, 6000, 33000, 13000)
LINES = (
    "Elektroniskt underskrivet av Åsa Öberg-Exempel, rektor, 2026-06-12 10:00",
    "Nguyễn Thị Hồng Ví Dụ – Hiệu trưởng",
    "Георги Щерев Примеров, директор",
    "Förseglat av TEST Exempel kommun",
    "Kontrollera: https://verify.example/v/AB12-CD34-EF56",
)
FIELD_TEXT = "Förseglat av TEST Exempel kommun"
EVIDENCE = {"evidence-1.json": b'{"v":1}' * 100, "evidence-2.json": b"{}"}

_TEMPLATE = """
#set document(title: "TEST Terminsbetyg", author: "TEST Exempel kommun", date: datetime(year: 2026, month: 6, day: 12))
#set text(font: "Noto Sans", lang: "sv", size: 10pt)
#pdf.attach("record.json", bytes("{\\"v\\":1}"), relationship: "data",
  mime-type: "application/json", description: "Record")
= Terminsbetyg
Elev: Åke Ängström Testsson
#table(columns: 3, table.header([Ämne], [Kod], [Betyg]), ..range(30).map(i => [cell #i]))
#for p in range(PAGES - 1) { pagebreak(); heading(level: 2)[Sida #p]; [Text på sida #p] }
"""


@cache
def tagged(pages: int = 1) -> bytes:
    """A PDF/A-3a and PDF/UA-1 document with `record.json`, as the renderer makes it."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "main.typ"
        source.write_text(_TEMPLATE.replace("PAGES", str(pages)), encoding="utf-8")
        data = typst.compile(
            str(source),
            format="pdf",
            font_paths=[str(font_path().parent)],
            ignore_system_fonts=True,
            pdf_standards=["a-3a", "ua-1"],
            timestamp=datetime(2026, 6, 12, tzinfo=UTC),
        )
    return bytes(data) + b"\n"


@cache
def foreign(*, form: bool = False, attachment: bool = False) -> bytes:
    """A finished PDF of another system as the intake leaves it: untagged PDF/A-3b with a classic table."""
    with pikepdf.open(io.BytesIO(tagged())) as pdf:
        for key in ("/StructTreeRoot", "/MarkInfo", "/AF", "/Names"):
            if key in pdf.Root:
                del pdf.Root[key]
        for sheet in pdf.pages:
            for key in ("/StructParents", "/Tabs"):
                if key in sheet:
                    del sheet[key]
        with pdf.open_metadata(set_pikepdf_as_editor=False) as meta:
            meta["pdfaid:conformance"] = "B"
            if "pdfuaid:part" in meta:
                del meta["pdfuaid:part"]
        if attachment:
            spec = pikepdf.AttachedFileSpec(
                pdf, b"x", filename="zz (1).txt", mime_type="text/plain", description="", creation_date="", mod_date=""
            )
            spec.obj.AFRelationship = pikepdf.Name.Data
            pdf.attachments["zz (1).txt"] = spec
            pdf.Root.AF = pikepdf.Array([pdf.attachments["zz (1).txt"].obj])
        if form:
            note = pdf.make_indirect(
                pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 10, 10], F=4)
            )
            pdf.pages[0].Annots = pdf.make_indirect(pikepdf.Array([note]))
            pdf.Root.AcroForm = pdf.make_indirect(pikepdf.Dictionary(Fields=pikepdf.Array([])))
        out = io.BytesIO()
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable, fix_metadata_version=False)
    return out.getvalue()


def conforms(data: bytes, profile: str) -> bool:
    """True when page-validation finds no failure."""
    report = page.validate_pdf_bytes(data, profile=profile)
    return bool(report.is_compliant)


def pyhanko(data: bytes, root: bytes) -> object:
    """pyHanko's validation of the one signature against `root` alone."""
    from asn1crypto import x509

    context = ValidationContext(trust_roots=[x509.Certificate.load(root)], allow_fetching=False, moment=NOW)
    (signature,) = PdfFileReader(io.BytesIO(data)).embedded_signatures
    return asyncio.run(async_validate_pdf_signature(signature, signer_validation_context=context))


def tool(*command: str, data: bytes, tmp: Path) -> str:
    """Output of a program on a file with `data`; the program's name must exist on this machine."""
    assert shutil.which(command[0]), f"{command[0]} is not installed"
    path = tmp / "sealed.pdf"
    path.write_bytes(data)
    done = subprocess.run([*command, str(path)], capture_output=True, text=True, timeout=60, check=False)
    return done.stdout + done.stderr
