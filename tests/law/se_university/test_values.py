"""What people and platforms write for a grade is read on the course's scale, or refused with what is accepted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testamur.law.results import Results
from testamur.law.se_university import tables, values
from testamur.law.se_university.pack import PACK

RESULTS = PACK.results
assert RESULTS is not None
LAW: Results = RESULTS
STEPS = [(scale.id, step.value) for scale in tables.SCALES.values() for step in scale.values]


@pytest.mark.parametrize(
    ("scale", "text", "value"),
    [
        ("UG", "g", "G"),
        ("UG", "godkänd", "G"),
        ("UG", "GODKÄNT", "G"),
        ("UG", "pass", "G"),
        ("UG", "Underkänd", "U"),
        ("UG", "ej godkänd", "U"),
        ("UG", "fail", "U"),
        ("UV", "vg", "VG"),
        ("UV", " väl godkänd ", "VG"),
        ("UV", "va\u0308l godkänt", "VG"),
        ("UV", "Pass with distinction", "VG"),
        ("TH", "5", "5"),
        ("TH", "4,0", "4"),
        ("TH", "3.00", "3"),
        ("TH", "underkänd", "U"),
        ("AF", "a", "A"),
        ("AF", "Fx", "Fx"),
        ("AF", "FX", "Fx"),
        ("AF", "f", "F"),
        ("AF", "excellent", "A"),
        ("AF", "Tillräckligt", "E"),
        ("PF", "P", "P"),
        ("PF", "passed", "P"),
        ("PF", "failed", "F"),
    ],
)
def test_what_people_write_is_read(scale: str, text: str, value: str):
    assert LAW.normalise(scale, text) == value


@pytest.mark.parametrize(
    ("scale", "text"),
    [
        ("UG", "VG"),
        ("UG", ""),
        ("UG", "-"),
        ("UG", "godkänd?"),
        ("UG", "inte godkänd alls"),
        ("UV", "P"),
        ("TH", "godkänd"),
        ("TH", "pass"),
        ("TH", "4.5"),
        ("TH", "5.0 av 10"),
        ("TH", "3.001"),
        ("TH", "6"),
        ("TH", "\u0664"),
        ("AF", "Å"),
        ("AF", "É"),
        ("AF", "A-"),
        ("AF", "A+"),
        ("AF", "godkänd"),
        ("AF", "5"),
        ("PF", "G"),
    ],
)
def test_what_could_mean_something_else_is_refused_with_what_is_accepted(scale: str, text: str):
    with pytest.raises(values.OffScale) as refused:
        LAW.normalise(scale, text)
    assert refused.value.code == "se.university.value.off_scale"
    assert refused.value.found["accepted"] == ", ".join(v.value for v in tables.SCALES[scale].values)


@pytest.mark.parametrize(("scale", "value"), STEPS)
def test_every_value_and_its_unambiguous_names_are_read_as_itself(scale: str, value: str):
    step = values.step_of(scale, value)
    for text in (value, value.lower(), value.upper(), f"  {value} "):
        assert LAW.normalise(scale, text) == value
    if (scale, value) not in tables.AMBIGUOUS:
        for text in (step.name, step.name.upper(), tables.ENGLISH[scale, value]):
            assert LAW.normalise(scale, text.replace(",", "")) == value


@given(scale=st.sampled_from([*tables.SCALES]), text=st.text(max_size=30))
def test_whatever_is_read_is_on_the_scale_and_reads_as_itself_again(scale: str, text: str):
    try:
        value = LAW.normalise(scale, text)
    except values.OffScale:
        return
    assert tables.SCALES[scale].find(value)
    assert LAW.normalise(scale, value) == value


@given(scale=st.sampled_from([*tables.SCALES]), text=st.text(max_size=2))
def test_so_short_a_text_is_read_sign_by_sign(scale: str, text: str):
    known = {v.value.casefold() for v in tables.SCALES[scale].values}
    try:
        value = LAW.normalise(scale, text)
    except values.OffScale:
        assert text.strip().casefold() not in known
    else:
        assert text.strip().casefold() == value.casefold()


@pytest.mark.parametrize(
    ("scale", "failing", "passing"),
    [
        ("UG", ["U"], ["G"]),
        ("UV", ["U"], ["G", "VG"]),
        ("TH", ["U"], ["3", "4", "5"]),
        ("AF", ["F", "Fx"], ["E", "D", "C", "B", "A"]),
        ("PF", ["F"], ["P"]),
    ],
)
def test_scales_stand_worst_first_and_say_what_passes(scale: str, failing: list[str], passing: list[str]):
    assert [v.value for v in LAW.scales[scale].values] == [*failing, *passing]
    assert not any(LAW.passed(scale, v) for v in failing)
    assert all(LAW.passed(scale, v) for v in passing)


def test_a_value_off_the_scale_neither_passes_nor_fails():
    for value in ("g", "A", ""):
        with pytest.raises(values.OffScale):
            LAW.passed("UG", value)
    with pytest.raises(values.ScaleUnknown) as refused:
        LAW.passed("XX", "G")
    assert refused.value.found["accepted"] == "UG, UV, TH, AF, PF"


def test_numbers_rise_with_the_scale_where_there_are_any():
    for scale in tables.SCALES.values():
        numbers = [v.points for v in scale.values if v.points is not None]
        assert numbers == sorted(numbers)
        assert all(v.passed for v in scale.values if v.points is not None)
    assert {s.id for s in tables.SCALES.values() if any(v.points for v in s.values)} == {"TH", "AF"}


def test_every_value_has_a_name_in_swedish_and_english():
    assert {key for key in STEPS if not (values.step_of(*key).name and tables.ENGLISH[key])} == set()
