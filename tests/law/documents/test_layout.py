"""Every document, with little and with much in it: conforming, complete, nothing over the edge or in the box."""

from __future__ import annotations

import html
import io
import re
import subprocess
from collections import Counter
from dataclasses import replace
from pathlib import Path

import page as validation
import pikepdf
import pytest
import zxingcpp
from PIL import Image

from testamur.law.bg_school.documents import DOCUMENTS as BG
from testamur.law.contract import DocumentFacts, DocumentType
from testamur.law.se_compulsory.documents import DOCUMENTS as SE
from testamur.law.se_university.documents import DOCUMENTS as UNIVERSITY
from testamur.law.vn_primary.documents import DOCUMENTS as VN
from testamur.trust.records.render import LayoutRefused
from tests.law.documents import lists, making, registers
from tests.law.documents.making import draw, words

LONG = replace(making.PUPIL, name=making.LONG_NAME)
CYRILLIC = replace(making.PUPIL, name=making.CYRILLIC_NAME)
VIETNAMESE = replace(making.PUPIL, name="Nguyễn Thị Ngọc Ảnh Trường Đặng Đỗ")
REMARK = "Undervisningen har delvis bedrivits på distans. " * 6

CASES = {
    "terminsbetyg, one subject": (SE["terminsbetyg"], making.swedish(making.grade("MA"), making.absence(0))),
    "terminsbetyg, typical": (
        SE["terminsbetyg"],
        making.swedish(*making.grades(making.TYPICAL), making.absence(3), pupil=VIETNAMESE),
    ),
    "terminsbetyg, 30 subjects": (
        SE["terminsbetyg"],
        making.swedish(*making.grades(making.MANY), making.absence(417), pupil=LONG),
    ),
    "terminsbetyg, a remark on every line": (
        SE["terminsbetyg"],
        making.swedish(
            *(replace(g, comment=REMARK[:200]) for g in making.grades(making.MANY)), making.absence(1), pupil=LONG
        ),
    ),
    "slutbetyg, typical": (
        SE["slutbetyg"],
        making.swedish(*making.grades(making.TYPICAL, making.VT), period=making.VT, pupil=CYRILLIC),
    ),
    "slutbetyg, 30 subjects": (
        SE["slutbetyg"],
        making.swedish(
            *(replace(g, flags=frozenset({"adjusted_timetable"})) for g in making.grades(making.MANY, making.VT)),
            period=making.VT,
            pupil=LONG,
        ),
    ),
    "betygskatalog, one pupil": (SE["betygskatalog"], making.catalogue(1)),
    "betygskatalog, class of 36": (SE["betygskatalog"], making.catalogue(36)),
    "betygskatalog, long names": (SE["betygskatalog"], making.catalogue(36, making.LONG_NAME)),
    "hoc_ba_year, typical": (VN["hoc_ba_year"], making.vietnamese()),
    "hoc_ba_year, long comments": (VN["hoc_ba_year"], making.vietnamese(words=9)),
    "hoc_ba, first year": (VN["hoc_ba"], making.vietnamese(1)),
    "hoc_ba, five years": (VN["hoc_ba"], making.vietnamese(5, earlier=(1, 2, 3, 4))),
    "hoc_ba, five years, long comments": (VN["hoc_ba"], making.vietnamese(5, earlier=(1, 2, 3, 4), words=9)),
    "spravka, whole year": (BG["spravka"], registers.statement()),
    "dnevnik, three pupils": (BG["dnevnik"], registers.bg_register()),
    "dnevnik, long names": (BG["dnevnik"], registers.bg_register(26, 60, making.LONG_NAME)),
    "klassdagbok, grades": (SE["klassdagbok"], registers.se_register()),
    "klassdagbok, judgements": (SE["klassdagbok"], registers.se_register(24, 12, 4)),
    "so_theo_doi": (VN["so_theo_doi"], registers.vn_register(26)),
    "resultatlista, module": (UNIVERSITY["resultatlista"], lists.module_list(90)),
    "resultatlista, long names": (UNIVERSITY["resultatlista"], lists.module_list(40, family=making.LONG_NAME)),
    "resultatlista, whole course": (UNIVERSITY["resultatlista"], lists.course_list(60)),
    "resultatlista, whole course, many modules": (
        UNIVERSITY["resultatlista"],
        lists.course_list(20, family=making.LONG_NAME, modules=7),
    ),
    "resultatlista, degree project": (UNIVERSITY["resultatlista"], lists.project_list()),
    "resultatlista, correction": (UNIVERSITY["resultatlista"], lists.correction_list("re-examination", REMARK)),
    "resultatintyg, whole course": (UNIVERSITY["resultatintyg"], lists.certificate()),
    "resultatintyg, many modules, long name": (
        UNIVERSITY["resultatintyg"],
        lists.certificate(lists.course_list(6, family=making.LONG_NAME, modules=7)),
    ),
    "resultatintyg, degree project": (
        UNIVERSITY["resultatintyg"],
        lists.certificate(
            lists.project_list(title=REMARK, title_en=REMARK), authors=("Student0 Testdotter", making.LONG_NAME)
        ),
    ),
    "resultatintyg, correction": (UNIVERSITY["resultatintyg"], lists.certificate(lists.correction_list())),
    "processbeslut, electronic": (UNIVERSITY["processbeslut"], lists.decision()),
    "processbeslut, paper": (UNIVERSITY["processbeslut"], lists.decision("paper")),
}
every = pytest.mark.parametrize(("kind", "facts"), CASES.values(), ids=CASES.keys())


