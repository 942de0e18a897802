"""The invented university, and browsers of those who report there."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.conf import settings
from django.http.response import HttpResponseBase
from django.test import Client

from testamur.access.accounts import actions as accounts
from testamur.access.accounts.rules import Level
from testamur.kernel.base import clock
from testamur.kernel.base.actor import Actor
from testamur.schoolday.reporting import actions
from testamur.schoolday.reporting.queries import lists
from testamur.schoolday.reporting.rules.views import Entry, ListView, NewList, RowView
from tests.schoolday.reporting import university as universities
from tests.schoolday.reporting.university import TODAY, University
from tests.surfaces.web.conftest import DOORKEEPER

Enter = Callable[..., Client]


@pytest.fixture(autouse=True)
def _on_a_fixed_day() -> Iterator[None]:
    """A Monday in the autumn term, after the exams; time goes on from there."""
    with time_machine.travel(TODAY, tick=True):
        yield


@pytest.fixture
def university(db: None) -> University:
    """Provhögskolan, with nothing to sign with."""
    return universities.build(TODAY)


@pytest.fixture
def sealing(db: None) -> University:
    """The same with a seal and a log, in the data folder of the test."""
    return universities.build(TODAY, equip=True)


@pytest.fixture
def enter(university: University) -> Enter:
    """`enter("teacher")`: a browser of that person of the university, under his or her first hat."""
    return lambda name, **how: log_in(university, name, **how)


def log_in(university: University, name: str, *, level: Level = Level.HIGH, hat: str = "") -> Client:
    """A browser in which somebody of the university is logged in, past the login pages."""
    now, person = clock.now(), university.persons[name]
    login = accounts.sign_in(by=DOORKEEPER, person=person, method="simulated", level=level, now=now)
    accounts.choose_hat(by=Actor(person, "simulated"), login=login, hat=hat or university.hat(name), now=now)
    browser = Client()
    session = browser.session
    session["login"] = str(login)
    session.save()
    assert session.session_key is not None
    browser.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return browser


def text(answer: HttpResponseBase) -> str:
    """What a page says, with the entities of its markup read."""
    return html.unescape(b"".join(answer).decode())


def module_list(
    u: University, who: str = "teacher", *, course: str = "DV1574", module: str = "1405", **more: Any
) -> UUID:
    """A draft of one module at the department of data (or of economy, for its course)."""
    unit = u.units["ekonomi" if course == "IY1430" else "data"]
    new = NewList(unit, u.course(course), u.module(course, module), **more)
    return actions.open_list(by=u.actor(who), new=new, now=clock.now())


def view(u: University, result_list: UUID, who: str = "teacher") -> ListView:
    """A list as somebody sees it."""
    return lists.view(by=u.actor(who), list=result_list, now=clock.now())


def rows(u: University, result_list: UUID, who: str = "teacher") -> dict[UUID, RowView]:
    """Its rows by person."""
    return {row.person: row for row in view(u, result_list, who).rows}


def grade(u: University, result_list: UUID, who: str = "teacher", *, value: str = "B", on: str = "2026-10-28") -> None:
    """Everybody in the list who is registered gets that grade."""
    found = view(u, result_list, who)
    barred = {c.row for c in found.checks if c.code in {"not_registered", "registered_later", "interrupted"}}
    entries = [Entry(row.id, value, on) for row in found.rows if row.id not in barred]
    actions.save_rows(by=u.actor(who), list=result_list, entries=entries, revision=found.head.revision, now=clock.now())


def send(u: University, result_list: UUID, examiner: str = "examiner", who: str = "teacher") -> None:
    """Send the list as it stands."""
    revision = lists.head(by=u.actor(who), list=result_list).revision
    actions.send(by=u.actor(who), list=result_list, examiner=u.persons[examiner], revision=revision, now=clock.now())
