"""Showing a document to a stranger: link, PIN, end, log, taking back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.test import Client
from django.utils import translation
from django.utils.translation import ngettext

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.trust.archive.queries import store
from testamur.trust.records import actions
from testamur.trust.records.models import Retrieval, Share
from tests.surfaces.web.conftest import TODAY
from tests.surfaces.web.world import World

pytestmark = pytest.mark.django_db
LogIn = Callable[..., Client]


def made(browser: Client, record: UUID, days: str = "7") -> tuple[str, str]:
    """A new share: the way of its link, and the PIN."""
    answer = browser.post(f"/family/record/{record}/share/", {"days": days})
    assert (answer.status_code, answer["Location"]) == (303, "/family/shares/"), answer.content.decode()
    page = browser.get("/family/shares/").content.decode()
    link = re.search(r"http://testserver(/s/[A-Za-z0-9_-]{43}/)", page)
    pin = re.search(r">(\d{6})<", page)
    assert link
    assert pin
    return link[1], pin[1]


def wrong(pin: str) -> str:
    return f"{(int(pin) + 1) % 1_000_000:06d}"


@pytest.mark.feature("A22", "D15", "D16")
def test_a_stranger_with_link_and_pin_gets_the_original_and_a_verdict(
    world: World, reports: dict[str, UUID], log_in: LogIn
) -> None:
    guardian, stranger = log_in("guardian"), Client()
    link, pin = made(guardian, reports["pupil"])
    again = guardian.get("/family/shares/").content.decode()
    assert link not in again
    assert f">{pin}<" not in again
    asked = stranger.get(link)
    assert asked.status_code == 200
    assert "Terminsbetyg" not in asked.content.decode()
    assert asked["Referrer-Policy"] == "same-origin"
    assert "noindex" in asked["X-Robots-Tag"]
    assert stranger.post(link, {"pin": pin})["Location"] == link
    page = stranger.get(link).content.decode()
    assert "The file is genuine and unchanged, and the document holds." in page
    assert world.names["pupil"] not in page
    original = stranger.get(link + "original/")
    assert original.content == store().read(reports["pupil"], "record.pdf")
    assert original["Referrer-Policy"] == "same-origin"
    assert set(Retrieval.objects.values_list("way", flat=True)) == {"share"}
    log = guardian.get("/family/shares/").content.decode()
    assert "127.0.0.0/24" in log
    assert "opened" in log
    assert Client().get(link + "original/").status_code == 303  # another browser has to know the PIN too


def test_wrong_pin_and_wrong_link_sound_alike_and_guessing_rests(
    world: World, reports: dict[str, UUID], log_in: LogIn
) -> None:
    link, pin = made(log_in("guardian"), reports["pupil"])
    stranger = Client()
    told = set()
    for address in (link, "/s/" + "A" * 43 + "/"):
        answer = stranger.post(address, {"pin": wrong(pin)})
        assert answer.status_code == 422
        said = re.search(r'class="ds-validation-message"[^>]*>([^<]+)<', answer.content.decode())
        assert said
        told.add(said[1])
        assert stranger.get(address).status_code == 200
    assert len(told) == 1
    assert stranger.post(link, {"pin": "letters"}).status_code == 422
    assert Share.objects.get().tries == 1
    for _ in range(4):
        stranger.post(link, {"pin": wrong(pin)})
    assert stranger.post(link, {"pin": pin}).status_code == 422  # it rests
    with time_machine.travel(TODAY + timedelta(minutes=20), tick=True):
        assert stranger.post(link, {"pin": pin}).status_code == 303


def test_a_share_ends_by_itself_and_when_it_is_taken_back(
    world: World, reports: dict[str, UUID], log_in: LogIn
) -> None:
    guardian, stranger = log_in("guardian"), Client()
    link, pin = made(guardian, reports["pupil"], "1")
    stranger.post(link, {"pin": pin})
    with time_machine.travel(TODAY + timedelta(days=1, minutes=5), tick=True):
        assert "Write the PIN" in stranger.get(link).content.decode()
        assert stranger.get(link + "original/").status_code == 303
        assert stranger.post(link, {"pin": pin}).status_code == 422
    share = Share.objects.get()
    other = log_in("other_guardian")
    assert other.post(f"/family/shares/{share.id}/revoke/").status_code == 404
    assert "You have shared nothing" in other.get("/family/shares/").content.decode()
    assert guardian.post(f"/family/shares/{share.id}/revoke/")["Location"] == "/family/shares/"
    assert "Write the PIN" in stranger.get(link).content.decode()
    page = guardian.get("/family/shares/").content.decode()
    assert "Taken back" in page
    assert "/revoke/" not in page


def test_a_shared_document_that_is_annulled_is_no_longer_handed_out(
    world: World, reports: dict[str, UUID], log_in: LogIn
) -> None:
    link, pin = made(log_in("pupil"), reports["pupil"])
    stranger = Client()
    stranger.post(link, {"pin": pin})
    actions.annul(by=operator(), path=world.school_path, record=reports["pupil"], why="Wrong pupil.", now=clock.now())
    assert "This document was annulled" in stranger.get(link).content.decode()
    assert stranger.get(link + "original/").status_code == 404


def test_sharing_asks_for_a_fresh_identification(world: World, reports: dict[str, UUID], log_in: LogIn) -> None:
    browser = log_in("guardian")
    with translation.override("sv"):
        expected = ngettext("%(n)d day", "%(n)d days", 30) % {"n": 30}
    page = browser.get(f"/family/record/{reports['pupil']}/share/", headers={"Accept-Language": "sv"})
    assert expected in page.content.decode()
    bad = browser.post(f"/family/record/{reports['pupil']}/share/", {"days": "400"})
    assert bad.status_code == 422
    with time_machine.travel(TODAY + timedelta(minutes=15), tick=True):
        answer = browser.get(f"/family/record/{reports['pupil']}/share/")
        assert answer.status_code == 302
        assert answer["Location"].startswith("/account/confirm/")
    assert not Share.objects.exists()
