"""Development plans and talks on the web."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from testamur.exchange.notifications.rules.families import KINDS, names_things, things
from testamur.exchange.notifications.steps.standing import standing
from testamur.kernel.journal.models import Entry as Act
from testamur.schoolday.diary.rules.states import Part
from testamur.schoolday.learning.models import Signature, Talk, Version
from tests.schoolday.diary.school import School
from tests.surfaces.web.learning.conftest import seen, sent

pytestmark = pytest.mark.django_db
Enter = Callable[..., Client]


def handed_over(browser: Client, four: School, number: int = 0) -> str:
    """A plan that waits to be confirmed; its page for staff."""
    address = sent(browser, f"/learning/group/{four.group}/development/draft/", pupil=str(four.pupils[number]))
    value = re.search(r'name="seen" value="(\d+)"', seen(browser, address))
    assert value
    fields: dict[str, Any] = {"well": "Läser", "next": "Bråk", "school": "", "home": "", "seen": value[1]}
    sent(browser, f"{address}write/", **fields, act="freeze")
    return address


@pytest.mark.feature("C8")
def test_a_development_plan_is_drafted_handed_over_and_confirmed_by_both(four: School, enter: Enter) -> None:
    teacher, guardian, ada = enter(four, "class_teacher"), enter(four, "guardian"), four.pupils[0]
    assert "Draft the plan" in seen(teacher, f"/learning/group/{four.group}/development/")
    address = handed_over(teacher, four)
    version = Version.objects.get().id
    assert "A development plan waits to be confirmed" in seen(guardian, "/family/")
    page = seen(guardian, f"/learning/child/{ada}/development/{version}/")
    assert "Bråk" in page
    assert guardian.get(f"/learning/version/{version}/pdf/").content.startswith(b"%PDF")
    assert sent(guardian, f"/learning/version/{version}/sign/").endswith(f"/development/{version}/")
    assert sent(teacher, f"/learning/version/{version}/sign/") == address
    assert Signature.objects.count() == 2
    assert "Confirmed by both" in seen(teacher, f"/learning/group/{four.group}/development/")
    assert "waits to be confirmed" not in seen(guardian, "/family/")
    for other in ("far_guardian", "stranger"):
        seen(enter(four, other), f"/learning/version/{version}/pdf/", 403)
        seen(enter(four, other), f"/learning/version/{version}/sign/", 403)


@pytest.mark.feature("C8")
def test_a_plan_without_a_next_step_is_kept_but_not_handed_over(four: School, enter: Enter) -> None:
    teacher = enter(four, "class_teacher")
    address = sent(teacher, f"/learning/group/{four.group}/development/draft/", pupil=str(four.pupils[0]))
    fields: dict[str, Any] = {"well": "Läser", "next": "", "school": "", "home": ""}
    page = sent(teacher, f"{address}write/", 422, **fields, seen="1", act="freeze")
    assert "Write what the pupil works on next" in page
    value = re.search(r'name="seen" value="(\d+)"', page)
    assert value
    sent(teacher, f"{address}write/", **(fields | {"next": "Bråk"}), seen=value[1], act="freeze")


@pytest.mark.feature("C8")
def test_where_the_head_asks_for_it_an_eid_signs(four: School, enter: Enter) -> None:
    head, teacher, guardian = enter(four, "principal"), enter(four, "class_teacher"), enter(four, "guardian")
    sent(head, "/learning/demand/", act="demand")
    assert "sign with an e-ID" in seen(head, "/learning/")
    assert teacher.post("/learning/demand/", {"act": "button"}).status_code == 403
    handed_over(teacher, four)
    version = Version.objects.get().id
    page = seen(guardian, f"/learning/version/{version}/sign/")
    assert "No e-ID that knows you is set up here" in page  # the register holds no number of this guardian
    sent(guardian, f"/learning/version/{version}/sign/", 422, method="simulated")
    assert not Signature.objects.exists()


@pytest.mark.feature("C8")
def test_a_talk_is_planned_prepared_and_minuted(four: School, enter: Enter) -> None:
    teacher, guardian, ada = enter(four, "class_teacher"), enter(four, "guardian"), four.pupils[0]
    assert "pupil" in sent(teacher, f"/learning/group/{four.group}/talks/new/", 422, pupil="")
    address = sent(
        teacher, f"/learning/group/{four.group}/talks/new/", pupil=str(ada), at="2026-03-20T15:00", place="Sal 4",
        agenda="Hur går det?",
    )  # fmt: skip
    talk = Talk.objects.get().id
    assert "Prepare the talk with the teacher" in seen(guardian, "/family/")
    mine = f"/learning/child/{ada}/talk/{talk}/"
    assert "Hur går det?" in seen(guardian, mine)
    sent(guardian, mine, well="Kompisar", harder="Läxor", wish="")
    assert "Läxor" in seen(teacher, address)
    bad: dict[str, Any] = {"said-minutes": "Överens", "said-points": "snart öva", "said-seen": "1"}
    assert "Begin each line with a day" in sent(teacher, f"{address}act/", 422, act="minutes", **bad)
    good = bad | {"said-points": "2026-05-01 öva bråk"}
    sent(teacher, f"{address}act/", act="minutes", **good)
    told = seen(guardian, mine)
    assert "Överens" in told
    assert "öva bråk" in told
    point = str(Talk.objects.get().follow_ups.get().id)
    sent(teacher, f"{address}act/", act="done", point=point)
    assert "Done" in seen(guardian, mine)
    assert guardian.post(mine, {"well": "sent"}).status_code == 422
    seen(enter(four, "far_guardian"), f"/learning/child/{ada}/talk/{talk}/", 404)
    seen(enter(four, "stranger"), address, 403)


@pytest.mark.feature("C8", "C17")
def test_families_are_told_of_what_still_stands(four: School, enter: Enter) -> None:
    teacher = enter(four, "class_teacher")
    handed_over(teacher, four)
    sent(
        teacher, f"/learning/group/{four.group}/talks/new/", pupil=str(four.pupils[0]), at="2026-03-20T15:00", place="",
        agenda="",
    )  # fmt: skip
    acts = [act for act in Act.objects.order_by("id") if KINDS.get(act.kind.partition("/")[0]) is Part.LEARNING]
    assert [act.kind for act in acts] == ["learning.development.frozen/1", "learning.talk.planned/1"]
    refs = set()
    for act in acts:
        assert names_things(act.kind, act.refs)
        refs |= {("learning", ref, pupil) for ref, pupil in things(act.kind, act.refs) or ()}
    assert {pupil for _part, _ref, pupil in refs} == {four.pupils[0]}
    assert len(standing(refs)) == 2
    Talk.objects.all().delete()
    assert len(standing(refs)) == 1


def test_a_class_without_development_plans_has_no_page_of_them(enter: Enter, db: None) -> None:
    from tests.schoolday.diary import school as schools

    eight = schools.build("bg.school")
    teacher = enter(eight, "class_teacher")
    seen(teacher, f"/learning/group/{eight.group}/development/", 404)
    assert "development" not in seen(teacher, f"/learning/group/{eight.group}/")
