"""Who comes in: no login, no hat, wrong area, too weak, too long ago."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.surfaces.web import world as worlds
from tests.surfaces.web.world import World

pytestmark = pytest.mark.django_db


def test_a_world_is_issued_and_its_people_log_in(world: World, log_in: Callable[..., Client]) -> None:
    browser = log_in("principal")
    assert browser.session["login"]
    assert worlds.YEAR == "2025/2026"
