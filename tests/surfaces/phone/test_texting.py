"""Text messages that come in, in the shapes of two carriers."""

from __future__ import annotations

import itertools
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from django.test import Client

from testamur.exchange.notifications import steps, tasks
from testamur.exchange.notifications.models import Registration
from testamur.exchange.notifications.queries.choices import settings_of
from testamur.exchange.notifications.rules.families import Way
from testamur.kernel.base.actor import operator
from testamur.kernel.delivery.channels.twilio import signature
from testamur.kernel.delivery.models import Message
from testamur.kernel.journal.models import Entry
from testamur.register.people import actions as people
from testamur.register.people import queries as people_queries
from testamur.register.people.rules import ContactKind, NewContact
from testamur.surfaces.phone.speech import text
from testamur.surfaces.phone.texting import Read, Wish, understood
from tests.gateways.caller import TOKEN
from tests.schoolday.diary.school import NOW, School
from tests.surfaces.phone.conftest import NUMBER, SECRET, code_of

pytestmark = pytest.mark.django_db
URL = f"https://testamur.example/phone/sms/{SECRET}/"
PATH = f"/phone/sms/{SECRET}/"
OTHER = "+359888999000"
_names = itertools.count(1)


def twilio(message: str, sender: str = OTHER, name: str = "") -> str:
    """A message as Twilio brings it; the answer's text."""
    form = {"MessageSid": name or f"SM{next(_names)}", "From": sender, "To": "+35929000000", "Body": message}
    answer = Client().post(PATH, form, headers={"X-Twilio-Signature": signature(TOKEN, URL, form)})
    assert answer.status_code == 200
    return "".join(one.text or "" for one in fromstring(answer.content).iter("Message"))


def elks(message: str, sender: str = OTHER, name: str = "") -> str:
    """A message as 46elks brings it; what is answered is sent as it stands."""
    form = {"id": name or f"s{next(_names)}", "direction": "incoming", "from": sender, "to": "+46", "message": message}
    answer = Client().post(PATH, form)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    return answer.content.decode()


@pytest.mark.parametrize(
    ("message", "wish"),
    [
        (" stop. ", Wish.STOP), ("СТОП", Wish.STOP), ("Stopp", Wish.STOP), ("dừng", Wish.STOP),
        ("123 456", Wish.PROVE), ("", Wish.HELP), ("ПОМОЩ", Wish.HELP), ("please stop this noise", Wish.HELP),
        ("12345678", Wish.HELP),
    ],
)  # fmt: skip
def test_a_message_is_understood(message: str, wish: Wish) -> None:
    assert understood(message).wish is wish


def test_a_code_is_found_among_other_words(school: School) -> None:
    code = code_of(school.pupils[0])
    for message in (code, code.lower(), f"{code[:5]}-{code[5:]}", f"{code[:5]} {code[5:]}", f"Код: {code} !"):
        assert understood(message) == Read(Wish.REGISTER, code), message
    assert understood(f"{code} ann@example.org") == Read(Wish.REGISTER, code, "ann@example.org")
    assert understood(f"ann@example.org {code[:5]} {code[5:]}") == Read(Wish.REGISTER, code, "ann@example.org")


@pytest.mark.feature("E20", "E32")
@pytest.mark.parametrize("carrier", [twilio, elks])
def test_a_code_by_text_message_opens_a_registration_that_its_number_proves(school: School, carrier: Any) -> None:
    own = school.persons["far_guardian"]
    people.add_contacts(by=operator(), contacts=[(own, NewContact(ContactKind.PHONE, OTHER))], now=NOW)
    assert carrier(code_of(school.pupils[3])) == text("sms_registered", "bg")
    row = Registration.objects.get()
    assert (row.route, row.value, row.pupil, row.guardian) == ("sms", OTHER, school.pupils[3], own)
    steps.send_registration_codes(by=tasks.STEP, now=NOW)
    digits = Message.objects.get(to=OTHER).text[:6]
    assert carrier("000000" if digits != "000000" else "111111") == text("sms_not_proved", "bg")
    assert carrier(f"{digits[:3]} {digits[3:]}") == text("sms_proved", "bg")
    row.refresh_from_db()
    assert row.state == "active"


@pytest.mark.feature("E32")
def test_a_wrong_code_is_answered_like_a_right_one(school: School) -> None:
    code = code_of(school.pupils[0])
    people.revoke_pupil_codes(by=operator(), persons=[school.pupils[0]], now=NOW)
    assert twilio(code) == twilio(code_of(school.pupils[1])) == text("sms_registered", "bg")
    assert twilio("hello") == text("sms_help", "bg")


@pytest.mark.feature("E33")
def test_the_code_and_an_address_change_the_address(school: School) -> None:
    assert elks(f"{code_of(school.pupils[0])} ny@example.org", NUMBER) == text("sms_registered", "bg")
    row = Registration.objects.get()
    assert (row.kind, row.value, row.replace, row.guardian) == (
        "email", "ny@example.org", True, school.persons["guardian"],
    )  # fmt: skip
    held = people_queries.contacts(by=operator(), persons=[school.persons["guardian"]])
    assert [c.value for c in held[school.persons["guardian"]]] == [NUMBER], "nothing changes before it is proved"
    assert elks(f"{code_of(school.pupils[0])} a@b", NUMBER) == text("sms_help", "bg"), "no address"


@pytest.mark.feature("E32")
def test_stop_ends_text_messages_alone(school: School) -> None:
    assert twilio("СТОП", NUMBER) == text("sms_stopped", "bg")
    assert settings_of(school.persons["guardian"]).stopped == {Way.SMS}


def test_what_a_carrier_brings_again_is_done_once(school: School) -> None:
    code = code_of(school.pupils[0])
    assert twilio(code, name="SM7") == text("sms_registered", "bg")
    assert twilio(code, name="SM7") == ""
    assert Registration.objects.count() == 1
    assert Entry.objects.filter(kind="notices.call.noted/1").count() == 1


def test_a_sender_who_sends_all_the_time_is_answered_no_more(school: School) -> None:
    answers = [twilio("?") for _ in range(14)]
    assert answers == [text("sms_help", "bg")] * 12 + ["", ""]
    code = code_of(school.pupils[0])
    told = [elks(code, "+46701740605") for _ in range(5)]
    assert told[-1] == text("sms_often", "sv")
    assert elks("?", "not a number") == "", "nobody can be answered there"


def test_nobody_else_brings_messages(school: School, settings: Any) -> None:
    code = code_of(school.pupils[0])
    form = {"MessageSid": "SM1", "From": OTHER, "Body": code}
    ask = Client().post
    assert ask(PATH, form).status_code == 403, "Twilio signs"
    assert ask(PATH, form, headers={"X-Twilio-Signature": "AAAA"}).status_code == 403
    assert ask("/phone/sms/guessed/", {"id": "s1", "from": OTHER, "message": code}).status_code == 403
    settings.SMS = settings.SMS | {"provider": "twilio"}
    assert ask(PATH, {"id": "s1", "from": OTHER, "message": code}).status_code == 403, "not our carrier's shape"
    settings.PHONE = settings.PHONE | {"sms_secret": ""}
    assert ask(PATH, form, headers={"X-Twilio-Signature": signature(TOKEN, URL, form)}).status_code == 403
    assert not Registration.objects.exists()
