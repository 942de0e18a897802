"""Deletion by reviewed lists in every package: what is old goes whole, what is younger or still needed stays."""

from __future__ import annotations

import os
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotAllowed
from testamur.kernel.jobs.rules import step_actor
from testamur.kernel.journal.models import Entry
from testamur.schoolday.care import models as care
from testamur.schoolday.conversations import actions as conversation_actions
from testamur.schoolday.conversations import files
from testamur.schoolday.conversations import models as talking
from testamur.schoolday.diary.models import Assessment
from testamur.schoolday.forms import models as forms
from testamur.schoolday.keeping import actions, owners, queries, steps
from testamur.schoolday.keeping.rules import DELETES, Category, ListState, NothingToDelete
from testamur.schoolday.learning import models as learning
from testamur.schoolday.noticeboard import models as board
from testamur.schoolday.support import models as support
from tests.schoolday.diary.school import NOW, School
from tests.schoolday.keeping import shelves
from tests.schoolday.keeping.shelves import DAY, OLD, SHELVES
from tests.schoolday.keeping.test_lists import LATER, archivist, go

pytestmark = [pytest.mark.django_db, pytest.mark.feature("A20")]


def proposed(school: School, category: Category) -> UUID:
    """A list of that category."""
    return actions.propose_list(by=archivist(school), unit=school.school, category=category, now=NOW)


def nothing(school: School, category: Category) -> None:
    """There is nothing of that kind to delete."""
    with pytest.raises(NothingToDelete):
        proposed(school, category)


def running(school: School, category: Category) -> UUID:
    """A list whose time has come, with nothing deleted yet."""
    made = proposed(school, category)
    digest = queries.the_list(by=archivist(school), id=made).digest
    actions.approve_list(by=archivist(school), list=made, digest=digest, now=NOW)
    actions.carry_out(by=archivist(school, 2), list=made, now=NOW)
    return made


def carried(school: School, made: UUID) -> queries.ListView:
    """What became of it."""
    while steps.erase_listed(list=made, now=LATER):
        pass
    return queries.the_list(by=archivist(school), id=made)


def test_every_category_that_may_be_deleted_names_its_owner() -> None:
    assert {Category(name) for name in settings.KEPT} == DELETES
    diary = {Category.ATTENDANCE, Category.LEAVES, Category.REMARKS, Category.MARKS, Category.HEALTH}
    assert set(SHELVES) | diary == DELETES


@pytest.mark.parametrize("category", sorted(SHELVES))
@pytest.mark.parametrize("batch", [1, 500])
def test_what_was_kept_long_enough_goes_whole(
    bulgarian: School, category: Category, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "BATCH", batch)
    tables = SHELVES[category](bulgarian)
    assert all(table.objects.exists() for table in tables)  # type: ignore[attr-defined]
    made = go(bulgarian, category)
    left = {table.__name__: n for table in tables if (n := table.objects.count())}  # type: ignore[attr-defined]
    assert left == {}
    view = queries.the_list(by=archivist(bulgarian), id=made)
    assert (view.state, view.gone, view.kept) == (ListState.DONE, view.count, 0)
    told = [one.refs for one in Entry.objects.filter(kind__endswith=".rows.erased/1")]
    assert sum(one["count"] for one in told) == view.count
    assert {one["list"] for one in told} == {str(made)}
    nothing(bulgarian, category)


@pytest.mark.parametrize("category", sorted(SHELVES))
def test_another_school_and_a_younger_row_stay(bulgarian: School, category: Category) -> None:
    SHELVES[category](bulgarian)
    before = date(2018, 1, 1)
    assert owners.old(school=bulgarian.school, path=bulgarian.path, category=category, before=before) == []
    elsewhere = {"school": UUID(int=1), "path": "/elsewhere/", "category": category}
    assert owners.old(**elsewhere, before=NOW.date()) == []  # type: ignore[arg-type]
    here: dict[str, Any] = {"school": bulgarian.school, "path": bulgarian.path, "category": category}
    rows = owners.old(**here, before=NOW.date())
    assert owners.erase(**here, rows=rows, before=before, because=UUID(int=7), now=NOW) == 0


def test_owners_answer_the_steps_of_keeping_alone(bulgarian: School) -> None:
    from django.utils.module_loading import import_string

    place: dict[str, Any] = {"school": bulgarian.school, "path": bulgarian.path, "before": DAY}
    for category, (old, erase) in settings.KEPT.items():
        for by in (bulgarian.actor("principal"), bulgarian.actor("teacher"), step_actor("other", "care.step")):
            with pytest.raises(NotAllowed):
                import_string(old)(by=by, what=category, **place)
            with pytest.raises(NotAllowed):
                import_string(erase)(by=by, what=category, rows=[], because=UUID(int=7), now=NOW, **place)


def test_the_database_lets_nothing_go_that_no_list_names(bulgarian: School) -> None:
    for fill in SHELVES.values():
        if fill is not shelves.plans:
            fill(bulgarian)
    plan = learning.Plan.objects.get()
    for table in (Assessment, talking.Post, forms.Answer, care.Presence, learning.Statement):
        rows = table.objects.all()
        assert rows.exists()
        with pytest.raises(DatabaseError), transaction.atomic():
            rows._raw_delete("default")
    assert plan.goals.get().statements.exists()


