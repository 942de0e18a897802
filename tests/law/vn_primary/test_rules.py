"""Which assessments are lawful in Vietnamese primary school."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testamur.kernel.base.refused import Refused
from testamur.law.contract import Correction, Decision, Period
from testamur.law.vn_primary import corrections, rules, tables
from testamur.law.vn_primary.pack import PACK

HK1 = Period("2025/2026", "HK1", date(2025, 9, 5), date(2026, 1, 16))
HK2 = Period("2025/2026", "HK2", date(2026, 1, 19), date(2026, 5, 29))
YEAR = Period("2025/2026", "", date(2025, 9, 5), date(2026, 5, 29))

BY_GRADE = {
    1: "TV TOAN DD TNXH GDTC NT HDTN",
    2: "TV TOAN DD TNXH GDTC NT HDTN",
    3: "TV TOAN NN1 THCN DD TNXH GDTC NT HDTN",
    4: "TV TOAN NN1 LSDL KH THCN DD GDTC NT HDTN",
    5: "TV TOAN NN1 LSDL KH THCN DD GDTC NT HDTN",
}
TESTS_BY_GRADE = {
    1: "TV TOAN",
    2: "TV TOAN",
    3: "TV TOAN NN1 THCN",
    4: "TV TOAN NN1 LSDL KH THCN",
    5: "TV TOAN NN1 LSDL KH THCN",
}


def level(code: str = "TOAN", value: str = "T", year: int = 4, period: Period = HK2, occasion: str = "") -> Decision:
    return Decision("level", code, value, period, year, occasion=occasion)


def exam(code: str = "TOAN", value: str = "9", year: int = 4, period: Period = HK2, occasion: str = "") -> Decision:
    return Decision("test", code, value, period, year, occasion=occasion)


@pytest.mark.parametrize("year", [1, 2, 3, 4, 5])
def test_each_grade_has_its_subjects(year: int):
    assert [ways[0][0] for ways in rules.expected(year)] == BY_GRADE[year].split()


@pytest.mark.parametrize("year", [1, 2, 3, 4, 5])
def test_each_grade_has_its_periodic_tests_and_grades_4_and_5_more_at_mid_term(year: int):
    assert [ways[0][0] for ways in rules.expected_tests(year, "")] == TESTS_BY_GRADE[year].split()
    mid = [ways[0][0] for ways in rules.expected_tests(year, "mid")]
    assert mid == (["TV", "TOAN"] if year >= 4 else [])


@pytest.mark.parametrize(("period", "occasion"), [(HK1, "mid"), (HK1, ""), (HK2, "mid"), (HK2, ""), (YEAR, "")])
def test_levels_are_given_four_times_a_year(period: Period, occasion: str):
    PACK.check(level(period=period, occasion=occasion))
    assert len(PACK.occasions) == 4


@pytest.mark.parametrize(("term", "occasion"), [("", "mid"), ("HT", ""), ("HK3", ""), ("HK1", "end")])
def test_other_moments_are_refused(term: str, occasion: str):
    with pytest.raises(rules.PeriodUnknown):
        PACK.check(level(period=replace(HK1, term=term), occasion=occasion))


@pytest.mark.parametrize("value", ["T", "H", "C"])
def test_levels_are_t_h_and_c(value: str):
    PACK.check(level(value=value))


@pytest.mark.parametrize("value", ["Đ", "t", "", "9", "Tốt"])
def test_other_levels_are_refused(value: str):
    with pytest.raises(rules.OffScale):
        PACK.check(level(value=value))


@pytest.mark.parametrize("value", [str(n) for n in range(11)])
def test_test_marks_are_whole_from_0_to_10(value: str):
    PACK.check(exam(value=value))


@pytest.mark.parametrize("value", ["9.5", "9,5", "11", "-1", "09", "T", "", "٩"])
def test_other_marks_are_refused(value: str):
    with pytest.raises(rules.OffScale):
        PACK.check(exam(value=value))


@pytest.mark.parametrize(
    ("code", "year"), [("NN1", 2), ("KH", 3), ("LSDL", 3), ("TNXH", 4), ("THCN", 2), ("DD", 4), ("AN", 5), ("HDTN", 1)]
)
def test_a_test_where_there_is_none_is_refused(code: str, year: int):
    with pytest.raises((rules.NoTest, rules.NotTaught)):
        PACK.check(exam(code, year=year))


def test_mid_term_tests_are_for_vietnamese_and_mathematics_in_grades_4_and_5():
    PACK.check(exam("TV", year=5, occasion="mid"))
    for code, year in (("TV", 3), ("KH", 4)):
        with pytest.raises(rules.NoTest):
            PACK.check(exam(code, year=year, occasion="mid"))


@pytest.mark.parametrize(("code", "year"), [("TNXH", 4), ("LSDL", 3), ("KH", 1), ("TH", 2)])
def test_a_subject_of_another_grade_is_refused(code: str, year: int):
    with pytest.raises(rules.NotTaught):
        PACK.check(level(code, year=year))


def test_the_first_foreign_language_is_elective_in_grades_1_and_2_and_expected_from_3():
    PACK.check(level("NN1", year=1))
    assert (("NN1",),) not in rules.expected(2)
    assert (("NN1",),) in rules.expected(3)


def test_five_qualities_three_general_and_seven_specific_competences():
    assert (len(tables.QUALITIES), len(tables.GENERAL), len(tables.SPECIFIC)) == (5, 3, 7)
    for kind, codes in (("quality", tables.QUALITIES), ("competence", tables.COMPETENCES)):
        for code in codes:
            for value in "TĐC":
                PACK.check(Decision(kind, code, value, HK2, 1))
    with pytest.raises(rules.CodeUnknown):
        PACK.check(Decision("quality", "ngon_ngu", "T", HK2, 1))
    with pytest.raises(rules.OffScale):
        PACK.check(Decision("quality", "yeu_nuoc", "H", HK2, 1))


@pytest.mark.parametrize(
    ("code", "value"),
    [("height_cm", "128.5"), ("weight_kg", "27"), ("absent_with_leave", "2.5"), ("health", "Bình thường")],
)
def test_facts_of_the_transcript_are_lawful(code: str, value: str):
    PACK.check(Decision("fact", code, value, YEAR, 4))


@pytest.mark.parametrize(
    ("code", "value"),
    [("height_cm", "1.28"), ("height_cm", "1_2_8"), ("weight_kg", "NaN"), ("absent_with_leave", "0.25")],
)
def test_impossible_facts_are_refused(code: str, value: str):
    with pytest.raises(rules.OffScale):
        PACK.check(Decision("fact", code, value, YEAR, 4))


def test_the_circular_came_into_force_grade_by_grade():
    old = Period("2022/2023", "HK2", date(2023, 1, 16), date(2023, 5, 26))
    PACK.check(level(year=3, period=old))
    with pytest.raises(rules.NotInForce):
        PACK.check(level(year=4, period=old))


@pytest.mark.parametrize("kind", ["year_result", "promotion"])
def test_what_is_about_the_year_belongs_to_its_end(kind: str):
    value = {"year_result": "tot", "promotion": "o_lai"}[kind]
    PACK.check(Decision(kind, tables.WHOLE_YEAR[kind], value, YEAR, 4))
    with pytest.raises(rules.YearEndOnly):
        PACK.check(Decision(kind, tables.WHOLE_YEAR[kind], value, HK1, 4))


def test_one_value_for_a_place_unless_it_was_sat_again():
    again = replace(exam(value="10"), flags=frozenset({"retest"}))
    PACK.check_set([exam(), again, exam(period=HK1), exam(occasion="mid")])
    with pytest.raises(rules.Twice):
        PACK.check_set([exam(), exam(value="10")])


def test_the_end_of_term_2_is_the_end_of_the_year_however_it_is_written():
    with pytest.raises(rules.Twice):
        PACK.check_set([level(period=HK2), level(value="H", period=YEAR)])


def test_a_subject_is_assessed_as_a_whole_or_in_its_parts():
    PACK.check_set([level("AN"), level("MT"), level("THCN")])
    with pytest.raises(rules.BlockAndPart):
        PACK.check_set([level("NT"), level("AN")])
    with pytest.raises(rules.BlockAndPart):
        PACK.check_set([level("THCN", period=YEAR), level("TH", period=HK2)])


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("level", "Tiếng Việt", "TV"),
        ("level", "tieng viet", "TV"),
        ("level", "TOÁN", "TOAN"),
        ("level", "Mathematics", "TOAN"),
        ("level", "Ðạo đức", "DD"),
        ("level", "Lịch sử & Địa lý", "LSDL"),
        ("level", "Mỹ thuật", "MT"),
        ("test", "Tin học và Công nghệ", "THCN"),
        ("level", "HĐTN", "HDTN"),
        ("quality", "Yêu nước", "yeu_nuoc"),
        ("competence", "giao tiep va hop tac", "giao_tiep_hop_tac"),
        ("competence", "Khoa học", "khoa_hoc"),
        ("fact", "Chiều cao", "height_cm"),
        ("year_result", "whatever", "ket_qua_giao_duc"),
    ],
)
def test_names_are_read_with_and_without_diacritics_and_in_english(kind: str, text: str, code: str):
    assert PACK.normalise_code(kind, text) == code


def test_a_misspelt_name_is_refused_with_what_was_meant():
    with pytest.raises(rules.CodeUnknown) as refused:
        PACK.normalise_code("level", "Tieng Vitt")
    near = refused.value.found["near"]
    assert isinstance(near, tuple)
    assert near[0] == "Tiếng Việt"


@pytest.mark.parametrize("text", ["", "???", "Hoá học", "x" * 50_000])
def test_what_is_no_subject_is_refused(text: str):
    with pytest.raises(rules.CodeUnknown):
        PACK.normalise_code("level", text)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("level", "Hoàn thành tốt", "T"),
        ("level", "hoan thanh", "H"),
        ("quality", "đạt", "Đ"),
        ("quality", "D", "Đ"),
        ("quality", "Ð", "Đ"),
        ("test", "9,0", "9"),
        ("test", "10.00", "10"),
        ("test", "07", "7"),
        ("year_result", "Hoàn thành xuất sắc", "xuat_sac"),
    ],
)
def test_values_are_read_as_people_write_them(kind: str, text: str, value: str):
    assert PACK.normalise_value(kind, "", text, HK2.ends) == value


@pytest.mark.parametrize(
    ("kind", "text"), [("test", "9,5"), ("test", "-9"), ("test", ""), ("level", "T-"), ("level", "")]
)
def test_a_value_is_never_rounded_nor_guessed(kind: str, text: str):
    with pytest.raises(rules.OffScale):
        PACK.normalise_value(kind, "", text, HK2.ends)


def test_pupils_are_never_compared():
    for figure in ("mark_average", "merit_value", "absence", "anything"):
        assert not PACK.may_compare(figure)


# --- corrections --------------------------------------------------------------------------------

SLIP = Correction(
    before=replace(exam(value="6"), decided_by=("Cô Hư Cấu",)),
    value="9",
    reason="rectification",
    role="class_teacher",
    by_deciders=True,
    decided_by=("Cô Hư Cấu",),
    decided_on=date(2026, 6, 2),
    grounds=frozenset({"slip"}),
    explanation="Chép nhầm điểm.",
)
AGAIN = replace(SLIP, reason="re-examination", grounds=frozenset({"assessed_again"}), by_deciders=False)


def test_whoever_wrote_it_corrects_a_slip_and_it_prints_as_a_strike_through():
    after = PACK.correct(SLIP)
    assert (after.value, after.reason, after.flags) == ("9", "rectification", frozenset())
    assert PACK.corrections["rectification"].shown_as == "strike_through"
    with pytest.raises(corrections.WrongDecider):
        PACK.correct(replace(SLIP, by_deciders=False))


def test_a_re_examination_counts_instead_of_the_former_test():
    after = PACK.correct(AGAIN)
    assert after.flags == {"retest"}
    PACK.check_set([AGAIN.before, after])
    assert PACK.correct(replace(AGAIN, value="6")).value == "6"


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": "change"},
        {"role": "principal"},
        {"decided_by": ()},
        {"grounds": frozenset()},
        {"explanation": ""},
        {"value": "9.5"},
        {"value": "6"},
    ],
)
def test_other_corrections_are_refused(wrong: dict[str, Any]):
    with pytest.raises(Refused):
        PACK.correct(replace(SLIP, **wrong))


def test_a_year_result_is_reckoned_anew_and_not_re_examined():
    result = Decision("year_result", "ket_qua_giao_duc", "tot", YEAR, 4)
    with pytest.raises(corrections.NoSuchWay):
        PACK.correct(replace(AGAIN, before=result, value="xuat_sac"))


@given(st.integers(1, 5), st.sampled_from(["", "mid"]), st.sampled_from([s.code for s in tables.SUBJECTS]))
def test_a_lawful_test_is_always_in_a_subject_of_that_grade(year: int, occasion: str, code: str):
    if rules.has_test(code, year, occasion):
        PACK.check(exam(code, year=year, occasion=occasion))
        PACK.check(level(code, year=year, occasion=occasion))