def size(pdf: bytes) -> tuple[float, float]:
    """Width and height of the sheets, all alike, in points."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        boxes = {tuple(float(v) for v in page.mediabox) for page in opened.pages}
    ((_, _, width, height),) = boxes
    return width, height


@pytest.mark.feature("A20", "D12", "D16")
@pytest.mark.parametrize("test", [False, True], ids=["real", "test"])
@every
def test_it_is_pdf_a_3a_and_pdf_ua_1(kind: DocumentType, facts: DocumentFacts, test: bool):
    pdf = draw(kind, facts, test=test)
    for profile in ("3a", "ua1"):
        report = validation.validate_pdf_bytes(pdf, profile=profile)
        assert report.is_compliant, [str(f) for f in report.failures]


@every
def test_nothing_runs_over_the_margins_into_the_box_or_into_each_other(
    kind: DocumentType, facts: DocumentFacts, tmp_path: Path
):
    pdf = draw(kind, facts)
    width, height = size(pdf)
    found = words(pdf, tmp_path)
    assert found
    for w in found:
        assert 50 < w.x0 < w.x1 < width - 50, w
        assert 38 < w.y0 < w.y1 < height - 20, w
    x0, y0, x1, y1 = (v / 100 for v in kind.seal_rect)
    inside = [w for w in found if w.page == kind.seal_page and w.meets(x0, height - y1, x1, height - y0)]
    assert not inside
    for page in range(1, found[-1].page + 1):
        sheet = sorted((w for w in found if w.page == page), key=lambda w: w.y0)
        for i, w in enumerate(sheet):
            for other in sheet[i + 1 :]:
                if other.y0 > w.y1:
                    break
                # boxes hold ascender and descender, so lines of one paragraph overlap a little; glyphs do not
                if w.meets(other.x0, other.y0 + 3.5, other.x1, other.y1 - 3.5):
                    assert abs(w.y0 - other.y0) > 5, (w, other)


TOLD = ("subject", "name", "identifier", "note", "comment", "topic", "teacher", "text", "plan", "marks", "closing",
        "family", "given", "explanation", "points", "before", "sv", "en")  # fmt: skip


@every
def test_everything_of_the_content_is_printed(kind: DocumentType, facts: DocumentFacts, tmp_path: Path):
    record = making.snapshot(kind, facts)
    printed = Counter(html.unescape(w.text) for w in words(draw(kind, facts), tmp_path))
    content = record["content"]
    rows = [r for g in content.get("groups", []) for r in g["rows"]] or content.get("rows", [])
    for year in content.get("years", [content["year"]] if "year" in content else []):
        rows += [row for member in ("subjects", "qualities", "general", "specific") for row in year[member]]
    for table in ("pupils", "lessons", "notes", "texts", "finished", "paragraphs"):
        rows += content.get(table, [])
    for subject in content.get("subjects", []):
        rows += [{"name": subject["name"]}, *subject["rows"], *(t for row in subject["rows"] for t in row["terms"])]
    told = [str(row.get(m, "")) for row in rows for m in TOLD]
    told += [record["subject"]["name"], record["issuer"]["name"], making.CODE, *content.get("remarks", [])]
    # a word may be broken after a hyphen, so hyphens end words on both sides
    wanted = Counter(part for text in told for part in re.split(r"(?<=-)|\s+", text) if part)
    shown = Counter(part for w, n in printed.items() for part in re.split(r"(?<=-)", w) if part for _ in range(n))
    assert not wanted - shown


def image(pdf: bytes, page: int, folder: Path, dpi: int = 144) -> Image.Image:
    (folder / "page.pdf").write_bytes(pdf)
    subprocess.run(
        ["pdftoppm", "-r", str(dpi), "-f", str(page), "-l", str(page), "-gray", "-singlefile", "-png",
         str(folder / "page.pdf"), str(folder / "page")], check=True,
    )  # fmt: skip
    return Image.open(folder / "page.png").convert("L")


def darkest(picture: Image.Image, box: tuple[int, int, int, int]) -> int:
    return next(value for value, count in enumerate(picture.crop(box).histogram()) if count)


FIRST_OF_EACH = {kind.code: (kind, facts) for kind, facts in reversed(CASES.values())}
each_kind = pytest.mark.parametrize(("kind", "facts"), FIRST_OF_EACH.values(), ids=FIRST_OF_EACH.keys())


@each_kind
def test_the_box_is_drawn_where_it_is_declared_and_is_empty(kind: DocumentType, facts: DocumentFacts, tmp_path: Path):
    picture = image(draw(kind, facts), kind.seal_page, tmp_path)
    x0, y0, x1, y1 = (v / 100 * 2 for v in kind.seal_rect)
    top, bottom = picture.height - y1, picture.height - y0
    middle, centre = int((top + bottom) / 2), int((x0 + x1) / 2)
    for edge in (x0, x1):
        assert darkest(picture, (round(edge) - 2, middle, round(edge) + 2, middle + 1)) < 160
    for edge in (top, bottom):
        assert darkest(picture, (centre, round(edge) - 2, centre + 1, round(edge) + 2)) < 160
    inner = picture.crop((round(x0) + 3, round(top) + 3, round(x1) - 3, round(bottom) - 3))
    assert inner.getextrema() == (255, 255)


@pytest.mark.feature("A22", "D15")
@each_kind
def test_the_printed_code_leads_to_the_check_page(kind: DocumentType, facts: DocumentFacts, tmp_path: Path):
    picture = image(draw(kind, facts), kind.seal_page, tmp_path)
    assert [b.text for b in zxingcpp.read_barcodes(picture)] == [making.URL]


@each_kind
def test_a_test_document_says_so_in_words_and_on_every_page(kind: DocumentType, facts: DocumentFacts, tmp_path: Path):
    notice = {"sv": "Testdokument", "vi": "thửnghiệm", "bg": "Пробен"}[kind.locale]
    plain, marked = draw(kind, facts), draw(kind, facts, test=True)
    assert notice in "".join(w.text for w in words(marked, tmp_path))
    assert notice not in "".join(w.text for w in words(plain, tmp_path))
    for number in range(1, len(pikepdf.open(io.BytesIO(marked)).pages) + 1):
        grey = image(marked, number, tmp_path, 40).histogram()
        assert sum(grey[225:248]) > 4_000, number


@each_kind
def test_headings_tables_and_language_are_tagged(kind: DocumentType, facts: DocumentFacts):
    with pikepdf.open(io.BytesIO(draw(kind, facts))) as pdf:
        tags = [str(o.S) for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/StructElem"]
        alts = [str(o.Alt) for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and "/Alt" in o]
        assert str(pdf.Root.Lang).startswith(kind.locale)
        assert kind.title in str(pdf.docinfo["/Title"])
    assert tags.count("/H1") >= 1
    assert {"/Table", "/TH", "/TD", "/Figure"} <= set(tags)
    assert any(making.CODE in alt for alt in alts)


def test_a_snapshot_with_another_box_is_refused():
    facts = making.swedish(making.grade("MA"), making.absence(0))
    with pytest.raises(LayoutRefused, match="signature box"):
        draw(SE["terminsbetyg"], facts, seal={"page": 1, "rect": [0, 0, 100, 100]})
    with pytest.raises(LayoutRefused):
        draw(SE["terminsbetyg"], facts, seal={"page": 2, "rect": list(SE["terminsbetyg"].seal_rect)})


def test_without_a_visible_seal_no_frame_is_drawn(tmp_path: Path):
    facts = making.swedish(making.grade("MA"), making.absence(0))
    picture = image(draw(SE["terminsbetyg"], facts, seal={"page": 1, "rect": [0, 0, 0, 0]}), 1, tmp_path)
    x0, y0, x1, y1 = (v / 100 * 2 for v in SE["terminsbetyg"].seal_rect)
    box = (int(x0) - 3, int(picture.height - y1) - 3, int(x1) + 3, int(picture.height - y0) + 3)
    assert picture.crop(box).getextrema() == (255, 255)


def test_a_typical_swedish_document_is_one_page():
    for name in ("terminsbetyg, typical", "terminsbetyg, 30 subjects", "slutbetyg, typical"):
        assert len(pikepdf.open(io.BytesIO(draw(*CASES[name]))).pages) == 1
