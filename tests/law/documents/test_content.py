"""What the documents say, and what they refuse to say."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from testamur.kernel.base.refused import Refused
from testamur.kernel.proofs.jcs import canonical
from testamur.law.bg_school.documents import DOCUMENTS as BG
from testamur.law.contract import Decision
from testamur.law.se_compulsory.documents import DOCUMENTS as SE
from testamur.law.se_compulsory.documents import content as se
from testamur.law.se_compulsory.papers import AbsenceForbidden, AbsenceMissing, NoDecider
from testamur.law.vn_primary.documents import DOCUMENTS as VN
from testamur.law.vn_primary.documents import content as vn
from testamur.law.vn_primary.results import ResultDiffers
from tests.law.documents import making, registers
from tests.law.documents.making import absence, grade, swedish, vietnamese


def rows(content: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["code"]: row for group in content["groups"] for row in group["rows"]}


def test_a_terminsbetyg_groups_the_subjects_in_the_order_of_the_law():
    content = se.terminsbetyg(swedish(*reversed(making.grades(making.TYPICAL)), absence(3)))
    assert [g["title"] for g in content["groups"]] == [
        "Ämnen", "Naturorienterande ämnen", "Samhällsorienterande ämnen", "Språk",
    ]  # fmt: skip
    assert [r["code"] for r in content["groups"][1]["rows"]] == ["BI", "FY", "KE"]
    assert content["heading"] == "Höstterminen 2025, årskurs 9"
    assert content["unexcused_hours"] == 3
    assert rows(content)["M2SPA"]["subject"] == "Moderna språk, språkval, spanska"


def test_a_carried_grade_says_from_which_term():
    carried = grade("HKK", "B", making.FORMER, carried_over=True)
    content = se.terminsbetyg(swedish(grade("MA"), carried, absence(0)))
    assert rows(content)["HKK"]["note"] == "Betyg från vårterminen 2025"
    assert rows(content)["HKK"]["carried_from"] == "2024/2025 VT"
    assert rows(content)["MA"]["carried_from"] == ""
    assert content["carried"] is True


def test_a_dash_is_explained_beside_the_subject():
    content = se.terminsbetyg(swedish(grade("MA", "-"), absence(80)))
    assert rows(content)["MA"] == {
        "code": "MA", "subject": "Matematik", "grade": "-", "note": "Underlag saknas på grund av frånvaro",
        "carried_from": "",
    }  # fmt: skip


def test_a_terminsbetyg_without_hours_of_absence_is_refused():
    with pytest.raises(AbsenceMissing):
        se.terminsbetyg(swedish(grade("MA")))


def test_a_slutbetyg_with_absence_is_refused():
    with pytest.raises(AbsenceForbidden):
        se.slutbetyg(swedish(grade("MA", period=making.VT), absence(1, making.VT), period=making.VT))


def test_a_slutbetyg_shows_the_adjusted_timetable():
    reduced = grade("SL", period=making.VT, flags=frozenset({"adjusted_timetable"}))
    content = se.slutbetyg(swedish(grade("MA", period=making.VT), reduced, period=making.VT))
    assert content["adjusted_timetable"] == "Slöjd"
    assert "unexcused_hours" not in content


def test_a_pupil_document_without_a_pupil_or_identifier_is_refused():
    facts = swedish(grade("MA"), absence(0))
    for pupil in (None, replace(making.PUPIL, identifier=" ")):
        with pytest.raises(se.PupilMissing):
            se.terminsbetyg(replace(facts, pupil=pupil))


def test_a_remark_that_does_not_fit_is_refused_not_cut():
    with pytest.raises(se.RemarkTooLong) as refused:
        se.terminsbetyg(swedish(grade("MA", comment="x" * 301), absence(0)))
    assert refused.value.found["length"] == 301


def test_the_catalogue_lists_every_pupil_and_who_decided():
    content = se.betygskatalog(making.catalogue(9))
    assert [r["number"] for r in content["rows"]] == list(range(1, 10))
    assert content["rows"][0]["decided_by"] == ["Lo Lärarsson"]
    assert content["rows"][7] == {
        "number": 8, "name": "Elev 7 Testdotter", "identifier": "20100304-2007", "grade": "", "decided_on": "",
        "decided_by": [], "note": "Inget betyg har beslutats",
    }  # fmt: skip
    assert content["tally"] == "A 1  ·  B 2  ·  C 1  ·  D 1  ·  E 1  ·  F 1  ·  – 1  ·  utan beslut 1"


def test_the_catalogue_notes_a_correction_with_its_paragraph():
    facts = making.catalogue(1)
    ((pupil, (decision,)),) = facts.rows
    content = se.betygskatalog(replace(facts, rows=((pupil, (replace(decision, reason="rectification"),)),)))
    assert "3 kap. 19 §" in content["rows"][0]["note"]


def test_a_catalogue_grade_without_a_deciding_teacher_is_refused():
    facts = making.catalogue(1)
    ((pupil, (decision,)),) = facts.rows
    with pytest.raises(NoDecider):
        se.betygskatalog(replace(facts, rows=((pupil, (replace(decision, decided_by=()),)),)))


@pytest.mark.feature("D13", "D17")
def test_a_transcript_year_follows_the_circular():
    content = vn.hoc_ba_year(vietnamese(4))
    year = content["year"]
    assert [r["code"] for r in year["subjects"]][:3] == ["TV", "TOAN", "NN1"]
    assert [r["name"] for r in year["qualities"]] == ["Yêu nước", "Nhân ái", "Chăm chỉ", "Trung thực", "Trách nhiệm"]
    assert (len(year["general"]), len(year["specific"])) == (3, 7)
    assert year["result"] == "Hoàn thành xuất sắc"
    assert year["completion"] == "Hoàn thành chương trình lớp 4."
    assert year["awards"] == ["Học sinh Xuất sắc"]
    assert year["height"] == "132,5 cm"
    assert content["person"] == {"birth_date": "21/09/2016", "sex": "Nữ", "identifier": "030316001234"}


def test_grade_five_completes_primary_school():
    year = vn.hoc_ba_year(vietnamese(5))["year"]
    assert year["completion"] == "Hoàn thành chương trình tiểu học."


def test_an_incomplete_year_is_refused_and_says_what_is_missing():
    facts = vietnamese(4)
    less = tuple(d for d in facts.decisions if (d.kind, d.code) != ("level", "TOAN"))
    with pytest.raises(vn.Incomplete) as refused:
        vn.hoc_ba_year(replace(facts, decisions=less))
    assert refused.value.found["missing"] == ("Toán: chưa có mức đạt được cuối năm.",)


def test_a_year_result_that_does_not_follow_is_refused():
    facts = vietnamese(4)
    better = tuple(replace(d, value="H") if (d.kind, d.code) == ("level", "TOAN") else d for d in facts.decisions)
    with pytest.raises((ResultDiffers, Refused)):
        vn.hoc_ba_year(replace(facts, decisions=better))


def test_a_retest_counts_instead_of_the_test():
    facts = vietnamese(4)
    test = next(d for d in facts.decisions if (d.kind, d.code) == ("test", "TOAN"))
    lower = tuple(replace(d, value="3") if d is test else d for d in facts.decisions)
    again = replace(test, flags=frozenset({"retest"}), decided_on=None)
    year = vn.hoc_ba_year(replace(facts, decisions=(*lower, again)))["year"]
    assert next(r for r in year["subjects"] if r["code"] == "TOAN")["mark"] == "9"


def test_a_rectified_value_keeps_the_former_one_to_strike_through():
    facts = vietnamese(4)
    changed = tuple(
        replace(d, reason="rectification") if (d.kind, d.code) == ("level", "TOAN") else d for d in facts.decisions
    )
    notes = {"former.level.TOAN.2024-2025": "H"}
    year = vn.hoc_ba_year(replace(facts, decisions=changed, notes=notes))["year"]
    row = next(r for r in year["subjects"] if r["code"] == "TOAN")
    assert (row["former_level"], row["level"]) == ("H", "T")
    assert "Người sửa: Lê Thị Giáo Viên" in row["comment"]


def test_a_comment_that_does_not_fit_is_refused_not_cut():
    with pytest.raises(vn.CommentTooLong):
        vn.hoc_ba_year(vietnamese(4, words=20))


def test_a_transcript_is_not_written_in_the_middle_of_the_year():
    facts = vietnamese(4)
    with pytest.raises(vn.NotYearEnd):
        vn.hoc_ba_year(replace(facts, period=replace(facts.period, term="HK1")))


def test_the_booklet_holds_the_years_in_order_and_the_pupils_page():
    content = vn.hoc_ba(vietnamese(5, earlier=(1, 2, 3, 4)))
    assert [y["year_level"] for y in content["years"]] == [1, 2, 3, 4, 5]
    assert ["Họ và tên cha", "Nguyễn Văn Thử"] in content["person_rows"]
    assert content["place"] == [["Xã/Phường", "Thử Nghiệm"], ["Tỉnh/Thành phố", "Hải Dương"]]


def test_a_pupil_who_moves_takes_an_unfinished_year_along():
    facts = vietnamese(2, earlier=(1,))
    started = tuple(d for d in facts.decisions if d.kind == "level")
    content = vn.hoc_ba(replace(facts, decisions=started))
    assert (content["years"][1]["result"], content["years"][1]["completion"]) == ("", "")


def test_an_empty_booklet_is_refused():
    with pytest.raises(vn.NothingToShow):
        vn.hoc_ba(replace(vietnamese(1), decisions=()))


@pytest.mark.parametrize(
    "content",
    [
        SE["terminsbetyg"].content(swedish(*making.grades(making.MANY), absence(2))),
        SE["betygskatalog"].content(making.catalogue(36)),
        VN["hoc_ba_year"].content(vietnamese(3)),
        VN["hoc_ba"].content(vietnamese(3, earlier=(1, 2))),
        BG["spravka"].content(registers.statement()),
        BG["dnevnik"].content(registers.bg_register()),
        SE["klassdagbok"].content(registers.se_register()),
        VN["so_theo_doi"].content(registers.vn_register()),
    ],
    ids=[
        "terminsbetyg",
        "betygskatalog",
        "hoc_ba_year",
        "hoc_ba",
        "spravka",
        "dnevnik",
        "klassdagbok",
        "so_theo_doi",
    ],
)
def test_content_is_plain_json_without_fractions(content: dict[str, Any]):
    def no_floats(value: Any) -> None:
        assert not isinstance(value, float)
        for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            no_floats(child)

    no_floats(content)
    assert json.loads(canonical(content)) == content


def test_a_comment_about_the_pupil_becomes_a_remark():
    remark = Decision("comment", "", "Har deltagit i skolans matematikprojekt.", making.HT, 9)
    content = se.terminsbetyg(swedish(grade("MA"), absence(0), remark))
    assert content["remarks"] == ["Har deltagit i skolans matematikprojekt."]
