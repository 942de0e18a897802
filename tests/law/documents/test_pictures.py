"""The Vietnamese transcripts picture by picture and word by word, after Appendix 1 of Circular 27/2020/TT-BGDĐT.

The pictures beside this file are those of a fixed invented pupil at 60 dots an inch. A page that looks otherwise is
named. After a change that is meant: ``TESTAMUR_PICTURES=write pytest tests/law/documents/test_pictures.py``, and look.
"""

from __future__ import annotations

import io
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat

from testamur.law.contract import Decision, DocumentFacts, DocumentType
from testamur.law.vn_primary.documents import DOCUMENTS
from tests.law.documents import making
from tests.law.documents.making import draw, words

PICTURES = Path(__file__).parent / "pictures"
DOTS = 60
MEAN = 0.6
"""Mean difference of a page, of 255: hinting and smoothing of another build stay below."""
SHARE = 0.004
"""Share of a page's points that may differ clearly: one changed word is more."""


def corrected(facts: DocumentFacts) -> DocumentFacts:
    """The first test, the first quality and the result of the year were slips, and put right."""
    wrong = {"test": "6", "quality": "Đ", "year_result": "hoan_thanh"}
    year = facts.period.school_year
    touched: list[Decision] = []
    notes: dict[str, str] = {}
    for one in facts.decisions:
        if one.kind in wrong:
            notes[f"former.{one.kind}.{one.code}.{year}"] = wrong.pop(one.kind)
            touched.append(replace(one, reason="rectification", decided_by=("Trần Văn Sửa",)))
        else:
            touched.append(one)
    return replace(facts, decisions=tuple(touched), notes=notes)


CASES: dict[str, tuple[DocumentType, DocumentFacts]] = {
    "hoc_ba_year": (DOCUMENTS["hoc_ba_year"], making.vietnamese(4)),
    "hoc_ba_year-corrected": (DOCUMENTS["hoc_ba_year"], corrected(making.vietnamese(4))),
    "hoc_ba": (DOCUMENTS["hoc_ba"], making.vietnamese(2, earlier=(1,))),
}


def pages(pdf: bytes, folder: Path) -> list[Image.Image]:
    """Each page as a picture."""
    (folder / "drawn.pdf").write_bytes(pdf)
    subprocess.run(
        ["pdftoppm", "-r", str(DOTS), "-png", str(folder / "drawn.pdf"), str(folder / "page")], check=True
    )  # fmt: skip
    return [Image.open(io.BytesIO(path.read_bytes())).convert("RGB") for path in sorted(folder.glob("page*.png"))]


def differs(found: Image.Image, wanted: Image.Image) -> str:
    """What is different about a page, or an empty text."""
    if found.size != wanted.size:
        return f"is {found.size} and not {wanted.size}"
    apart = ImageChops.difference(
        found.filter(ImageFilter.BoxBlur(1)), wanted.filter(ImageFilter.BoxBlur(1))
    ).convert("L")  # fmt: skip
    mean = ImageStat.Stat(apart).mean[0]
    clear = sum(apart.histogram()[32:]) / (apart.width * apart.height)
    return "" if mean <= MEAN and clear <= SHARE else f"differs: mean {mean:.2f}, {clear:.2%} of its points"


@pytest.mark.feature("D17")
@pytest.mark.parametrize("name", CASES)
def test_each_page_looks_as_it_did(name: str, tmp_path: Path) -> None:
    kind, facts = CASES[name]
    found = pages(draw(kind, facts), tmp_path)
    if os.environ.get("TESTAMUR_PICTURES") == "write":
        PICTURES.mkdir(exist_ok=True)
        for number, one in enumerate(found, 1):
            one.quantize(64).save(PICTURES / f"{name}-{number}.png", optimize=True)
    kept = sorted(PICTURES.glob(f"{name}-[0-9].png"))
    assert len(found) == len(kept), f"{name} has {len(found)} pages and not {len(kept)}"
    wrong = [
        f"page {number} {what}"
        for number, (one, path) in enumerate(zip(found, kept, strict=True), 1)
        if (what := differs(one, Image.open(path).convert("RGB")))
    ]
    assert not wrong, f"{name}: {'; '.join(wrong)}"


def test_a_page_with_another_mark_is_told_from_the_picture(tmp_path: Path) -> None:
    kind, facts = CASES["hoc_ba_year"]
    other = pages(draw(kind, corrected(facts)), tmp_path)
    assert differs(other[0], Image.open(PICTURES / "hoc_ba_year-1.png").convert("RGB"))


