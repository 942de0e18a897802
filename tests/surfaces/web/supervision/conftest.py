"""A counted province, and browsers of those who supervise it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from testamur.access.accounts import actions as accounts
from testamur.access.accounts import queries as account_queries
from testamur.access.accounts.rules import Level
from testamur.kernel.base import clock
from testamur.kernel.base.actor import Actor
from tests.schoolday.supervision.province import Province, build, counted, planned, staffed
from tests.surfaces.web.conftest import DOORKEEPER

Enter = Callable[..., Client]


@pytest.fixture
def province(db: None) -> Province:
    """Two districts with two schools each, one school beside them, with staff and a plan in force."""
    made = counted(staffed(build()))
    planned(made)
    return made


@pytest.fixture
def enter() -> Enter:
    """`enter(province, "officer")`: a browser of that person under the first hat."""

    def log_in(province: Province, name: str) -> Client:
        now = clock.now()
        person = province.persons[name]
        hat = account_queries.hats(person=person, on=now.date())[0]
        login = accounts.sign_in(by=DOORKEEPER, person=person, method="simulated", level=Level.HIGH, now=now)
        accounts.choose_hat(by=Actor(person, "simulated"), login=login, hat=hat.key, now=now)
        browser = Client()
        session = browser.session
        session["login"] = str(login)
        session.save()
        assert session.session_key is not None
        browser.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
        return browser

    return log_in
