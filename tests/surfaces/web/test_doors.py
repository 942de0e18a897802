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


def test_after_a_login_that_ended_one_is_at_the_page_of_the_form_again(client: Client) -> None:
    """What was sent went nowhere; the address it was sent to may have no page, the page of the form has one."""
    write = "/messages/write/?child=1"
    sent = client.post("/messages/write/", {}, headers={"Referer": f"http://testserver{write}"})
    assert sent.headers["Location"] == "/account/login/?next=%2Fmessages%2Fwrite%2F%3Fchild%3D1"
    elsewhere = client.post("/messages/write/", {}, headers={"Referer": "https://elsewhere.example/messages/"})
    assert elsewhere.headers["Location"] == "/account/login/?next=%2Fmessages%2Fwrite%2F"
