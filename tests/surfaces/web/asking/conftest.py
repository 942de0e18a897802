"""A Swedish class whose first pupil has two guardians, with numbers that an e-ID knows, and forms to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest
from django.test import Client

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.people import actions as people
from testamur.register.people.rules import NewGuardianship, Relation, Scheme
from testamur.schoolday.forms import actions
from testamur.schoolday.forms.rules import Consent, Content, Draft, Kind, Needs, Purpose, Question
from testamur.surfaces.cli import demo_data, demo_people
from tests.surfaces.web import world as worlds
from tests.surfaces.web.family.diaries import browse
from tests.surfaces.web.world import World


@dataclass
class Asked:
    """The world, its first pupil's two guardians, and who looks."""

    world: World
    child: UUID
    mother: UUID
    father: UUID

    def family(self, name: str = "mother") -> Client:
        """A guardian's browser."""
        return browse(getattr(self, name))

    def staff(self, name: str) -> Client:
        """The browser of somebody who works there."""
        return browse(self.world.persons[name], self.world.hat(name))


@pytest.fixture
def asked(db: None) -> Asked:
    """Two schools; the first class has four pupils, the second of them with protected identity."""
    world = worlds.build(clock.now(), mark=False)
    one = next(demo_data.swedish(Random(77), demo_data.days(Random(77), 1981)))
    new = demo_people.person(one, Scheme.PERSONNUMMER, family_first=False)
    father = people.register_persons(by=operator(), path=world.school_path, persons=[new], now=clock.now())[0]
    people.add_guardianships(
        by=operator(),
        guardianships=[NewGuardianship(world.persons["pupil"], father, Relation.PARENT, date(2015, 1, 1))],
        now=clock.now(),
    )
    return Asked(world, world.persons["pupil"], world.persons["guardian"], father)


QUESTIONS = (
    Question("fish", Kind.YES_NO, True, {"en": "Does the child eat fish?", "sv": "Äter barnet fisk?"}, {}),
    Question("size", Kind.ONE, False, {"en": "Size", "sv": "Storlek"}, {"en": ("S", "L"), "sv": ("S", "L")}),
    Question("note", Kind.TEXT, False, {"en": "Anything else", "sv": "Annat"}, {}),
)


def published(asked: Asked, *, consent: Consent = Consent.NONE, named: bool = True, school: bool = False) -> UUID:
    """A form to the class (or the whole school) that is open for a week."""
    now = clock.now()
    content = Content(
        ("en", "sv"), {"en": "Outing", "sv": "Utflykt"}, {"en": "We go to the woods.", "sv": "Vi går till skogen."},
        QUESTIONS if consent is Consent.NONE else (),
    )  # fmt: skip
    draft = Draft(
        asked.world.school, content, now.date() + timedelta(days=7), () if school else (asked.world.group,),
        consent=consent, purpose=Purpose.NONE if consent is Consent.NONE else Purpose.EXCURSION,
        needs=Needs.ONE if consent is Consent.NONE else Needs.ALL, named=named,
    )  # fmt: skip
    form = actions.draft_form(by=operator(), form=draft, now=now)
    actions.publish_form(by=operator(), form=form, now=now)
    return form
