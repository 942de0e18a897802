"""Merit value and eligibility against worked examples and for every set of grades."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testamur.law.contract import Decision, Period
from testamur.law.se_compulsory import merit, rules
from testamur.law.se_compulsory.pack import PACK
from testamur.law.se_compulsory.tables import BLOCK

ON = date(2026, 6, 10)
SIXTEEN = ["BL", "EN", "HKK", "IDH", "MA", "MU", "BI", "FY", "KE", "GE", "HI", "RE", "SH", "SL", "SV", "TK"]
ALL_E = dict.fromkeys(SIXTEEN, "E")
ALL_A = dict.fromkeys(SIXTEEN, "A")
EIGHT = dict.fromkeys(["EN", "MA", "SV", "BL", "SL", "MU", "IDH", "HKK"], "E")
EVERYTHING = {"yrkes": True, "estetiska": True, "ek_hu_sa": True, "na_te": True}
NOTHING_BUT_VOCATIONAL = {"yrkes": True, "estetiska": False, "ek_hu_sa": False, "na_te": False}

WORKED = [
    ("16 x E", ALL_E, "160", EVERYTHING, 16),
    ("all A with språkval", {**ALL_A, "M2SPA": "A"}, "340", EVERYTHING, 17),
    ("M1 A displaces one E", {**ALL_E, "M1JPN": "A"}, "170", EVERYTHING, 17),
    ("språkval F", {**ALL_E, "M2DEU": "F"}, "160", EVERYTHING, 16),
    ("8 passed only", EIGHT, "80", NOTHING_BUT_VOCATIONAL, 8),
]


@pytest.mark.parametrize(("values", "expected"), [(w[1], w[2]) for w in WORKED], ids=[w[0] for w in WORKED])
def test_merit_value_of_the_worked_examples(values: dict[str, str], expected: str):
    assert merit.as_text(merit.merit_value(values, on=ON)) == expected


@pytest.mark.parametrize(("values", "expected", "n"), [(w[1], w[3], w[4]) for w in WORKED], ids=[w[0] for w in WORKED])
def test_eligibility_of_the_worked_examples(values: dict[str, str], expected: dict[str, bool], n: int):
    eligible = merit.eligibility(values, on=ON)
    assert (eligible.programmes, eligible.passed) == (expected, n)


def test_the_shared_worked_examples_give_the_same(golden: list[dict[str, Any]]):
    merits = [row for row in golden if row["case"].startswith("se_meritvarde/")]
    eligibilities = [row for row in golden if row["case"].startswith("se_behorighet/")]
    assert len(merits) == len(eligibilities) == 5
    for row in merits:
        assert merit.as_text(merit.merit_value(row["input"], on=ON)) == row["expected"], row["case"]
    for row in eligibilities:
        found = merit.eligibility(row["input"], on=ON)
        assert {**found.programmes, "passed": found.passed} == row["expected"], row["case"]


def test_sprakval_was_no_17th_grade_before_2014():
    values = {**ALL_A, "M2SPA": "A"}
    assert merit.merit_value(values, on=date(2013, 6, 12)) == 320
    assert merit.merit_value(values, on=date(2014, 6, 12)) == 340


def test_former_grades_have_their_own_values():
    assert merit.merit_value({"MA": "MVG", "EN": "VG", "SV": "G"}, on=date(2010, 6, 10)) == 45


def test_each_missing_demand_is_said_in_a_sentence():
    found = merit.eligibility({**ALL_E, "MA": "F", "FY": "-"}, on=ON)
    assert not any(found.programmes.values())
    unmet = [c for c in found.conditions["na_te"] if not c.met]
    assert [(c.about, c.found) for c in unmet] == [("MA", "F"), ("FY", "-")]
    assert unmet[0].text == "Godkänt betyg i Matematik saknas."


def test_svenska_som_andrasprak_opens_the_same_doors():
    values = {("SVA" if c == "SV" else c): v for c, v in ALL_E.items()}
    assert all(merit.eligibility(values, on=ON).programmes.values())


def test_a_value_off_the_scale_or_an_unknown_subject_is_refused():
    with pytest.raises(rules.OffScale):
        merit.merit_value({"MA": "VG"}, on=ON)
    with pytest.raises(rules.SubjectUnknown):
        merit.merit_value({"XX": "A"}, on=ON)
    with pytest.raises(rules.Exclusive):
        merit.eligibility({"SV": "A", "SVA": "A"}, on=ON)


# --- for every set of grades --------------------------------------------------------------------

CODES = [*SIXTEEN, "M1JPN", "M1FRA", "MLARA", "TN", "JU"]
STEPS = ["-", "F", "E", "D", "C", "B", "A"]  # from worst to best
some_grades = st.dictionaries(st.sampled_from(CODES), st.sampled_from(STEPS), max_size=len(CODES))
sprakval: st.SearchStrategy[dict[str, str]] = st.one_of(st.just({}), st.sampled_from(STEPS).map(lambda v: {"M2SPA": v}))
report = st.tuples(some_grades, sprakval).map(lambda pair: {**pair[0], **pair[1]})


@given(report)
def test_the_merit_value_lies_between_0_and_340_in_steps_of_two_and_a_half(values: dict[str, str]):
    found = merit.merit_value(values, on=ON)
    assert 0 <= found <= (340 if "M2SPA" in values else 320)
    assert found % Decimal("2.5") == 0


@given(report, st.randoms())
def test_the_order_of_grades_does_not_matter(values: dict[str, str], random: Any):
    rows = list(values.items())
    random.shuffle(rows)
    assert merit.merit_value(dict(rows), on=ON) == merit.merit_value(values, on=ON)
    assert merit.eligibility(dict(rows), on=ON).programmes == merit.eligibility(values, on=ON).programmes


@given(report, st.data())
def test_a_better_grade_never_lowers_merit_nor_closes_a_door(values: dict[str, str], data: Any):
    code = data.draw(st.sampled_from([*CODES, "M2SPA"]))
    old = values.get(code, "-")
    better = {**values, code: data.draw(st.sampled_from(STEPS[STEPS.index(old) :]))}
    assert merit.merit_value(better, on=ON) >= merit.merit_value(values, on=ON)
    before, after = merit.eligibility(values, on=ON), merit.eligibility(better, on=ON)
    assert after.passed >= before.passed
    assert all(after.programmes[p] for p, was in before.programmes.items() if was)


@given(report)
def test_dash_and_f_count_nothing(values: dict[str, str]):
    graded = {c: v for c, v in values.items() if v not in {"-", "F"}}
    assert merit.merit_value(values, on=ON) == merit.merit_value(graded, on=ON)


@given(report)
def test_the_merit_value_is_the_sum_when_there_are_at_most_16_grades(values: dict[str, str]):
    points = {"A": 20, "B": 17.5, "C": 15, "D": 12.5, "E": 10, "F": 0, "-": 0}
    ranked = sorted((points[v] for c, v in values.items() if c != "M2SPA"), reverse=True)
    expected = sum(ranked[:16]) + points[values.get("M2SPA", "-")]
    assert merit.merit_value(values, on=ON) == Decimal(str(expected))


@given(report.flatmap(lambda few: st.just({**few, "EN": "E", "MA": "E", "SV": "E"}) | st.just(few)))
def test_eligibility_is_what_the_law_says_counted_another_way(values: dict[str, str]):
    passed = {c for c, v in values.items() if v in "ABCDE"}
    core = {"EN", "MA", "SV"} <= passed
    others = len(passed - {"EN", "MA", "SV"})
    assert merit.eligibility(values, on=ON).programmes == {
        "yrkes": core and others >= 5,
        "estetiska": core and others >= 9,
        "ek_hu_sa": core and others >= 9 and {"GE", "HI", "SH", "RE"} <= passed,
        "na_te": core and others >= 9 and {"BI", "FY", "KE"} <= passed,
    }


def test_twelve_passes_are_needed_beside_the_named_subjects():
    named = dict.fromkeys(["SV", "EN", "MA", "GE", "HI", "SH", "RE", "BI", "FY", "KE"], "E")
    assert not merit.eligibility({**named, "BL": "E"}, on=ON).programmes["ek_hu_sa"]
    assert merit.eligibility({**named, "BL": "E", "SL": "E"}, on=ON).programmes["ek_hu_sa"]


@given(report)
def test_the_answer_and_its_demands_agree(values: dict[str, str]):
    found = merit.eligibility(values, on=ON)
    for programme, eligible in found.programmes.items():
        assert eligible == all(c.met for c in found.conditions[programme])
    assert not found.programmes["estetiska"] or found.programmes["yrkes"]
    assert not found.programmes["na_te"] or found.programmes["estetiska"]


# --- from decisions -----------------------------------------------------------------------------

HT8 = Period("2024/2025", "HT", date(2024, 8, 19), date(2024, 12, 20))
VT9 = Period("2025/2026", "VT", date(2026, 1, 8), date(2026, 6, 10))
VT6 = Period("2022/2023", "VT", date(2023, 1, 9), date(2023, 6, 12))


def test_the_latest_grade_of_a_subject_stands():
    rows = [
        Decision("grade", "MA", "A", VT9, 9),
        Decision("grade", "MA", "E", HT8, 8),
        Decision("grade", "SV", "A", HT8, 8),
        Decision("grade", "SVA", "D", VT9, 9),
        Decision("grade", "M2GER", "B", HT8, 8),
        Decision("grade", "M2SPA", "C", VT9, 9),
        Decision("grade", "NO", "C", VT6, 6, flags=frozenset({BLOCK})),
        Decision("grade", "FY", "B", HT8, 8),
    ]
    expected = {"MA": "A", "SVA": "D", "M2SPA": "C", "FY": "B"}
    assert merit.standing(rows) == expected
    assert merit.standing(rows[::-1]) == expected


def test_the_summary_reckons_from_year_7_on_and_says_when_it_is_final():
    rows = [Decision("grade", code, "C", VT9, 9) for code in SIXTEEN]
    summary = PACK.summary([*rows, Decision("grade", "M2FRE", "B", HT8, 8)])
    assert summary["merit_value"] == "257.5"
    assert (summary["passed"], summary["final"]) == (17, True)
    assert summary["missing"] == {"yrkes": [], "estetiska": [], "ek_hu_sa": [], "na_te": []}
    assert not PACK.summary([Decision("grade", "MA", "C", HT8, 8)])["final"]
    assert PACK.summary([Decision("grade", "NO", "C", VT6, 6, flags=frozenset({BLOCK}))]) == {}
    assert PACK.summary([]) == {}
