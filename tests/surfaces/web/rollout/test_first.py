"""First steps of each role: ticked by what was done, put away at will, and nothing where no plan brings schools in."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from testamur.kernel.base.actor import operator
from testamur.register.schools import queries as schools
from testamur.schoolday.rollout import actions
from testamur.schoolday.rollout.rules import Mark, NewPlan, Reach, Stage
from tests.surfaces.web.conftest import LogIn, enter_as
from tests.surfaces.web.world import World

NOW = datetime(2026, 6, 10, 8, 0, tzinfo=UTC)
DATES = {
    Mark.ENTRY: date(2026, 6, 10), Mark.VERIFICATION: date(2026, 6, 12), Mark.SIGNING: date(2026, 6, 19),
    Mark.DELIVERY: date(2026, 6, 26),
}  # fmt: skip


def _plan(world: World) -> None:
    body = schools.units_above(world.vn_path)[0]
    new = NewPlan("Pilot", "Plan 213/KH-BGDĐT", "2025/2026", (Stage("Pilot", (3,), Reach.ALL, DATES),))
    made = actions.draft_plan(by=operator(), authority=body.id, new=new, now=NOW)
    actions.put_in_force(by=operator(), plan=made, now=NOW)


@pytest.mark.feature("D4", "D8")
def test_a_principal_s_steps_are_ticked_by_what_was_done(world: World, principal: Client) -> None:
    _plan(world)
    home = reverse("staff:home")
    page = principal.get(home).content.decode()
    assert "First steps" in page
    assert "1 of 3 done" in page, "the class has its teacher already"
    guide = reverse("support:page_help") + "?of=rollout"
    assert guide in page, "each step that is left says how it is done"
    assert "a school may leave the plan again" in principal.get(guide).content.decode()
    principal.post(reverse("rollout:join", args=[principal.get(reverse("rollout:home")).context["current"].id]))
    assert "2 of 3 done" in principal.get(home).content.decode()


@pytest.mark.feature("D4")
def test_the_list_is_put_away_and_had_back(world: World, principal: Client) -> None:
    home = reverse("staff:home")
    assert "First steps" in principal.get(home).content.decode()
    principal.post(reverse("rollout:put_away"))
    assert "Put away</button>" not in principal.get(home).content.decode()
    page = principal.get(reverse("rollout:first")).content.decode()
    assert "Show them on my first page again" in page
    principal.post(reverse("rollout:put_away"), {"act": "back"})
    assert "Put away</button>" in principal.get(home).content.decode()


@pytest.mark.parametrize(
    ("name", "hat", "address", "words"),
    [
        ("vn_teacher", "class_teacher", "diary:today", "Verify that the data of your class"),
        ("vn_guardian", "guardian", "family:home", "Choose what you are told of"),
    ],
)
@pytest.mark.feature("D4", "D20")
def test_teachers_and_families_have_steps_of_their_own(
    world: World, name: str, hat: str, address: str, words: str
) -> None:
    key = hat if hat == "guardian" else f"{hat}@{world.vn_path}"
    browser = enter_as(Client(), world, name, hat="guardian" if hat == "guardian" else key)
    with override_settings(PRACTICE_URL="https://practice.example/"):
        page = browser.get(reverse(address)).content.decode()
    assert words in page
    assert "https://practice.example/" in page


def test_the_body_s_steps_lead_from_schools_to_the_plan(world: World, officer: Client) -> None:
    page = officer.get(reverse("office:home")).content.decode()
    assert "Make the plan and put it in force" in page
    _plan(world)
    assert officer.get(reverse("office:home")).content.decode().count("is-done") >= 2


def test_where_no_plan_brings_schools_in_nothing_is_asked(world: World, log_in: LogIn) -> None:
    for name, address in (("principal", "staff:home"), ("guardian", "family:home"), ("administrator", "office:home")):
        browser = log_in(name)
        with CaptureQueriesContext(connection) as asked:
            page = browser.get(reverse(address)).content.decode()
        assert "First steps" not in page
        assert not [one for one in asked.captured_queries if "rollout_" in one["sql"]]
