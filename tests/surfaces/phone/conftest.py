"""A class of each country, guardians with a PIN and a known number, and the carrier's token."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.conf import settings as django
from django.test import Client

from testamur.exchange.notifications import actions as notices
from testamur.exchange.notifications.rules.families import Chosen, Pace, Way
from testamur.kernel.base.actor import operator
from testamur.register.people import actions as people
from testamur.register.people.rules import ContactKind, NewContact
from testamur.register.people.rules.codes import digits
from testamur.schoolday.diary.rules.states import Part
from tests.gateways.caller import TOKEN, Caller
from tests.schoolday.diary.school import NOW, School, build

PIN = "482915"
NUMBER = "+359888123456"
NUMBERS = "+35929000000=bg,+4684000000=sv,+842430000000=vi,+442079460000=en"
CALLED = {"bg": "+35929000000", "sv": "+4684000000", "vi": "+842430000000", "en": "+442079460000"}
SECRET = "a-long-secret-of-the-address"


@pytest.fixture(autouse=True)
def _installation(settings: Any) -> Iterator[None]:
    """On the day of the school, with a carrier."""
    settings.PUBLIC_URL = "https://testamur.example"
    settings.PHONE = {"token": TOKEN, "numbers": NUMBERS, "audio": None, "sms_secret": SECRET}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # what a hash costs is not tried here
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def school(db: None) -> School:
    """A Bulgarian class, whose first guardian has a PIN and a number that is shown to be hers."""
    return known(build())


def known(school: School, number: str = NUMBER) -> School:
    """The guardian of pupils 0 and 1 sets a PIN and shows a number to be hers."""
    own = school.persons["guardian"]
    (contact,) = people.add_contacts(by=operator(), contacts=[(own, NewContact(ContactKind.PHONE, number))], now=NOW)
    people.verify_contact(by=operator(), id=contact, now=NOW)
    notices.set_pin(by=school.actor("guardian"), pin=PIN, now=NOW)
    return school


@pytest.fixture
def call() -> Callable[..., Caller]:
    """`call(NUMBER, "bg")`: somebody calls the number that speaks that language; without one it asks."""

    def dial(number: str = NUMBER, locale: str = "en", **more: Any) -> Caller:
        return Caller(Client(), number, called=CALLED.get(locale, "+35930000000"), **more).dial()

    return dial


def opted(school: School, child: UUID, *parts: Part, who: str = "guardian") -> None:
    """The guardian wants to hear these parts on the telephone."""
    way = Chosen(frozenset({Way.PHONE}), Pace.NOW)
    notices.choose(by=school.actor(who), child=child, chosen=dict.fromkeys(parts, way), now=NOW)


def code_of(pupil: UUID) -> str:
    """A new pupil code, as on the label."""
    return people.issue_pupil_codes(by=operator(), persons=[pupil], now=NOW)[pupil]


def keys_of(pupil: UUID) -> str:
    """A new telephone code, as its keys."""
    return digits(code_of(pupil))


__all__ = ["NUMBER", "PIN", "SECRET", "call", "code_of", "django", "keys_of", "known", "opted", "school"]
