"""The office at work in tests: a browser with the administrator mode on, letters that wait to be sent."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from testamur.kernel.delivery.models import Message
from tests.schoolday.reporting.university import University
from tests.surfaces.web.results.conftest import log_in

BOTH = ["default", "log"]


def administrator(u: University, name: str = "administrator") -> Client:
    """Somebody of the office who has switched the administrator mode on."""
    browser = log_in(u, name)
    browser.post(reverse("results:admin_mode"), {"on": "1"})
    return browser


def letters(kind: str) -> list[Message]:
    """What was posted of a kind, oldest first."""
    return list(Message.objects.filter(kind=kind).order_by("posted_at", "id"))
