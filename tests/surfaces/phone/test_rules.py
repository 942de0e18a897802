"""The pure parts: telephone codes, the machine's places, addresses that hold them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testamur.register.people.rules.codes import (
    ALPHABET,
    CodeInvalid,
    digits,
    from_digits,
    make_code,
)
from testamur.surfaces.phone import flow, tokens
from testamur.surfaces.phone.flow import State, Step, Subject
from testamur.surfaces.phone.signatures import signed
from testamur.surfaces.phone.twiml import Answer, Said, message, rendered
from tests.schoolday.diary.school import NOW


@pytest.mark.feature("E18")
def test_a_code_and_its_digits_stand_for_each_other() -> None:
    codes = {make_code() for _ in range(200)}
    assert {from_digits(digits(code)) for code in codes} == codes
    assert {len(digits(code)) for code in codes} == {14}
    assert from_digits("0000 0000-0000 00") == "2222222222"


@pytest.mark.feature("E18")
def test_a_misread_digit_is_nearly_always_found() -> None:
    number = digits("".join([*"K7M3G9XTW", _check_of("K7M3G9XTW")]))
    found = 0
    wrong = [
        number[:at] + other + number[at + 1 :] for at in range(14) for other in "0123456789" if other != number[at]
    ]
    for one in wrong:
        try:
            from_digits(one)
        except CodeInvalid:
            found += 1
    assert found / len(wrong) > 0.9


def _check_of(body: str) -> str:
    for symbol in ALPHABET:
        try:
            digits(body + symbol)
        except CodeInvalid:
            continue
        return symbol
    raise AssertionError(body)


@pytest.mark.parametrize("text", ["", "1", "9" * 14, "1" * 15, "1234567890123a", "١٢٣٤٥٦٧٨٩٠١٢٣٤"])
def test_other_digits_are_no_code(text: str) -> None:
    with pytest.raises(CodeInvalid):
        from_digits(text)


@given(st.sampled_from(Step), st.text("0123456789*", max_size=16), st.integers(0, 8))
def test_whatever_is_pressed_there_is_a_next_place(step: Step, keys: str, children: int) -> None:
    who = UUID(int=9)
    state = State(step, "bg", "2222222222", who, tuple(UUID(int=n) for n in range(children)), None, Subject.NEW, 1)
    told = flow.press(state, keys)
    assert told.state.silent == 0
    assert flow.read(flow.written(told.state)) == told.state
    assert told.state.person == who, "keys make nobody somebody else"


def test_an_address_that_holds_a_place_tells_nobody_what_is_in_it() -> None:
    state = State(Step.PIN, "sv", "K7M3G9XTWR")
    token = tokens.pack(state, call="CA1", now=NOW)
    assert "K7M3G" not in token
    assert tokens.unpack(token, call="CA1", now=NOW) == state
    with pytest.raises(tokens.Forged):
        tokens.unpack(token, call="CA2", now=NOW)
    for forged in ("", "A", token[:-4], token + "x", "ö"):
        with pytest.raises(tokens.Forged):
            tokens.unpack(forged, call="CA1", now=NOW)
    with pytest.raises(tokens.Late) as late:
        tokens.unpack(token, call="CA1", now=NOW + timedelta(minutes=11))
    assert late.value.locale == "sv"


def test_the_signature_is_the_carriers(settings: Any) -> None:
    settings.PHONE = {"token": "12345"}
    settings.PUBLIC_URL = "https://mycompany.com"
    form = {
        "CallSid": "CA1234567890ABCDE", "Caller": "+14158675309", "Digits": "1234", "From": "+14158675309",
        "To": "+18005551212",
    }  # fmt: skip
    path = "/myapp.php?foo=1&bar=2"
    assert signed(path=path, form=form, given="RSOYDt4T1cUTdK1PDd93/VVr8B8=")
    assert not signed(path=path, form=form | {"Digits": "1235"}, given="RSOYDt4T1cUTdK1PDd93/VVr8B8=")
    assert not signed(path=path, form=form, given="ö")


def test_texts_of_people_are_text_in_an_answer() -> None:
    said = Said("<Hangup/> & \x0b\n„нищо“ \ud800", "bg")
    assert "&lt;Hangup/&gt; &amp; „нищо“" in rendered(Answer((said,)))
    assert rendered(Answer((said,))).count("<Hangup") == 1
    assert message("") == '<?xml version="1.0" encoding="UTF-8"?><Response />'
