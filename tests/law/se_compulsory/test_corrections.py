"""Rättelse 3:19, ändring 3:20 and prövning: who, in which direction, after which hearing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testamur.kernel.base.refused import Refused
from testamur.law.contract import Correction, Decision, Period
from testamur.law.se_compulsory import corrections
from testamur.law.se_compulsory.pack import PACK
from testamur.law.se_compulsory.tables import UNLICENSED

VT = Period("2025/2026", "VT", date(2026, 1, 8), date(2026, 6, 10))
BEFORE = Decision("grade", "MA", "C", VT, 9, decided_on=date(2026, 6, 5), decided_by=("Lena Lärare",))
LATER = date(2026, 8, 20)

SLIP = Correction(
    before=BEFORE,
    value="E",
    reason="rectification",
    role="principal",
    by_deciders=False,
    decided_by=("Rut Rektor",),
    decided_on=LATER,
    grounds=frozenset({"slip"}),
    explanation="Fel rad i listan.",
    heard=frozenset({"pupil", "guardian"}),
)
CHANGE = Correction(
    before=BEFORE,
    value="B",
    reason="change",
    role="teacher",
    by_deciders=True,
    decided_by=("Lena Lärare",),
    decided_on=LATER,
    grounds=frozenset({"obviously_wrong", "quick_and_simple"}),
    explanation="Ett prov hade förbisetts.",
)


def test_the_principal_rectifies_a_slip_in_either_direction():
    for value in ("A", "F", "-"):
        after = PACK.correct(replace(SLIP, value=value))
        assert (after.value, after.reason, after.decided_by, after.decided_on) == (
            value,
            "rectification",
            ("Rut Rektor",),
            LATER,
        )
        assert after.slot == BEFORE.slot


def test_nobody_but_the_principal_rectifies():
    with pytest.raises(corrections.WrongDecider):
        PACK.correct(replace(SLIP, role="teacher", by_deciders=True))


def test_pupil_and_guardian_are_heard_first_or_it_is_said_why_not():
    with pytest.raises(corrections.NotHeard) as refused:
        PACK.correct(replace(SLIP, heard=frozenset({"pupil"})))
    assert refused.value.found["missing"] == ("guardian",)
    PACK.correct(replace(SLIP, heard=frozenset(), hearing_unneeded="Betyget höjs till det eleven fått besked om."))
    with pytest.raises(corrections.NotHeard):
        PACK.correct(replace(SLIP, heard=frozenset(), hearing_unneeded="  "))


def test_a_rectification_is_for_slips_alone_and_is_explained():
    with pytest.raises(corrections.GroundMissing):
        PACK.correct(replace(SLIP, grounds=frozenset()))
    with pytest.raises(corrections.Unexplained):
        PACK.correct(replace(SLIP, explanation=" "))


def test_those_who_decided_change_the_grade_upwards():
    assert PACK.correct(CHANGE).value == "B"
    assert PACK.correct(replace(CHANGE, before=replace(BEFORE, value="-"), value="F")).value == "F"


@pytest.mark.parametrize("value", ["D", "E", "F", "-"])
def test_a_change_never_lowers(value: str):
    with pytest.raises(corrections.Lower):
        PACK.correct(replace(CHANGE, value=value))


def test_a_colleague_does_not_change_anothers_grade():
    with pytest.raises(corrections.WrongDecider):
        PACK.correct(replace(CHANGE, by_deciders=False))


def test_the_principal_changes_only_when_a_decider_has_left_is_prevented_or_they_disagree():
    principal = replace(CHANGE, role="principal", by_deciders=False, decided_by=("Rut Rektor",))
    with pytest.raises(corrections.WrongDecider):
        PACK.correct(principal)
    for ground in ("decider_left", "decider_prevented"):
        assert PACK.correct(replace(principal, grounds=CHANGE.grounds | {ground})).value == "B"


def test_one_decider_cannot_disagree_alone():
    principal = replace(CHANGE, role="principal", by_deciders=False, grounds=CHANGE.grounds | {"deciders_disagree"})
    with pytest.raises(corrections.WrongDecider):
        PACK.correct(principal)
    two = replace(BEFORE, decided_by=("Lena Lärare", "Leif Legitimerad"))
    assert PACK.correct(replace(principal, before=two)).value == "B"


@pytest.mark.parametrize("ground", ["obviously_wrong", "quick_and_simple"])
def test_a_change_needs_both_grounds(ground: str):
    with pytest.raises(corrections.GroundMissing) as refused:
        PACK.correct(replace(CHANGE, grounds=CHANGE.grounds - {ground}))
    assert refused.value.found["ground"] == ground


def test_the_same_value_is_no_correction_but_a_test_may_confirm_a_grade():
    with pytest.raises(corrections.Same):
        PACK.correct(replace(CHANGE, value="C"))
    test = replace(CHANGE, reason="test", value="C", by_deciders=False, grounds=frozenset({"test_taken"}))
    after = PACK.correct(test)
    assert (after.value, after.reason, after.flags) == ("C", "test", frozenset({"test"}))


def test_a_test_is_graded_by_a_teacher():
    with pytest.raises(corrections.WrongDecider):
        PACK.correct(replace(CHANGE, reason="test", role="principal", grounds=frozenset({"test_taken"})))


def test_the_principal_corrects_a_grade_that_two_teachers_had_to_set():
    two = replace(BEFORE, decided_by=("Lena Lärare", "Leif Legitimerad"), flags=frozenset({UNLICENSED}))
    assert PACK.correct(replace(SLIP, before=two)).flags == two.flags


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": "annulment"},
        {"reason": ""},
        {"before": Decision("level", "MA", "1", VT, 3)},
        {"value": "VG"},
        {"decided_by": ()},
    ],
)
def test_everything_else_is_refused(wrong: dict[str, Any]):
    with pytest.raises(Refused):
        PACK.correct(replace(SLIP, **wrong))


@given(
    st.builds(
        replace,
        st.sampled_from([SLIP, CHANGE]),
        value=st.sampled_from("ABCDEF-"),
        reason=st.sampled_from(["rectification", "change", "test"]),
        role=st.sampled_from(["principal", "teacher", "administrator"]),
        by_deciders=st.booleans(),
        heard=st.sets(st.sampled_from(["pupil", "guardian"])).map(frozenset),
        grounds=st.sets(
            st.sampled_from(["slip", "obviously_wrong", "quick_and_simple", "test_taken", "decider_left"])
        ).map(frozenset),
    )
)
def test_what_is_allowed_is_within_the_law(correction: Correction):
    try:
        after = PACK.correct(correction)
    except Refused:
        return
    rule = PACK.corrections[correction.reason]
    assert correction.role in rule.roles
    assert {code for code, _ in rule.grounds} <= correction.grounds
    assert set(rule.hears) <= correction.heard
    if rule.direction == "not_lower":
        assert "ABCDEF-".index(after.value) <= "ABCDEF-".index(BEFORE.value)
    assert after.slot == BEFORE.slot
    assert after.reason == correction.reason
    PACK.check(after)
