"""Identity numbers in all the spellings that people and systems use."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testamur.register.people.rules import (
    IdentifierInvalid,
    NewPerson,
    Scheme,
    Sex,
    parse_identifier,
    remarks,
)
from tests.register.conftest import personnummer

ON = date(2026, 11, 22)


@pytest.mark.parametrize(
    "text", ["20100304-9800", "201003049800", "100304-9800", "1003049800", " 20100304 9800 ", "100304\u20139800"]
)
def test_a_personnummer_has_one_normal_form_however_it_is_written(text: str):
    number = personnummer(date(2010, 3, 4), 980)
    written = text.replace("9800", number[-4:])
    found = parse_identifier(Scheme.PERSONNUMMER, written, on=ON)
    assert (found.value, found.birth_date, found.sex) == (number, date(2010, 3, 4), "female")


def test_a_plus_sign_means_a_hundred_years_or_more():
    number = personnummer(date(1912, 12, 12), 981)
    found = parse_identifier(Scheme.PERSONNUMMER, f"{number[2:8]}+{number[8:]}", on=ON)
    assert found.birth_date == date(1912, 12, 12)


def test_the_century_is_reckoned_from_the_day_asked_about_and_not_from_the_machines_clock():
    short = personnummer(date(1927, 1, 1), 980)[2:]
    assert parse_identifier(Scheme.PERSONNUMMER, short, on=ON).birth_date == date(1927, 1, 1)
    assert parse_identifier(Scheme.PERSONNUMMER, short, on=date(2030, 1, 1)).birth_date == date(2027, 1, 1)


def test_a_samordningsnummer_is_no_personnummer_and_the_other_way_round():
    # from SKV 707's own example series: day + 60
    number = "197010632391"
    found = parse_identifier(Scheme.SAMORDNINGSNUMMER, number, on=ON)
    assert (found.value, found.birth_date) == (number, date(1970, 10, 3))
    with pytest.raises(IdentifierInvalid):
        parse_identifier(Scheme.PERSONNUMMER, number, on=ON)
    with pytest.raises(IdentifierInvalid):
        parse_identifier(Scheme.SAMORDNINGSNUMMER, personnummer(date(2010, 3, 4), 980), on=ON)


def test_a_temporary_number_is_a_birth_date_tf_and_two_digits():
    found = parse_identifier(Scheme.TEMPORARY, "20130101-tf01", on=ON)
    assert (found.value, found.birth_date, found.sex) == ("20130101TF01", date(2013, 1, 1), "")
    for wrong in ("20130229TF01", "20131301TF01", "130101TF01", "20130101TX01", "20130101TF1", "20270101TF01"):
        with pytest.raises(IdentifierInvalid):
            parse_identifier(Scheme.TEMPORARY, wrong, on=ON)


def test_bulgarian_numbers_are_checked_and_an_egn_tells_birth_date_and_sex():
    # the worked examples of python-stdnum's documentation, invented there
    found = parse_identifier(Scheme.EGN, "752316 926 3", on=ON)
    assert (found.value, found.birth_date, found.sex) == ("7523169263", date(1875, 3, 16), "male")
    assert parse_identifier(Scheme.LNCH, "7111042925", on=ON).value == "7111042925"
    for scheme, wrong in ((Scheme.EGN, "7523169264"), (Scheme.LNCH, "7111042922"), (Scheme.EGN, "75231692")):
        with pytest.raises(IdentifierInvalid):
            parse_identifier(scheme, wrong, on=ON)


def test_a_vietnamese_personal_number_tells_birth_year_and_sex():
    found = parse_identifier(Scheme.CCCD, "030 3 15 999999", on=ON)
    assert (found.value, found.birth_year, found.sex) == ("030315999999", 2015, "female")
    for wrong in ("000315999999", "03031599999", "0303159999991", "030A15999999", "030227999999"):
        with pytest.raises(IdentifierInvalid):
            parse_identifier(Scheme.CCCD, wrong, on=ON)


def test_a_local_number_needs_the_name_of_its_source():
    found = parse_identifier(Scheme.LOCAL, "  A  17 ", context="provsystemet", on=ON)
    assert (found.value, found.context) == ("A 17", "provsystemet")
    for value, context in (("A17", ""), ("", "x"), ("a\x00b", "x"), ("x" * 121, "x")):
        with pytest.raises(IdentifierInvalid):
            parse_identifier(Scheme.LOCAL, value, context=context, on=ON)
    with pytest.raises(IdentifierInvalid):
        parse_identifier(Scheme.EGN, "7523169263", context="x", on=ON)
    with pytest.raises(IdentifierInvalid):
        parse_identifier("se.orgnr", "5560360793", on=ON)


@given(born=st.dates(date(1890, 1, 1), ON), serial=st.integers(980, 989))
def test_every_valid_personnummer_is_read_back_as_itself(born: date, serial: int):
    number = personnummer(born, serial)
    found = parse_identifier(Scheme.PERSONNUMMER, number, on=ON)
    assert (found.value, found.birth_date) == (number, born)
    assert found.sex == ("male" if serial % 2 else "female")


@given(
    born=st.dates(date(1930, 1, 1), ON), serial=st.integers(980, 989), place=st.integers(2, 11), add=st.integers(1, 9)
)
def test_no_wrong_digit_slips_through(born: date, serial: int, place: int, add: int):
    number = personnummer(born, serial)
    wrong = f"{number[:place]}{(int(number[place]) + add) % 10}{number[place + 1 :]}"
    with pytest.raises(IdentifierInvalid):
        parse_identifier(Scheme.PERSONNUMMER, wrong, on=ON)


@given(scheme=st.sampled_from(list(Scheme)), text=st.text(max_size=30), context=st.text(max_size=10))
def test_any_text_is_read_or_refused_and_never_breaks_the_reader(scheme: Scheme, text: str, context: str):
    try:
        found = parse_identifier(scheme, text, context=context, on=ON)
    except IdentifierInvalid as refused:
        no: IdentifierInvalid | None = refused
    else:
        no = None
        assert parse_identifier(scheme, found.value, context=found.context, on=ON) == found
    assert no is None or "value" not in no.found


def test_what_does_not_fit_together_is_reported_and_not_refused():
    number = parse_identifier(Scheme.PERSONNUMMER, personnummer(date(2010, 3, 4), 980), on=ON)
    fits = NewPerson("Prov", "Provsson", birth_date=date(2010, 3, 4), sex=Sex.FEMALE)
    assert remarks(fits, (number,), on=ON) == ()
    odd = NewPerson("Prov", "Provsson", birth_date=date(2010, 4, 3), sex=Sex.MALE)
    assert [r.code for r in remarks(odd, (number,), on=ON)] == [
        "people.person.sex_differs",
        "people.person.birth_date_differs",
    ]
    old = NewPerson("Prov", "Provsson", birth_date=date(1810, 4, 3))
    assert [r.field for r in remarks(old, (), on=ON)] == ["birth_date"]
