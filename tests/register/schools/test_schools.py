"""The organisation: the tree, the years, who is where, who holds which post."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.kernel.journal.models import Entry
from testamur.register.curriculum import actions as curriculum
from testamur.register.curriculum.rules import NewPackInForce
from testamur.register.people.rules import NewPerson, ids_digest
from testamur.register.schools import actions, models, queries
from testamur.register.schools.rules import (
    EnrolmentUpdate,
    Form,
    GroupKind,
    GroupUpdate,
    NewEnrolment,
    NewGroup,
    NewPost,
    NewSchoolYear,
    NewTerm,
    NewUnit,
    PathInvalid,
    PeriodInvalid,
    Role,
    UnitKind,
    UnitUpdate,
)
from tests.register.conftest import DAY, House, actor, enrol, invented, register

pytestmark = pytest.mark.django_db

AUGUST = date(2025, 8, 18)


# --- units -------------------------------------------------------------------------------------


@pytest.mark.feature("C1")
def test_a_unit_has_the_path_of_its_place_in_the_tree(house: House):
    school = queries.unit(house.school)
    assert school is not None
    assert (school.path, school.country, school.form, school.parent) == (
        "/testkoping/skolan-1/",
        "SE",
        Form.COMPULSORY,
        house.authority,
    )
    assert queries.unit_at("/testkoping/skolan-1/") == school
    assert queries.unit_by_code(code="Skolan 1", parent=house.authority) == school
    assert [u.name for u in queries.units_above(school.path)] == ["Testköpings kommun", "Provskolan"]
    assert [u.path for u in queries.units_under("/testkoping/", kind=UnitKind.SCHOOL)] == [
        "/testkoping/skolan-1/",
        "/testkoping/skolan-2/",
    ]
    assert [u.id for u in queries.units_by_code(codes=["Skolan 1", "x"])["Skolan 1"]] == [house.school]


def test_a_whole_tree_comes_in_one_call_with_one_journal_entry(db: None, by: Actor, now: datetime):
    root, school = new_id(), new_id()
    ids = actions.add_units(
        by=by,
        units=[
            NewUnit(UnitKind.AUTHORITY, "София-пробна", "Проба", country="BG", id=root),
            NewUnit(UnitKind.SCHOOL, "2902999", "Пробно училище", root, id=school),
            NewUnit(UnitKind.DEPARTMENT, "5А", "Пети клас", school),
        ],
        now=now,
    )
    assert ids[:2] == [root, school]
    assert [u.path for u in queries.units_under("/")] == [
        "/sofiya-probna/",
        "/sofiya-probna/2902999/",
        "/sofiya-probna/2902999/5a/",
    ]
    entry = Entry.objects.get()
    assert (entry.kind, entry.refs) == ("schools.units.added/1", {"count": 3, "digest": ids_digest(ids)})


def test_a_unit_that_cannot_stand_there_is_refused_by_number(house: House, by: Actor, now: datetime):
    good = NewUnit(UnitKind.SCHOOL, "Skolan 3", "Tredje", house.authority)
    for bad, error in (
        (NewUnit(UnitKind.SCHOOL, "Skolan 1", "Igen", house.authority), actions.UnitTaken),
        (NewUnit(UnitKind.SCHOOL, "SKOLAN 1", "Samma väg", house.authority), actions.UnitTaken),
        (NewUnit(UnitKind.AUTHORITY, "X", "Under skola", house.school), actions.UnitInvalid),
        (NewUnit(UnitKind.AUTHORITY, "X", "Utan land"), actions.UnitInvalid),
        (NewUnit(UnitKind.SCHOOL, "X", "Ingenstans", new_id()), NotFound),
        (NewUnit(UnitKind.SCHOOL, "学校", "Utan bokstäver", house.authority), PathInvalid),
        (NewUnit(UnitKind.SCHOOL, "X", "Snedstreck", house.authority, slug="a/b"), PathInvalid),
    ):
        with pytest.raises(error) as no:
            actions.add_units(by=by, units=[good, bad], now=now)
        assert no.value.found["index"] == 1
    assert len(queries.units_under("/testkoping/")) == 3


def test_units_are_added_below_where_the_actor_has_the_right(house: House, now: datetime):
    new = NewUnit(UnitKind.DEPARTMENT, "A", "Arbetslag A", house.school)
    actions.add_units(by=actor("schools.unit.add"), units=[new], now=now)
    with pytest.raises(NotAllowed):
        actions.add_units(
            by=actor("schools.unit.add"), units=[NewUnit(UnitKind.SCHOOL, "S3", "Tredje", house.authority)], now=now
        )


def test_a_unit_changes_its_name_and_facts_but_not_its_path(house: House, by: Actor, now: datetime):
    update = UnitUpdate(house.school, name="Nya Provskolan", parts=(("district", "Norra"),))
    assert actions.update_units(by=by, updates=[update], now=now) == 1
    assert actions.update_units(by=by, updates=[update], now=now) == 0
    school = queries.unit(house.school)
    assert school is not None
    assert (school.name, school.parts, school.path) == (
        "Nya Provskolan",
        (("district", "Norra"),),
        "/testkoping/skolan-1/",
    )


def test_the_pack_of_a_school_is_the_recorded_one_then_its_own_then_the_authoritys(
    house: House, by: Actor, now: datetime
):
    assert queries.pack_of(house.school, on=DAY) == "se.compulsory"
    assert queries.pack_of(house.other_school, on=DAY) == ""
    actions.update_units(by=by, updates=[UnitUpdate(house.authority, pack="se.authority")], now=now)
    assert queries.pack_of(house.other_school, on=DAY) == "se.authority"
    curriculum.put_in_force(
        by=by,
        packs=[NewPackInForce("/testkoping/", "se.compulsory.next", date(2026, 7, 1), form="compulsory")],
        now=now,
    )
    assert queries.pack_of(house.school, on=DAY) == "se.compulsory"
    assert queries.pack_of(house.school, on=date(2026, 7, 1)) == "se.compulsory.next"


# --- years, terms, groups ----------------------------------------------------------------------


@pytest.mark.feature("C11")
def test_school_years_and_terms_tell_which_term_a_day_lies_in(house: House):
    (year,) = queries.school_years(house.authority)
    assert [t.label for t in year.terms] == ["2025/2026 HT", "2025/2026 VT"]
    spring = queries.term_on(authority=house.authority, on=DAY)
    assert spring is not None
    assert spring.id == house.spring
    assert queries.term(house.spring) == spring
    assert queries.term_on(authority=house.authority, on=date(2025, 12, 24)) is None


def test_terms_outside_their_year_backwards_or_twice_are_refused(house: House, by: Actor, now: datetime):
    for bad, error in (
        (NewTerm(house.year, "X", date(2026, 6, 1), date(2026, 7, 1)), PeriodInvalid),
        (NewTerm(house.year, "X", date(2026, 2, 2), date(2026, 2, 1)), PeriodInvalid),
        (NewTerm(house.year, "HT", AUGUST, date(2025, 12, 1)), actions.PeriodTaken),
        (NewTerm(new_id(), "X", AUGUST, date(2025, 12, 1)), NotFound),
    ):
        with pytest.raises(error) as no:
            actions.add_terms(by=by, terms=[bad], now=now)
        assert no.value.found["index"] == 0
    with pytest.raises(actions.PeriodTaken):
        actions.add_school_years(
            by=by, school_years=[NewSchoolYear(house.authority, "2025/2026", AUGUST, DAY)], now=now
        )


@pytest.mark.feature("E13")
def test_groups_of_a_school_are_listed_by_term_and_kind(house: House, by: Actor, now: datetime):
    new = NewGroup(house.school, house.year, GroupKind.TEACHING, "9A MA", subject="MA", year_level=9)
    (maths,) = actions.add_groups(by=by, groups=[new], now=now)
    assert [g.code for g in queries.groups(school=house.school, term=house.spring)] == ["9A", "9A MA"]
    (found,) = queries.groups(school=house.school, kind=GroupKind.TEACHING)
    assert (found.id, found.subject, found.path) == (maths, "MA", "/testkoping/skolan-1/9a-ma/")
    assert queries.groups(school=house.other_school) == ()
    actions.update_groups(by=by, updates=[GroupUpdate(maths, name="Matematik 9A")], now=now)
    group = queries.group(maths)
    assert group is not None
    assert (group.name, group.code) == ("Matematik 9A", "9A MA")
    with pytest.raises(actions.GroupTaken) as no:
        actions.add_groups(by=by, groups=[NewGroup(house.school, house.year, GroupKind.CLASS, "9a")], now=now)
    assert no.value.found["index"] == 0


# --- who is where ------------------------------------------------------------------------------


def test_a_class_has_the_members_of_the_day(house: House, by: Actor, now: datetime):
    anna, bo = register(by, now, invented("Anna", "Provsson"), invented("Bo", "Testberg", serial=981))
    first = enrol(house, [anna, bo], now)
    assert {m.person for m in queries.members(group=house.class_9a, on=DAY)} == {anna, bo}
    assert queries.members(group=house.class_9a, on=date(2025, 8, 17)) == ()
    actions.end_enrolments(by=by, ends={first[2]: date(2026, 5, 3)}, now=now)
    assert [m.person for m in queries.members(group=house.class_9a, on=DAY)] == [bo]
    assert {m.person for m in queries.members(group=house.class_9a, on=date(2026, 5, 3))} == {anna, bo}
    assert {e.id for e in queries.open_enrolments(groups=[house.class_9a])} == {first[3]}
    assert len(queries.enrolments_of(person=anna)) == 2


def test_a_pupils_school_and_class_follow_the_day(house: House, by: Actor, now: datetime):
    anna, bo = register(by, now, invented("Anna", "Provsson"), invented("Bo", "Testberg", serial=981))
    ids = enrol(house, [anna], now)
    now_at = queries.placement(person=anna, on=DAY)
    assert now_at is not None
    assert (now_at.school, now_at.class_code, now_at.class_group) == (house.school, "9A", house.class_9a)
    actions.end_enrolments(by=by, ends=dict.fromkeys(ids, DAY), now=now)
    actions.add_enrolments(
        by=by, enrolments=[NewEnrolment(anna, house.other_school, date(2026, 5, 5), year_level=9)], now=now
    )
    later = queries.placement(person=anna, on=date(2026, 5, 6))
    assert later is not None
    assert (later.school, later.class_group, later.year_level) == (house.other_school, None, 9)
    assert queries.placements(persons=[anna, bo], on=DAY).keys() == {anna}


def test_a_class_list_is_for_those_who_may_see_the_group(house: House, by: Actor, now: datetime):
    enrol(house, register(by, now, invented("Bo", "Åberg"), invented("Anna", "Aberg", serial=981)), now)
    teacher = Actor(
        new_id(), "test", (Grant("teacher", "/testkoping/", ("schools.group.see",), frozenset({house.class_9a})),)
    )
    rows = queries.class_list(by=teacher, group=house.class_9a, on=DAY)
    assert [r.person.name for r in rows] == ["Anna Aberg", "Bo Åberg"]
    with pytest.raises(NotAllowed):
        queries.class_list(by=actor("schools.group.see", path="/testkoping/skolan-2/"), group=house.class_9a, on=DAY)


def test_a_grant_for_one_teaching_group_or_ward_opens_no_other_list(house: House, by: Actor, now: datetime):
    other = frozenset({new_id()})
    for one in (actor("schools.group.see", groups=other), actor("schools.group.see", wards=other)):
        with pytest.raises(NotAllowed):
            queries.class_list(by=one, group=house.class_9a, on=DAY)


def test_faulty_enrolments_are_refused_by_number_and_nothing_is_kept(house: House, by: Actor, now: datetime):
    anna, bo = register(by, now, invented("Anna", "Provsson"), invented("Bo", "Testberg", serial=981))
    actions.add_enrolments(by=by, enrolments=[NewEnrolment(anna, house.school, AUGUST, house.class_9a)], now=now)
    good = NewEnrolment(bo, house.school, AUGUST, house.class_9a)
    for bad, error in (
        (NewEnrolment(anna, house.school, AUGUST, house.class_9a), actions.EnrolmentTaken),
        (NewEnrolment(anna, house.school, DAY, house.class_9a), actions.EnrolmentTaken),
        (NewEnrolment(bo, house.school, DAY, house.class_9a), actions.EnrolmentTaken),
        (NewEnrolment(new_id(), house.school, AUGUST), NotFound),
        (NewEnrolment(anna, house.school, AUGUST, new_id()), NotFound),
        (NewEnrolment(anna, house.other_school, AUGUST, house.class_9a), actions.GroupElsewhere),
        (NewEnrolment(anna, house.school, AUGUST, ends=date(2025, 8, 17)), PeriodInvalid),
    ):
        with pytest.raises(error) as no:
            actions.add_enrolments(by=by, enrolments=[good, bad], now=now)
        assert no.value.found["index"] == 1, bad
    with pytest.raises(NotFound):
        actions.add_enrolments(by=by, enrolments=[NewEnrolment(anna, new_id(), AUGUST)], now=now)
    with pytest.raises(NotAllowed):
        actions.add_enrolments(
            by=actor("schools.enrolment.add", path="/testkoping/skolan-2/"), enrolments=[good], now=now
        )
    assert models.Enrolment.objects.count() == 1


def test_enrolments_are_changed_in_bulk_and_only_the_differing_ones_are_counted(house: House, by: Actor, now: datetime):
    ids = enrol(house, register(by, now, invented("Anna", "Provsson"), invented("Bo", "Testberg", serial=981)), now)
    updates = [EnrolmentUpdate(one, year_level=9) for one in ids]
    assert actions.update_enrolments(by=by, updates=updates, now=now) == 4
    assert actions.update_enrolments(by=by, updates=updates, now=now) == 0
    assert {e.year_level for e in queries.enrolments(ids).values()} == {9}
    with pytest.raises(PeriodInvalid):
        actions.update_enrolments(by=by, updates=[EnrolmentUpdate(ids[0], ends=date(2025, 1, 1))], now=now)
    with pytest.raises(NotFound):
        actions.update_enrolments(by=by, updates=[EnrolmentUpdate(new_id(), year_level=9)], now=now)
    assert Entry.objects.filter(kind="schools.enrolments.changed/1").count() == 1


# --- posts -------------------------------------------------------------------------------------


@pytest.mark.feature("A7")
def test_the_holder_of_a_post_is_the_one_of_that_day(house: House, by: Actor, now: datetime):
    old, new, teacher = register(
        by, now, NewPerson("Rut", "Rektorsson"), NewPerson("Ove", "Rektorsson"), NewPerson("Lena", "Lärarsson")
    )
    first, _, third = actions.add_posts(
        by=by,
        posts=[
            NewPost(old, house.school, Role.PRINCIPAL, AUGUST, date(2025, 12, 31)),
            NewPost(new, house.school, Role.PRINCIPAL, date(2026, 1, 1)),
            NewPost(teacher, house.school, Role.CLASS_TEACHER, AUGUST, group=house.class_9a),
        ],
        now=now,
    )
    assert queries.holder(role=Role.PRINCIPAL, unit=house.school, on=date(2025, 12, 31)) == old
    assert queries.holder(role=Role.PRINCIPAL, unit=house.school, on=DAY) == new
    assert queries.holder(role=Role.PRINCIPAL, unit=house.other_school, on=DAY) is None
    assert queries.holder(role=Role.CLASS_TEACHER, group=house.class_9a, on=DAY) == teacher
    (post,) = queries.posts_of(person=teacher, on=DAY)
    assert (post.id, post.path, post.role) == (third, "/testkoping/skolan-1/9a/", Role.CLASS_TEACHER)
    assert len(queries.posts_at(unit=house.school, on=DAY)) == 2
    actions.end_posts(by=by, ends={third: date(2026, 5, 3)}, now=now)
    assert queries.posts_of(person=teacher, on=DAY) == ()
    assert queries.posts_by_id([first])[first].person == old


def test_an_examiner_answers_for_the_named_course_or_for_all(house: House, by: Actor, now: datetime):
    one, all_ = register(by, now, NewPerson("Eva", "Examinator"), NewPerson("Ulf", "Examinator"))
    actions.add_posts(
        by=by,
        posts=[
            NewPost(one, house.school, Role.EXAMINER, AUGUST, subject="PR1001"),
            NewPost(all_, house.school, Role.EXAMINER, AUGUST),
        ],
        now=now,
    )

    def examiners(course: str) -> set[Any]:
        return {p.person for p in queries.holders(role=Role.EXAMINER, unit=house.school, on=DAY, subject=course)}

    assert examiners("PR1001") == {one, all_}
    assert examiners("PR1002") == {all_}


def test_a_class_has_one_class_teacher_at_a_time(house: House, by: Actor, now: datetime):
    one, two = register(by, now, NewPerson("Lena", "Lärarsson"), NewPerson("Lars", "Lärarsson"))

    def post(person: Any, starts: date, ends: date | None = None, group: Any = house.class_9a) -> NewPost:
        return NewPost(person, house.school, Role.CLASS_TEACHER, starts, ends, group)

    actions.add_posts(by=by, posts=[post(one, AUGUST, date(2025, 12, 31))], now=now)
    with pytest.raises(actions.ClassTeacherTaken):
        actions.add_posts(by=by, posts=[post(two, date(2025, 12, 31))], now=now)
    with pytest.raises(actions.ClassTeacherTaken) as no:
        actions.add_posts(by=by, posts=[post(one, date(2026, 1, 1)), post(two, date(2026, 2, 1))], now=now)
    assert no.value.found["index"] == 1
    with pytest.raises(actions.GroupNeeded):
        actions.add_posts(by=by, posts=[post(two, AUGUST, group=None)], now=now)
    actions.add_posts(by=by, posts=[post(two, date(2026, 1, 1))], now=now)
    assert queries.holder(role=Role.CLASS_TEACHER, group=house.class_9a, on=DAY) == two


def test_faulty_posts_are_refused(house: House, by: Actor, now: datetime):
    (one,) = register(by, now, NewPerson("Lena", "Lärarsson"))
    cases: list[tuple[NewPost, type[Refused]]] = [
        (NewPost(new_id(), house.school, Role.TEACHER, AUGUST), NotFound),
        (NewPost(one, new_id(), Role.TEACHER, AUGUST), NotFound),
        (NewPost(one, house.school, Role.TEACHER, AUGUST, group=new_id()), NotFound),
        (NewPost(one, house.other_school, Role.TEACHER, AUGUST, group=house.class_9a), actions.GroupElsewhere),
        (NewPost(one, house.school, Role.TEACHER, AUGUST, date(2025, 1, 1)), PeriodInvalid),
    ]
    for bad, error in cases:
        with pytest.raises(error) as no:
            actions.add_posts(by=by, posts=[bad], now=now)
        assert no.value.found["index"] == 0


# --- what the database refuses by itself ---------------------------------------------------------


@pytest.mark.parametrize(
    "broken",
    [
        lambda h, p: models.Post.objects.create(
            person_id=p, unit_id=h.school, role="class_teacher", group_id=h.class_9a, starts=DAY
        ),
        lambda h, p: models.Post.objects.create(person_id=p, unit_id=h.school, role="class_teacher", starts=DAY),
        lambda h, p: models.Post.objects.create(person_id=p, unit_id=h.school, role="janitor", starts=DAY),
        lambda h, p: models.Post.objects.create(
            person_id=p, unit_id=h.school, role="teacher", starts=DAY, ends=date(2026, 5, 3)
        ),
        lambda h, p: models.Enrolment.objects.create(
            person_id=p, school_id=h.school, group_id=h.class_9a, starts=AUGUST, ends=AUGUST
        ),
        lambda h, p: models.Enrolment.objects.create(person_id=p, school_id=h.school, group_id=h.class_9a, starts=DAY),
        lambda h, p: models.Enrolment.objects.create(person_id=p, school_id=h.school, starts=DAY),
        lambda h, p: models.Enrolment.objects.create(
            person_id=p, school_id=h.other_school, starts=DAY, ends=date(2026, 5, 3)
        ),
        lambda h, p: models.Enrolment.objects.create(person_id=p, school_id=h.other_school, starts=DAY, role="x"),
        lambda h, p: models.Enrolment.objects.create(person_id=p, school_id=h.other_school, starts=DAY, year_level=14),
        lambda h, _p: models.Unit.objects.create(
            parent_id=h.authority, kind="school", code="Skolan 1", name="x", path="/testkoping/x/", country="SE"
        ),
        lambda _h, _p: models.Unit.objects.create(kind="authority", code="9901", name="x", path="/x/", country="SE"),
        lambda h, _p: models.Unit.objects.create(
            parent_id=h.authority, kind="shop", code="x", name="x", path="/testkoping/x/", country="SE"
        ),
        lambda h, _p: models.Unit.objects.filter(id=h.school).update(path="/testkoping/skolan-2/"),
        lambda h, _p: models.Term.objects.filter(id=h.spring).update(ends=date(2026, 1, 7)),
        lambda h, _p: models.Group.objects.filter(id=h.class_9a).update(kind="gang"),
    ],
)
def test_the_database_itself_refuses_what_the_rules_forbid(
    house: House, by: Actor, now: datetime, broken: Callable[..., object]
):
    one, two = register(by, now, invented("Anna", "Provsson"), NewPerson("Lena", "Lärarsson"))
    enrol(house, [one], now)
    post = NewPost(two, house.school, Role.CLASS_TEACHER, AUGUST, group=house.class_9a)
    actions.add_posts(by=by, posts=[post], now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        broken(house, one)
