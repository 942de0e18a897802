"""The login page and what follows it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tests.surfaces.web.world import World

pytestmark = pytest.mark.django_db


def test_a_person_of_the_demonstration_is_chosen_and_comes_to_the_page_asked_for(world: World) -> None:
    browser = Client()
    page = browser.get(reverse("account:login"))
    assert world.names["principal"] in page.content.decode()
    answer = browser.post(
        reverse("account:demo"), {"person": str(world.persons["guardian"]), "next": "/account/sessions/"}
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/sessions/")
    assert browser.get("/account/sessions/").status_code == 200


def test_roles(world: World, log_in: Callable[..., Client]) -> None:
    browser = log_in("principal")
    assert browser.get(reverse("account:roles")).status_code == 200
