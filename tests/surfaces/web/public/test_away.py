"""When the database is away a page says so, by a page that does not need it, and asks again by itself."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from django.db.backends.utils import CursorWrapper
from django.test import Client

from tests.surfaces.web.conftest import enter_as
from tests.surfaces.web.world import World

pytestmark = pytest.mark.django_db(databases=["default", "log"])


def test_a_database_that_is_away_is_told_as_such(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = enter_as(Client(raise_request_exception=False), world, "principal")

    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(CursorWrapper, "execute", away)
    page = browser.get("/office/", headers={"accept-language": "vi"})
    assert page.status_code == 503
    assert page["Refresh"] == page["Retry-After"]
    assert 'lang="vi"' in page.content.decode()
    sent = browser.post("/office/act/", {"act": "x"})
    assert sent.status_code == 503
    assert "Refresh" not in sent, "a form is not sent again by itself"


def test_another_fault_is_ours(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = enter_as(Client(raise_request_exception=False), world, "principal")

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("testamur.surfaces.web.office.board.place_of", broken)
    assert browser.get("/office/").status_code == 500
