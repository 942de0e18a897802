"""The telephone in the browser: a call with buttons alone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from testamur.surfaces.phone.speech import OWN, text
from tests.schoolday.diary import pages
from tests.schoolday.diary.school import School
from tests.surfaces.phone.conftest import NUMBER, PIN

pytestmark = pytest.mark.django_db


def test_a_call_in_the_browser(school: School) -> None:
    pages.mark(pages.column(school), school.pupils[0], "6")
    browser = Client(headers={"accept-language": "en"})
    shown = _post(browser, number=NUMBER)
    assert all(offer in shown for offer in OWN.values())
    shown = _post(browser, _line(shown), key="4")
    assert text("who", "en") in shown
    for key in PIN:
        shown = _post(browser, _line(shown), key=key)
    assert f"<output>{PIN}</output>" in shown, "the service waits for the hash key"
    shown = _post(browser, _line(shown), key="#")
    assert "Ученик0" in shown
    shown = _post(browser, _line(shown), typed="2", act="send")
    shown = _post(browser, _line(shown), key="1")
    assert "1 new mark" in shown
    assert text("menu", "en") in _post(browser, _line(shown), act="silence")
    assert 'name="number"' in _post(browser, _line(shown), act="hang_up")
    assert 'name="number"' not in _post(browser, "made up", number=NUMBER), "a strange form begins a new call"


def test_there_is_none_outside_a_demonstration(settings: Any) -> None:
    settings.MODE = "production"
    assert Client().get("/demo/phone/").status_code == 404


def _post(browser: Client, line: str = "", **form: str) -> str:
    answer = browser.post("/demo/phone/", {"line": line, **form})
    assert answer.status_code == 200
    return answer.content.decode().replace("&#x27;", "'")


def _line(shown: str) -> str:
    found = re.search(r'name="line" value="([^"]*)"', shown)
    assert found
    return found[1]
