"""Every door, every level of assurance, fresh and stale: only what the one table allows; and the document shows it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from testamur.access.accounts.queries import LoginView
from testamur.access.accounts.rules import NEEDED, Area, Hat, Level
from testamur.surfaces.web import doors
from testamur.surfaces.web.requests import Visitor
from tests.security.test_matrix import addresses, door_of

NOW = datetime(2026, 6, 10, 9, tzinfo=UTC)
ME = UUID(int=77)
STALE = timedelta(minutes=10, seconds=1)
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "security.md"
BEHIND = sorted({door_of(one) for _name, one in addresses() if door_of(one)[0] != "public"}, key=str)


def outcome(
    monkeypatch: pytest.MonkeyPatch,
    act: str,
    areas: tuple[Area, ...],
    *,
    level: Level,
    ago: timedelta = timedelta(),
    wears: tuple[Area, ...] | None,
) -> str:
    """Where somebody ends who comes to a door."""
    monkeypatch.setattr(doors, "page", lambda *_args, **_more: HttpResponse("other hat", status=403))
    login = LoginView(UUID(int=1), ME, "test", level, "", NOW - ago, NOW - ago, NOW, "", "")
    hat = Hat("x", "x", "/", None, "/", wears) if wears is not None else None
    request = RequestFactory().get("/somewhere/")
    request.visitor = Visitor(NOW, login=login, hats=(hat,) if hat else (), hat=hat)  # type: ignore[attr-defined]
    answer = doors.door(act, *areas)(lambda _request: HttpResponse("in"))(request)
    return answer.headers.get("Location", "").partition("&next")[0] or answer.content.decode()


@pytest.mark.feature("C23")
@pytest.mark.parametrize(("act", "areas"), BEHIND)
def test_a_door_opens_to_its_level_and_freshness_alone(
    monkeypatch: pytest.MonkeyPatch, act: str, areas: tuple[Area, ...]
) -> None:
    need = NEEDED[act]
    for level, ago in product(Level, (timedelta(), STALE)):
        went = outcome(monkeypatch, act, areas, level=level, ago=ago, wears=areas or ())
        if level < need.level:
            assert "why=level" in went, (level, ago)
        elif need.fresh is not None and ago > need.fresh:
            assert went.startswith("/account/confirm/"), (level, ago)
        else:
            assert went == "in", (level, ago)


@pytest.mark.parametrize(("act", "areas"), [one for one in BEHIND if one[1]])
def test_a_door_asks_for_a_role_of_its_area(monkeypatch: pytest.MonkeyPatch, act: str, areas: tuple[Area, ...]) -> None:
    others = tuple(area for area in Area if area not in areas)
    assert outcome(monkeypatch, act, areas, level=Level.HIGH, wears=others) == "other hat"
    assert outcome(monkeypatch, act, areas, level=Level.HIGH, wears=None).startswith("/account/roles/")


def test_weighty_acts_ask_who_it_is_anew() -> None:
    """Signing, correcting, keys, sharing, one's own ways to log in: identified within ten minutes."""
    weighty = {"staff.sign", "office.correct", "office.keys", "office.protected", "family.share", "account.methods"}
    assert weighty <= {act for act, need in NEEDED.items() if need.fresh is not None}
    assert {act for act, need in NEEDED.items() if need.level is Level.LOW} == {
        "family.home",
        "account.sessions",
        "app.home",  # numbers, hours and lessons; what is more needs the unlocking
        "app.report",
    }


def test_the_document_shows_the_table() -> None:
    """docs/security.md says what the program does."""
    text = DOCUMENT.read_text(encoding="utf-8").partition("### What each level may do")[2].partition("\n### ")[0]
    rows = re.findall(r"^\| `([a-z.]+)` \| (\w+) \| ([^|]+) \|$", text, re.MULTILINE)
    told = {act: (level, fresh) for act, level, fresh in rows}
    assert told == {
        act: (
            need.level.name.lower(),
            f"{int(need.fresh.total_seconds() // 60)} min" if need.fresh is not None else "–",
        )
        for act, need in NEEDED.items()
    }
