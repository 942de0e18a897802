"""A world, a data folder of its own, and browsers that are logged in."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from testamur.access.accounts import actions as accounts
from testamur.access.accounts.rules import Level
from testamur.kernel.base import clock
from testamur.kernel.base.actor import Actor, Grant
from tests.surfaces.web import world as worlds
from tests.surfaces.web.world import World

TODAY = datetime(2026, 6, 10, 9, 0, tzinfo=UTC)
DOORKEEPER = Actor(id=UUID(int=3), identified_by="web", grants=(Grant("web", "/", ("accounts.*",)),))


@pytest.fixture(autouse=True)
def _on_a_fixed_day() -> Iterator[None]:
    """The end of the spring term; time goes on from there."""
    with time_machine.travel(TODAY, tick=True):
        yield


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """What a process keeps for seconds is not carried from test to test."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _data(tmp_path: Path) -> Iterator[None]:
    """Archive, logs and keys of one test."""
    former, folder = settings.DATA, tmp_path / "data"
    folder.mkdir()
    settings.DATA = folder
    yield
    settings.DATA = former
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def world(db: None) -> World:
    """Two Swedish schools with a class, decided but nothing made yet."""
    return worlds.build(clock.now())


@pytest.fixture
def issued(world: World) -> World:
    """The same with every document of the first school issued."""
    worlds.equip(world, clock.now())
    worlds.issue(world)
    return world


class LogIn(Protocol):
    """Gives a browser in which somebody is logged in."""

    def __call__(
        self, name: str, role: str = ..., *, level: Level = ..., client: Any = ..., hat: str = ...
    ) -> Client: ...


@pytest.fixture
def log_in(world: World) -> Callable[..., Client]:
    """`log_in("principal")`: a client wearing the hat of that name at its own school; `role="self"` etc. for others."""

    def enter(
        name: str, role: str = "", *, level: Level = Level.HIGH, client: Client | None = None, hat: str = ""
    ) -> Client:
        browser = client or Client()
        return enter_as(browser, world, name, role, level=level, hat=hat)

    return enter


def enter_as(
    browser: Client, world: World, name: str, role: str = "", *, level: Level = Level.HIGH, hat: str = ""
) -> Client:
    """Log somebody of the world in, past the login pages."""
    now = clock.now()
    person = world.persons[name]
    login = accounts.sign_in(by=DOORKEEPER, person=person, method="simulated", level=level, now=now)
    base = name.removeprefix("authority_").removeprefix("other_").removeprefix("second_").removeprefix("vn_")
    wanted = role or {"teacher": "class_teacher"}.get(base, base) if name.startswith("vn_") else role or base
    if wanted in {"pupil", "protected", "third", "fourth", "adult", "second"}:
        wanted = "self"
    key = hat or _key(world, name, wanted)
    me = Actor(id=person, identified_by="simulated")
    accounts.choose_hat(by=me, login=login, hat=key, now=now)
    session = browser.session
    session["login"] = str(login)
    session.save()
    if session.session_key is not None:
        browser.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return browser


def _key(world: World, name: str, role: str) -> str:
    if role in {"guardian", "self"}:
        return role
    path = (
        world.authority_path if name.startswith("authority_")
        else world.other_path if name.startswith("other_")
        else world.vn_path if name.startswith("vn_")
        else world.school_path
    )  # fmt: skip
    return f"{role}@{path}"
