"""Roles at a university: who reports, who signs, and the administrator mode that is off at each login."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from testamur.access.accounts import actions, queries
from testamur.access.accounts.rules import Level, NoAdminMode
from testamur.access.accounts.rules.hats import actor_of, hats_from
from testamur.kernel.base.actor import Actor, operator
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.models import Entry
from testamur.register.schools import actions as schools
from testamur.register.schools.rules import Form, NewPost, NewUnit, PostView, Role, UnitKind
from tests.access.conftest import DOORKEEPER, NOW

UNIT, PATH = UUID(int=7), "/provhogskolan/data/"


def post(role: Role, person: UUID) -> PostView:
    return PostView(uuid4(), person, UNIT, None, role, "", PATH, date(2026, 1, 1), None)


def hat_of(*roles: Role, university: bool = True) -> list[str]:
    person = uuid4()
    posts = [post(role, person) for role in roles]
    hats = hats_from(
        person=person, posts=posts, unit_paths={UNIT: PATH}, wards=(), universities=[UNIT] if university else []
    )
    return [hat.role for hat in hats]


def actor_as(role: Role, *, admin_mode: bool = False, university: bool = True) -> Actor:
    person = uuid4()
    hat = hats_from(
        person=person,
        posts=[post(role, person)],
        unit_paths={UNIT: PATH},
        wards=(),
        universities=[UNIT] if university else [],
    )[0]
    return actor_of(hat, person=person, identified_by="simulated", authority=False, admin_mode=admin_mode)


def test_an_examiner_who_teaches_wears_one_hat_at_a_university_and_two_at_a_school() -> None:
    assert hat_of(Role.TEACHER, Role.EXAMINER) == ["examiner", "self"]
    assert hat_of(Role.TEACHER, Role.EXAMINER, university=False) == ["teacher", "examiner", "self"]


def test_a_teacher_reports_and_only_an_examiner_signs_or_returns() -> None:
    teacher, examiner = actor_as(Role.TEACHER), actor_as(Role.EXAMINER)
    for verb in ("reporting.list.open", "reporting.list.write", "reporting.list.send"):
        assert teacher.may(verb, PATH), verb
        assert examiner.may(verb, PATH), verb
        assert not teacher.may(verb, "/provhogskolan/ekonomi/"), verb
    for verb in ("reporting.list.sign", "reporting.list.return", "reporting.list.correct"):
        assert not teacher.may(verb, PATH), verb
        assert examiner.may(verb, PATH), verb


def test_students_are_seen_in_the_whole_university_and_nowhere_else() -> None:
    teacher = actor_as(Role.TEACHER)
    assert teacher.may("people.details.see", "/provhogskolan/")
    assert not teacher.may("people.details.see", "/annan/")
    assert not teacher.may("people.protected.see", "/provhogskolan/")


def test_a_teacher_of_a_school_has_nothing_to_do_with_result_lists() -> None:
    teacher = actor_as(Role.TEACHER, university=False)
    assert not teacher.may("reporting.list.read", PATH)
    assert not teacher.may("people.person.search", PATH)


@pytest.mark.feature("B43")
def test_an_administrator_writes_only_while_the_administrator_mode_is_on() -> None:
    off, on = actor_as(Role.ADMINISTRATOR), actor_as(Role.ADMINISTRATOR, admin_mode=True)
    assert off.may("reporting.list.read", PATH)
    for verb in ("reporting.list.write", "reporting.list.enter", "reporting.desk.set", "studies.registration.add"):
        assert not off.may(verb, PATH), verb
        assert on.may(verb, PATH), verb
    assert not actor_as(Role.TEACHER, admin_mode=True).may("reporting.list.enter", PATH)
    assert not actor_as(Role.ADMINISTRATOR, admin_mode=True, university=False).may("reporting.list.enter", PATH)


@pytest.fixture
def office(rut: UUID) -> UUID:
    """Rut in the programme office of a university."""
    body = schools.add_units(
        by=operator(),
        units=[NewUnit(UnitKind.AUTHORITY, "PH", "Provhögskolan", country="SE", form=Form.UNIVERSITY)],
        now=NOW,
    )[0]
    unit = schools.add_units(
        by=operator(),
        units=[NewUnit(UnitKind.SCHOOL, "DATA", "Data", parent=body, form=Form.UNIVERSITY, pack="se.university")],
        now=NOW,
    )[0]
    schools.add_posts(by=operator(), posts=[NewPost(rut, unit, Role.ADMINISTRATOR, date(2026, 1, 1))], now=NOW)
    return rut


def logged_in(person: UUID) -> tuple[Actor, UUID]:
    me = Actor(person, "simulated")
    login = actions.sign_in(by=DOORKEEPER, person=person, method="simulated", level=Level.HIGH, now=NOW)
    key = next(hat.key for hat in queries.hats(person=person, on=NOW.date()) if hat.role == "administrator")
    actions.choose_hat(by=me, login=login, hat=key, now=NOW)
    return me, login


@pytest.mark.feature("B43")
def test_the_administrator_mode_is_off_at_each_login_and_journalled(office: UUID) -> None:
    me, login = logged_in(office)
    actions.set_admin_mode(by=me, login=login, on=True, now=NOW)
    found = queries.login(login, now=NOW)
    assert found is not None
    assert found.admin_at == NOW
    assert Entry.objects.filter(kind="accounts.admin_mode.set/1", refs__on=True).count() == 1
    _me, again = logged_in(office)
    fresh = queries.login(again, now=NOW)
    assert fresh is not None
    assert fresh.admin_at is None


def test_another_hat_ends_the_administrator_mode_and_others_have_none(office: UUID) -> None:
    me, login = logged_in(office)
    actions.set_admin_mode(by=me, login=login, on=True, now=NOW)
    actions.choose_hat(by=me, login=login, hat="self", now=NOW)
    found = queries.login(login, now=NOW)
    assert found is not None
    assert found.admin_at is None
    with pytest.raises(NoAdminMode):
        actions.set_admin_mode(by=me, login=login, on=True, now=NOW)
    with pytest.raises(NotFound):
        actions.set_admin_mode(by=Actor(uuid4(), "simulated"), login=login, on=True, now=NOW + timedelta(1))