def test_a_signed_development_plan_is_deleted_only_when_listed(bulgarian: School) -> None:
    shelves.plans(bulgarian)
    for table in (learning.Version, learning.Signature):
        with pytest.raises(DatabaseError), transaction.atomic():
            table.objects.all()._raw_delete("default")


# --- files -------------------------------------------------------------------------------------


def age(digest: str) -> Path:
    """Make a stored file as old as its conversation."""
    place = files._place(digest)
    os.utime(place, (OLD.timestamp(), OLD.timestamp()))
    return place


@pytest.mark.django_db(transaction=True)
def test_files_of_a_deleted_conversation_go_from_the_disk_but_not_those_that_another_post_names(
    bulgarian: School,
) -> None:
    first, second = shelves.conversation(bulgarian), shelves.conversation(bulgarian, NOW)
    alone = age(shelves.enclose(first, b"Only here.").digest)
    shared = age(shelves.enclose(first, b"Twice.").digest)
    shelves.enclose(second, b"Twice.")
    os.utime(shared, (OLD.timestamp(), OLD.timestamp()))
    go(bulgarian, Category.MESSAGES)
    assert not alone.exists()
    assert shared.exists()
    assert [one.id for one in talking.Conversation.objects.all()] == [second.id]


def test_files_are_still_there_until_the_commit_and_found_by_the_tidying_step_after_a_crash(bulgarian: School) -> None:
    place = age(shelves.enclose(shelves.conversation(bulgarian), b"Left behind.").digest)
    made = running(bulgarian, Category.MESSAGES)
    with transaction.atomic():
        steps.erase_listed(list=made, now=LATER)
        transaction.set_rollback(True)  # the process dies before the commit
    assert place.exists()
    assert talking.Conversation.objects.exists()
    assert carried(bulgarian, made).state is ListState.DONE  # in the transaction of the test: nothing is committed
    assert place.exists()
    tidier = step_actor("conversations", "conversations.file.tidy")
    assert conversation_actions.tidy_files(by=tidier, now=NOW) == 1
    assert not place.exists()


# --- lists that grew stale -----------------------------------------------------------------------


def test_a_conversation_in_which_somebody_wrote_after_the_review_stays(bulgarian: School) -> None:
    one, other = shelves.conversation(bulgarian), shelves.conversation(bulgarian)
    made = running(bulgarian, Category.MESSAGES)
    talking.Conversation.objects.filter(id=one.id).update(last_at=NOW)
    view = carried(bulgarian, made)
    assert (view.state, view.gone, view.kept) == (ListState.DONE, 2, 1)
    assert talking.Conversation.objects.get().id == one.id != other.id
    assert Entry.objects.get(kind="keeping.list.carried/1").refs["kept"] == 1


def test_an_assessment_that_was_replaced_after_the_review_stays_with_what_it_replaced(bulgarian: School) -> None:
    shelves.assessments(bulgarian)
    made = running(bulgarian, Category.ASSESSMENTS)
    last = Assessment.objects.order_by("-made_at")[0]
    former, last.id, last.replaces_id, last.changed_at = last.id, UUID(int=5), last.id, NOW
    last.save(force_insert=True)
    assert carried(bulgarian, made).kept == 2
    assert Assessment.objects.filter(id=former).exists()


def test_a_plan_in_which_a_goal_was_stated_after_the_review_stays_whole(
    bulgarian: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "BATCH", 1)
    goal = shelves.plan(bulgarian).goals.get()
    made = running(bulgarian, Category.PLANS)
    shelves.state(goal, bulgarian, NOW)
    assert carried(bulgarian, made).kept == 2
    assert learning.Statement.objects.count() == 2


# --- what stays ----------------------------------------------------------------------------------


def test_what_waits_to_be_sent_and_an_open_question_stay_however_old(bulgarian: School) -> None:
    shelves.conversation(bulgarian, sent_at=None, due_at=OLD)
    shelves.question(bulgarian, state="open")
    nothing(bulgarian, Category.MESSAGES)
    nothing(bulgarian, Category.SUPPORT)


def test_a_consent_without_an_end_is_kept_as_long_as_its_child_is_a_pupil(bulgarian: School) -> None:
    terms: dict[str, Any] = {"consent": "login", "purpose": "pictures_internal"}
    endless = shelves.form(bulgarian, **terms)
    ended = shelves.form(bulgarian, **terms, holds_until=DAY)
    shelves.form(bulgarian, **terms, holds_until=NOW.date())
    old = {"school": bulgarian.school, "path": bulgarian.path, "category": Category.FORMS}
    assert owners.old(**old, before=date(2022, 8, 1)) == [ended.id]  # type: ignore[arg-type]
    forms.Answer.objects.create(
        form=ended, child=bulgarian.pupils[0], person=bulgarian.persons["guardian"], version=2, word="withdrawn",
        language="bg", path=bulgarian.path, at=NOW,
    )  # fmt: skip
    assert owners.old(**old, before=date(2022, 8, 1)) == []  # type: ignore[arg-type]
    assert endless.answers.exists()


