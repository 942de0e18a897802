"""From "sign" to published: the whole way of many documents through the pages, timed."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import UUID

import pytest
from django.test import Client

from testamur.kernel.base import clock
from testamur.trust.records.models import Record
from testamur.trust.records.rules import State
from tests.surfaces.web import world as worlds
from tests.surfaces.web.staff.ready import crowd, issue_all
from tests.surfaces.web.staff.test_signing import form_of, shown
from tests.surfaces.web.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def sign_to_published(browser: Client) -> dict[str, float]:
    """Everything that waits: signed through the pages, issued by one worker; returns the seconds of each part."""
    spent: dict[str, float] = {}
    begun = time.perf_counter()

    def note(what: str) -> None:
        nonlocal begun
        spent[what], begun = time.perf_counter() - begun, time.perf_counter()

    shown(browser, "/sign/")
    note("list")
    fields = form_of(shown(browser, "/sign/review/?all=1"), "/sign/start/")
    note("review")
    ceremony = browser.post("/sign/start/", {**fields, "method": "simulated"})["Location"]
    note("start")
    assert browser.post(ceremony + "answer/", {"answer": "sign"})["Location"] == ceremony
    note("sign")
    progress = browser.get(ceremony)["Location"]
    issue_all()
    note("issue")
    page = shown(browser, progress)
    assert "sealed, logged, archived and published." in page
    note("told")
    return spent


def prepared(world: World, count: int) -> list[UUID]:
    """So many term reports, ready to be signed by the principal."""
    worlds.equip(world, clock.now())
    return crowd(world, count - 4)


@pytest.mark.feature("A3", "A11")
def test_sixty_documents_from_sign_to_published(world: World, log_in: Callable[..., Client]) -> None:
    assert len(prepared(world, 60)) == 60
    spent = sign_to_published(log_in("principal"))
    assert Record.objects.filter(state=State.PUBLISHED).count() == 60
    # so slow that five hundred would take ten times what they may: something has become quadratic
    assert sum(spent.values()) < 60, spent
