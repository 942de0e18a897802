"""The renderer: same snapshot, same bytes; the snapshot inside; refusals that a person can act on."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import page as validation
import pikepdf
import pytest
import zxingcpp
from PIL import Image

from testamur.kernel.proofs.jcs import canonical
from testamur.law.se_compulsory.documents import DOCUMENTS
from testamur.trust.records import render
from testamur.trust.records.render import CharacterNotPrintable, Renderer, qr_svg, template_digest
from testamur.trust.records.streams import settle_stream_ends
from tests.law.documents import making

KIND = DOCUMENTS["terminsbetyg"]
FACTS = making.swedish(*making.grades(making.TYPICAL), making.absence(3))
RECORD = making.snapshot(KIND, FACTS)
DATA = canonical(RECORD)


def drawn(data: bytes = DATA, *, using: Renderer | None = None, at: datetime = making.FROZEN) -> bytes:
    return (using or making.renderer()).render(template=KIND.template, record_json=data, frozen_at=at)


def test_the_same_snapshot_gives_the_same_bytes_from_every_renderer():
    first = drawn()
    assert drawn() == first
    assert drawn(using=Renderer()) == first


def test_another_process_gives_the_same_bytes(tmp_path: Path):
    (tmp_path / "record.json").write_bytes(DATA)
    code = (
        "import sys, hashlib, pathlib, datetime\n"
        "from testamur.trust.records.render import Renderer\n"
        "data = pathlib.Path(sys.argv[2]).read_bytes()\n"
        "pdf = Renderer().render(template=pathlib.Path(sys.argv[1]), record_json=data,"
        " frozen_at=datetime.datetime.fromisoformat(sys.argv[3]))\n"
        "print(hashlib.sha256(pdf).hexdigest(), 'django' in sys.modules)\n"
    )
    arguments = [str(KIND.template), str(tmp_path / "record.json"), making.FROZEN.isoformat()]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, check=True, text=True,
        env={"PYTHONPATH": str(Path(render.__file__).parents[3]), "PYTHONHASHSEED": "7", "TZ": "Asia/Ho_Chi_Minh"},
    )  # fmt: skip
    assert done.stdout.split() == [hashlib.sha256(drawn()).hexdigest(), "False"]


def test_threads_share_a_renderer():
    one = Renderer()
    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(lambda _: drawn(using=one), range(8)))
    assert made == {drawn()}


def test_the_same_instant_in_another_time_zone_gives_the_same_bytes():
    elsewhere = making.FROZEN.astimezone(timezone(timedelta(hours=7)))
    assert drawn(at=elsewhere) == drawn()


def test_the_files_date_is_the_snapshots():
    with pikepdf.open(io.BytesIO(drawn())) as pdf:
        assert str(pdf.docinfo["/CreationDate"]).startswith("D:20260610080000")


def test_another_snapshot_gives_another_file():
    assert drawn(canonical({**RECORD, "version": 2})) != drawn()


@pytest.mark.feature("A5", "A20")
def test_the_snapshot_is_attached_byte_for_byte():
    with pikepdf.open(io.BytesIO(drawn())) as pdf:
        (spec,) = pdf.Root.AF
        assert (str(spec.UF), str(spec.AFRelationship)) == ("record.json", "/Data")
        assert spec.EF.F.read_bytes() == DATA
        assert spec.EF.F.Subtype == "/application/json"
        assert pdf.attachments["record.json"].get_file().read_bytes() == DATA


def test_the_file_is_one_revision_with_a_classic_table_and_ends_in_one_newline():
    pdf = drawn()
    assert pdf.endswith(b"%%EOF\n")
    assert pdf.count(b"%%EOF") == 1
    assert b"/Type/XRef" not in pdf
    assert b"/ObjStm" not in pdf
    done = subprocess.run(["qpdf", "--check", "-"], input=pdf, capture_output=True, check=False)
    assert done.returncode == 0 or b"can't open -" in done.stderr or b"No such file" in done.stderr


@pytest.mark.parametrize(
    ("character", "name"),
    [
        ("☃", "U+2603"),
        ("王", "U+738B"),
        ("\u202e", "U+202E"),
        ("\u200d", "U+200D"),
        ("\x07", "U+0007"),
        ("\ue000", "U+E000"),
    ],
)
def test_a_character_that_cannot_be_shown_or_hides_is_refused_with_its_place(character: str, name: str):
    record = {**RECORD, "subject": {**RECORD["subject"], "name": f"Astrid {character}Påhittad"}}
    with pytest.raises(CharacterNotPrintable) as refused:
        drawn(canonical(record))
    assert refused.value.field == "subject.name"
    assert refused.value.found["character"] == name
    assert refused.value.code == "records.render.character"


@pytest.mark.parametrize(
    "name", [making.CYRILLIC_NAME, "Nguyễn Đặng Ảnh Ước", "Åsa Öström-Ängö", "Łukasz Þór Ñandú Δέλτα"]
)
def test_names_in_the_scripts_of_the_product_are_shown(name: str, tmp_path: Path):
    pdf = making.draw(KIND, replace(FACTS, pupil=replace(making.PUPIL, name=name)))
    assert set(name.split()) <= {w.text for w in making.words(pdf, tmp_path)}


def test_markup_in_a_name_is_text():
    name = "#panic() *Bob* $x$ <script> @ref \\ //"
    pdf = making.draw(KIND, replace(FACTS, pupil=replace(making.PUPIL, name=name)))
    with pikepdf.open(io.BytesIO(pdf)) as read:
        assert name in str(read.docinfo["/Title"])


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff\xfe", b"null"])
def test_what_is_no_snapshot_is_refused(data: bytes):
    with pytest.raises(render.SnapshotUnreadable):
        drawn(data)


def test_a_snapshot_that_lacks_what_the_template_shows_is_refused():
    content = {k: v for k, v in RECORD["content"].items() if k != "unexcused_hours"}
    with pytest.raises(render.TemplateFailed) as refused:
        drawn(canonical({**RECORD, "content": content}))
    assert "unexcused_hours" in str(refused.value)


def test_missing_fonts_are_said_to_be_missing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(render, "FONT_FILES", ("NoSuchFont.ttf",))
    with pytest.raises(render.FontsMissing):
        Renderer()


def test_only_the_products_own_fonts_are_in_the_file():
    with pikepdf.open(io.BytesIO(drawn())) as pdf:
        names = {str(o.FontName).split("+")[-1] for o in pdf.objects
                 if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/FontDescriptor"}  # fmt: skip
    assert names == {"NotoSans-Regular", "NotoSans-SemiBold"}


def test_the_template_digest_covers_the_shared_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    law = tmp_path / "law"
    (law / "shared_documents").mkdir(parents=True)
    (law / "pack").mkdir()
    for path in ("shared_documents/sheet.typ", "pack/a.typ", "pack/parts.typ"):
        (law / path).write_text("x")
    monkeypatch.setattr(render, "_LAW", law)
    seen = {template_digest(law / "pack/a.typ")}
    for path in ("shared_documents/sheet.typ", "pack/a.typ", "pack/parts.typ"):
        (law / path).write_text("y")
        seen.add(template_digest(law / "pack/a.typ"))
    assert len(seen) == 4


def test_the_qr_code_reads_back(tmp_path: Path):
    svg = qr_svg(making.URL)
    size = int(svg.split('width="')[1].split('"')[0])
    picture = Image.new("L", ((size + 8) * 4, (size + 8) * 4), 255)
    for run in svg.split('d="')[1].split('"')[0].split("M")[1:]:
        x, rest = run.split(" ", 1)
        y, rest = rest.split("h", 1)
        width = rest.split("v")[0]
        picture.paste(0, ((int(x) + 4) * 4, (int(y) + 4) * 4, (int(x) + 4 + int(width)) * 4, (int(y) + 5) * 4))
    (code,) = zxingcpp.read_barcodes(picture)
    assert (code.text, code.ec_level) == (making.URL, "M")


def awkward_bytes() -> bytes:
    """Data whose zlib stream ends in CR: the last byte of the Adler-32 is 0x0D."""
    return next(d for n in range(1_000) if zlib.compress(d := b"a" * n)[-1] == 0x0D)


def test_a_stream_that_ends_in_cr_keeps_the_file_conforming():
    with pikepdf.open(io.BytesIO(drawn())) as pdf:
        pdf.make_indirect(stream := pikepdf.Stream(pdf, zlib.compress(awkward_bytes())))
        stream.Filter = pikepdf.Name.FlateDecode
        pdf.Root.PieceInfo = pikepdf.Dictionary(T=pikepdf.Dictionary(LastModified="D:20260610080000Z", Private=stream))
        pdf.save(out := io.BytesIO(), compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none,
                 object_stream_mode=pikepdf.ObjectStreamMode.disable, deterministic_id=True)  # fmt: skip
    before = out.getvalue()
    assert not validation.validate_pdf_bytes(before, profile="3a").is_compliant
    after = settle_stream_ends(before)
    assert validation.validate_pdf_bytes(after, profile="3a").is_compliant
    with pikepdf.open(io.BytesIO(after)) as again:
        assert not again.get_warnings()
        assert again.Root.PieceInfo.T.Private.read_bytes() == awkward_bytes()
    assert settle_stream_ends(after) == after


def test_a_file_without_awkward_streams_is_left_alone():
    plain = b"%PDF-1.7\nno streams at all"
    assert settle_stream_ends(plain) is plain


def test_stream_ends_of_a_file_of_another_build_are_refused():
    with pytest.raises(ValueError, match="classic"):
        settle_stream_ends(b"x\r\nendstream\nendobj\n")
