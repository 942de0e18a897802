"""Everything that a school owns, in the browser: gathered, fetched once, by whoever asked."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from testamur.exchange.connectors.diary import exporting
from testamur.kernel.base import clock
from tests.surfaces.web.conftest import TODAY
from tests.surfaces.web.office.conftest import LogIn, text
from tests.surfaces.web.world import World

pytestmark = pytest.mark.django_db


def gathered(browser: Client) -> str:
    """Ask for an export and let it be made; the id of the work."""
    answer = browser.post(reverse("office:export"))
    assert answer.status_code == 302, text(answer)
    work = answer["Location"].rstrip("/").rpartition("/")[2]
    exporting.give.call(work)
    return work


def test_an_export_is_gathered_and_fetched_once(world: World, log_in: LogIn) -> None:
    browser = log_in("administrator")
    assert "Export everything" in text(browser.get(reverse("office:imports")))
    assert "only the principal" in text(browser.get(reverse("office:export")))
    work = gathered(browser)
    shown = text(browser.get(reverse("office:work", args=[work])))
    address = reverse("office:export_fetch", args=[work])
    assert address in shown
    assert "waits to be fetched" in text(browser.get(reverse("office:export")))
    assert log_in("principal").get(address).status_code == 404
    answer = browser.get(address)
    assert answer["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:  # type: ignore[attr-defined]  # the client's answer streams
        assert {"manifest.json", "README.txt", "pupils.csv", "marks.jsonl"} <= set(archive.namelist())
    assert browser.get(address).status_code == 404
    assert address not in text(browser.get(reverse("office:work", args=[work])))


def test_principals_have_health_notes_and_others_nothing(world: World, log_in: LogIn) -> None:
    browser = log_in("principal")
    assert "because you may read them" in text(browser.get(reverse("office:export")))
    work = gathered(browser)
    assert exporting.waits(UUID(work))
    for who in ("teacher", "archivist", "guardian"):
        if who in world.persons:
            assert log_in(who).post(reverse("office:export")).status_code in {403, 404}
    assert log_in("administrator").get(reverse("office:export") + f"?school={world.other_school}").status_code == 404


def test_one_identifies_again_before_so_much_is_given_out(world: World, log_in: LogIn) -> None:
    browser = log_in("administrator")
    with time_machine.travel(TODAY + timedelta(minutes=15), tick=True):
        assert clock.now() > TODAY
        assert browser.post(reverse("office:export")).status_code == 302
        assert "confirm" in browser.post(reverse("office:export"))["Location"]
