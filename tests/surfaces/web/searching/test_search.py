"""Search: only what one may open anyway, and nobody who is protected."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.kernel.journal.models import Entry
from testamur.register.people import actions as people
from testamur.register.people import queries
from testamur.register.people.rules import PersonView, Protection
from testamur.schoolday.learning import actions as learning
from testamur.schoolday.learning.rules import PlanText
from tests.surfaces.web.family import diaries
from tests.surfaces.web.family.diaries import Families

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C19", "C2")]


@pytest.fixture
def families(db: None) -> Families:
    """Two schools with their families."""
    return diaries.build()


def _pupil(families: Families, number: int) -> PersonView:
    found = queries.person(by=operator(), id=families.bg.pupils[number])
    assert found is not None
    return found


def _browser(families: Families, name: str) -> Client:
    hat = "guardian" if name.endswith("guardian") else f"{name}@{families.bg.path}"
    return diaries.browse(families.bg.persons[name], hat)


def _search(browser: Client, text: str) -> str:
    answer = browser.get(reverse("search:home"), {"q": text})
    assert answer.status_code == 200
    page = answer.content.decode()
    return page.partition('role="search"')[2].partition("</form>")[2]


@pytest.mark.parametrize("name", ["administrator", "principal", "class_teacher"])
def test_staff_find_their_pupils_by_any_part_of_the_name(families: Families, name: str) -> None:
    pupil = _pupil(families, 0)
    assert pupil.family in _search(_browser(families, name), f"{pupil.given[:3]} {pupil.family[:3]}")


@pytest.mark.feature("C7")
def test_plans_are_found_by_those_who_may_open_them_and_drafts_by_staff_alone(families: Families) -> None:
    school, day = families.bg, clock.now().date()
    by = school.actor("class_teacher", on=day)
    texts = [PlanText(title, day, day + timedelta(days=9), content="Bygga broar") for title in ("Shown", "Draft")]
    plans = [learning.write_plan(by=by, group=school.group, said=said, now=clock.now()) for said in texts]
    learning.publish_plan(by=by, plan=plans[0], now=clock.now())
    for name in ("class_teacher", "principal"):
        found = _search(_browser(families, name), "broar")
        assert reverse("learning:plan", args=[plans[0]]) in found
        assert "Draft" in found
    guardian = _search(_browser(families, "guardian"), "broar")
    assert reverse("learning:child_teaching", args=[school.pupils[0], plans[0]]) in guardian
    assert "Draft" not in guardian
    stranger = diaries.browse(school.persons["stranger"], f"teacher@{school.path}")
    for one in (stranger, _browser(families, "administrator")):
        assert "Shown" not in _search(one, "broar"), "its page is not this one's to open"
    browser = _browser(families, "guardian")
    assert browser.get(reverse("learning:child_teaching", args=[school.pupils[0], plans[0]])).status_code == 200


def test_families_find_their_own_children_and_no_others(families: Families) -> None:
    guardian = _browser(families, "guardian")
    assert _pupil(families, 0).given in _search(guardian, _pupil(families, 0).given)
    other = _pupil(families, 3)
    assert other.family not in _search(guardian, other.name)


@pytest.mark.parametrize("name", ["administrator", "principal", "class_teacher", "guardian"])
def test_nobody_finds_a_protected_person_from_the_moment_of_the_mark(families: Families, name: str) -> None:
    browser, pupil = _browser(families, name), _pupil(families, 0)
    assert pupil.given in _search(browser, pupil.given)
    people.set_protection(by=operator(), person=pupil.id, level=Protection.CONFIDENTIALITY_MARK, now=clock.now())
    people.choose_alias(by=operator(), person=pupil.id, given="Robin", family="Aliasova", now=clock.now())
    for text in (pupil.name, "Robin Aliasova"):
        found = _search(browser, text)
        assert "Aliasova" not in found
        assert str(pupil.id) not in found
        assert name == "guardian" or pupil.given not in found  # the guardian has another child of the same name


def test_pages_are_found_by_their_name(families: Families) -> None:
    assert reverse("notices:choices") in _search(_browser(families, "guardian"), "notif")


def test_whoever_reads_a_register_out_name_by_name_is_stopped_and_the_operator_hears(
    families: Families, caplog: pytest.LogCaptureFixture
) -> None:
    browser = _browser(families, "administrator")
    with caplog.at_level(logging.WARNING, "testamur.alarm"):
        found = [browser.get(reverse("search:home"), {"q": f"a{n}"}).status_code for n in range(32)]
    assert found == [200] * 30 + [429] * 2
    assert Entry.objects.filter(kind="accounts.limit.reached/1", refs__limit="search.minute").count() == 1
    assert "more often than people do" in caplog.text
    assert _browser(families, "principal").get(reverse("search:home"), {"q": "aa"}).status_code == 200


def test_what_a_device_kept_is_another_familys_once_somebody_is_protected(families: Families) -> None:
    """The mark by which a device knows whose pages it keeps changes: it throws away what it kept before."""
    guardian = _browser(families, "guardian")
    address = reverse("family:marks", args=[families.bg.pupils[0]])

    def mark() -> str:
        return guardian.get(address).content.decode().partition('data-kept="')[2].partition('"')[0]

    before = mark()
    assert before
    assert mark() == before
    people.set_protection(
        by=operator(), person=families.bg.pupils[1], level=Protection.CONFIDENTIALITY_MARK, now=clock.now()
    )
    assert mark() != before


def test_looking_people_up_in_the_office_counts_too(families: Families) -> None:
    browser = _browser(families, "administrator")
    for n in range(30):
        assert browser.get(reverse("office:documents"), {"who": f"a{n}"}).status_code == 200
    assert browser.get(reverse("office:documents"), {"who": "b"}).status_code == 409
    assert browser.get(reverse("search:home"), {"q": "bb"}).status_code == 429
