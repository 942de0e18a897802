"""Families of Bulgarian and Swedish classes, and browsers that they look with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings
from django.test import Client

from testamur.access.accounts import actions as accounts
from testamur.access.accounts.rules import Level
from testamur.kernel.base import clock
from testamur.kernel.base.actor import Actor, operator
from testamur.register.people import actions as people
from testamur.register.people.rules import NewGuardianship, Relation
from tests.schoolday.diary import school
from tests.schoolday.diary.school import School
from tests.surfaces.web.conftest import DOORKEEPER


@dataclass
class Families:
    """Two schools in two countries; `guardian` has pupils 0 and 1 of the Bulgarian one and pupil 0 of the Swedish."""

    bg: School
    se: School
    guardian: UUID

    @property
    def children(self) -> list[UUID]:
        """The guardian's three."""
        return [*self.bg.pupils[:2], self.se.pupils[0]]


def build(pupils: int = 5) -> Families:
    """The schools with their families."""
    now = clock.now()
    bg, se = school.build("bg.school", now=now, pupils=pupils), school.build("se.compulsory", now=now)
    guardian = bg.persons["guardian"]
    people.add_guardianships(
        by=operator(),
        guardianships=[NewGuardianship(se.pupils[0], guardian, Relation.PARENT, date(2015, 1, 1))],
        now=now,
    )
    return Families(bg, se, guardian)


def browse(person: UUID, hat: str = "guardian", *, level: Level = Level.HIGH) -> Client:
    """A browser in which somebody is logged in."""
    now, browser = clock.now(), Client()
    login = accounts.sign_in(by=DOORKEEPER, person=person, method="simulated", level=level, now=now)
    accounts.choose_hat(by=Actor(id=person, identified_by="simulated"), login=login, hat=hat, now=now)
    session = browser.session
    session["login"] = str(login)
    session.save()
    assert session.session_key is not None
    browser.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return browser
