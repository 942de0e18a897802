"""The preschool on its Wednesday, and browsers of those who visit it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
import time_machine
from django.test import Client

from testamur.access.accounts import queries as accounts
from tests.schoolday.care import nursery as places
from tests.schoolday.care.nursery import NOW, TODAY, Nursery
from tests.surfaces.web.family.diaries import browse


@pytest.fixture(autouse=True)
def _in_march() -> Iterator[None]:
    """Nine in the morning."""
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def nursery(db: None) -> Nursery:
    """Two departments and the families of their children."""
    return places.build()


@pytest.fixture
def enter(nursery: Nursery) -> Callable[..., Client]:
    """`enter("teacher")`: a browser in which somebody wears the hat of the preschool, or that of a guardian."""

    def inside(name: str, role: str = "", unit: UUID | None = None) -> Client:
        person = nursery.persons[name]
        wanted = role or {"other_teacher": "teacher", "school_teacher": "teacher", "pupil": "self"}.get(
            name, name.removeprefix("second_").removeprefix("other_")
        )
        place = unit or (nursery.unit if name == "teacher" else None)
        hats = accounts.hats(person=person, on=TODAY)
        key = next(hat.key for hat in hats if hat.role == wanted and (place is None or hat.unit == place))
        return browse(person, key)

    return inside
