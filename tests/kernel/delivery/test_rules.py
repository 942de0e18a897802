"""What may be posted, and how long a text message is."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testamur.kernel.delivery.channels import smtp
from testamur.kernel.delivery.rules import MessageInvalid, check, latin, pause, sms_size
from tests.kernel.delivery.conftest import mail, sms


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts"),
    [
        ("Din kod är 12345, åäö", "GSM-7", 21, 1),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("€" * 80, "GSM-7", 160, 1),
        ("a" * 152 + "€" * 5, "GSM-7", 162, 2),
        ("Кодът е 12345", "UCS-2", 13, 1),
        ("Mã của bạn là 12345", "UCS-2", 19, 1),
        ("д" * 70, "UCS-2", 70, 1),
        ("д" * 71, "UCS-2", 71, 2),
        ("🙂" * 35, "UCS-2", 70, 1),
    ],
)
def test_parts_of_a_text_message(text: str, encoding: str, units: int, parts: int) -> None:
    found = sms_size(text)
    assert (found.encoding, found.units, found.parts) == (encoding, units, parts)


def test_a_two_unit_character_is_not_cut_by_a_parts_end() -> None:
    # 152 + 2 > 153, so the euro sign begins the second part; without that rule 306 septets would fit two parts
    assert sms_size("a" * 152 + "€" + "a" * 152).parts == 3
    # the same with a pair of surrogates at the end of the first part of 67
    assert sms_size("д" * 66 + "🙂" + "д" * 66).parts == 3


@given(st.text(alphabet="aé€[ж🙂", max_size=400))
def test_parts_hold_their_units(text: str) -> None:
    found = sms_size(text)
    alone, part = (160, 153) if found.encoding == "GSM-7" else (70, 67)
    assert (found.parts == 1) == (found.units <= alone)
    assert found.parts == 1 or found.units <= found.parts * part


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("to", {"to": "a@b.example\nBcc: everybody@skola.example"}),
        ("to", {"to": "a@b.example, c@d.example"}),
        ("to", {"to": "nobody"}),
        ("subject", {"subject": "Hej\r\nBcc: everybody@skola.example"}),
        ("text", {"text": "  \n"}),
        ("dedupe", {"dedupe": "x" * 161}),
        ("channel", {"channel": "pigeon"}),
    ],
)
def test_a_message_that_no_channel_could_take_is_refused(field: str, changes: dict[str, Any]) -> None:
    with pytest.raises(MessageInvalid) as refused:
        check(mail(**changes))
    assert (refused.value.code, refused.value.field) == ("delivery.message.invalid", field)


@pytest.mark.parametrize("changes", [{"to": "070-123 45 67"}, {"text": "ж" * 1531}])
def test_a_text_message_needs_a_number_in_international_form_and_a_short_text(changes: dict[str, Any]) -> None:
    check(sms())
    with pytest.raises(MessageInvalid):
        check(sms(**changes))


def test_pauses_grow_to_a_bound() -> None:
    assert [pause(n, urgent=False).total_seconds() for n in (1, 2, 3, 12)] == [5, 10, 20, 3600]
    assert [pause(n, urgent=True).total_seconds() for n in (1, 2, 3, 12)] == [1, 2, 4, 15]
    assert pause(10_000, urgent=False) == timedelta(hours=1)


def test_the_address_of_a_mail_server_is_read_strictly() -> None:
    server = smtp.parse("smtp://testk%C3%B6ping:p%40ss@mail.example?ca=/etc/ca.pem")
    assert (server.host, server.port, server.tls, server.user, server.password) == (
        "mail.example",
        587,
        "starttls",
        "testköping",
        "p@ss",
    )
    assert smtp.parse("smtps://mail.example").port == 465
    for wrong in ("mail.example", "http://mail.example", "smtp://mail.example?tls=maybe", "smtp://mail.example?tsl=no"):
        with pytest.raises(ValueError, match="TESTAMUR_SMTP_URL"):
            smtp.parse(wrong)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("София, Стара Загора и Щъркелово", "Sofia, Stara Zagora i Shtarkelovo"),
        ("България; Мария каза: ЯМБОЛ", "Bulgaria; Maria kaza: YAMBOL"),
        ("Кольо, йод, х. Я.", "Kolyo, yod, h. Ya."),
        ("Нова оценка – „5“ № 3…", 'Nova otsenka - "5" No 3...'),
        ("Điểm mới của Đặng Thị Ánh ở Hà Nội", "Diem moi cua Dang Thi Anh o Ha Noi"),
        ("Nytt omdöme för Åsa, 5 €", "Nytt omdöme för Åsa, 5 €"),
    ],
)
def test_letters_of_other_alphabets_become_latin_and_cost_less(text: str, written: str) -> None:
    assert latin(text) == written
    assert latin(unicodedata.normalize("NFD", text)) == written
    assert sms_size(written).encoding == "GSM-7"


@given(st.text(alphabet="абвгдежзийклмнопрстуфхцчшщъьюяАЯЩЪЬ .,-ăâđêôơưạ", max_size=40))
def test_latin_leaves_nothing_that_costs_more_and_changes_nothing_twice(text: str) -> None:
    assert sms_size(latin(text)).encoding == "GSM-7"
    assert latin(latin(text)) == latin(text)
    assert "😀" in latin(text + "😀")
