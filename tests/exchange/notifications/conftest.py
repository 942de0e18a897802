"""Two invented authorities with schools, people who sign, and documents on their way; nothing is rendered or sealed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from testamur.exchange.notifications import steps, tasks
from testamur.kernel.base.actor import operator
from testamur.kernel.base.ids import new_id, random_id
from testamur.kernel.delivery.models import Message
from testamur.kernel.journal.actions import append
from testamur.kernel.journal.models import Entry
from testamur.law.tables import pack
from testamur.register.people import actions as people
from testamur.register.people.rules import (
    ContactKind,
    NewContact,
    NewGuardianship,
    NewPerson,
    Relation,
)
from testamur.register.schools import actions as schools
from testamur.register.schools import queries as school_queries
from testamur.register.schools.rules import Form, NewPost, NewUnit, Role, UnitKind
from testamur.trust.records import actions as records
from testamur.trust.records.actions import Drafted
from testamur.trust.records.models import Record, RecordSigner
from testamur.trust.records.rules import Issuer, NewRecord, Signer, State, Subject
from tests.exchange.notifications.family import Families
from tests.kernel.delivery.conftest import Clock
from tests.schoolday.diary.school import NOW, build
from tests.shipping import see_own_acts

BORN = date(2012, 3, 4)
PERIOD = "2025/2026 VT"
DOCUMENT = pack("se.compulsory").documents["terminsbetyg"]


@dataclass
class World:
    """Ids by plain names, and the few verbs that the tests need, at the clock's time."""

    clock: Clock
    units: dict[str, UUID] = field(default_factory=dict)
    persons: dict[str, UUID] = field(default_factory=dict)

    def unit(self, name: str, kind: UnitKind, country: str = "SE", parent: str = "") -> UUID:
        new = NewUnit(
            kind, name, name.capitalize(), self.units.get(parent), slug=name, country=country,
            form=Form.COMPULSORY if kind is UnitKind.SCHOOL else Form.NONE,
        )  # fmt: skip
        (self.units[name],) = schools.add_units(by=operator(), units=[new], now=self.clock())
        return self.units[name]

    def path(self, unit: str) -> str:
        return school_queries.units([self.units[unit]])[self.units[unit]].path

    def person(self, name: str, unit: str, *, mail: bool = True, role: Role | None = None, **more: Any) -> UUID:
        contacts = (NewContact(ContactKind.EMAIL, f"{name}@skola.example"),) if mail else ()
        new = NewPerson("Hemlig", f"Namnsson-{name}", contacts=contacts, id=new_id(), **more)
        (one,) = people.register_persons(by=operator(), path=self.path(unit), persons=[new], now=self.clock())
        self.persons[name] = one
        if role is not None:
            post = NewPost(one, self.units[unit], role, date(2025, 7, 1))
            schools.add_posts(by=operator(), posts=[post], now=self.clock())
        return one

    def pupil(self, name: str, unit: str, *guardians: str, born: date = BORN, **more: Any) -> UUID:
        one = self.person(name, unit, birth_date=born, **more)
        for guardian in guardians:
            new = NewGuardianship(one, self.persons[guardian], Relation.PARENT, date(2015, 1, 1))
            people.add_guardianships(by=operator(), guardianships=[new], now=self.clock())
        return one

    def draft(self, unit: str, *signers: str, count: int = 1, about: UUID | None = None) -> list[UUID]:
        """Draft term reports that these people have to sign, in that order."""
        path = self.path(unit)
        authority = school_queries.units_above(path)[0]
        issuer = Issuer(authority.id, authority.name, self.units[unit], unit, unit.capitalize(), path)
        roles = [
            Signer(n, "teacher", "Lärare", self.persons[who], who, "se.personnummer", "x")
            for n, who in enumerate(signers, 1)
        ]
        new = [
            NewRecord(
                record=random_id(), issuer=issuer, document=DOCUMENT, pack_id="se.compulsory", pack_version="1",
                template_sha256="0" * 64, subject=Subject("pupil", about or new_id(), "Alva Exempelsson"),
                period=PERIOD, content={}, signers=tuple(roles), issued_on=date(2026, 6, 12),
            )
            for _ in range(count)
        ]  # fmt: skip
        drafted = [Drafted(one, "0" * 64, 1, 1, 0, "0" * 64, "0" * 64) for one in new]
        records.draft(by=operator(), pack=new_id(), size=1, drafted=drafted, now=self.clock())
        return [one.record for one in new]

    def ready(self, unit: str, *signers: str, count: int = 1) -> list[UUID]:
        ids = self.draft(unit, *signers, count=count)
        records.mark_ready(by=operator(), path=self.path(unit), records=ids, now=self.clock())
        return ids

    def signed(self, who: str, ids: list[UUID]) -> None:
        """That person signed these (without a ceremony, which is another package's business)."""
        Record.objects.filter(id__in=ids, state=State.READY).update(state=State.SIGNING)
        rows = RecordSigner.objects.filter(record__in=ids, person=self.persons[who], signed_at__isnull=True)
        rows.update(signed_at=self.clock(), ceremony=new_id())
        path = Record.objects.get(id=ids[0]).path
        append(by=operator(), kind="records.signed/1", path=path, refs={}, now=self.clock())

    def released(self, unit: str, *pupils: UUID) -> None:
        """Documents about these pupils were published, and their minute has come."""
        for pupil in pupils:
            ids = self.draft(unit, "principal", about=pupil)
            for state in (State.READY, State.SIGNING, State.SIGNED, State.SEALED, State.PUBLISHED):
                Record.objects.filter(id__in=ids).update(state=state)
            Record.objects.filter(id__in=ids).update(released_at=self.clock())
        records.announce_release(
            by=operator(), unit=self.units[unit], document_type=DOCUMENT.code, period=PERIOD, now=self.clock()
        )

    def tell(self, **passed: float) -> list[Message]:
        """Follow and tell after so much time; the new letters, in order of address."""
        self.clock.forward(**passed)
        known = set(Message.objects.values_list("id", flat=True))
        steps.follow(now=self.clock())
        steps.tell_due(by=tasks.STEP, now=self.clock())
        return list(Message.objects.exclude(id__in=known).order_by("to", "kind"))

    def morning(self) -> list[Message]:
        known = set(Message.objects.values_list("id", flat=True))
        steps.morning_rounds(by=tasks.STEP, names=tasks.NAMES, now=self.clock())
        return list(Message.objects.exclude(id__in=known).order_by("to", "kind"))

    def next_morning(self, days: int = 1) -> list[Message]:
        """The letters of 7:30 in Stockholm, so many days on."""
        self.clock.at = (self.clock.at + timedelta(days=days)).replace(hour=5, minute=30)
        return self.morning()


