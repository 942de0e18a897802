"""A plan of a body: what it refuses, whom it asks, when what is due, and which schools take part."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from testamur.kernel.base.actor import Actor, Grant, operator
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.journal.models import Entry
from testamur.register.schools import actions as schools
from testamur.register.schools.rules import Form, NewUnit, UnitKind
from testamur.schoolday.rollout import actions, queries
from testamur.schoolday.rollout.models import Plan
from testamur.schoolday.rollout.rules import (
    Begun,
    JoinedAlready,
    Mark,
    NewPlan,
    NotAsked,
    NotJoined,
    PlanChanged,
    PlanFrozen,
    PlanInvalid,
    PlanStands,
    PlanState,
    Reach,
    Stage,
    StagesOverlap,
    check_plan,
)
from testamur.schoolday.transcripts.rules import Step

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
DATES = {
    Mark.TRAINING_FROM: date(2026, 4, 1),
    Mark.TRAINING_TO: date(2026, 5, 15),
    Mark.ENTRY: date(2026, 5, 29),
    Mark.VERIFICATION: date(2026, 6, 3),
    Mark.SIGNING: date(2026, 6, 10),
    Mark.DELIVERY: date(2026, 6, 17),
    Mark.SUMMING_UP: date(2026, 6, 30),
}
PILOT = Stage("Pilot", (1, 2, 3, 4), Reach.ALL, DATES)
PLAN = NewPlan("Digital transcripts", "Plan 213/KH-BGDĐT", "2025/2026", (PILOT,))


def _at(reach: Reach, *places: str) -> Stage:
    return replace(PILOT, reach=reach, places=places)


class Province:
    """A province with two districts, each of one school, and a school of its own."""

    def __init__(self, by: Actor) -> None:
        """Made by the register's own verbs."""
        new = NewUnit(UnitKind.AUTHORITY, "097", "Tỉnh Giả Định", slug="gia-dinh", country="VN")
        (self.body,) = schools.add_units(by=by, units=[new], now=NOW)
        self.north, self.south = schools.add_units(
            by=by, units=[NewUnit(UnitKind.OFFICE, code, code, self.body) for code in ("north", "south")], now=NOW
        )
        places = (("A1", self.north), ("B1", self.south), ("C1", self.body))
        self.schools = schools.add_units(
            by=by,
            units=[
                NewUnit(UnitKind.SCHOOL, code, f"School {code}", above, form=Form.PRIMARY) for code, above in places
            ],
            now=NOW,
        )
        self.path, self.a1, self.b1 = "/gia-dinh/", "/gia-dinh/north/a1/", "/gia-dinh/south/b1/"
        self.officer = Actor(new_id(), "test", (Grant("administrator", self.path, ("rollout.*",)),))
        self.principal = Actor(
            new_id(), "test", (Grant("principal", self.a1, ("rollout.plan.see", "rollout.plan.join")),)
        )


@pytest.fixture
def province(db: None, by: Actor) -> Province:
    """The places of a plan."""
    return Province(by)


@pytest.fixture
def by() -> Actor:
    """The operator, who may do everything."""
    return operator()


def _drafted(province: Province, plan: NewPlan = PLAN) -> UUID:
    return actions.draft_plan(by=province.officer, authority=province.body, new=plan, now=NOW)


@pytest.mark.feature("D2", "D7")
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"reason": "x" * 401}, "reason"),
        ({"school_year": "2025/2027"}, "school_year"),
        ({"stages": ()}, "stages"),
        ({"remind_before": 31}, "remind_before"),
        ({"stages": (replace(PILOT, grades=()),)}, "grades"),
        ({"stages": (replace(PILOT, grades=(13,)),)}, "grades"),
        ({"stages": (replace(PILOT, reach=Reach.CHOSEN),)}, "places"),
        ({"stages": (replace(PILOT, dates={**DATES, Mark.SIGNING: date(2026, 6, 1)}),)}, "signing"),
        ({"stages": (replace(PILOT, dates={**DATES, Mark.TRAINING_TO: date(2026, 3, 1)}),)}, "training_to"),
    ],
)
def test_a_plan_that_lacks_something_or_runs_backwards_is_refused(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(PlanInvalid) as refused:
        check_plan(replace(PLAN, **wrong))
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("one", "other", "meets"),
    [
        (PILOT, replace(PILOT, name="2"), True),
        (PILOT, replace(PILOT, grades=(5,)), False),
        (_at(Reach.DISTRICTS, "/p/n/"), _at(Reach.CHOSEN, "/p/n/a/"), True),
        (_at(Reach.DISTRICTS, "/p/n/"), _at(Reach.CHOSEN, "/p/s/a/"), False),
    ],
)  # fmt: skip
def test_no_grade_of_a_school_stands_in_two_stages(one: Stage, other: Stage, *, meets: bool) -> None:
    plan = replace(PLAN, stages=(one, other))
    if meets:
        with pytest.raises(StagesOverlap):
            check_plan(plan)
    else:
        check_plan(plan)


