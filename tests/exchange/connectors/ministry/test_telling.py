"""Rejections are told: the class teacher reads of the own class, the office of all, once each."""

from __future__ import annotations

from datetime import date

import pytest

from testamur.exchange.connectors.ministry import actions, queries
from testamur.exchange.notifications import steps, tasks
from testamur.kernel.base.actor import operator
from testamur.kernel.delivery.models import Message
from testamur.register.people import actions as people
from testamur.register.people.rules import ContactKind, NewContact, NewPerson
from testamur.register.schools import actions as schools
from testamur.register.schools import queries as school_queries
from testamur.register.schools.rules import GroupKind, NewGroup, NewPost, Role
from testamur.schoolday.transcripts.actions import handover as acts
from tests.exchange.connectors.ministry.world import World
from tests.shipping import own_acts_are_seen

pytestmark = pytest.mark.feature("D8", "D12")
BY = operator()
SINCE = date(2025, 8, 1)


@pytest.fixture
def staffed(world: World) -> World:
    """The school with its staff: teacher of the class, teacher of another class, and office."""
    year = school_queries.school_years(world.authority.id)[0].id
    new = NewGroup(world.school.id, year, GroupKind.CLASS, "3B", year_level=3)
    (other,) = schools.add_groups(by=BY, groups=[new], now=world.now)
    posts = (
        ("teacher", Role.CLASS_TEACHER, world.group),
        ("far", Role.CLASS_TEACHER, other),
        ("office", Role.ADMINISTRATOR, None),
        ("principal", Role.PRINCIPAL, None),
    )
    for name, role, group in posts:
        contact = NewContact(ContactKind.EMAIL, f"{name}@example.org", "work")
        person = NewPerson(name, "Invented", birth_date=date(1980, 1, 1), contacts=(contact,))
        (made,) = people.register_persons(by=BY, path=world.authority.path, persons=[person], now=world.now)
        schools.add_posts(by=BY, posts=[NewPost(made, world.school.id, role, SINCE, group=group)], now=world.now)
    tell(world)
    return world


def tell(world: World) -> list[Message]:
    """The letters that go now."""
    known = set(Message.objects.values_list("id", flat=True))
    with own_acts_are_seen():
        steps.follow_colleagues(by=tasks.STEP, names=tasks.NAMES, now=world.now)
    return list(Message.objects.exclude(id__in=known).order_by("to"))


def unknown(world: World, *records: object) -> list[str]:
    """The store does not know these pupils."""
    numbers = [world.snapshots[one]["subject"]["identifier"]["value"] for one in records]  # type: ignore[index]
    world.store.kept.state.unknown.extend(numbers)
    return numbers


def test_class_teacher_and_office_are_told_of_a_rejection_once_and_no_pupil_is_named(staffed: World) -> None:
    records = staffed.pupils(3)
    numbers = unknown(staffed, *records[:2])
    assert staffed.send().rejected == 2
    office, teacher = tell(staffed)
    assert (office.to, teacher.to) == ("office@example.org", "teacher@example.org")
    assert "3A (2025/2026): 2 " in teacher.text
    assert f"/deliveries/classes/{staffed.group}/" in teacher.text
    assert "/deliveries/rejected/" in office.text
    for letter in (office, teacher):
        text = letter.subject + letter.text
        assert not any(number in text for number in numbers)
        assert not any(staffed.snapshots[one]["subject"]["name"] in text for one in records)
        assert "HS01" not in text
    assert tell(staffed) == []


def test_each_rejection_is_told_and_an_acceptance_is_not(staffed: World) -> None:
    good, bad = staffed.pupils(2)
    unknown(staffed, bad)
    staffed.send()
    assert len(tell(staffed)) == 2
    acts.ask_again(by=BY, records=[bad], now=staffed.now)
    staffed.send(later=60)
    assert len(tell(staffed)) == 2
    staffed.store.kept.state.unknown.clear()
    acts.ask_again(by=BY, records=[bad], now=staffed.now)
    staffed.send(later=60)
    assert tell(staffed) == []
    assert staffed.view(good).tries == 1


def test_what_was_sent_again_before_anybody_was_told_is_not_told(staffed: World) -> None:
    (bad,) = staffed.pupils(1)
    unknown(staffed, bad)
    staffed.send()
    acts.ask_again(by=BY, records=[bad], now=staffed.now)
    assert tell(staffed) == []


def test_a_batch_that_a_person_withdraws_is_no_rejection(staffed: World) -> None:
    staffed.pupils(2)
    staffed.store.refuse = 1
    staffed.send()
    (batch,), _count = queries.batches(by=BY, path="/")
    actions.withdraw(by=BY, batch=batch.id, now=staffed.now)
    assert tell(staffed) == []


def test_what_does_not_fit_the_form_is_told_too_and_what_was_replaced_is_not(staffed: World) -> None:
    first, second = staffed.pupils(2)
    staffed.snapshots[first]["subject"]["identifier"]["value"] = "1"
    staffed.record(2, replaces=second)
    assert staffed.send().unfit == 2
    _office, teacher = tell(staffed)
    assert "3A (2025/2026): 1 " in teacher.text