@pytest.mark.feature("D17")
def test_pages_and_headings_of_the_booklet_come_in_the_order_of_the_form(tmp_path: Path) -> None:
    kind, facts = CASES["hoc_ba"]
    text = _text(draw(kind, facts), tmp_path)
    assert _in_order(text[0], "HỌC BẠ", "Họ và tên học sinh", "Trường", "Mã định danh")
    assert "Hướng dẫn ghi học bạ" in text[1]
    assert _in_order(
        text[2], "Thông tin học sinh", "Họ và tên", "Giới tính", "Ngày, tháng, năm sinh", "Nơi sinh", "Dân tộc",
        "Quốc tịch", "Nơi ở hiện nay", "Họ và tên cha", "Họ và tên mẹ", "Quá trình học tập", "Năm học", "Lớp", "Trường",
    )  # fmt: skip
    for number, level in ((3, "Lớp 1"), (_page_of(text, "Lớp 2, năm học"), "Lớp 2")):
        year = "\n".join(text[number : number + 2])
        assert _in_order(
            year, f"{level}, năm học", "Chiều cao", "Cân nặng", "Sức khoẻ", "Số ngày nghỉ có phép",
            "Số ngày nghỉ không phép", "1. Các môn học và hoạt động giáo dục", "2. Những phẩm chất chủ yếu",
            "3. Những năng lực cốt lõi", "3.1. Những năng lực chung", "3.2. Những năng lực đặc thù",
            "4. Đánh giá kết quả giáo dục", "5. Khen thưởng",
            "6. Hoàn thành chương trình lớp học, chương trình tiểu học", "Xác nhận của Hiệu trưởng",
        )  # fmt: skip


def _page_of(text: list[str], what: str) -> int:
    return next(number for number, page in enumerate(text) if what in page)


def _text(pdf: bytes, folder: Path) -> list[str]:
    """Each page as text, in the order of reading."""
    (folder / "text.pdf").write_bytes(pdf)
    done = subprocess.run(["pdftotext", str(folder / "text.pdf"), "-"], capture_output=True, check=True, text=True)
    return [" ".join(page.split()) for page in done.stdout.split("\f")]


def _in_order(text: str, *parts: str) -> bool:
    at = -1
    for part in parts:
        found = text.find(part, at + 1)
        assert found >= 0, f"{part!r} does not follow in {text[:3000]!r}"
        at = found
    return True


@pytest.mark.feature("D17")
@pytest.mark.parametrize("name", ["hoc_ba_year", "hoc_ba"])
def test_a_printed_copy_says_where_and_with_which_code_it_is_checked(name: str, tmp_path: Path) -> None:
    kind, facts = CASES[name]
    text = _text(draw(kind, facts), tmp_path)[kind.seal_page - 1]
    assert making.CODE in text
    assert "betyg.norrstad.example" in text


@pytest.mark.feature("D17")
def test_what_was_put_right_stands_struck_out_with_the_new_text_above_to_its_right(tmp_path: Path) -> None:
    kind, facts = CASES["hoc_ba_year-corrected"]
    pdf = draw(kind, facts)
    drawn = words(pdf, tmp_path)
    former = next(one for one in drawn if one.page == 1 and one.text == "6")
    new = min((one for one in drawn if one.page == 1 and one.text == "9"), key=lambda one: abs(one.x0 - former.x1))
    assert 0 <= new.x0 - former.x1 < 8
    assert new.y0 < former.y0
    text = " ".join(_text(pdf, tmp_path))
    assert text.count("Người sửa: Trần Văn Sửa") == 3
    picture = pages(pdf, tmp_path)[0]
    scale = DOTS / 72
    box = tuple(round(v * scale) for v in (former.x0 - 1, former.y0 - 1, former.x1 + 1, former.y1 + 1))
    red, green, _blue = picture.crop((box[0], box[1], box[2], box[3])).split()
    assert ImageStat.Stat(ImageChops.subtract(red, green)).extrema[0][1] > 80


@pytest.mark.feature("D13", "D17")
def test_an_award_that_was_put_right_stands_struck_out_in_the_booklet_with_who_and_when(tmp_path: Path) -> None:
    kind, facts = CASES["hoc_ba"]
    period, level, room, school, decisions = facts.history[0]
    touched = tuple(
        replace(one, reason="rectification", decided_by=("Trần Văn Sửa",)) if one.kind == "award" else one
        for one in decisions
    )
    notes = {f"former.award.khen_thuong.{period.school_year}": "hs_tieu_bieu"}
    put_right = replace(facts, history=((period, level, room, school, touched),), notes=notes)
    years = kind.content(put_right)["years"]
    assert "former_awards" not in years[1]
    assert (years[0]["awards"], years[0]["former_awards"]) == (
        ["Học sinh Xuất sắc"], ["Học sinh Tiêu biểu hoàn thành tốt trong học tập và rèn luyện"],
    )  # fmt: skip
    assert years[0]["awards_corrected"] == ["Người sửa: Trần Văn Sửa, 25/05/2022"]
    pdf = draw(kind, put_right)
    text = " ".join(" ".join(_text(pdf, tmp_path)).split())
    assert text.count("Người sửa: Trần Văn Sửa, 25/05/2022") == 1
    assert len(_text(pdf, tmp_path)) == len(_text(draw(kind, facts), tmp_path)), "the year keeps to its page"
    page = next(n for n, one in enumerate(_text(pdf, tmp_path), 1) if "Người sửa" in one)
    drawn = [one for one in words(pdf, tmp_path) if one.page == page]
    former = next(one for one in drawn if one.text == "luyện")
    beside = [one for one in drawn if one.text == "Học" and one.x0 > former.x1]
    new = min(beside, key=lambda one: abs(one.x0 - former.x1) + abs(one.y0 - former.y0))
    assert 0 <= new.x0 - former.x1 < 8
    assert new.y0 < former.y0