@pytest.mark.feature("D2", "D8")
def test_a_plan_in_force_says_what_is_due_where_and_leaves_other_grades_alone(province: Province) -> None:
    made = _drafted(province)
    asked: dict[str, Any] = {"path": province.a1, "school_year": "2025/2026", "step": Step.TEACHER}
    assert queries.due(**asked, grade=2) is None, "a draft asks for nothing"
    actions.put_in_force(by=province.officer, plan=made, now=NOW)
    assert queries.due(**asked, grade=2) == date(2026, 6, 10)
    assert queries.due(**asked, grade=5) is None
    assert queries.due(**{**asked, "school_year": "2024/2025"}) is None
    found = queries.in_force(path=province.a1 + "1a/", school_year="2025/2026")
    assert found is not None
    assert [found.due(province.a1, step, 1) for step in (Step.COMPLETE, Step.VERIFIED, Step.DELIVERED)] == [
        date(2026, 5, 29), date(2026, 6, 3), date(2026, 6, 17),
    ]  # fmt: skip
    assert found.asks(province.a1, 4)
    assert not found.asks(province.a1, 5)


@pytest.mark.feature("D7")
def test_a_plan_goes_from_draft_through_force_to_its_end_and_each_step_is_journalled(province: Province) -> None:
    made = _drafted(province)
    by = province.officer
    actions.change_plan(by=by, plan=made, to=replace(PLAN, name="Other"), seen=1, now=NOW)
    with pytest.raises(PlanChanged):
        actions.change_plan(by=by, plan=made, to=PLAN, seen=1, now=NOW)
    actions.put_in_force(by=by, plan=made, now=NOW)
    with pytest.raises(PlanFrozen):
        actions.put_in_force(by=by, plan=made, now=NOW)
    bare = replace(PLAN, stages=(replace(PILOT, dates={Mark.ENTRY: DATES[Mark.ENTRY]}),))
    with pytest.raises(PlanInvalid):
        actions.change_plan(by=by, plan=made, to=bare, seen=2, now=NOW)
    actions.close_plan(by=by, plan=made, now=NOW)
    with pytest.raises(PlanFrozen):
        actions.change_plan(by=by, plan=made, to=PLAN, seen=2, now=NOW)
    kinds = list(Entry.objects.filter(kind__startswith="rollout.").order_by("id").values_list("kind", flat=True))
    assert kinds == [f"rollout.plan.{what}/1" for what in ("drafted", "changed", "in_force", "closed")]
    assert queries.plan(by=by, id=made, path=province.path).state is PlanState.CLOSED


def test_a_draft_that_lacks_a_date_is_not_put_in_force_and_can_be_thrown_away(province: Province) -> None:
    made = _drafted(province, replace(PLAN, stages=(replace(PILOT, dates={}),)))
    with pytest.raises(PlanInvalid) as refused:
        actions.put_in_force(by=province.officer, plan=made, now=NOW)
    assert refused.value.field == "entry"
    actions.discard_plan(by=province.officer, plan=made, now=NOW)
    assert not Plan.objects.exists()


