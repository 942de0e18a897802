"""Rättelse HF 6:23 and omprövning HF 6:24: who, in which direction, after which hearing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testamur.kernel.base.refused import Refused
from testamur.law.contract import Correction
from testamur.law.se_university import corrections, tables, values
from testamur.law.se_university.pack import PACK
from tests.law.se_university.making import DECIDED, decision

BEFORE = decision("C")
LATER = DECIDED + timedelta(days=30)
SLIP = Correction(
    before=BEFORE, value="B", reason="rectification", role="examiner", by_deciders=True,
    decided_by=("Eskil Examinator",), decided_on=LATER, grounds=frozenset({"slip"}), explanation="Fel rad i listan.",
)  # fmt: skip
AGAIN = replace(
    SLIP,
    reason="re-examination",
    grounds=frozenset({"obviously_wrong", "quick_and_simple"}),
    explanation="En sida av skrivningen hade förbisetts.",
)


def test_an_examiner_rectifies_upwards_without_a_hearing_and_the_day_of_examination_stays():
    after = PACK.correct(SLIP)
    assert (after.value, after.reason, after.decided_on, after.decided_by) == (
        "B",
        "rectification",
        LATER,
        ("Eskil Examinator",),
    )
    assert after.slot == BEFORE.slot
    assert after.scale == "AF"


def test_before_a_rectification_lowers_the_grade_the_student_is_heard_or_it_is_said_why_not():
    with pytest.raises(corrections.NotHeard) as refused:
        PACK.correct(replace(SLIP, value="Fx"))
    assert refused.value.found["missing"] == ("pupil",)
    with pytest.raises(corrections.NotHeard):
        PACK.correct(replace(SLIP, value="Fx", hearing_unneeded="  "))
    assert PACK.correct(replace(SLIP, value="Fx", heard=frozenset({"pupil"}))).value == "Fx"
    assert PACK.correct(replace(SLIP, value="F", hearing_unneeded="Studenten påpekade felet själv.")).value == "F"


def test_a_re_examination_raises_and_never_lowers():
    assert PACK.correct(replace(AGAIN, value="A")).value == "A"
    with pytest.raises(corrections.Lower) as refused:
        PACK.correct(replace(AGAIN, value="D", heard=frozenset({"pupil"})))
    assert refused.value.found == {"before": "C", "value": "D"}


def test_deceit_lets_a_re_examination_lower_the_grade_after_a_hearing():
    deceit = replace(AGAIN, value="F", grounds=AGAIN.grounds | {"deceit"})
    with pytest.raises(corrections.NotHeard):
        PACK.correct(deceit)
    assert PACK.correct(replace(deceit, heard=frozenset({"pupil"}))).value == "F"


def test_another_examiner_may_correct_and_nobody_else():
    assert PACK.correct(replace(AGAIN, by_deciders=False, decided_by=("Elsa Examinator",))).decided_by == (
        "Elsa Examinator",
    )
    changes: list[dict[str, Any]] = [
        {"role": "teacher"}, {"role": "principal"}, {"role": "administrator"}, {"decided_by": (" ",)},
    ]  # fmt: skip
    for change in changes:
        with pytest.raises(corrections.WrongDecider):
            PACK.correct(replace(SLIP, **change))


@pytest.mark.parametrize(
    ("correction", "code"),
    [
        (replace(SLIP, reason="change"), "se.university.correction.unknown"),
        (replace(SLIP, grounds=frozenset()), "se.university.correction.ground_missing"),
        (replace(AGAIN, grounds=frozenset({"obviously_wrong"})), "se.university.correction.ground_missing"),
        (replace(AGAIN, explanation=" "), "se.university.correction.unexplained"),
        (replace(SLIP, value="C"), "se.university.correction.same"),
        (replace(SLIP, value="VG"), "se.university.value.off_scale"),
        (replace(SLIP, decided_on=DECIDED - timedelta(days=1)), "se.university.correction.backwards"),
        (replace(SLIP, before=replace(BEFORE, kind="grade")), "se.university.kind.unknown"),
    ],
)
def test_what_the_ordinance_does_not_allow_is_refused(correction: Correction, code: str):
    with pytest.raises(Refused) as refused:
        PACK.correct(correction)
    assert refused.value.code == code


@given(data=st.data(), scale=st.sampled_from([*tables.SCALES]), reason=st.sampled_from([*tables.CORRECTIONS]))
def test_on_every_scale_the_direction_follows_the_order_of_its_values(data: st.DataObject, scale: str, reason: str):
    steps = [v.value for v in tables.SCALES[scale].values]
    before, value = (data.draw(st.sampled_from(steps)) for _ in range(2))
    start = SLIP if reason == "rectification" else AGAIN
    asked = replace(start, before=decision(before, scale), value=value, heard=frozenset({"pupil"}))
    lawful = before != value and (reason == "rectification" or values.rank(scale, value) > values.rank(scale, before))
    try:
        after = PACK.correct(asked)
    except (corrections.Lower, corrections.Same):
        assert not lawful
    else:
        assert lawful
        assert (after.value, after.occasion) == (value, asked.before.occasion)
