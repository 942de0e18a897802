"""The school of the diary's tests, today, and browsers of everybody in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client

from tests.schoolday.diary import school as schools
from tests.schoolday.diary.school import NOW, School
from tests.surfaces.web.family.diaries import browse

Browse = Callable[..., Client]


@pytest.fixture(autouse=True)
def _in_march() -> Iterator[None]:
    """The Wednesday of the class."""
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def school(db: None) -> School:
    """A Swedish class with its teachers and families."""
    return schools.build("se.compulsory")


@pytest.fixture
def enter(school: School) -> Browse:
    """`enter("teacher")`: a browser of that person under the role that he or she is known for; pupils by number."""

    def enter(name: str, role: str = "") -> Client:
        wanted = role or school.role_of(name)
        person = school.pupils[int(name)] if name.isdecimal() else school.persons[name]
        return browse(person, wanted if wanted in {"guardian", "self"} else f"{wanted}@{school.path}")

    return enter
