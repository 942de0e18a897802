"""Schools in which a diary is kept, and browsers of those who keep it."""

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
from tests.schoolday.diary.school import School, build
from tests.surfaces.web.conftest import DOORKEEPER

Enter = Callable[..., Client]


@pytest.fixture
def bulgarian(db: None) -> School:
    """Class 8А under the rules of Bulgarian school."""
    return build("bg.school", now=clock.now())


@pytest.fixture
def swedish(db: None) -> School:
    """Class 8A under the rules of Swedish compulsory school."""
    return build("se.compulsory", now=clock.now())


@pytest.fixture
def enter() -> Enter:
    """`enter(school, "teacher")`: a browser of that person, under the hat of that role."""

    def log_in(school: School, name: str, role: str = "", *, level: Level = Level.HIGH) -> Client:
        now = clock.now()
        person = school.pupils[int(name)] if name.isdecimal() else school.persons[name]
        wanted = role or school.role_of(name)
        hat = next(hat for hat in account_queries.hats(person=person, on=now.date()) if hat.role == wanted)
        login = accounts.sign_in(by=DOORKEEPER, person=person, method="simulated", level=level, now=now)
        accounts.choose_hat(by=Actor(person, "simulated"), login=login, hat=hat.key, now=now)
        browser = Client()
        session = browser.session
        session["login"] = str(login)
        session.save()
        assert session.session_key is not None
        browser.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
        return browser

    return log_in
