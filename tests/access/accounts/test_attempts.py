"""The one shape of all ways to log in, driven by the simulated e-ID."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from pytest_django.fixtures import Settings as SettingsWrapper

from testamur.access.accounts import actions, queries, steps
from testamur.access.accounts.methods.contract import Browser
from testamur.access.accounts.models import Attempt, Limit
from testamur.access.accounts.rules import (
    EXPIRED,
    OTHER_PERSON,
    PICK_UP,
    UNKNOWN_PERSON,
    Level,
    LevelTooLow,
    NotFoundYet,
    TooMany,
)
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.journal.models import Entry
from tests.access.conftest import DOORKEEPER, HERE, NOW, OLE, registered

pytestmark = pytest.mark.django_db


def tried(person: UUID | str, *, level: str = "high", login: UUID | None = None, browser: Browser = HERE) -> UUID:
    started = actions.begin(
        by=DOORKEEPER,
        method="simulated",
        browser=browser,
        login=login,
        given={"person": str(person), "level": level},
        target="/family/",
        now=NOW,
    )
    actions.proceed(by=DOORKEEPER, attempt=started.id, browser=browser.known, now=NOW)
    return started.id


def entered(attempt: UUID, *, former: UUID | None = None) -> actions.Entered:
    return actions.finish(by=DOORKEEPER, attempt=attempt, browser=HERE, former=former, now=NOW)


def test_a_person_is_found_and_goes_in_once(rut: UUID) -> None:
    attempt = tried(rut)
    found = entered(attempt)
    login = queries.login(found.login, now=NOW)
    assert login is not None
    assert (login.person, login.level, login.method, login.hat) == (rut, Level.HIGH, "simulated", "self")
    assert (login.device, login.network, found.target, found.anew) == (
        "Firefox, Windows",
        "192.0.2.0/24",
        "/family/",
        True,
    )
    with pytest.raises(NotFoundYet):
        entered(attempt)
    kinds = list(Entry.objects.filter(kind__startswith="accounts.").order_by("id").values_list("kind", flat=True))
    assert kinds == ["accounts.attempt.begun/1", "accounts.attempt.ended/1", "accounts.login.began/1"]


def test_only_the_browser_that_began_goes_on(rut: UUID) -> None:
    attempt = tried(rut)
    other = replace(HERE, known="b" * 64)
    assert queries.attempt(attempt, browser=other.known) is None
    with pytest.raises(NotFound):
        actions.proceed(by=DOORKEEPER, attempt=attempt, browser=other.known, now=NOW)
    with pytest.raises(NotFound):
        actions.finish(by=DOORKEEPER, attempt=attempt, browser=other, former=None, now=NOW)
    with pytest.raises(NotAllowed):
        actions.proceed(by=Actor(rut, "web"), attempt=attempt, browser=HERE.known, now=NOW)


def test_whoever_is_in_no_register_is_told_so_and_leaves_no_trace_of_who_it_was(db: None) -> None:
    attempt = tried("018f0000-0000-7000-8000-000000000000")
    view = queries.attempt(attempt, browser=HERE.known)
    assert view is not None
    assert (view.state, view.hint) == ("failed", UNKNOWN_PERSON)
    with pytest.raises(NotFound):
        entered(attempt)
    assert Attempt.objects.get().kept == {}


def test_what_was_found_is_picked_up_soon_or_not_at_all(rut: UUID) -> None:
    attempt = tried(rut)
    with pytest.raises(NotFoundYet):
        actions.finish(by=DOORKEEPER, attempt=attempt, browser=HERE, former=None, now=NOW + PICK_UP)
    view = actions.proceed(by=DOORKEEPER, attempt=attempt, browser=HERE.known, now=NOW + PICK_UP)
    assert (view.state, view.hint) == ("failed", EXPIRED)


def test_a_login_is_confirmed_by_the_same_person_alone(rut: UUID) -> None:
    login = entered(tried(rut)).login
    later = NOW + timedelta(minutes=20)
    attempt = tried(rut, login=login)
    again = actions.finish(by=DOORKEEPER, attempt=attempt, browser=HERE, former=login, now=NOW + timedelta(seconds=60))
    assert (again.login, again.anew) == (login, False)
    kept = queries.login(login, now=later)
    assert kept is not None
    assert kept.confirmed_at == NOW + timedelta(seconds=60)
    ole = registered(OLE, "", "")
    view = queries.attempt(tried(ole, login=login), browser=HERE.known)
    assert view is not None
    assert (view.state, view.hint) == ("failed", OTHER_PERSON)


def test_a_weak_way_confirms_no_strong_login(rut: UUID) -> None:
    login = entered(tried(rut)).login
    with pytest.raises(LevelTooLow):
        entered(tried(rut, level="low", login=login))
    unchanged = queries.login(login, now=NOW)
    assert unchanged is not None
    assert unchanged.confirmed_at == NOW


def test_a_login_that_rises_is_a_new_one_and_the_old_one_ends(rut: UUID) -> None:
    low = entered(tried(rut, level="low")).login
    high = entered(tried(rut, login=low))
    assert high.anew
    assert queries.login(low, now=NOW) is None
    risen = queries.login(high.login, now=NOW)
    assert risen is not None
    assert (risen.level, risen.hat) == (Level.HIGH, "self")


def test_limits_hold_across_methods_and_only_hashes_are_kept(db: None) -> None:
    def count(key: str, after: float = 0) -> None:
        now = NOW + timedelta(seconds=after)
        actions.limit(by=DOORKEEPER, name="verify", key=key, most=2, within=timedelta(seconds=60), now=now)

    count("192.0.2.7")
    count("192.0.2.7", 10)
    count("192.0.2.8", 10)
    for _ in range(2):
        with pytest.raises(TooMany) as refused:
            count("192.0.2.7", 20)
        assert refused.value.wait == 40
    count("192.0.2.7", 61)
    assert all(re.fullmatch("[0-9a-f]{64}", row.key) for row in Limit.objects.all())
    reached = Entry.objects.filter(kind="accounts.limit.reached/1")
    assert [entry.refs for entry in reached] == [{"limit": "verify"}]


def test_what_is_old_is_forgotten(rut: UUID) -> None:
    entered(tried(rut))
    assert steps.tidy(now=NOW + timedelta(hours=2)) == 1
    assert steps.tidy(now=NOW + timedelta(days=2)) == 1
    assert steps.tidy(now=NOW + timedelta(days=100)) == 1


def test_the_simulated_e_id_exists_in_a_demonstration_only(rut: UUID, settings: SettingsWrapper) -> None:
    settings.MODE = "production"
    assert "simulated" not in {way.method for way in queries.ways()}
    from testamur.access.accounts.methods.simulated import DemoOnly

    with pytest.raises(DemoOnly):
        tried(rut)


def test_other_logins_of_ones_own_end_together(rut: UUID) -> None:
    logins = [entered(tried(rut)).login for _ in range(3)]
    me = Actor(rut, "simulated")
    assert actions.end_others(by=me, keep=logins[0], now=NOW) == 2
    assert [one.id for one in queries.logins(by=me, now=NOW)] == [logins[0]]
