"""An entry of the portfolio in other words, and a work that is taken back: by whoever wrote it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.journal.models import Entry as Journal
from testamur.schoolday.learning import actions, queries, rules
from testamur.schoolday.learning.models import Earlier
from testamur.schoolday.learning.rules import NewEntry
from tests.schoolday.diary.school import NOW, TODAY, School

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C9")]
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def written(four: School) -> UUID:
    """A published entry of the teacher about two children."""
    by = four.actor("teacher")
    new = NewEntry("Vi bygger en bor", TODAY, (four.pupils[0], four.pupils[1]), text="Alla hjälptes åt.")
    key = actions.add_entry(by=by, group=four.group, new=new, now=NOW)
    actions.publish_entry(by=by, entry=key, now=NOW)
    return key


def test_whoever_wrote_it_changes_it_and_what_it_said_is_kept(four: School, written: UUID) -> None:
    by = four.actor("teacher")
    change: dict[str, Any] = {"title": "Vi bygger en bro", "text": "Alla hjälptes åt.", "on": TODAY}
    assert actions.change_entry(by=by, entry=written, now=LATER, **change)
    assert not actions.change_entry(by=by, entry=written, now=LATER, **change)
    guardian = four.actor("guardian", "guardian")
    (shown,) = queries.entries_for(by=guardian, children=[four.pupils[0]], on=TODAY)[four.pupils[0]]
    assert shown.title == "Vi bygger en bro"
    (before,) = queries.earlier(by=by, entry=written)
    assert (before.number, before.title, before.until) == (1, "Vi bygger en bor", LATER)
    (entry,) = Journal.objects.filter(kind="learning.entry.changed/1")
    assert entry.refs == {"entry": str(written), "number": 1}
    with pytest.raises(NotAllowed):
        queries.earlier(by=guardian, entry=written)


def test_nobody_else_changes_it_and_nothing_is_changed_to_what_cannot_be(four: School, written: UUID) -> None:
    for who in ("class_teacher", "principal", "stranger"):
        with pytest.raises(NotAllowed):
            actions.change_entry(by=four.actor(who), entry=written, title="X", text="", on=TODAY, now=LATER)
    by = four.actor("teacher")
    with pytest.raises(rules.DateInvalid):
        actions.change_entry(by=by, entry=written, title="X", text="", on=TODAY + timedelta(days=1), now=LATER)
    with pytest.raises(rules.TextMissing):
        actions.change_entry(by=by, entry=written, title=" ", text="", on=TODAY, now=LATER)
    with pytest.raises(NotFound):
        actions.change_entry(by=by, entry=written, title="X", text="", on=TODAY, goals=[uuid4()], now=LATER)
    assert queries.earlier(by=by, entry=written) == ()


def test_the_database_keeps_what_it_said_before(four: School, written: UUID) -> None:
    actions.change_entry(by=four.actor("teacher"), entry=written, title="X", text="", on=TODAY, now=LATER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Earlier.objects.update(text="Y")


def test_a_family_takes_its_own_work_back_and_no_other_does(four: School) -> None:
    child, guardian = four.pupils[0], four.actor("guardian", "guardian")
    key = actions.add_work(by=guardian, child=child, title="Min båt", text="", picture=None, alt="", now=NOW)
    assert len(queries.entries(by=four.actor("teacher"), group=four.group, on=TODAY)) == 1
    for who in ("other_guardian", "far_guardian"):
        with pytest.raises(NotFound):
            actions.withdraw_work(by=four.actor(who, "guardian"), entry=key, now=LATER)
    actions.withdraw_work(by=guardian, entry=key, now=LATER)
    assert queries.entries_for(by=guardian, children=[child], on=TODAY)[child] == ()
    assert queries.entries(by=four.actor("teacher"), group=four.group, on=TODAY) == ()
    with pytest.raises(NotFound):
        queries.entry(by=four.actor("teacher"), entry=key, on=TODAY)
    with pytest.raises(NotFound):
        actions.withdraw_work(by=guardian, entry=key, now=LATER)
