"""A class with its teachers and families, and what they write to one another."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings

from testamur.kernel.base.actor import Actor
from testamur.schoolday.conversations import actions, queries
from testamur.schoolday.conversations.rules import Circle, ConversationView, NewConversation
from tests.schoolday.diary import school as schools
from tests.schoolday.diary.school import NOW, School


@pytest.fixture(autouse=True)
def _data(tmp_path: Path) -> Iterator[None]:
    """A folder of its own for files."""
    former, folder = settings.DATA, tmp_path / "data"
    folder.mkdir()
    settings.DATA = folder
    yield
    settings.DATA = former
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def school(db: None) -> School:
    """Pupils 0-4, number 2 protected; guardian (of 0 and 1), other_guardian (of 0), far_guardian (of 3)."""
    return schools.build("se.compulsory")


def new(school: School, circle: Circle = Circle.GUARDIANS, **more: Any) -> NewConversation:
    """A message about a trip."""
    told = {"group": school.group if circle in {Circle.GUARDIANS, Circle.PUPILS, Circle.CHILD} else None} | more
    return NewConversation(
        school.school, circle, told.pop("subject", "Utflykt"), told.pop("text", "Ta med matsäck."), "sv", **told
    )


def start(by: Actor, one: NewConversation, now: datetime = NOW, **more: Any) -> UUID:
    """A conversation that was begun."""
    return actions.start(by=by, new=one, now=now, **more)


def answer(by: Actor, conversation: UUID, text: str, now: datetime = NOW, **more: Any) -> UUID:
    """A post in it."""
    return actions.answer(by=by, conversation=conversation, text=text, language="sv", now=now, **more)


def seen(by: Actor, conversation: UUID, now: datetime = NOW) -> ConversationView:
    """What somebody sees of it."""
    return queries.conversation(by=by, id=conversation, now=now)


def texts(view: ConversationView) -> list[str]:
    """All words that stand in it."""
    return [post.text for post in (*view.posts, *(post for one in view.threads for post in one.posts))]


def subjects(by: Actor, now: datetime = NOW, **more: Any) -> list[str]:
    """The list of somebody's conversations."""
    return [one.subject for one in queries.lines(by=by, now=now, **more)]
