"""A pupil code opens a registration and nothing else: a second factor or the school makes it active."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from testamur.access.accounts.rules import TooMany
from testamur.exchange.notifications import steps, tasks
from testamur.exchange.notifications.actions import (
    check_pin,
    confirm_registration,
    expire_registrations,
    open_own,
    open_registration,
    prove_by_contact,
    prove_registration,
    refuse_registration,
    revoke_registration,
    set_pin,
)
from testamur.exchange.notifications.models import Pin, Registration
from testamur.exchange.notifications.queries.choices import allows
from testamur.exchange.notifications.rules.families import Way
from testamur.exchange.notifications.rules.registrations import (
    CodeWrong,
    NotGuardian,
    NotOpen,
    PinInvalid,
    PinLocked,
    PinRefused,
    RegistrationState,
    Route,
    check_pin_text,
)
from testamur.kernel.base.actor import Actor, operator
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotAllowed
from testamur.kernel.delivery.models import Message
from testamur.kernel.journal.models import Entry
from testamur.register.people import actions as people
from testamur.register.people.models import ContactPoint
from testamur.register.people.rules import CodeInvalid, make_code
from testamur.schoolday.diary.rules.states import Part
from tests.exchange.notifications.family import Families

pytestmark = pytest.mark.django_db
NOBODY = Actor(id=UUID(int=3), identified_by="web")
ACTIVE, PROVED, OPENED = RegistrationState.ACTIVE, RegistrationState.PROVED, RegistrationState.OPENED


@pytest.fixture
def quick(settings: Any) -> None:
    """A PIN is hashed at once: what is tested here is who is let in, not how long a guess takes."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def code(families: Families, pupil: int = 0) -> str:
    one = families.school.pupils[pupil]
    return people.issue_pupil_codes(by=operator(), persons=[one], now=families.clock())[one]


def opened(families: Families, contact: str, **more: Any) -> UUID:
    values: dict[str, Any] = {"code": code(families), "route": Route.WEB, **more}
    return open_registration(by=NOBODY, contact=contact, now=families.clock(), **values)


def sent(families: Families) -> str:
    """The code of the newest message."""
    steps.send_registration_codes(by=tasks.STEP, now=families.clock())
    found = re.search(r"\d{6}", Message.objects.order_by("-posted_at", "-id")[0].text)
    assert found is not None
    return found[0]


def proved(families: Families, registration: UUID) -> RegistrationState:
    return prove_registration(by=NOBODY, registration=registration, code=sent(families), now=families.clock())


def own(families: Families, name: str) -> set[str]:
    return set(ContactPoint.objects.filter(person=families.school.persons[name]).values_list("value", flat=True))


@pytest.mark.feature("E18", "E20", "E35")
def test_the_guardians_own_number_and_the_code_sent_there_are_enough(families: Families) -> None:
    one = opened(families, "+359 88 812 3450")
    pupil, guardian = families.school.pupils[0], families.school.persons["guardian"]
    assert not allows(person=guardian, child=pupil, part=Part.MARKS, way=Way.SMS)
    assert proved(families, one) is ACTIVE
    assert allows(person=guardian, child=pupil, part=Part.MARKS, way=Way.SMS)
    assert not allows(person=guardian, child=families.school.pupils[1], part=Part.MARKS, way=Way.SMS)
    assert ContactPoint.objects.get(value="+359888123450").verified_at == families.clock()
    families.absent(0)
    assert ("sms", "+359888123450") in {(m.channel, m.to) for m in families.tell(seconds=30)}
    revoke_registration(by=families.school.actor("guardian"), registration=one, now=families.clock())
    assert not allows(person=guardian, child=pupil, part=Part.MARKS, way=Way.SMS)


@pytest.mark.feature("E18", "E19", "E20")
def test_another_address_waits_for_the_school_which_says_whose_it_is(families: Families) -> None:
    one = opened(families, "new@doma.example", name="Майка")
    by, guardian, now = families.school.actor("class_teacher"), families.school.persons["guardian"], families.clock()
    with pytest.raises(NotOpen):
        confirm_registration(by=by, registration=one, guardian=guardian, now=now)
    assert proved(families, one) is PROVED
    assert "new@doma.example" not in own(families, "guardian")
    for stranger in ("stranger", "teacher", "guardian"):
        with pytest.raises(NotAllowed):
            confirm_registration(
                by=families.school.actor(stranger), registration=one, guardian=guardian, now=now
            )  # fmt: skip
    with pytest.raises(NotGuardian):
        confirm_registration(by=by, registration=one, guardian=families.school.persons["far_guardian"], now=now)
    confirm_registration(by=by, registration=one, guardian=guardian, now=now)
    assert {"new@doma.example", "guardian@doma.example"} <= own(families, "guardian")
    with pytest.raises(NotOpen):
        refuse_registration(by=by, registration=one, now=now)


@pytest.mark.feature("E33")
def test_with_the_code_an_address_is_changed_once_the_school_says_whose_it_is(families: Families) -> None:
    one = opened(families, "changed@doma.example", replace=True, sender="+359888123450", route=Route.SMS)
    assert Registration.objects.get(id=one).guardian == families.school.persons["guardian"]  # who it seems to be
    assert proved(families, one) is PROVED
    by = families.school.actor("administrator")
    guardian = families.school.persons["guardian"]
    confirm_registration(by=by, registration=one, guardian=guardian, now=families.clock())
    assert own(families, "guardian") == {"changed@doma.example", "+359888123450"}