def test_the_consent_of_a_child_that_left_goes(bulgarian: School) -> None:
    one = shelves.form(bulgarian, consent="login", purpose="pictures_internal")
    child = shelves.leaver(bulgarian)
    other = forms.Form.objects.get(id=one.id)
    other.id, other.replaces_id = UUID(int=9), None
    other.save(force_insert=True)
    forms.Answer.objects.create(
        form=other, child=child, person=bulgarian.persons["guardian"], version=1, word="given", language="bg",
        path=bulgarian.path, at=OLD,
    )  # fmt: skip
    made = carried(bulgarian, running(bulgarian, Category.FORMS))
    assert (made.count, made.kept) == (1, 0)
    assert [form.id for form in forms.Form.objects.all()] == [one.id]


def test_a_form_that_a_younger_one_replaces_stays(bulgarian: School) -> None:
    first = shelves.form(bulgarian)
    shelves.form(bulgarian, replaces=first, last_day=NOW.date())
    nothing(bulgarian, Category.FORMS)


def test_the_week_that_holds_and_a_collector_who_still_comes_stay(bulgarian: School) -> None:
    child, guardian = bulgarian.pupils[0], bulgarian.persons["guardian"]
    care.Regular.objects.create(child=child, unit=bulgarian.school, valid_from=DAY, days={}, by=guardian, at=OLD)
    shelves.collector(bulgarian, ended_at=None, ended_by=None)
    late = shelves.collector(bulgarian)
    shelves.presence(bulgarian, NOW.date(), collector=late)
    nothing(bulgarian, Category.CARE)
    care.Regular.objects.create(
        child=child, unit=bulgarian.school, valid_from=DAY + timedelta(days=9), days={}, by=guardian, at=OLD
    )
    assert carried(bulgarian, running(bulgarian, Category.CARE)).count == 1
    assert care.Regular.objects.get().valid_from == DAY + timedelta(days=9)


def test_weeks_and_collectors_of_a_child_that_left_go_with_their_pictures(bulgarian: School) -> None:
    child, guardian = shelves.leaver(bulgarian), bulgarian.persons["guardian"]
    care.Regular.objects.create(child=child, unit=bulgarian.school, valid_from=DAY, days={}, by=guardian, at=OLD)
    one = shelves.collector(bulgarian, ended_at=None, ended_by=None)
    care.Collector.objects.filter(id=one.id).update(child=child)
    care.Wish.objects.create(person=guardian, child=child, at=OLD)
    assert carried(bulgarian, running(bulgarian, Category.CARE)).count == 3
    assert not care.Collector.objects.exists()


def test_a_collector_whom_another_school_noted_stays(bulgarian: School) -> None:
    one = shelves.collector(bulgarian)
    shelves.presence(bulgarian, DAY, collector=one)
    care.Presence.objects.create(
        id=UUID(int=77), child=bulgarian.pupils[0], unit=UUID(int=1), group=UUID(int=2), on=DAY, number=2, act="out",
        at=OLD, noted_by=bulgarian.persons["teacher"], noted_at=OLD, collector=one,
    )  # fmt: skip
    view = carried(bulgarian, running(bulgarian, Category.CARE))
    assert (view.count, view.kept) == (2, 1)
    assert care.Collector.objects.get().id == one.id


def test_news_of_all_and_news_that_are_still_shown_stay(bulgarian: School) -> None:
    told: dict[str, Any] = {"audience": "family", "texts": {}, "published_at": OLD, "author": UUID(int=1)}
    board.News.objects.create(path="/", **told)
    board.News.objects.create(path=bulgarian.path, unit=bulgarian.school, until=datetime.max.replace(
        year=2100, tzinfo=NOW.tzinfo), **told)  # fmt: skip
    nothing(bulgarian, Category.EVENTS)


def test_the_reception_of_a_pupil_who_is_still_here_stays(bulgarian: School) -> None:
    support.Case.objects.create(
        person=bulgarian.pupils[2], path=bulgarian.path, opened_at=OLD, opened_by=bulgarian.persons["principal"],
        follow_up=DAY,
    )  # fmt: skip
    nothing(bulgarian, Category.SUPPORT)


def test_an_archivist_is_needed(bulgarian: School) -> None:
    SHELVES[Category.MESSAGES](bulgarian)
    for who in ("principal", "teacher", "guardian"):
        by: Actor = bulgarian.actor(who)
        with pytest.raises(NotAllowed):
            actions.propose_list(by=by, unit=bulgarian.school, category=Category.MESSAGES, now=NOW)


@pytest.mark.parametrize("category", sorted(SHELVES))
def test_nothing_that_hangs_from_a_deleted_row_is_forgotten(bulgarian: School, category: Category) -> None:
    """A table that comes to name one of these has to be on its shelf too: else a list would stop half-way."""
    tables = set(SHELVES[category](bulgarian))
    naming = {relation.related_model for table in tables for relation in table._meta.related_objects}
    assert naming <= tables | ({learning.EntryGoal} if category is Category.PLANS else set())