def test_one_plan_is_in_force_for_a_body_and_year_and_the_database_says_so_too(province: Province) -> None:
    first, second = _drafted(province), _drafted(province)
    actions.put_in_force(by=province.officer, plan=first, now=NOW)
    with pytest.raises(PlanStands):
        actions.put_in_force(by=province.officer, plan=second, now=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        Plan.objects.filter(id=second).update(state=PlanState.IN_FORCE)
    with pytest.raises(DatabaseError), transaction.atomic():
        Plan.objects.filter(id=first).update(state=PlanState.DRAFT)


@pytest.mark.feature("D1")
def test_the_share_of_schools_that_take_part_counts_all_schools_of_the_body(province: Province) -> None:
    some = replace(PILOT, reach=Reach.DISTRICTS, places=("/gia-dinh/north/",))
    made = _drafted(province, replace(PLAN, stages=(some,)))
    with pytest.raises(NotAsked):
        actions.join(by=province.principal, plan=made, unit=province.schools[0], now=NOW)
    actions.put_in_force(by=province.officer, plan=made, now=NOW)
    actions.join(by=province.principal, plan=made, unit=province.schools[0], now=NOW)
    with pytest.raises(JoinedAlready):
        actions.join(by=province.principal, plan=made, unit=province.schools[0], now=NOW)
    with pytest.raises(NotAllowed):
        actions.join(by=province.principal, plan=made, unit=province.schools[1], now=NOW)
    told = queries.participation(by=province.officer, id=made, path=province.path)
    assert (told.total, told.asked, told.joined, told.share) == (3, 1, 1, 33)
    whole = replace(PLAN, stages=(PILOT,))
    actions.change_plan(by=province.officer, plan=made, to=whole, seen=1, now=NOW)
    everybody = Actor(new_id(), "test", (Grant("operator", "/", ("*",)),))
    for school in province.schools[1:]:
        actions.join(by=everybody, plan=made, unit=school, now=NOW)
    told = queries.participation(by=province.officer, id=made, path=province.path)
    assert (told.share, told.joined) == (100, 3)
    north = queries.participation(by=province.officer, id=made, path="/gia-dinh/north/")
    assert [line.code for line in north.schools] == ["A1"]


@pytest.mark.feature("D1")
def test_a_school_takes_its_word_back_until_the_first_day_of_the_plan(province: Province, by: Actor) -> None:
    plan = _drafted(province)
    actions.put_in_force(by=by, plan=plan, now=NOW)
    with pytest.raises(NotJoined):
        actions.leave(by=by, plan=plan, unit=province.schools[0], now=NOW)
    actions.join(by=by, plan=plan, unit=province.schools[0], now=NOW)
    with pytest.raises(Begun):
        actions.leave(by=by, plan=plan, unit=province.schools[0], now=datetime(2026, 4, 1, 0, 1, tzinfo=UTC))
    actions.leave(by=by, plan=plan, unit=province.schools[0], now=datetime(2026, 3, 31, 20, 0, tzinfo=UTC))
    assert queries.joined(plan=plan, unit=province.schools[0]) is None
    assert Entry.objects.filter(kind="rollout.school.left/1").count() == 1
    actions.join(by=by, plan=plan, unit=province.schools[0], now=NOW)
    actions.close_plan(by=by, plan=plan, now=NOW)
    with pytest.raises(Begun):
        actions.leave(by=by, plan=plan, unit=province.schools[0], now=NOW)


def test_a_school_sees_no_draft_and_no_plan_of_another_body(province: Province, by: Actor) -> None:
    made = _drafted(province)
    assert queries.plans(by=province.principal, path=province.a1) == ()
    with pytest.raises(NotFound):
        queries.plan(by=province.principal, id=made, path=province.a1)
    with pytest.raises(NotAllowed):
        actions.put_in_force(by=province.principal, plan=made, now=NOW)
    (other,) = schools.add_units(
        by=by, units=[NewUnit(UnitKind.AUTHORITY, "098", "Other", slug="other", country="VN")], now=NOW
    )
    foreign = actions.draft_plan(by=by, authority=other, new=PLAN, now=NOW)
    actions.put_in_force(by=by, plan=foreign, now=NOW)
    assert queries.plan_at(path=province.a1) is None
    with pytest.raises(NotFound):
        queries.plan(by=province.principal, id=foreign, path=province.a1)


def test_a_stage_names_places_of_its_own_body_and_kind(province: Province) -> None:
    for reach, place in ((Reach.CHOSEN, "/gia-dinh/north/"), (Reach.DISTRICTS, province.a1), (Reach.CHOSEN, "/x/y/")):
        with pytest.raises(PlanInvalid):
            _drafted(province, replace(PLAN, stages=(replace(PILOT, reach=reach, places=(place,)),)))
