"""A protection that comes late calls back what went on its way."""

from __future__ import annotations

import pytest

from testamur.exchange.notifications.rules.families import Way
from testamur.kernel.base.actor import operator
from testamur.kernel.delivery.models import Message
from testamur.kernel.delivery.rules import State
from testamur.register.people import actions as people
from testamur.register.people import queries
from testamur.register.people.rules import Protection
from testamur.schoolday.noticeboard import actions as board
from testamur.schoolday.noticeboard.models import Feed
from testamur.schoolday.noticeboard.queries import feed_of
from tests.exchange.notifications.family import Families

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C19")]


def _protect(families: Families, pupil: int) -> None:
    people.set_protection(
        by=operator(), person=families.school.pupils[pupil], level=Protection.CONFIDENTIALITY_MARK,
        now=families.clock(),
    )  # fmt: skip


def test_a_queued_message_is_wiped_in_the_same_moment_and_told_again_without_the_name(families: Families) -> None:
    families.choose("guardian", 0, Way.EMAIL)
    families.mark(families.column(), 0, "5")
    sent = [one for one in families.tell(seconds=60) if one.to.startswith("guardian@")]
    name = queries.person(by=operator(), id=families.school.pupils[0])
    assert name is not None
    assert any(name.given in one.text for one in sent)
    _protect(families, 0)
    kept = Message.objects.filter(id__in=[one.id for one in sent])
    assert {(one.state, one.text, one.to, one.wiped) for one in kept} == {(State.EXPIRED, "", "", True)}
    again = [one for one in families.tell(seconds=2) if one.to.startswith("guardian@")]
    assert len(again) == 1
    assert name.given not in again[0].text + again[0].subject + again[0].html
    assert families.tell(seconds=60) == []


def test_messages_of_other_families_go_on(families: Families) -> None:
    families.choose("far_guardian", 3, Way.EMAIL)
    families.absent(3)
    sent = families.tell(seconds=60)
    assert sent
    _protect(families, 0)
    assert {one.state for one in Message.objects.filter(id__in=[one.id for one in sent])} == {State.WAITING}


def test_calendars_of_the_child_and_its_siblings_end(families: Families) -> None:
    by, now = families.school.actor("guardian", "guardian"), families.clock()
    own, sibling = (board.renew_feed(by=by, child=families.school.pupils[n], now=now) for n in (0, 1))
    assert feed_of(secret=own, on=now.date()) is not None
    _protect(families, 0)
    assert feed_of(secret=own, on=now.date()) is None
    families.tell(seconds=2)
    assert feed_of(secret=sibling, on=now.date()) is None
    assert not Feed.objects.exists()


def test_a_stronger_level_calls_nothing_back_a_second_time(families: Families) -> None:
    _protect(families, 0)
    families.tell(seconds=2)
    families.choose("guardian", 0, Way.EMAIL)
    families.absent(0)
    sent = families.tell(seconds=60)
    people.set_protection(
        by=operator(), person=families.school.pupils[0], level=Protection.PROTECTED_REGISTRATION, now=families.clock()
    )
    assert {one.state for one in Message.objects.filter(id__in=[one.id for one in sent])} == {State.WAITING}
