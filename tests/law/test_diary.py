"""What every pack promises about the diary, and what Sweden and Vietnam say of their own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from testamur.kernel.base.refused import Refused
from testamur.law.contract import Pack
from testamur.law.tables import PACKS, pack
from tests.law.documents.registers import mark

every_pack = pytest.mark.parametrize("rules", PACKS.values(), ids=PACKS)
SCHOOLS = {name: one for name, one in PACKS.items() if one.results is None}
every_school = pytest.mark.parametrize("rules", SCHOOLS.values(), ids=SCHOOLS)
"""A university has no diary."""
TODAY = date(2026, 3, 3)
ROLES = {"guardian", "teacher", "class_teacher", "principal", "doctor"}


@every_pack
def test_kinds_of_mark_have_codes_of_their_own_and_read_every_value_of_their_scale(rules: Pack):
    for level in rules.year_levels:
        kinds = rules.diary.mark_kinds(level, TODAY)
        assert len({k.code for k in kinds}) == len(kinds)
        for kind in kinds:
            assert kind.code.isascii()
            assert kind.closes in {"", "term", "year"}
            assert set(kind.subjects) <= {s.code for s in rules.subjects_for(level, TODAY)}
            for step in kind.scale.values:
                assert rules.diary.normalise_mark(kind.code, f" {step.value} ", level, TODAY) == step.value
    assert rules.diary.mark_kinds(99, TODAY) == ()
    assert rules.diary.assessment(99, TODAY) is None


@every_school
def test_a_mark_that_is_none_is_refused_with_the_packs_code_and_what_is_accepted(rules: Pack):
    level = rules.year_levels[-1]
    kind = rules.diary.mark_kinds(level, TODAY)[0]
    with pytest.raises(Refused) as refused:
        rules.diary.normalise_mark(kind.code, "nonsense", level, TODAY)
    assert refused.value.code == f"{rules.id}.mark.off_scale"
    assert refused.value.found["accepted"]
    with pytest.raises(Refused) as refused:
        rules.diary.normalise_mark("nonsense", kind.scale.values[0].value, level, TODAY)
    assert refused.value.code == f"{rules.id}.mark.kind"


@every_pack
def test_leave_is_approved_without_a_gap_and_grounds_are_stated_by_known_roles(rules: Pack):
    diary = rules.diary
    days = [most for most, _ in diary.leave.approvers]
    assert days[-1] is None
    assert days[:-1] == sorted(d for d in days if d is not None)
    assert {post for _, post in diary.leave.approvers} <= {"class_teacher", "principal"}
    assert all(set(g.by) <= ROLES and g.by for g in diary.grounds)
    assert set(diary.leave.counts) <= {g.code for g in diary.grounds}
    assert list(diary.alarm) == sorted(diary.alarm)


@every_school
def test_absences_remarks_and_the_register_are_named_in_the_law(rules: Pack):
    diary = rules.diary
    assert set(diary.absence_name) == {"absent", "late", "left_early"}
    assert {True, False} == {r.positive for r in diary.remarks}
    assert diary.register is not None
    document = rules.documents[diary.register.document]
    assert (document.subject, document.routine) == ("group", False)
    assert diary.register.every in {"month", "year"}


@every_pack
def test_absences_that_are_none_add_up_to_nothing(rules: Pack):
    assert rules.diary.count([]) == 0
    assert rules.diary.show_count(rules.diary.count([])) == "0"
    assert rules.diary.absence_weight("absent", None) == 1


@pytest.mark.parametrize("pack_id", ["se.compulsory", "vn.primary"])
def test_where_the_law_averages_nothing_nothing_is_averaged_or_proposed(pack_id: str):
    diary = pack(pack_id).diary
    rows = [mark("MA", "A"), mark("TOAN", "9", "HK1", "test")]
    assert diary.average(rows) is None
    assert diary.success(rows) is None
    assert diary.word(Decimal(5)) == ""
    for kind in ("term", "annual", "level"):
        assert diary.propose(kind, rows, 5) is None


@pytest.mark.feature("C3")
def test_swedish_judgements_come_with_a_plan_until_grades_are_set():
    diary = pack("se.compulsory").diary
    early, late = diary.assessment(5, TODAY), diary.assessment(6, TODAY)
    assert early is not None
    assert late is not None
    assert early.scale is not None
    assert (early.plan, early.per, [v.value for v in early.scale.values]) == (True, "year", ["2", "1", "0", "-1"])
    assert (late.plan, late.per, late.scale) == (False, "term", None)
    assert diary.mark_kinds(5, TODAY) == ()


def test_swedish_working_marks_follow_the_scale_of_the_day():
    diary = pack("se.compulsory").diary
    assert [k.code for k in diary.mark_kinds(9, TODAY)] == ["current", "test", "term"]
    assert diary.normalise_mark("current", "streck", 9, TODAY) == "-"
    assert diary.normalise_mark("term", "mvg", 9, date(2010, 3, 3)) == "MVG"
    assert diary.mark_kinds(9, date(1990, 3, 3)) == ()
    assert all(k.weight == 0 for k in diary.mark_kinds(9, TODAY))


@pytest.mark.feature("E7")
def test_swedish_absence_is_hours():
    diary = pack("se.compulsory").diary
    weights = [
        diary.absence_weight("late", 15),
        diary.absence_weight("absent", 60),
        diary.absence_weight("absent", None),
    ]
    assert diary.count([*weights, diary.absence_weight("late", None)]) == Decimal("2.25")
    assert diary.show_count(diary.count(weights)) == "2,25"
    assert diary.show_count(diary.count([diary.absence_weight("late", 20)] * 3)) == "1"


def test_swedish_leave_needs_both_guardians_and_the_principal_for_more_than_a_day():
    leave = pack("se.compulsory").diary.leave
    assert leave.guardians == 2
    assert leave.approvers == ((1, "class_teacher"), (10, "principal"), (None, "principal"))


def test_vietnamese_tests_are_only_in_the_subjects_and_grades_that_have_them():
    diary = pack("vn.primary").diary
    kinds = {k.code: k for k in diary.mark_kinds(4, TODAY)}
    assert list(kinds) == ["mid_level", "mid_test", "level", "test"]
    assert kinds["mid_test"].subjects == ("TV", "TOAN")
    assert kinds["mid_test"].occasion == "mid"
    assert kinds["test"].closes == "term"
    assert "DD" in kinds["level"].subjects
    assert "DD" not in kinds["test"].subjects
    assert [k.code for k in diary.mark_kinds(1, TODAY)] == ["mid_level", "level", "test"]
    assert diary.mark_kinds(5, date(2024, 3, 3)) == ()


@pytest.mark.parametrize(("kind", "text", "value"), [("mid_level", "hoàn thành tốt", "T"), ("test", "9.0", "9")])
def test_vietnamese_marks_are_read_as_teachers_write_them(kind: str, text: str, value: str):
    assert pack("vn.primary").diary.normalise_mark(kind, text, 4, TODAY) == value


def test_a_vietnamese_mark_with_a_fraction_is_refused():
    with pytest.raises(Refused):
        pack("vn.primary").diary.normalise_mark("test", "8.5", 4, TODAY)


def test_only_bulgaria_counts_alarms_and_days_on_the_guardians_word():
    bulgaria = pack("bg.school").diary
    assert list(bulgaria.alarm) == [Decimal(n) for n in (5, 10, 15)]
    assert (bulgaria.leave.days_per_year, bulgaria.leave.days_in_row, bulgaria.leave.guardians) == (15, 5, 1)
    assert [pack(p).may_compare("mark_average") for p in ("bg.school", "vn.primary")] == [True, False]


def test_a_university_has_no_diary_and_refuses_every_mark():
    diary = pack("se.university").diary
    assert (diary.grounds, diary.remarks, diary.register, diary.alarm) == ((), (), None, ())
    assert diary.mark_kinds(0, TODAY) == ()
    assert diary.leave.days_per_year == 0
    with pytest.raises(Refused) as refused:
        diary.normalise_mark("current", "A", 0, TODAY)
    assert refused.value.code == "se.university.mark.kind"
