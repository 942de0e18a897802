"""The pages of a plan: a body makes it and sees who takes part, a school sees what is asked of it and joins."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from testamur.kernel.base import clock
from testamur.schoolday.rollout.models import Joining, Plan
from testamur.schoolday.rollout.rules import PlanState
from tests.surfaces.web.conftest import LogIn
from tests.surfaces.web.world import World

DUE_MARKS = ("entry", "verification", "signing", "delivery")
FORM: dict[str, Any] = {
    "name": "Học bạ số",
    "reason": "Kế hoạch 213/KH-BGDĐT",
    "school_year": "2025/2026",
    "remind_before": "7",
    "s0-name": "Pilot",
    "s0-grades": ["1", "2"],
    "s0-reach": "all",
    "s0-entry": "2026-06-10",
    "s0-verification": "2026-06-12",
    "s0-signing": "2026-06-19",
    "s0-delivery": "2026-06-26",
    "s1-name": "",
}


def _made(officer: Client, **changed: Any) -> Plan:
    answer = officer.post(reverse("rollout:new"), FORM | changed)
    assert answer.status_code in {302, 303}, answer.content.decode()
    return Plan.objects.get()


@pytest.mark.feature("D1", "D2", "D7")
def test_a_body_makes_a_plan_and_puts_it_in_force_and_a_school_joins(officer: Client, principal: Client) -> None:
    plan = _made(officer)
    answer = officer.post(reverse("rollout:act", args=[plan.id]), {"act": "put_in_force"}, follow=True)
    assert "0 of" in answer.content.decode()
    page = principal.get(reverse("rollout:home")).content.decode()
    assert "Not in the plan: Grade 3" in page, "the class of grade 3 is told that it is left alone"
    assert "Our school takes part" in page
    answer = principal.post(reverse("rollout:join", args=[plan.id]), follow=True)
    assert "Your school takes part" in answer.content.decode()
    assert Joining.objects.count() == 1
    again = principal.post(reverse("rollout:join", args=[plan.id]), follow=True).content.decode()
    assert "takes part already" in again
    page = officer.get(reverse("rollout:plan", args=[plan.id])).content.decode()
    assert "1 of 1" in page
    assert "100 %" in page


@pytest.mark.feature("D1")
def test_a_school_leaves_a_plan_until_it_begins(officer: Client, principal: Client) -> None:
    today = clock.now().date()
    days = {f"s0-{mark}": (today + timedelta(days=n)).isoformat() for n, mark in enumerate(DUE_MARKS, 5)}
    plan = _made(officer, **days)
    officer.post(reverse("rollout:act", args=[plan.id]), {"act": "put_in_force"})
    principal.post(reverse("rollout:join", args=[plan.id]))
    assert "Leave the plan" in principal.get(reverse("rollout:home")).content.decode()
    answer = principal.post(reverse("rollout:leave", args=[plan.id]), follow=True).content.decode()
    assert "takes no part any more" in answer
    assert "Our school takes part" in answer, "and it may join again"
    assert (
        "does not take part" in principal.post(reverse("rollout:leave", args=[plan.id]), follow=True).content.decode()
    )
    assert officer.post(reverse("rollout:leave", args=[plan.id])).status_code in {403, 404}


def test_a_plan_that_has_begun_is_not_left(officer: Client, principal: Client) -> None:
    plan = _made(officer)
    officer.post(reverse("rollout:act", args=[plan.id]), {"act": "put_in_force"})
    principal.post(reverse("rollout:join", args=[plan.id]))
    assert "Leave the plan" not in principal.get(reverse("rollout:home")).content.decode()
    assert "has begun" in principal.post(reverse("rollout:leave", args=[plan.id]), follow=True).content.decode()
    assert Joining.objects.count() == 1


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(officer: Client) -> None:
    answer = officer.post(reverse("rollout:new"), FORM | {"s0-signing": "2026-06-01", "s0-reach": "chosen"})
    assert answer.status_code == 422
    editor = answer.context["editor"]
    assert "codes" in editor.stages[0].errors or "signing" in editor.stages[0].errors
    assert "Kế hoạch 213/KH-BGDĐT" in answer.content.decode()
    answer = officer.post(reverse("rollout:new"), FORM | {"s0-signing": "2026-06-01"})
    assert list(answer.context["editor"].stages[0].errors) == ["signing"]
    answer = officer.post(reverse("rollout:new"), FORM | {"s0-reach": "chosen", "s0-codes": "nowhere"})
    assert list(answer.context["editor"].stages[0].errors) == ["codes"]
    answer = officer.post(reverse("rollout:new"), {key: FORM[key] for key in ("name", "reason", "school_year")})
    assert answer.status_code == 422
    assert not Plan.objects.exists()


def test_a_changed_plan_keeps_its_stages_and_an_old_form_overwrites_nothing(officer: Client) -> None:
    plan = _made(officer)
    address = reverse("rollout:change", args=[plan.id])
    shown = officer.get(address).content.decode()
    assert 'value="2026-06-19"' in shown
    answer = officer.post(address, FORM | {"name": "New name", "seen": "1"})
    assert answer.status_code == 303
    answer = officer.post(address, FORM | {"name": "Lost", "seen": "1"})
    assert answer.status_code == 422
    plan.refresh_from_db()
    assert plan.name == "New name"
    officer.post(reverse("rollout:act", args=[plan.id]), {"act": "put_in_force"})
    officer.post(reverse("rollout:act", args=[plan.id]), {"act": "close"})
    plan.refresh_from_db()
    assert plan.state == PlanState.CLOSED
    assert officer.get(address).status_code == 404


def test_a_school_makes_no_plan_and_another_country_sees_none(
    world: World, officer: Client, principal: Client, log_in: LogIn
) -> None:
    plan = _made(officer)
    assert principal.get(reverse("rollout:new")).status_code == 403
    assert principal.post(reverse("rollout:act", args=[plan.id]), {"act": "put_in_force"}).status_code == 403
    assert principal.get(reverse("rollout:plan", args=[plan.id])).status_code == 404
    elsewhere = log_in("principal")
    assert elsewhere.get(reverse("rollout:plan", args=[plan.id])).status_code == 404
    assert reverse("rollout:home") not in elsewhere.get(reverse("office:home")).content.decode()