@pytest.mark.feature("E35")
def test_a_wrong_code_is_answered_like_a_right_one_and_leads_nowhere(families: Families) -> None:
    right, wrong = opened(families, "a@doma.example"), opened(families, "b@doma.example", code=make_code())
    kinds = Entry.objects.filter(kind__startswith="notices.registration").order_by("id").values_list("kind", "refs")
    assert [kind for kind, _refs in kinds] == ["notices.registration.opened/1"] * 2
    steps.send_registration_codes(by=tasks.STEP, now=families.clock())
    assert list(Message.objects.values_list("to", flat=True)) == ["a@doma.example"]
    for one in (right, wrong, new_id()):
        with pytest.raises(CodeWrong):
            prove_registration(by=NOBODY, registration=one, code="000000", now=families.clock())
    with pytest.raises(CodeInvalid):
        opened(families, "c@doma.example", code="K7M3G-9XTWX")
    families.clock.forward(days=31)
    assert expire_registrations(by=tasks.STEP, now=families.clock()) == 2
    assert set(Registration.objects.values_list("value", "state")) == {("", "expired")}


def test_a_code_has_five_tries_and_half_an_hour(families: Families) -> None:
    first, second = opened(families, "a@doma.example"), opened(families, "b@doma.example")
    text = sent(families)
    for _ in range(5):
        with pytest.raises(CodeWrong):
            prove_registration(by=NOBODY, registration=second, code="1", now=families.clock())
    families.clock.forward(minutes=31)
    for one in (first, second):
        with pytest.raises(CodeWrong):
            prove_registration(by=NOBODY, registration=one, code=text, now=families.clock())


def test_too_many_registrations_for_one_address_code_or_network_are_refused(families: Families) -> None:
    held = code(families)
    for _ in range(4):
        opened(families, "a@doma.example", code=held)
    with pytest.raises(TooMany):
        opened(families, "a@doma.example", code=held)
    for n in range(6):
        opened(families, f"a{n}@doma.example", code=held)
    with pytest.raises(TooMany):
        opened(families, "z@doma.example", code=held)
    families.clock.forward(hours=2)
    opened(families, "a@doma.example", code=held)


@pytest.mark.feature("C20")
def test_a_guardian_who_is_logged_in_gives_an_address_and_proves_it(families: Families) -> None:
    by = families.school.actor("guardian")
    one = open_own(by=by, contact="mine@doma.example", replace=True, now=families.clock())
    assert proved(families, one) is ACTIVE
    assert own(families, "guardian") == {"mine@doma.example", "+359888123450"}


@pytest.mark.feature("E32")
def test_a_code_that_comes_back_by_text_message_proves_the_newest_one(families: Families) -> None:
    opened(families, "+359888123450", route=Route.SMS)
    state = prove_by_contact(by=NOBODY, contact="+359888123450", code=sent(families), now=families.clock())
    assert state is ACTIVE


def test_the_database_refuses_a_registration_that_turns_back(families: Families) -> None:
    one = opened(families, "a@doma.example")
    refuse_registration(by=families.school.actor("administrator"), registration=one, now=families.clock())
    with pytest.raises(DatabaseError), transaction.atomic():
        Registration.objects.filter(id=one).update(state=OPENED)


@pytest.mark.usefixtures("quick")
@pytest.mark.feature("E24")
def test_a_pin_opens_for_its_owner_and_three_wrong_ones_close_for_an_hour(families: Families) -> None:
    guardian, pupil = families.school.persons["guardian"], families.school.pupils[0]
    set_pin(by=families.school.actor("guardian"), pin="274 916", now=families.clock())

    def call(pin: str, caller: str = "+359888123450", **who: UUID) -> UUID:
        return check_pin(by=NOBODY, pin=pin, caller=caller, now=families.clock(), **(who or {"pupil": pupil}))

    assert call("274916") == call("274916", person=guardian) == guardian
    for _ in range(3):
        with pytest.raises(PinRefused):
            call("274917")
    with pytest.raises(PinLocked) as locked:
        call("274916")
    assert locked.value.found["wait"] == 3600
    with pytest.raises(PinLocked):  # from another telephone too: the pupil is locked
        call("274916", caller="+46701740605")
    families.clock.forward(minutes=61)
    assert call("274916") == guardian
    with pytest.raises(PinRefused):  # who has no PIN is answered the same
        call("274916", pupil=families.school.pupils[3], caller="+46701740605")


@pytest.mark.usefixtures("quick")
def test_two_guardians_with_one_pin_are_not_taken_for_each_other(families: Families) -> None:
    for name in ("guardian", "other_guardian"):
        set_pin(by=families.school.actor(name), pin="274916", now=families.clock())
    with pytest.raises(PinRefused):
        check_pin(by=NOBODY, pin="274916", caller="x", pupil=families.school.pupils[0], now=families.clock())


@pytest.mark.parametrize("pin", ["12345", "123456", "111111", "987654", "27491a", "274916274", "", "٢٧٤٩١٦"])
def test_a_pin_that_is_guessed_at_once_is_none(pin: str) -> None:
    with pytest.raises(PinInvalid):
        check_pin_text(pin)


def test_nobody_sets_choices_for_another_child_or_the_pin_of_somebody_else(families: Families) -> None:
    with pytest.raises(NotAllowed):
        families.choose("far_guardian", 0, Way.SMS)
    staff = replace(families.school.actor("teacher"), id=families.school.persons["guardian"])
    set_pin(by=families.school.actor("guardian"), pin="274916", now=families.clock())
    assert Pin.objects.get().hash.startswith("argon2$")
    with pytest.raises(NotAllowed):
        set_pin(by=staff, pin="274916", now=families.clock() + timedelta(1))
