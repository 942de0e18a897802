"""The invented university with a Moodle and a Canvas whose rooms are linked."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings

from testamur.exchange.connectors.lms import actions, trusting
from testamur.exchange.connectors.lms.rules import Launch, NewPlatform, NumberFrom
from testamur.register.people import queries as people
from testamur.register.people.rules import ContactKind
from tests.gateways.lms import ROLE, Item, Platform, Running, User
from tests.gateways.lms_canvas import TEST_STUDENT, Canvas
from tests.gateways.lms_moodle import Moodle
from tests.schoolday.reporting import university as universities
from tests.schoolday.reporting.university import TODAY, University


@dataclass
class Room:
    """A platform that runs, its id and that of its linked room here."""

    university: University
    platform: Platform
    id: UUID
    room: UUID


@pytest.fixture
def now() -> datetime:
    """A Monday in the autumn term."""
    return TODAY


@pytest.fixture(autouse=True)
def _own_keys(tmp_path: Path) -> Iterator[None]:
    """A data folder of one test, and nothing remembered of the platforms of another."""
    former, folder = settings.DATA, tmp_path / "data"
    folder.mkdir()
    settings.DATA = folder
    trusting.forget()
    yield
    trusting.forget()
    settings.DATA = former
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def university(db: None, now: datetime) -> University:
    """Provhögskolan."""
    return universities.build(now)


@pytest.fixture
def numbers(university: University) -> list[str]:
    """Personal numbers (12 digits) of the ordinary students, in their order."""
    views = people.people(by=university.by, ids=university.students)
    return [views[one].identifier.value for one in university.students]  # type: ignore[union-attr]


@pytest.fixture
def mails(university: University) -> list[str]:
    """Their e-mail addresses."""
    found = people.contacts(by=university.by, persons=university.students)
    return [next(c.value for c in found[one] if c.kind is ContactKind.EMAIL) for one in university.students]


@pytest.fixture
def moodle(university: University, numbers: list[str], mails: list[str]) -> Iterator[Room]:
    """Fourteen students of ours in a Moodle, beside a teacher, one who left, and a stranger."""
    users = [
        User(str(100 + n), f"Student Moodleprov{n}", mails[n], f"{numbers[n][:8]}-{numbers[n][8:]}") for n in range(14)
    ]
    users += [
        User("7", "Tage Lärarexempel", roles=(f"{ROLE}#Instructor",)),
        User("200", "Bortskriven Prov", number=numbers[15], status="Inactive"),
        User("201", "Borttagen Prov", number=numbers[16], status="Deleted"),
        User("202", "Främmande Prov", "frammande@example.org", "guest-17"),
    ]
    exam = Item("9", "Tentamen", 60, results={str(100 + n): (60 - 4 * n, 60, "") for n in range(12)})
    exam.results["112"] = (None, None, "")
    yield from _running(Moodle(users=users, items=[exam, Item("10", "Labb", 10)]), university)


@pytest.fixture
def canvas(university: University, numbers: list[str], mails: list[str]) -> Iterator[Room]:
    """Twelve students of ours in a Canvas, and its test student."""
    users = [User(str(UUID(int=5000 + n)), f"Student Canvasprov{n}", mails[n], numbers[n]) for n in range(12)]
    users.append(User(str(UUID(int=1)), "Test Student", roles=TEST_STUDENT, number=numbers[17]))
    results: dict[str, tuple[float | None, float | None, str]] = {
        users[n].id: (40.0 - 3 * n, 40.0, "") for n in range(11)
    }
    items = [Item("1", "Made by us", 40, results=results), Item("2", "Made in Canvas", 40, own=False, results=results)]
    yield from _running(Canvas(users=users, items=items, client_id="1700000000", deployment="1:a"), university)


def _running(platform: Platform, university: University) -> Iterator[Room]:
    with Running(platform):
        platform.now = university.now.timestamp()
        by = university.actor("university_administrator", admin_mode=True)
        new = NewPlatform(university.path, "Lärplattform", number_from=NumberFrom.SOURCEDID, **platform.told)
        made = actions.add_platform(by=by, new=new, now=university.now)
        room = actions.link_room(
            by=university.actor("teacher"),
            platform=made,
            launch=Launch(platform.context, platform.title, platform.members_url(), platform.items_url()),
            occasion=university.occasions["DV1574"],
            now=university.now,
        )
        yield Room(university, platform, made, room)
