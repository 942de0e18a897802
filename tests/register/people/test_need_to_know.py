"""An alias that looks like every other name, and those of the staff who need to know the true one."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotAllowed
from testamur.kernel.journal.models import Entry
from testamur.register.people import actions, queries
from testamur.register.people.rules import (
    AliasInvalid,
    NeedInvalid,
    NewPerson,
    NotProtected,
    Protection,
    Shown,
    check_alias,
    is_mask,
)
from tests.register.conftest import House, actor

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C19")]

PATH = "/testkoping/skolan-1/"
ON = date(2026, 3, 2)
_serials = itertools.count()
KEEPER = ("people.protected.see", "people.alias.choose", "people.need.grant", "people.protection.*", "people.person.*")


def protected(now: datetime, level: Protection = Protection.PROTECTED_REGISTRATION) -> tuple[Actor, UUID]:
    by = actor(*KEEPER, path=PATH)
    new = NewPerson("Sanna", f"Hemlig{next(_serials)}", preferred="Sannis", protection=level)
    return by, actions.register_persons(by=by, path=PATH, persons=[new], now=now)[0]


def test_a_chosen_alias_is_shown_to_all_without_the_right_and_is_no_mask(house: House, now: datetime) -> None:
    by, person = protected(now)
    nobody = actor("people.details.see", path=PATH)
    assert is_mask(queries.people(by=nobody, ids=[person])[person].name)
    actions.choose_alias(by=by, person=person, given="Ella ", family="Lind", now=now)
    seen = queries.people(by=nobody, ids=[person])[person]
    assert (seen.name, seen.given, seen.family, seen.shown) == ("Ella Lind", "Ella", "Lind", Shown.ALIAS)
    assert seen.sort_key == "lind ella"
    assert not is_mask(seen.name)
    assert seen.masked
    assert queries.people(by=by, ids=[person])[person].given == "Sanna"
    assert queries.cover(by=by, person=person) == ("Ella", "Lind")
    with pytest.raises(NotAllowed):
        queries.cover(by=nobody, person=person)
    told = Entry.objects.get(kind="people.alias.chosen/1")
    assert "Ella" not in str(told.refs)


def test_nobody_finds_a_protected_person_by_the_alias(house: House, now: datetime) -> None:
    by, person = protected(now)
    actions.choose_alias(by=by, person=person, given="Ella", family="Lind", now=now)
    finder = actor("people.person.search", "people.protected.see", path=PATH)
    assert queries.search(by=finder, text="Ella Lind", path=PATH) == ()


@pytest.mark.parametrize(
    "names", [("Sanna", "Lind"), ("Ella", "hemlig"), ("SÁNNA-Ella", "Lind"), ("E", "Lind"), ("Ella", "")]
)
def test_a_true_name_or_a_letter_is_no_alias(names: tuple[str, str]) -> None:
    with pytest.raises(AliasInvalid):
        check_alias(*names, true_names="Sanna Hemlig")


def test_only_a_protected_person_has_an_alias_or_somebody_who_needs_to_know(house: House, now: datetime) -> None:
    by, person = protected(now, Protection.NONE)
    _by, staff = protected(now, Protection.NONE)
    with pytest.raises(NotProtected):
        actions.choose_alias(by=by, person=person, given="Ella", family="Lind", now=now)
    with pytest.raises(NotProtected):
        actions.let_know(by=by, person=person, staff=staff, starts=ON, ends=ON, now=now)


def test_the_alias_and_the_needs_end_with_the_protection(house: House, now: datetime) -> None:
    by, person = protected(now)
    _by, staff = protected(now, Protection.NONE)
    actions.choose_alias(by=by, person=person, given="Ella", family="Lind", now=now)
    actions.let_know(by=by, person=person, staff=staff, starts=now.date(), ends=now.date(), now=now)
    actions.set_protection(by=by, person=person, level=Protection.NONE, now=now)
    assert queries.cover(by=by, person=person) == ("", "")
    assert queries.known_to(staff=staff, on=now.date()) == frozenset()


def test_who_needs_to_know_does_on_the_days_of_the_need_alone(house: House, now: datetime) -> None:
    by, person = protected(now)
    _by, staff = protected(now, Protection.NONE)
    day = now.date()
    need = actions.let_know(
        by=by, person=person, staff=staff, starts=day + timedelta(days=2), ends=day + timedelta(days=4), now=now
    )
    known = [queries.known_to(staff=staff, on=day + timedelta(days=n)) for n in range(7)]
    assert known == [frozenset({person}) if 2 <= n <= 4 else frozenset() for n in range(7)]
    assert [one.staff for one in queries.needs(by=by, person=person)] == [staff]
    actions.end_need(by=by, need=need, now=now)
    assert queries.known_to(staff=staff, on=day + timedelta(days=3)) == frozenset()
    assert queries.needs(by=by, person=person) == ()


def test_who_needs_to_know_is_limited_to_a_year(house: House, now: datetime) -> None:
    by, person = protected(now)
    _by, staff = protected(now, Protection.NONE)
    day = now.date()
    for starts, ends in ((day, day - timedelta(days=1)), (day, day + timedelta(days=400))):
        with pytest.raises(NeedInvalid):
            actions.let_know(by=by, person=person, staff=staff, starts=starts, ends=ends, now=now)
    stranger = actor("people.protected.see", path=PATH)
    with pytest.raises(NotAllowed):
        actions.let_know(by=stranger, person=person, staff=staff, starts=day, ends=day, now=now)
    with pytest.raises(NotAllowed):
        queries.needs(by=actor("people.details.see", path=PATH), person=person)
