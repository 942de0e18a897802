"""Which marks and absences are lawful in Bulgarian school, how they are written, and how an error is put right."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from testamur.kernel.base.refused import Refused
from testamur.law.bg_school import corrections, rules, tables
from testamur.law.bg_school.diary import DIARY
from testamur.law.bg_school.pack import PACK
from testamur.law.contract import Correction
from tests.law.documents.registers import BG_I, BG_II, BG_YEAR, bg_absences, bg_grade

TODAY = date(2026, 3, 3)


@pytest.mark.feature("E6")
@pytest.mark.parametrize(
    ("text", "value"),
    [("6", "6"), ("отличен 6", "6"), ("отл. 6", "6"), ("Отличен", "6"), ("ОТЛИЧЕН (6)", "6"), ("6,00", "6"),
     ("мн. добър 5", "5"), ("Мн.д. 5", "5"), ("много добра", "5"), (" 4.0 ", "4"), ("ср.3", "3"), ("сл. 2", "2")],
)  # fmt: skip
def test_a_mark_is_read_as_teachers_write_it(text: str, value: str):
    assert DIARY.normalise_mark("current", text, 7, TODAY) == value
    assert PACK.normalise_value("grade", "MAT", text, TODAY) == value


@pytest.mark.parametrize(
    "text", ["5,50", "отличен 5", "7", "1", "", "-добър", "66", "6-", "A", "П", "٦", "6,000", "добър добър 4", "x" * 60]
)
def test_what_is_no_mark_is_refused_and_told_what_is(text: str):
    with pytest.raises(Refused) as refused:
        DIARY.normalise_mark("current", text, 7, TODAY)
    assert refused.value.code == "bg.school.mark.off_scale"
    assert refused.value.found["accepted"] == "6, 5, 4, 3, 2"


def test_grades_1_to_3_have_words_and_no_mark_of_the_term():
    assert [k.code for k in DIARY.mark_kinds(2, TODAY)] == ["current", "annual"]
    assert [k.code for k in DIARY.mark_kinds(4, TODAY)] == ["current", "test", "term", "annual"]
    for text in ("справя се", "с", "Справя", "С"):
        assert DIARY.normalise_mark("current", text, 2, TODAY) == "С"
    with pytest.raises(Refused) as refused:
        DIARY.normalise_mark("current", "6", 2, TODAY)
    assert refused.value.code == "bg.school.mark.off_scale"
    with pytest.raises(Refused) as refused:
        DIARY.normalise_mark("term", "П", 2, TODAY)
    assert refused.value.code == "bg.school.mark.kind"


@pytest.mark.parametrize(
    ("text", "code"),
    [("БЕЛ", "BEL"), ("Български език и литература", "BEL"), ("мат.", "MAT"), ("АЕ", "ENG"), ("англ. език", "ENG"),
     ("ИТ", "IT"), ("КМИТ", "KMIT"), ("Човекът и природата", "CHP"), ("ЧО", "CHO"), ("ХООС", "HIM"), ("ФВС", "FVS"),
     ("Mathematics", "MAT")],
)  # fmt: skip
def test_a_subject_is_found_by_name_and_abbreviation(text: str, code: str):
    assert PACK.normalise_code("grade", text) == code


def test_an_unknown_subject_is_refused_with_names_that_are_meant_perhaps():
    with pytest.raises(rules.CodeUnknown) as refused:
        PACK.normalise_code("grade", "Матиматика")
    assert "Математика" in str(refused.value.found["near"])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"kind": "award"}, "bg.school.kind.unknown"),
        ({"year_level": 13}, "bg.school.year.unknown"),
        ({"occasion": "mid"}, "bg.school.period.unknown"),
        ({"period": replace(BG_II, term="HT")}, "bg.school.period.unknown"),
        ({"code": "XYZ"}, "bg.school.code.unknown"),
        ({"code": "GRO"}, "bg.school.subject.not_in_grade"),
        ({"value": "5.5"}, "bg.school.value.off_scale"),
        ({"year_level": 3}, "bg.school.grade.words_only"),
        ({"kind": "level", "value": "П"}, "bg.school.level.numbers_only"),
        ({"kind": "level", "value": "6", "year_level": 2}, "bg.school.value.off_scale"),
        ({"kind": "fact", "code": tables.EXCUSED, "value": "2.25"}, "bg.school.value.off_scale"),
        ({"kind": "fact", "code": "unexcused_hours", "value": "2"}, "bg.school.code.unknown"),
        ({"period": replace(BG_II, ends=date(1980, 6, 1))}, "bg.school.scale.none_in_force"),
    ],
)
def test_an_unlawful_decision_is_refused(change: dict[str, Any], code: str):
    PACK.check(bg_grade("MAT", "5"))
    with pytest.raises(Refused) as refused:
        PACK.check(replace(bg_grade("MAT", "5"), **change))
    assert refused.value.code == code


def test_words_are_lawful_in_the_first_grades_and_for_special_needs():
    words = replace(bg_grade("MAT", "С", BG_YEAR), kind="level")
    PACK.check(replace(words, year_level=3))
    PACK.check(replace(words, flags=frozenset({tables.SPECIAL})))


def test_one_value_for_a_subject_and_period():
    PACK.check_set([bg_grade("MAT", "5", p) for p in (BG_I, BG_II, BG_YEAR)])
    with pytest.raises(rules.Twice):
        PACK.check_set([bg_grade("MAT", "5"), bg_grade("MAT", "6")])
    with pytest.raises(rules.Both):
        PACK.check_set([bg_grade("MAT", "5"), replace(bg_grade("MAT", "П"), kind="level")])


@pytest.mark.feature("E7")
@pytest.mark.parametrize(
    ("kind", "minutes", "on", "shown"),
    [
        ("late", 20, None, "1/2"),
        ("late", 21, None, "1"),
        ("late", None, None, "1/2"),
        ("absent", None, None, "1"),
        ("absent", 5, None, "1"),
        ("left_early", 30, None, "1"),
        ("late", 15, date(2017, 6, 1), "1/3"),
        ("late", 16, date(2017, 6, 1), "1"),
        ("late", 16, date(2017, 10, 1), "1/2"),
    ],
)
def test_an_absence_weighs_as_the_ordinance_of_its_day_says(
    kind: str, minutes: int | None, on: date | None, shown: str
):
    assert DIARY.show_count(DIARY.absence_weight(kind, minutes, on)) == shown


def test_halves_and_thirds_add_up_without_a_rest():
    third = DIARY.absence_weight("late", 5, date(2016, 10, 3))
    assert DIARY.count([third] * 3) == 1
    assert DIARY.show_count(DIARY.count([third] * 4)) == "1 1/3"
    assert DIARY.show_count(DIARY.count([Decimal("0.5")] * 5)) == "2 1/2"
    assert DIARY.show_count(DIARY.count([])) == "0"


def test_a_pupil_may_stand_beside_the_class_by_its_averages():
    assert PACK.may_compare("mark_average")
    assert not PACK.may_compare("health")


def test_the_summary_tells_the_success_of_the_latest_period():
    rows = [*(bg_grade(c, v, p) for c, v in (("MAT", "6"), ("BEL", "5"), ("FIZ", "2")) for p in (BG_I, BG_II)),
            bg_grade("MAT", "6", BG_YEAR), *bg_absences("3", "0.5")]  # fmt: skip
    assert PACK.summary(rows)["period"] == "2025/2026"
    assert PACK.summary(rows[:6]) == {
        "period": "2025/2026 II", "success": "4.33", "word": "добър", "marks": 3, "failed": ["FIZ"],
    }  # fmt: skip
    assert PACK.summary([]) == {}


def a_correction(**changes: Any) -> Correction:
    whole: dict[str, Any] = {
        "before": bg_grade("MAT", "3"), "value": "5", "reason": "rectification", "role": "principal",
        "by_deciders": False, "decided_by": ("Петър Директоров",), "decided_on": date(2026, 7, 1),
        "grounds": frozenset({"slip"}), "explanation": "Вписана е оценката на друг ученик.",
    }  # fmt: skip
    return Correction(**{**whole, **changes})


def test_an_obvious_error_is_put_right_by_the_head():
    after = PACK.correct(a_correction())
    assert (after.value, after.reason, after.decided_by) == ("5", "rectification", ("Петър Директоров",))
    assert after.slot == bg_grade("MAT", "3").slot


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"reason": "change"}, corrections.NoSuchWay),
        ({"role": "teacher"}, corrections.WrongDecider),
        ({"decided_by": (" ",)}, corrections.WrongDecider),
        ({"grounds": frozenset()}, corrections.GroundMissing),
        ({"explanation": " "}, corrections.GroundMissing),
        ({"value": "3"}, corrections.Same),
        ({"value": "7"}, rules.OffScale),
    ],
)
def test_a_correction_that_the_law_does_not_know_is_refused(changes: dict[str, Any], refusal: type[Refused]):
    with pytest.raises(refusal):
        PACK.correct(a_correction(**changes))
