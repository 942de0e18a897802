"""Averages, success, words, proposals and the diploma."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testamur.law.bg_school import marks, tables
from testamur.law.bg_school.diary import DIARY
from tests.law.documents.registers import mark

LATIN = str.maketrans({"а": "a", "б": "b", "в": "v", "д": "d", "е": "e", "и": "i", "л": "l", "м": "m", "н": "n",
                       "о": "o", "р": "r", "с": "s", "т": "t", "ч": "ch", "ъ": "a", "г": "g"})  # fmt: skip
a_mark = st.builds(
    mark,
    subject=st.sampled_from(["BEL", "MAT", "ENG"]),
    value=st.sampled_from("23456"),
    term=st.sampled_from(tables.TERMS),
    kind=st.sampled_from(["current", "test"]),
    weight=st.sampled_from([Decimal(1), Decimal(2), Decimal("0.5")]),
)


@pytest.mark.feature("E28")
def test_the_worked_examples(golden: list[dict[str, Any]]):
    seen = set()
    for row in golden:
        case, given_, expected = row["case"], row["input"], row["expected"]
        if case == "bg_word":
            assert DIARY.word(Decimal(given_)).translate(LATIN) == expected
        elif case == "bg_avg":
            assert DIARY.average([mark("MAT", str(n)) for n in given_]) == Decimal(expected)
        elif case == "bg_diploma":
            parts = [[Decimal(str(n)) for n in given_[part]] for part in "AB"]
            assert marks.diploma(*parts) == Decimal(expected)
        elif case == "bg_absence":
            told = {"late<=20": ("late", 20), "late>20": ("late", 21), "absent": ("absent", None)}
            assert DIARY.count([DIARY.absence_weight(*told[one]) for one in given_]) == Decimal(expected)
        else:
            continue
        seen.add(case)
    assert seen == {"bg_word", "bg_avg", "bg_diploma", "bg_absence"}


@pytest.mark.parametrize(
    ("average", "word"),
    [("2.99", "слаб"), ("3.00", "среден"), ("3.49", "среден"), ("4.49", "добър"), ("5.49", "много добър"),
     ("6.00", "отличен"), ("0", "слаб")],
)  # fmt: skip
def test_the_bands_of_words_meet_without_a_gap(average: str, word: str):
    assert DIARY.word(Decimal(average)) == word


def test_hundredths_are_rounded_half_up_and_nothing_before():
    # 33/8 = 4.125, which halves rounded to even and rounded steps between would make 4.12
    assert DIARY.average([mark("MAT", v) for v in "44444445"]) == Decimal("4.13")
    # the mean of 4.333… and 4 is 4.1666…; of the rounded 4.33 and 4 it would be 4.165
    assert DIARY.success([*(mark("MAT", v) for v in "445"), mark("BEL", "4")]) == Decimal("4.17")


@pytest.mark.feature("E28")
def test_success_counts_each_subject_once_however_many_marks_it_has():
    rows = [mark("MAT", "2"), *(mark("BEL", "6") for _ in range(9))]
    assert DIARY.success(rows) == Decimal("4.00")
    assert marks.mean_of_all(rows) == Decimal("5.60")


def test_marks_that_close_a_period_and_words_do_not_count():
    assert DIARY.average([mark("MAT", "4"), mark("MAT", "6", kind="term"), mark("MAT", "П")]) == Decimal("4.00")
    assert DIARY.average([mark("MAT", "6", kind="annual")]) is None
    assert DIARY.average([mark("MAT", "6", weight=Decimal(0))]) is None
    assert DIARY.success([]) is None


@given(st.lists(a_mark, min_size=1, max_size=12))
def test_averages_lie_between_the_lowest_and_the_highest_mark(rows: list[Any]):
    values = [Decimal(m.value) for m in rows]
    for found in (DIARY.average(rows), DIARY.success(rows), marks.mean_of_all(rows)):
        assert found is not None
        assert min(values) <= found <= max(values)
        assert found.as_tuple().exponent == -2
        assert DIARY.word(found) in {step.name for step in tables.SIX.values}


@given(st.lists(a_mark, min_size=1, max_size=8), st.integers(0, 7))
def test_a_better_mark_never_lowers_average_success_or_proposal(rows: list[Any], at: int):
    one = rows[at % len(rows)]
    better = [mark(m.subject, "6", m.term, m.kind, weight=m.weight) if m is one else m for m in rows]
    for reckon in (DIARY.average, DIARY.success):
        before, after = reckon(rows), reckon(better)
        assert before is not None
        assert after is not None
        assert after >= before
    before_term, after_term = DIARY.propose("term", rows, 7), DIARY.propose("term", better, 7)
    assert before_term is not None
    assert after_term is not None
    assert int(after_term.value) >= int(before_term.value)


@given(st.lists(a_mark, max_size=8), st.randoms())
def test_the_order_of_marks_does_not_matter(rows: list[Any], random: Any):
    mixed = list(rows)
    random.shuffle(mixed)
    assert DIARY.average(mixed) == DIARY.average(rows)
    assert DIARY.success(mixed) == DIARY.success(rows)


@given(st.fractions(2, 6, max_denominator=400))
def test_rounding_is_never_further_than_half_a_step(exact: Fraction):
    assert abs(Fraction(marks.rounded(exact)) - exact) <= Fraction(1, 200)


def test_a_term_is_proposed_from_its_own_marks_with_a_sentence_why():
    rows = [mark("MAT", v) for v in "22"] + [mark("MAT", v, "II") for v in "45"]
    found = DIARY.propose("term", rows, 7)
    assert found is not None
    assert (found.value, found.why) == ("5", "Средно 4,50 от 2 текущи оценки за втори срок.")
    assert DIARY.propose("term", [mark("MAT", "6", kind="term")], 7) is None
    assert DIARY.propose("term", [], 7) is None


@pytest.mark.parametrize(
    ("first", "second", "annual"),
    [("4", "5", "5"), ("5", "4", "4"), ("6", "3", "4"), ("3", "6", "5"), ("2", "4", "3"), ("6", "6", "6")],
)
def test_the_year_is_proposed_from_both_terms_and_the_second_decides_midway(first: str, second: str, annual: str):
    rows = [mark("MAT", first, "I", "term"), mark("MAT", second, "II", "term"), mark("MAT", "2", "II")]
    found = DIARY.propose("annual", rows, 7)
    assert found is not None
    assert found.value == annual
    assert first in found.why
    assert second in found.why


def test_a_year_without_its_second_term_is_not_proposed():
    assert DIARY.propose("annual", [mark("MAT", "5", "I", "term")], 7) is None
    only = DIARY.propose("annual", [mark("MAT", "5", "II", "term")], 7)
    assert only is not None
    assert only.value == "5"


def test_words_are_not_reckoned_in_the_first_grades():
    assert DIARY.propose("term", [mark("MAT", "П")], 2) is None
    assert DIARY.propose("annual", [mark("MAT", "6", "II", "term")], 2) is None
