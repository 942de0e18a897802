"""What modules say about the final grade: which value follows, from which day, and why none does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testamur.law.results import FinalGrade, ModuleResult
from testamur.law.se_university import final as reckoning
from testamur.law.se_university import tables, values
from testamur.law.se_university.final import final
from tests.law.se_university.making import DAY, module

LATER = DAY + timedelta(days=20)


def outcome(rule: str, scale: str, *modules: ModuleResult) -> tuple[str, str]:
    found = final(rule, scale, modules)
    assert found.ready
    return found.value, found.reason


@pytest.mark.feature("B17")
def test_the_module_that_decides_fills_the_final_grade():
    modules = (module("1405", "B", deciding=True), module("1408", "G", "UG"), module("1410", "E"))
    assert outcome("deciding_module", "AF", *modules) == ("B", "deciding_module")


@pytest.mark.feature("B17")
def test_the_day_is_that_of_the_last_module_that_was_passed_and_not_of_the_deciding_one():
    found = final(
        "deciding_module",
        "AF",
        (module("1405", "B", deciding=True), module("1408", "G", "UG", examined_on=LATER)),
    )
    assert found == FinalGrade(True, "B", LATER, "deciding_module")


def test_a_course_of_one_module_has_its_grade():
    assert outcome("single_module", "UV", module("1405", "VG", "UV")) == ("VG", "single_module")
    assert outcome("single_module", "UV", module("1405", "VG", "UV"), module("1408", "G", "UV")) == ("", "manual")


def test_nothing_follows_by_hand():
    assert outcome("manual", "AF", module("1405", "B"), module("1408", "A")) == ("", "manual")


def test_as_long_as_a_module_is_not_finished_no_grade_can_be_set():
    done, failed, open_one = module("1405", "B", deciding=True), module("1408", "U", "UG"), module("1410")
    found = final("deciding_module", "AF", (done, failed, open_one))
    assert found == FinalGrade(False, "", None, "modules_missing", ("1408", "1410"))
    supplemented = final("deciding_module", "AF", (replace(done, value="Fx"), module("1408", "G", "UG")))
    assert supplemented == FinalGrade(False, "", None, "deciding_missing", ("1405",))
    assert not final("manual", "AF", ()).ready


def test_a_syllabus_that_names_no_deciding_module_or_two_leaves_the_grade_to_the_examiner():
    assert outcome("deciding_module", "AF", module("1405", "B"), module("1408", "A")) == ("", "deciding_missing")
    both = (module("1405", "B", deciding=True), module("1408", "A", deciding=True))
    assert outcome("deciding_module", "AF", *both) == ("", "manual")


def test_a_credited_module_is_finished_but_has_neither_grade_nor_day():
    credited = module("1405", credited=True, deciding=True)
    assert final("deciding_module", "AF", (credited, module("1408", "A"))) == FinalGrade(True, "", DAY, "credited")
    assert final("single_module", "AF", (replace(credited, examined_on=LATER),)) == FinalGrade(
        True, "", None, "credited"
    )
    other = (replace(credited, deciding=False), module("1408", "A", deciding=True))
    assert outcome("deciding_module", "AF", *other) == ("A", "deciding_module")


@pytest.mark.parametrize(
    ("course", "scale", "value", "expected"),
    [
        ("UG", "UV", "VG", ("G", "single_module")),
        ("UG", "AF", "E", ("G", "single_module")),
        ("PF", "UG", "G", ("P", "single_module")),
        ("UV", "UG", "G", ("", "manual")),
        ("UV", "AF", "A", ("", "manual")),
        ("AF", "TH", "5", ("", "manual")),
        ("TH", "TH", "4", ("4", "single_module")),
    ],
)
def test_a_grade_is_copied_or_becomes_a_pass_but_is_never_translated(
    course: str, scale: str, value: str, expected: tuple[str, str]
):
    assert outcome("single_module", course, module("1405", value, scale)) == expected


@pytest.mark.parametrize(
    ("modules", "expected"),
    [
        ([("A", "2.5"), ("C", "2.5")], "B"),
        ([("A", "7.5"), ("E", "2.5")], "B"),
        ([("A", "2.5"), ("E", "7.5")], "D"),
        ([("C", "5"), ("D", "5")], "C"),
        ([("B", "4.9"), ("C", "5.1")], "C"),
        ([("E", "1")], "E"),
    ],
)
def test_the_mean_is_weighted_by_credits_and_rounded_half_up(modules: list[tuple[str, str]], expected: str):
    made = [module(f"14{n}", value, hp=hp) for n, (value, hp) in enumerate(modules, start=10)]
    assert outcome("mean_rounded", "AF", *made) == (expected, "mean_rounded")


def test_the_mean_leaves_out_what_is_only_passed_and_is_open_where_a_number_is_missing():
    third = Decimal(1) / 3
    assert outcome("mean_rounded", "TH", module("1", "5", "TH"), module("2", "G", "UG"), module("3", "4", "TH")) == (
        "5",
        "mean_rounded",
    )
    assert outcome("mean_rounded", "AF", module("1", "A"), module("2", "VG", "UV")) == ("", "no_number")
    assert outcome("mean_rounded", "AF", module("1", "A"), module("2", "5", "TH")) == ("", "no_number")
    assert outcome("mean_rounded", "AF", module("1", "G", "UG")) == ("", "no_number")
    assert outcome("mean_rounded", "UV", module("1", "G", "UV")) == ("", "no_number")
    assert outcome("mean_rounded", "AF", module("1", "A", hp="0")) == ("", "no_number")
    assert outcome("mean_rounded", "AF", module("1", "A"), module("2", credited=True)) == ("", "credited")
    assert outcome("mean_rounded", "AF", module("1", "A"), module("2", scale="UG", credited=True)) == (
        "A",
        "mean_rounded",
    )
    halves = [replace(module(str(n), value), credits=third) for n, value in enumerate("BBC")]
    assert outcome("mean_rounded", "AF", *halves) == ("B", "mean_rounded")


def test_an_unknown_rule_scale_or_value_is_refused():
    with pytest.raises(reckoning.RuleUnknown):
        final("best_of", "AF", (module("1405", "A"),))
    with pytest.raises(values.ScaleUnknown):
        final("manual", "XX", (module("1405", "A"),))
    with pytest.raises(values.OffScale):
        final("manual", "AF", (module("1405", "VG"),))


@st.composite
def courses(draw: st.DrawFn) -> tuple[ModuleResult, ...]:
    """One to five modules of any scale and grade, some credited, one deciding."""
    size = draw(st.integers(1, 5))
    deciding = draw(st.integers(0, size - 1))
    made = []
    for n in range(size):
        scale = draw(st.sampled_from([*tables.SCALES]))
        value = draw(st.sampled_from(["", *(v.value for v in tables.SCALES[scale].values)]))
        hp = draw(st.decimals("0.5", "30", places=1))
        day = date(2026, 1, 1) + timedelta(days=draw(st.integers(0, 300)))
        credited = draw(st.booleans()) and draw(st.booleans())
        made.append(
            ModuleResult(
                str(n), "", hp, scale, value, day if value else None, deciding=n == deciding, credited=credited
            )
        )
    return tuple(made)


RULES = st.sampled_from(["manual", "single_module", "deciding_module", "mean_rounded"])
SCALES = st.sampled_from([*tables.SCALES])


@given(rule=RULES, scale=SCALES, modules=courses())
def test_a_value_is_a_passing_one_with_every_module_finished_and_a_day(
    rule: str, scale: str, modules: tuple[ModuleResult, ...]
):
    found = final(rule, scale, modules)
    assert found.ready is all(m.credited or (m.value and values.passed(m.scale, m.value)) for m in modules)
    assert found.ready is (found.missing == ())
    if found.value:
        assert found.ready
        assert values.passed(scale, found.value)
        assert found.reason == rule
        assert found.examined_on in {m.examined_on for m in modules if not m.credited}
    else:
        assert found.reason in {"manual", "modules_missing", "deciding_missing", "credited", "no_number"}


@given(rule=RULES, scale=SCALES, modules=courses(), data=st.data())
def test_a_better_grade_of_one_module_never_makes_the_final_grade_worse(
    rule: str, scale: str, modules: tuple[ModuleResult, ...], data: st.DataObject
):
    which = data.draw(st.integers(0, len(modules) - 1))
    old = modules[which]
    steps = [v.value for v in tables.SCALES[old.scale].values]
    better = data.draw(st.sampled_from(steps[steps.index(old.value) if old.value else 0 :]))
    raised = (*modules[:which], replace(old, value=better, examined_on=DAY), *modules[which + 1 :])
    before, after = final(rule, scale, modules), final(rule, scale, raised)
    assert after.ready >= before.ready
    if before.value:
        assert values.rank(scale, after.value) >= values.rank(scale, before.value)
