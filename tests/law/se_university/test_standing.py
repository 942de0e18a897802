"""What a student's decisions add up to: attempts and another examiner (HF 6:22), courses and credits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from testamur.law.contract import Decision
from testamur.law.se_university.pack import PACK
from testamur.law.se_university.standing import Attempts, attempts
from tests.law.se_university.making import DAY, DECIDED, decision

CODE = "DV1574/1405"


def tried(*values: str, **more: Any) -> list[Decision]:
    """One attempt a month."""
    return [
        decision(v, on=DAY + timedelta(days=30 * n), decided_on=DECIDED + timedelta(days=30 * n), **more)
        for n, v in enumerate(values)
    ]


def test_after_two_failed_attempts_a_student_may_have_another_examiner():
    assert attempts(tried("F"), CODE) == Attempts(1, passed=False, other_examiner=False)
    assert attempts(tried("F", "Fx"), CODE) == Attempts(2, passed=False, other_examiner=True)
    assert attempts(tried("F", "Fx", "E"), CODE) == Attempts(2, passed=True, other_examiner=False)
    assert attempts(tried("F", "F"), "DV1574/1408") == Attempts(0, passed=False, other_examiner=False)


def test_a_corrected_attempt_counts_once_as_it_was_corrected():
    first = decision("F")
    corrected = replace(first, value="E", reason="rectification", decided_on=DECIDED + timedelta(days=9))
    assert attempts([corrected, first], CODE) == Attempts(0, passed=True, other_examiner=False)


def test_credits_are_those_of_whole_courses_and_of_modules_of_other_courses():
    rows = [
        *tried("F", "D", flags=frozenset({"hp:5"})),
        decision("B", kind="course", code="DV1574", flags=frozenset({"hp:7.5"})),
        decision("G", "UG", code="MA1444/L1", flags=frozenset({"hp:1.50"})),
        decision("U", "UG", code="MA1444/L2", flags=frozenset({"hp:6"})),
        decision("A", code="MA1444/L3"),
    ]
    told = PACK.summary(rows)
    assert told["credits"] == "9"
    assert told["courses"] == {
        "DV1574": {"value": "B", "scale": "AF", "passed": True, "examined_on": "2026-10-30", "credits": "7.5"},
    }
    assert told["modules"]["DV1574/1405"]["value"] == "D"
    assert told["modules"]["MA1444/L3"]["credits"] == ""
    assert PACK.summary([]) == {}


def test_the_best_attempt_stands_and_a_correction_of_it_replaces_it():
    rows = tried("C", "E")
    assert PACK.summary(rows)["modules"][CODE]["value"] == "C"
    lowered = replace(rows[0], value="D", reason="rectification", decided_on=DECIDED + timedelta(days=90))
    assert PACK.summary([*rows, lowered])["modules"][CODE]["value"] == "D"
    later = tried("C", "A")
    undone = replace(later[1], value="F", reason="rectification", decided_on=DECIDED + timedelta(days=90))
    assert PACK.summary([*later, undone])["modules"][CODE]["value"] == "C"


def test_credits_that_are_no_number_are_not_counted():
    told = PACK.summary([decision("A", flags=frozenset({flag})) for flag in ("hp:NaN",)])
    assert told["credits"] == "0"
    assert PACK.summary([decision("A", flags=frozenset({"hp:many"}))])["credits"] == "0"


def test_who_may_ask_for_another_examiner_is_told_by_code():
    assert PACK.summary(tried("F", "F"))["other_examiner"] == [CODE]
    assert PACK.summary(tried("F", "F", "E"))["other_examiner"] == []
