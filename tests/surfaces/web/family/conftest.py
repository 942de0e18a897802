"""Term reports that are issued and released."""

from __future__ import annotations

from uuid import UUID

import pytest

from testamur.kernel.base import clock
from testamur.trust.records.models import Record
from tests.surfaces.web import world as worlds
from tests.surfaces.web.world import World


@pytest.fixture
def reports(world: World) -> dict[str, UUID]:
    """The term reports of both schools by the pupils' names; visible at once."""
    worlds.equip(world, clock.now())
    worlds.issue(world, documents=["terminsbetyg"])
    worlds.issue(world, world.other_school, documents=["terminsbetyg"])
    names = {person: name for name, person in world.persons.items()}
    return {names[r.subject]: r.id for r in Record.objects.order_by("id")}
