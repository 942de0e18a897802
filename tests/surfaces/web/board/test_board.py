"""The body responsible writes news, announces outages and answers enquiries; nobody else does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.schoolday.noticeboard import actions, queries
from testamur.schoolday.noticeboard.rules import Kind
from testamur.surfaces.web.public.enquiries import WRITER
from tests.surfaces.web.world import World

pytestmark = pytest.mark.django_db


@pytest.mark.feature("B1", "B2", "A28")
def test_an_administrator_of_the_body_writes_announces_and_answers(world: World, log_in: Callable[..., Client]) -> None:
    browser = log_in("authority_administrator")
    browser.post(reverse("board:publish"), {"audience": "everybody", "title_sv": "Nytt", "body_sv": "Text"})
    assert [n.title for n in queries.news(locale="sv", now=clock.now())] == ["Nytt"]
    empty = browser.post(reverse("board:publish"), {"audience": "everybody"})
    assert empty.status_code == 422
    browser.post(reverse("board:outage"), {"service": "signing", "note": "BankID"})
    assert len(queries.outages(now=clock.now())) == 1
    browser.post(reverse("board:end", kwargs={"service": "signing"}))
    assert queries.outages(now=clock.now()) == ()
    asked = actions.send_enquiry(
        by=WRITER, kind=Kind.CONTACT, name="Kim", email="kim@example.org", text="Hej", locale="sv",
        path=world.authority_path, now=clock.now(),
    )  # fmt: skip
    assert "kim@example.org" in browser.get(reverse("board:home")).content.decode()
    browser.post(reverse("board:handle", kwargs={"enquiry": asked}))
    assert queries.enquiries(by=operator(), path=world.authority_path)[0].handled_at is not None


def test_an_administrator_of_a_school_may_not(world: World, log_in: Callable[..., Client]) -> None:
    browser = log_in("administrator")
    assert browser.get(reverse("board:home")).status_code == 403
    assert browser.post(reverse("board:outage"), {"service": "signing", "note": ""}).status_code == 403
    assert queries.outages(now=clock.now()) == ()
