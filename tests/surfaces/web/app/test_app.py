"""The app: connected once, opened by the device's key, locked until a passkey or an e-ID, and never the whole web."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from django.contrib.staticfiles import finders
from django.test import Client, override_settings

from testamur.access.accounts.models import AppDevice, Login
from testamur.access.accounts.rules import Level
from testamur.schoolday.diary.models import Leave
from tests.schoolday.diary import pages
from tests.schoolday.diary.school import NOW, TODAY
from tests.surfaces.web.family import diaries
from tests.surfaces.web.family.diaries import Families, browse

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C13", "C15")]


@pytest.fixture(autouse=True)
def _in_march() -> Iterator[None]:
    """The Wednesday of the class."""
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def families() -> Families:
    """Three children of one guardian in two schools."""
    return diaries.build()


def device(families: Families) -> Client:
    """A telephone whose app is connected, and whose login is over."""
    browser = browse(families.guardian)
    assert browser.post("/mine/app/", {"on": "1"}).status_code == 303
    assert browser.post("/app/connect/").headers["Location"] == "/app/home/"
    browser.post("/account/logout/")
    return browser


def opened(families: Families) -> Client:
    """The same with the app open."""
    browser = device(families)
    assert browser.get("/app/").headers["Location"] == "/app/home/"
    return browser


def unlock(browser: Client, person: UUID) -> None:
    """As a passkey does: the login of the app is confirmed at a higher level."""
    login = Login.objects.get(person=person, ended_at__isnull=True)
    Login.objects.filter(id=login.id).update(level=Level.SUBSTANTIAL)


def test_without_the_tick_no_device_is_connected(families: Families) -> None:
    browser = browse(families.guardian)
    answer = browser.post("/app/connect/", follow=True)
    assert "Tick “access for the app” first" in answer.content.decode()
    assert not AppDevice.objects.exists()


def test_the_key_is_the_devices_own_and_opens_the_app_alone(families: Families) -> None:
    browser = device(families)
    cookie = browser.cookies["testamur_app"]
    assert (cookie["httponly"], cookie["path"], cookie["samesite"]) == (True, "/app/", "Lax")
    assert Client().get("/app/").status_code == 200  # another device is told how to connect
    assert browser.get("/family/").headers["Location"].startswith("/account/login/")
    assert browser.get("/app/home/").headers["Location"] == "/app/?next=%2Fapp%2Fhome%2F"
    assert browser.get("/app/?next=/app/home/").headers["Location"] == "/app/home/"
    assert browser.get("/app/home/").status_code == 200


@pytest.mark.feature("C17")
def test_locked_the_app_shows_numbers_and_lessons_and_unlocked_what_is_new(families: Families) -> None:
    bg = families.bg
    pages.mark(pages.column(bg), bg.pupils[0], "6", at=NOW - timedelta(hours=1))
    browser = opened(families)
    locked = browser.get("/app/home/").content.decode()
    assert "The app is locked" in locked
    assert "1 thing is new in the diary" in locked
    assert "Математика 6" not in locked
    assert "09:00" in locked
    assert 'data-kept=""' not in locked
    unlock(browser, families.guardian)
    strong = browser.get("/app/home/").content.decode()
    assert "Математика 6" in strong
    assert 'data-kept=""' in strong  # what is read unlocked is not kept on the device


@pytest.mark.feature("C22", "C23")
@pytest.mark.parametrize("unlocked", [False, True])
def test_leaving_the_app_asks_who_it_is_however_it_was_unlocked(families: Families, unlocked: bool) -> None:
    browser = opened(families)
    if unlocked:
        unlock(browser, families.guardian)
    child = families.bg.pupils[0]
    assert f"/family/?child={child}" in browser.get("/app/home/").content.decode()
    for address in (
        f"/family/?child={child}",
        f"/family/marks/{child}/",
        "/mine/held/",
        "/mine/app/",
        "/family/shares/",
    ):
        target = browser.get(address).headers["Location"]
        assert target.startswith("/account/login/"), address
        assert "why=crossing" in target
        assert "identify yourself again" in browser.get(target).content.decode()


def test_a_new_login_leads_out_of_the_app_and_ends_it(families: Families) -> None:
    browser = opened(families)
    former = Login.objects.get(ended_at__isnull=True)
    assert former.app is not None
    with override_settings(MODE="demo"):
        target = browser.get("/family/").headers["Location"]
        sent = {"person": str(families.guardian), "next": "/family/"}
        answer = browser.post("/account/demo/", sent)
        assert answer.headers["Location"] == "/family/"
        assert browser.get("/family/").status_code == 200
    assert "why=crossing" in target
    assert Login.objects.get(id=former.id).ended_because == "replaced"
    assert Login.objects.get(ended_at__isnull=True).app is None


def test_confirming_in_the_app_unlocks_it_and_leads_nowhere_else(families: Families) -> None:
    browser = opened(families)
    with override_settings(MODE="demo"):
        browser.post("/account/demo/", {"person": str(families.guardian), "next": "/app/home/", "for": "confirm"})
    login = Login.objects.get(ended_at__isnull=True)
    assert (login.level >= Level.SUBSTANTIAL, login.app is not None) == (True, True)
    assert "The app is locked" not in browser.get("/app/home/").content.decode()
    assert "why=crossing" in browser.get("/family/").headers["Location"]


@pytest.mark.feature("E7")
def test_an_absence_is_reported_in_the_locked_app_but_no_leave_is_asked_for(families: Families) -> None:
    browser, child = opened(families), families.se.pupils[0]
    address = f"/app/absence/{child}/"
    form = browser.get(address).content.decode()
    assert "data-queue=" in form
    assert "data-queue-list" in form
    sent = {"kind": "leave", "ground": "ill", "first": TODAY.isoformat()}
    answer = browser.post(address, sent)
    if answer.status_code == 422:  # the law's own codes
        ground = form.split('<option value="')[1].split('"')[0]
        answer = browser.post(address, {**sent, "ground": ground})
    assert answer.headers["Location"] == address
    assert Leave.objects.get().kind == "report"
    assert browser.post(f"/app/absence/{families.bg.pupils[3]}/", sent).status_code == 404
    assert browser.post(address, {**sent, "first": ""}).status_code == 422


def test_the_week_is_there_and_the_protected_childs_only_once_unlocked(families: Families) -> None:
    from datetime import date

    from testamur.kernel.base.actor import operator
    from testamur.register.people import actions as people
    from testamur.register.people.rules import NewGuardianship, Relation

    hidden = families.bg.pupils[2]
    new = NewGuardianship(hidden, families.guardian, Relation.PARENT, date(2015, 1, 1))
    people.add_guardianships(by=operator(), guardianships=[new], now=NOW)
    browser = opened(families)
    assert "09:00" in browser.get(f"/app/week/{families.bg.pupils[0]}/").content.decode()
    assert browser.get(f"/app/week/{hidden}/").status_code == 404
    assert "Lessons are shown once the app is unlocked" in browser.get("/app/home/").content.decode()
    unlock(browser, families.guardian)
    assert browser.get(f"/app/week/{hidden}/").status_code == 200
    assert browser.get(f"/app/week/{families.bg.pupils[3]}/").status_code == 404


def test_disconnecting_the_device_ends_key_login_and_cookie(families: Families) -> None:
    browser = opened(families)
    assert browser.post("/app/leave/").status_code == 303
    assert AppDevice.objects.get().ended_because == "revoked"
    assert not Login.objects.filter(ended_at__isnull=True).exists()
    assert browser.cookies["testamur_app"].value == ""
    assert "Connect this device" in browser.get("/app/").content.decode()


def test_a_dead_key_says_why_and_is_forgotten(families: Families) -> None:
    browser = device(families)
    with time_machine.travel(NOW + timedelta(days=200), tick=True):
        answer = browser.get("/app/")
    assert "This device is not connected any more" in answer.content.decode()
    assert browser.cookies["testamur_app"].value == ""


def test_the_profile_lists_devices_and_ends_one(families: Families) -> None:
    device(families)
    browser = browse(families.guardian)
    shown = browser.get("/mine/app/").content.decode()
    one = AppDevice.objects.get()
    assert f"/mine/app/{one.id}/end/" in shown
    assert browse(families.bg.persons["other_guardian"]).post(f"/mine/app/{one.id}/end/").status_code == 404
    assert browser.post(f"/mine/app/{one.id}/end/").status_code == 303
    assert AppDevice.objects.get().ended_because == "revoked"


@pytest.mark.feature("C12", "C13")
def test_the_manifest_has_what_a_browser_needs_to_install(client: Client) -> None:
    told = client.get("/manifest.webmanifest", headers={"Accept-Language": "sv"}).json()
    assert (told["id"], told["start_url"], told["scope"], told["display"]) == ("/", "/app/", "/", "standalone")
    assert told["lang"] == "sv"
    assert {"maskable", None} == {icon.get("purpose") for icon in told["icons"]}
    assert {one["form_factor"] for one in told["screenshots"]} == {"narrow", "wide"}
    assert [one["url"] for one in told["shortcuts"]] == ["/app/", "/messages/", "/verify/"]
    for one in [*told["icons"], *told["screenshots"]]:
        assert finders.find(one["src"].removeprefix("/static/")), one["src"]


@pytest.mark.feature("C13")
def test_the_first_view_of_the_app_is_small(families: Families) -> None:
    page = opened(families).get("/app/home/").content
    names = set(re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js|woff2|svg))"', page.decode()))
    assert any(name.endswith("app-queue.js") for name in names)
    size = len(gzip.compress(page))
    for name in names:
        data = Path(str(finders.find(name))).read_bytes()
        size += len(data) if name.endswith("woff2") else len(gzip.compress(data))
    assert size < 100_000, size


def test_staff_who_open_the_app_land_on_their_own_home(families: Families) -> None:
    teacher = browse(families.bg.persons["teacher"], hat=f"teacher@{families.bg.path}")
    assert teacher.get("/app/").headers["Location"].startswith("/diary/")