@pytest.fixture
def clock(now: Any) -> Clock:
    """Wednesday, 10 June 2026, 10 o'clock in Stockholm."""
    return Clock(now)


@pytest.fixture
def world(db: None, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> World:
    """A municipality with two schools, and the people of one of them.

    On PostgreSQL the journal shows finished transactions only; a test is one that never finishes, so it looks at its
    own.
    """
    see_own_acts(monkeypatch)
    world = World(clock)
    world.unit("kommun", UnitKind.AUTHORITY)
    world.unit("solskolan", UnitKind.SCHOOL, parent="kommun")
    world.unit("manskolan", UnitKind.SCHOOL, parent="kommun")
    world.person("chief", "kommun", role=Role.ADMINISTRATOR)
    world.person("administrator", "solskolan", role=Role.ADMINISTRATOR)
    world.person("principal", "solskolan", role=Role.PRINCIPAL)
    world.person("teacher", "solskolan", role=Role.TEACHER)
    return world


def to(letters: list[Message]) -> list[tuple[str, str]]:
    """Who got what."""
    return [(letter.to.partition("@")[0], letter.kind.removeprefix("notices.")) for letter in letters]


def number(letter: Message) -> int:
    """The first number that a letter says, in whatever language."""
    found = re.search(r"\d+", letter.text)
    return int(found[0]) if found else -1


def told(kind: str = "notices.sent/1") -> list[dict[str, Any]]:
    return [entry.refs for entry in Entry.objects.filter(kind=kind).order_by("id")]


@pytest.fixture
def families(db: None, monkeypatch: pytest.MonkeyPatch) -> Families:
    """Class 8А in Bulgaria, whose guardians can be reached; ten o'clock there."""
    see_own_acts(monkeypatch)
    made = Families(build("bg.school"), Clock(NOW))
    made.reach()
    return made
