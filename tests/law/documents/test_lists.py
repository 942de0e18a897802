"""Result lists, certificates and decisions about signing: what stands in them and what they refuse."""

from __future__ import annotations

import io
import subprocess
import time
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from testamur.kernel.base.refused import Refused
from testamur.kernel.proofs.jcs import canonical
from testamur.law.contract import DocumentFacts
from testamur.law.results import ResultFacts
from testamur.law.se_university.documents import DOCUMENTS, content
from tests.law.documents import lists, making
from tests.law.documents.making import draw
from tests.law.se_university.making import decision


def told(facts: DocumentFacts) -> ResultFacts:
    assert facts.results is not None
    return facts.results


def changed(facts: DocumentFacts, **changes: Any) -> DocumentFacts:
    return replace(facts, results=replace(told(facts), **changes))


def first(facts: DocumentFacts, **changes: Any) -> DocumentFacts:
    rows = told(facts).rows
    return changed(facts, rows=(replace(rows[0], **changes), *rows[1:]))


def text_of(pdf: bytes, folder: Path, *more: str) -> str:
    (folder / "page.pdf").write_bytes(pdf)
    done = subprocess.run(
        ["pdftotext", "-layout", *more, str(folder / "page.pdf"), "-"], capture_output=True, check=True, text=True
    )
    return done.stdout


def refusal(kind: str, facts: DocumentFacts) -> str:
    with pytest.raises(Refused) as refused:
        DOCUMENTS[kind].content(facts)
    return refused.value.code


@pytest.mark.feature("B29", "B19")
def test_a_list_shows_module_number_grade_day_of_examination_and_points():
    made = content.resultatlista(lists.module_list(3))
    assert made["rows"][1] == {
        "number": 2, "family": "Testdotter", "given": "Student1", "identifier": "20000101-1001", "grade": "G",
        "examined_on": "2026-10-29", "points": "1", "before": "", "explanation": "", "finished": [],
    }  # fmt: skip
    assert (made["number"], made["kind_name"], made["tally"], made["points"]) == (
        10483,
        "Modul",
        "VG 1  ·  G 1  ·  U 1",
        True,
    )
    assert made["course"]["credits"] == "7,5"
    assert made["module"] == {
        "code": "1405", "name": "Skriftlig tentamen", "name_en": "Written examination", "credits": "5",
        "credits_en": "5",
    }  # fmt: skip
    assert made["heading"] == "DV1574 Programmering i Python, 1405 Skriftlig tentamen"
    assert made["heading_en"] == "Programming in Python, Written examination"
    assert [s["value"] for s in made["scale"]["steps"]] == ["VG", "G", "U"]
    assert content.resultatlista(lists.module_list(3, points=False))["points"] is False


def test_a_name_that_is_more_than_its_parts_stands_whole():
    whole = replace(lists.student(0), name="Student0 af Testdotter")
    row = content.resultatlista(first(lists.module_list(2), student=whole))["rows"][0]
    assert (row["family"], row["given"]) == ("Student0 af Testdotter", "")


@pytest.mark.feature("B38", "B39")
def test_a_list_of_a_whole_course_shows_finished_modules_with_day_and_grade_on_paper(tmp_path: Path):
    facts = lists.course_list(5)
    made = content.resultatlista(facts)
    assert made["rows"][4]["finished"][:2] == [
        {"code": "1405", "name": "Skriftlig tentamen", "credits": "5", "grade": "E", "examined_on": "2026-10-30",
         "credited": False},
        {"code": "1408", "name": "Laborationer", "credits": "1,5", "grade": "", "examined_on": "", "credited": True},
    ]  # fmt: skip
    shown = text_of(draw(DOCUMENTS["resultatlista"], facts), tmp_path)
    (line,) = (line for line in shown.splitlines() if "Student1 " in line)
    assert line.split()[-7:] == ["2026-10-29", "B", "2026-10-30", "G", "2026-10-10", "G", "2026-10-20"]
    assert "Modul 1405" in shown
    assert "tillgodoräknad" in shown
    assert "1408 Laborationer, 1,5 hp" in shown


@pytest.mark.feature("B38", "B39")
def test_many_modules_stand_under_each_other_with_their_codes(tmp_path: Path):
    shown = text_of(draw(DOCUMENTS["resultatlista"], lists.course_list(2, modules=7)), tmp_path)
    assert "Avklarade moduler" in shown
    assert shown.count("1503 G 2026-10-30") == 2


@pytest.mark.feature("B5")
def test_the_titles_of_a_degree_project_stand_on_list_and_certificate_with_its_authors(tmp_path: Path):
    facts = lists.project_list()
    shown = text_of(draw(DOCUMENTS["resultatlista"], facts), tmp_path)
    assert lists.TITLE in shown
    assert lists.TITLE_EN in shown
    certificate = lists.certificate(facts, authors=("Student0 Testdotter", "Student1 Testdotter"))
    shown = text_of(draw(DOCUMENTS["resultatintyg"], certificate), tmp_path)
    assert lists.TITLE in shown
    assert lists.TITLE_EN in shown
    assert "Student0 Testdotter, Student1 Testdotter" in shown


def test_a_correction_shows_before_and_after_why_and_by_which_law(tmp_path: Path):
    shown = text_of(draw(DOCUMENTS["resultatlista"], lists.correction_list()), tmp_path)
    (line,) = (line for line in shown.splitlines() if "Student0" in line)
    assert line.split()[4:6] == ["G", "VG"]
    assert lists.WHY in line
    assert "Rättelse Rectification, högskoleförordningen (1993:100) 6 kap. 23 §" in " ".join(shown.split())
    again = text_of(draw(DOCUMENTS["resultatlista"], lists.correction_list("re-examination")), tmp_path)
    assert "Omprövning Re-examination, högskoleförordningen (1993:100) 6 kap. 24 §" in " ".join(again.split())


