"""What a class register and a Bulgarian statement of marks say, and what they refuse to say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from testamur.kernel.base.refused import Refused
from testamur.law.bg_school.documents import content as bg
from testamur.law.contract import Decision
from testamur.law.register import RegisterFacts, RegisterLesson, RegisterRemark
from testamur.law.register_content import NumberUnknown, RegisterMissing
from testamur.law.se_compulsory.documents import content as se
from testamur.law.vn_primary.documents import content as vn
from tests.law.documents import registers


def register_of(facts: Any) -> RegisterFacts:
    assert facts.register is not None
    found: RegisterFacts = facts.register
    return found


def test_a_bulgarian_register_reckons_averages_sums_and_success():
    content = bg.dnevnik(registers.bg_register())
    first = content["pupils"][0]
    assert first["absences"] == [
        {"excused": "1", "unexcused": "1/2", "late": 1},
        {"excused": "2", "unexcused": "1", "late": 0},
        {"excused": "3", "unexcused": "1 1/2", "late": 1},
    ]
    assert first["success"] == "4,50"
    assert content["pupils"][1]["left"] == "2026-03-02"
    assert [s["code"] for s in content["subjects"]] == list(registers.BG_SUBJECTS[:6])
    row = content["subjects"][0]["rows"][0]
    assert row["terms"][0] == {"marks": "5 4 3 6 5 4", "average": "4,50", "closing": "5"}
    assert row["annual"] == "4"
    assert (content["starts"], content["ends"]) == ("2025-09-15", "2026-06-30")


def test_a_register_tells_lessons_and_remarks_with_the_pupils_numbers():
    content = bg.dnevnik(registers.bg_register())
    assert content["lessons"][0] == {
        "on": "2025-09-15", "number": 1, "subject": "Български език и литература", "topic": "Измислена тема 0",
        "teacher": "Мария Учителска", "absent": "1, 2", "late": "2", "cancelled": False,
    }  # fmt: skip
    assert content["notes"][0]["kind"] == "похвала"
    assert content["notes"][0]["name"] == content["pupils"][0]["name"]


def test_a_lesson_that_was_not_given_is_shown_and_not_counted():
    facts = registers.bg_register(lessons=0)
    lessons = tuple(
        RegisterLesson(date(2025, 9, 15), n, "BEL", "Отсъстващ учител", "", cancelled=n == 2) for n in (1, 2)
    )
    content = bg.dnevnik(replace(facts, register=replace(register_of(facts), lessons=lessons)))
    assert content["subjects"][0]["lessons"] == 1
    assert [one["cancelled"] for one in content["lessons"]] == [False, True]


def test_a_swedish_register_averages_nothing_and_shows_drafts_as_drafts():
    content = se.klassdagbok(registers.se_register())
    row = content["subjects"][0]["rows"][0]
    assert row["terms"][0] == {"marks": "A F -", "average": "", "closing": "C"}
    assert content["pupils"][0]["success"] == ""
    assert content["pupils"][0]["absences"][2]["excused"] == "6,5"
    assert [s["name"] for s in content["subjects"]] == ["Matematik", "Svenska", "Moderna språk, språkval, spanska"]
    texts = se.klassdagbok(registers.se_register(year_level=4))["texts"]
    assert texts[0]["plan"] == "Öva på längre texter."


def test_a_vietnamese_register_keeps_the_occasions_apart():
    content = vn.so_theo_doi(registers.vn_register())
    row = content["subjects"][0]["rows"][0]
    assert row["terms"][1] == {"marks": "T 8", "average": "", "closing": "H 9"}
    assert [t["term"] for t in content["texts"][:2]] == ["Học kì I", "Học kì II"]


@pytest.mark.parametrize(
    "facts",
    [
        replace(registers.bg_register(), register=None),
        replace(registers.bg_register(), register=RegisterFacts((), ())),
    ],
)
def test_a_register_without_a_diary_behind_it_is_refused(facts: Any):
    for make in (bg.dnevnik, se.klassdagbok, vn.so_theo_doi):
        with pytest.raises(RegisterMissing):
            make(facts)


def test_a_number_that_names_nobody_is_refused():
    facts = registers.bg_register()
    register = register_of(facts)
    stranger = RegisterRemark(date(2025, 10, 1), 99, "remark", "…", "Мария Учителска")
    with pytest.raises(NumberUnknown) as refused:
        bg.dnevnik(replace(facts, register=replace(register, remarks=(stranger,))))
    assert refused.value.found["numbers"] == [99]
    twice = replace(register, pupils=(*register.pupils, replace(register.pupils[0])))
    with pytest.raises(NumberUnknown):
        bg.dnevnik(replace(facts, register=twice))


def test_a_statement_shows_terms_and_year_in_words_and_numbers():
    content = bg.spravka(registers.statement())
    assert content["columns"] == ["I срок", "II срок", "Годишна"]
    assert content["rows"][0] == {
        "code": "BEL", "subject": "Български език и литература", "values": ["отличен 6"] * 3,
    }  # fmt: skip
    assert content["success"] == "добър 4,23"
    assert content["absences"][1] == {"name": "Отсъствия по неуважителни причини, втори срок", "value": "2 1/2"}
    assert content["identifier_label"] == "ЕГН"
    assert content["heading"] == "Втори срок, учебна 2025/2026 година"


def test_a_statement_of_words_has_no_success():
    words = Decision("level", "MAT", "С", registers.BG_YEAR, 2)
    content = bg.spravka(registers.bulgarian(words))
    assert content["rows"][0]["values"] == ["справя се"]
    assert content["success"] == ""


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (registers.bulgarian(registers.bg_grade("MAT", "5"), pupil=None), "bg.school.document.pupil_missing"),
        (registers.bulgarian(*registers.bg_absences("1", "0")), "bg.school.document.empty"),
        (registers.bulgarian(registers.bg_grade("MAT", "7")), "bg.school.value.off_scale"),
        (
            registers.bulgarian(registers.bg_grade("MAT", "5"), Decision("comment", "", "x" * 301, registers.BG_II, 7)),
            "bg.school.document.remark_too_long",
        ),
    ],
)
def test_a_statement_that_may_not_be_issued_is_refused(facts: Any, code: str):
    with pytest.raises(Refused) as refused:
        bg.spravka(facts)
    assert refused.value.code == code


def test_swedish_hours_on_a_grade_document_are_whole_ones():
    from testamur.law.se_compulsory.diary import hours_on_document

    assert [hours_on_document(Decimal(h)) for h in ("0.99", "1", "12.5")] == [0, 1, 12]
