"""The app: allowed in the profile, connected once, opened by the device's key, never more than it is."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from testamur.access.accounts import actions, queries
from testamur.access.accounts.models import AppDevice, Login
from testamur.access.accounts.rules import (
    DEVICES,
    IN_APP,
    NEEDED,
    AppNotAllowed,
    AppUnknown,
    Crossing,
    Level,
    TooManyDevices,
    must_stay_in_app,
)
from testamur.kernel.base.actor import Actor, Grant, operator
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.models import Entry
from testamur.register.people import actions as people
from testamur.register.people import queries as register
from testamur.register.people.rules import NewGuardianship, Relation
from tests.schoolday.diary.school import NOW, School, build

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C15")]
DOOR = Actor(id=UUID(int=3), identified_by="web", grants=(Grant("web", "/", ("accounts.login.begin",)),))


@pytest.fixture
def school(db: None) -> School:
    """A class with its families."""
    return build("se.compulsory")


def connected(school: School, name: str = "Safari, iPhone") -> str:
    """The guardian's device's key."""
    me = school.actor("guardian")
    actions.allow_app(by=me, now=NOW)
    return actions.connect_app(by=me, hat="guardian", name=name, now=NOW)


def test_a_device_is_connected_only_after_the_tick_on_the_web(school: School) -> None:
    with pytest.raises(AppNotAllowed):
        actions.connect_app(by=school.actor("guardian"), hat="guardian", name="", now=NOW)
    key = connected(school)
    login = queries.login(actions.open_app(by=DOOR, key=key, now=NOW), now=NOW)
    assert login is not None
    assert (login.level, login.method, login.hat) == (Level.LOW, "app", "guardian")
    assert login.app is not None


@pytest.mark.feature("C22", "C23")
def test_the_app_offers_what_it_offers_and_all_else_is_a_crossing() -> None:
    assert set(NEEDED) >= IN_APP
    for act in NEEDED:
        must_stay_in_app(act, app=False)
        if act in IN_APP:
            must_stay_in_app(act, app=True)
        else:
            with pytest.raises(Crossing):
                must_stay_in_app(act, app=True)
    assert not {"family.records", "family.share", "mine.extract", "diary.home", "office.home"} & IN_APP


def test_only_the_key_itself_opens_and_only_its_digest_is_kept(school: School) -> None:
    key = connected(school)
    name, _dot, secret = key.partition(".")
    row = AppDevice.objects.get()
    assert secret not in str(row.__dict__)
    for wrong in ("", "x", f"{name}.", f"{name}.{secret[:-1]}", f"{UUID(int=4).hex}.{secret}", secret):
        with pytest.raises(AppUnknown):
            actions.open_app(by=DOOR, key=wrong, now=NOW)
    assert "secret" not in str([one.refs for one in Entry.objects.filter(kind__startswith="accounts.app")])


def test_a_key_that_was_not_used_for_half_a_year_is_dead(school: School) -> None:
    key = connected(school)
    actions.open_app(by=DOOR, key=key, now=NOW + timedelta(days=100))
    actions.open_app(by=DOOR, key=key, now=NOW + timedelta(days=110))
    with pytest.raises(AppUnknown):
        actions.open_app(by=DOOR, key=key, now=NOW + timedelta(days=291))
    assert AppDevice.objects.get().ended_because == "unused"
    with pytest.raises(AppUnknown):
        actions.open_app(by=DOOR, key=key, now=NOW)


def test_a_key_dies_with_the_role_under_which_it_was_given(school: School) -> None:
    key = connected(school)
    ends = dict.fromkeys(guardianships(school), NOW.date())
    people.end_guardianships(by=school.actor("administrator"), ends=ends, now=NOW)
    with pytest.raises(AppUnknown):
        actions.open_app(by=DOOR, key=key, now=NOW + timedelta(days=2))
    assert AppDevice.objects.get().ended_because == "role"


def guardianships(school: School) -> list[UUID]:
    """Those of the guardian."""
    by = school.actor("administrator")
    found = register.guardians(by=by, children=school.pupils, on=NOW.date())
    return [g.id for some in found.values() for g in some if g.guardian.id == school.persons["guardian"]]


def test_taking_the_tick_away_ends_every_device_and_its_logins(school: School) -> None:
    keys = [connected(school, name) for name in ("Safari, iPhone", "Chrome, Android")]
    login = actions.open_app(by=DOOR, key=keys[0], now=NOW)
    assert actions.forbid_app(by=school.actor("guardian"), now=NOW) == 2
    assert queries.login(login, now=NOW) is None
    for key in keys:
        with pytest.raises(AppUnknown):
            actions.open_app(by=DOOR, key=key, now=NOW)


def test_each_ends_the_own_devices_alone(school: School) -> None:
    key = connected(school)
    (device,) = queries.app_devices(by=school.actor("guardian"), now=NOW)
    with pytest.raises(NotFound):
        actions.end_app(by=school.actor("other_guardian"), device=device.id, now=NOW)
    login = actions.open_app(by=DOOR, key=key, now=NOW)
    actions.end_app(by=school.actor("guardian"), device=device.id, now=NOW)
    assert Login.objects.get(id=login).ended_because == "revoked"


def test_ten_devices_are_enough_and_the_app_wears_no_hat_of_staff(school: School) -> None:
    me = school.actor("guardian")
    with pytest.raises(AppNotAllowed):
        actions.connect_app(by=me, hat="guardian", name="", now=NOW)
    for _n in range(DEVICES):
        connected(school)
    with pytest.raises(TooManyDevices):
        connected(school)
    teacher = school.actor("teacher")
    actions.allow_app(by=teacher, now=NOW)
    with pytest.raises(NotFound):
        actions.connect_app(by=teacher, hat=f"teacher@{school.path}", name="", now=NOW)


def test_a_login_of_the_app_puts_on_no_other_role(school: School) -> None:
    own = NewGuardianship(school.pupils[4], school.persons["teacher"], Relation.PARENT, date(2015, 1, 1))
    people.add_guardianships(by=operator(), guardianships=[own], now=NOW)
    teacher = school.actor("teacher", "guardian")
    actions.allow_app(by=teacher, now=NOW)
    key = actions.connect_app(by=teacher, hat="guardian", name="", now=NOW)
    login = actions.open_app(by=DOOR, key=key, now=NOW)
    with pytest.raises(Crossing):
        actions.choose_hat(by=teacher, login=login, hat=f"teacher@{school.path}", now=NOW)
    actions.choose_hat(by=teacher, login=login, hat="self", now=NOW)