def test_the_header_of_the_table_is_repeated_on_every_page_of_a_long_list(tmp_path: Path):
    pdf = draw(DOCUMENTS["resultatlista"], lists.module_list(400))
    pages = len(pikepdf.open(io.BytesIO(pdf)).pages)
    assert pages > 5
    shown = [text_of(pdf, tmp_path, "-f", str(n), "-l", str(n)) for n in range(1, pages + 1)]
    assert all("Personnummer" in page and "Identity no." in page for page in shown if "20000101-" in page)
    assert sum(page.count("20000101-") for page in shown) == 400


@pytest.mark.feature("B19")
def test_a_certificate_explains_grade_scale_and_days_in_both_languages(tmp_path: Path):
    facts = lists.certificate(lists.course_list(3), n=1)
    shown = " ".join(text_of(draw(DOCUMENTS["resultatintyg"], facts), tmp_path).split())
    for part in (
        "Resultatintyg Certificate of result", "Student1 Testdotter", "20000101-1001", "DV1574 Programmering i Python",
        "Programming in Python", "7,5 högskolepoäng 7.5 ECTS credits", "B Mycket bra Very good",
        "dagen för underskriften the day of the signature", "Eskil Examinator", "A: Framstående (Excellent)",
    ):  # fmt: skip
        assert part in shown
    made = content.resultatintyg(facts)
    assert (made["examined_on"], made["decided_on"]) == ("2026-10-29", "")
    known = replace(facts, decisions=(decision("B", decided_on=date(2026, 11, 4)),))
    assert content.resultatintyg(known)["decided_on"] == "2026-11-04"


def test_a_certificate_of_a_module_shows_the_credits_of_the_module():
    made = content.resultatintyg(lists.certificate(lists.module_list(3), n=2))
    assert (made["grade"], made["grade_name"], made["grade_name_en"]) == ("VG", "Väl godkänd", "Pass with distinction")
    assert made["module"]["credits"] == "5"


@pytest.mark.feature("B24", "B45")
def test_the_decision_says_from_which_day_of_examination_the_electronic_signature_alone_is_valid(tmp_path: Path):
    made = content.processbeslut(lists.decision())
    assert (made["way"], made["grade_from"], made["decided_by"]) == (
        "electronic",
        "2027-01-01",
        "Rut Rektorsson, rektor",
    )
    shown = " ".join(text_of(draw(DOCUMENTS["processbeslut"], lists.decision()), tmp_path).split())
    assert "Resultat med examinationsdatum från och med 2027-01-01 beslutas genom examinatorns elektroniska" in shown
    assert "Den elektroniska underskriften är ensam rättsligt giltig." in shown
    assert "The electronic signature alone is legally valid." in shown
    assert "Resultat med tidigare examinationsdatum" in shown
    assert "PH 2026/1234" in shown
    paper = " ".join(text_of(draw(DOCUMENTS["processbeslut"], lists.decision("paper")), tmp_path).split())
    assert "för hand undertecknar den utskrivna arkivlistan" in paper
    assert "ensam rättsligt giltig" not in paper


MODULE = lists.module_list(3)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (replace(MODULE, results=None), "results_missing"),
        (changed(MODULE, rows=()), "empty"),
        (first(MODULE, student=replace(lists.student(1), identifier=" ")), "student_missing"),
        (first(MODULE, student=lists.student(1)), "student_twice"),
        (first(MODULE, before="U"), "correction_unclear"),
        (changed(MODULE, reason="rectification"), "correction_unclear"),
        (changed(lists.correction_list(), reason="new"), "correction_unclear"),
        (first(lists.correction_list(), explanation=" "), "correction_unclear"),
        (changed(MODULE, title_en=lists.TITLE_EN), "title_missing"),
        (changed(MODULE, title="x" * 401), "text_too_long"),
        (lists.correction_list(why="x" * 401), "text_too_long"),
    ],
)
def test_a_list_that_cannot_be_read_is_refused(facts: DocumentFacts, code: str):
    assert refusal("resultatlista", facts) == f"se.university.document.{code}"


@pytest.mark.parametrize("facts", [first(MODULE, value="A"), first(lists.correction_list(), before="B")])
def test_a_grade_off_the_scale_is_never_printed(facts: DocumentFacts):
    assert refusal("resultatlista", facts) == "se.university.value.off_scale"


def test_a_certificate_is_about_one_passing_result_of_its_student():
    assert refusal("resultatintyg", replace(MODULE, pupil=lists.student(0))) == "se.university.document.one_row"
    assert refusal("resultatintyg", lists.certificate(MODULE, n=0)) == "se.university.document.not_passed"
    other = replace(lists.certificate(MODULE, n=1), pupil=lists.student(2))
    assert refusal("resultatintyg", other) == "se.university.document.one_row"


def test_a_decision_about_signing_names_a_known_way():
    assert refusal("processbeslut", MODULE) == "se.university.document.results_missing"
    assert refusal("processbeslut", lists.decision("oral")) == "se.university.document.way_unknown"


def test_credits_are_written_as_in_the_language():
    assert [content.hp(Decimal(n)) for n in ("7.5", "15.0", "30", "1.50")] == ["7,5", "15", "30", "1,5"]


def test_a_list_of_400_is_drawn_in_the_time_of_a_signers_patience():
    kind, facts = DOCUMENTS["resultatlista"], lists.course_list(400)
    data = canonical(making.snapshot(kind, facts))
    # the processor's time: what else runs on the machine does not count
    begun = time.process_time()
    making.renderer().render(template=kind.template, record_json=data, frozen_at=making.FROZEN)
    assert time.process_time() - begun < 3
