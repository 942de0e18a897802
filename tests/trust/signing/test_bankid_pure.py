"""QR codes, links and messages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from testamur.trust.signing.methods.bankid import messages, qr
from testamur.trust.signing.methods.bankid.simulator.magic import NUMBERS

TOKEN, SECRET = "67df3917-fa0d-44e5-b327-edcc928297f8", "d28db9a7-4cde-429e-a983-359be676944c"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (0, "dc69358e712458a66a7525beef148ae8526b1c71610eff2c16cdffb4cdac9bf8"),
        (1, "949d559bf23403952a94d103e67743126381eda00f0b3cbddbf7c96b1adcbce2"),
    ],
)
def test_the_qr_code_is_that_of_bankids_published_vector(seconds: int, code: str) -> None:
    assert qr.qr_text(token=TOKEN, secret=SECRET, seconds=seconds) == f"bankid.{TOKEN}.{seconds}.{code}"


def test_the_qr_code_changes_every_second_and_never_goes_back_before_the_start() -> None:
    begun = datetime(2026, 6, 10, 8, 0, tzinfo=UTC)
    texts = [
        qr.qr_at(token=TOKEN, secret=SECRET, begun=begun, now=begun + timedelta(seconds=s))
        for s in (-3, 0, 0.99, 1, 59.5)
    ]
    assert [text.split(".")[2] for text in texts] == ["0", "0", "0", "1", "59"]


def test_start_links_escape_the_address_to_return_to() -> None:
    assert qr.app_link("T") == "https://app.bankid.com/?autostarttoken=T&redirect=null"
    assert qr.desktop_link("T", redirect="https://a.example/?b=c&d") == (
        "bankid:///?autostarttoken=T&redirect=https%3A%2F%2Fa.example%2F%3Fb%3Dc%26d"
    )


@pytest.mark.parametrize(
    ("hint", "same_device", "expected"),
    [
        ("outstandingTransaction", False, "RFA1"),
        ("outstandingTransaction", True, "RFA13"),
        ("noClient", False, "RFA1"),
        ("started", False, "RFA14B"),
        ("started", True, "RFA15B"),
        ("userMrtd", False, "RFA23"),
        ("userSign", True, "RFA9"),
        ("what is this", False, "RFA21"),
        ("", False, "RFA21"),
    ],
)
def test_hints_of_a_pending_order_have_bankids_message_ids(hint: str, same_device: bool, expected: str) -> None:
    assert messages.pending(hint, same_device=same_device) == expected


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        ("expiredTransaction", "RFA8"),
        ("certificateErr", "RFA16"),
        ("userCancel", "RFA6"),
        ("cancelled", "RFA3"),
        ("startFailed", "RFA17B"),
        ("userDeclinedCall", "T5"),
        ("notSupportedByUserApp", "T6"),
        ("transactionRiskBlocked", "T7"),
        ("unheard of", "RFA22"),
    ],
)
def test_hints_of_a_failed_order_have_bankids_message_ids(hint: str, expected: str) -> None:
    assert messages.failed(hint, same_device=False) == expected
    assert messages.failed("startFailed", same_device=True) == "RFA17A"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("alreadyInProgress", "RFA4"),
        ("maintenance", "RFA5"),
        ("internalError", "RFA5"),
        ("requestTimeout", "RFA5"),
        ("canceled", "RFA3"),
        ("invalidParameters", "RFA22"),
        ("", "RFA22"),
    ],
)
def test_error_codes_have_bankids_message_ids(code: str, expected: str) -> None:
    assert messages.error(code) == expected


def test_every_message_that_can_come_up_has_words_in_both_languages() -> None:
    named = {*messages.PENDING.values(), *messages.FAILED.values(), *messages.ERRORS.values(), "RFA21", "RFA22"}
    for message_id in named | {"RFA13", "RFA14A", "RFA14B", "RFA15A", "RFA15B", "RFA17A", "RFA17B"}:
        assert messages.text(message_id, "sv-SE") != messages.text(message_id, "en")


def test_the_magic_numbers_are_numbers_the_register_would_take() -> None:
    from personnummer import personnummer

    assert len(set(NUMBERS.values())) == len(NUMBERS)
    for number in NUMBERS.values():
        assert personnummer.valid(number)
