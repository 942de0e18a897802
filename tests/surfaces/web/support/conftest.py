"""Families and staff of a class, who ask and answer each other."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from django.test import Client

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.schools import actions as schools
from testamur.register.schools.rules import NewPost, Role
from tests.schoolday.diary.school import BEGINS
from tests.surfaces.web.family import diaries
from tests.surfaces.web.family.diaries import Families


@pytest.fixture
def families(db: None) -> Families:
    """Two schools with their families."""
    return diaries.build()


Enter = Callable[..., Client]


@pytest.fixture
def enter(families: Families) -> Enter:
    """`enter("class_teacher")`: a browser in which that person of the Bulgarian school works or looks."""

    def come_in(name: str, role: str = "") -> Client:
        hat = role or {"guardian": "guardian", "other_guardian": "guardian", "far_guardian": "guardian"}.get(name, "")
        return diaries.browse(families.bg.persons[name], hat or f"{name}@{families.bg.path}")

    return come_in


@pytest.fixture
def body(families: Families) -> Client:
    """A browser of the support of the body responsible."""
    person: UUID = families.bg.persons["stranger"]
    post = NewPost(person, families.bg.authority, Role.ADMINISTRATOR, BEGINS)
    schools.add_posts(by=operator(), posts=[post], now=clock.now())
    return diaries.browse(person, f"administrator@{families.bg.authority_path}")
