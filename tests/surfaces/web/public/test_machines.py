"""Programs that call: the watchman is answered, a carrier with a wrong secret is not; the letter box of the demo."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.kernel.delivery import actions, steps
from testamur.kernel.delivery.rules import NewMessage


@pytest.mark.django_db(databases=["default", "log"])
def test_the_watchman_is_told_that_all_is_well_and_when_work_is_not_done(client: Client) -> None:
    assert client.get(reverse("public:health")).json()["ok"]
    old = clock.now() - timedelta(hours=1)
    letter = NewMessage("email", "kim@example.org", "Hej", "Text")
    actions.post(by=operator(), messages=[letter], now=old)
    late = client.get(reverse("public:health"))
    assert late.status_code == 503
    assert late.json()["waiting_seconds"]["messages"] > 3000


@pytest.mark.django_db
def test_a_report_without_the_messages_secret_is_refused() -> None:
    browser = Client(enforce_csrf_checks=True)
    address = reverse("public:sms-report", kwargs={"message": uuid4(), "token": "guess"})
    assert browser.post(address, {"status": "delivered"}).status_code == 403
    assert browser.get(address).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_the_demonstration_shows_what_was_written_and_production_shows_nothing(client: Client) -> None:
    actions.post(
        by=operator(), messages=[NewMessage("email", "kim@example.org", "Hej", "Brevets text")], now=clock.now()
    )
    steps.send_due(by=operator(), clock=clock.now)
    assert "Brevets text" in client.get(reverse("public:inbox")).content.decode()
    mode, settings.MODE = settings.MODE, "production"
    try:
        assert client.get(reverse("public:inbox")).status_code == 404
    finally:
        settings.MODE = mode
