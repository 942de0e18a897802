"""Forms: made, frozen, answered, replaced, reminded of; what came in and who is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.kernel.journal.models import Entry
from testamur.schoolday.forms import actions, queries, steps
from testamur.schoolday.forms.models import Answer, Form
from testamur.schoolday.forms.rules import Audience, Content, Kind, Needs, Question, Standing, State, Word
from tests.schoolday.forms.conftest import QUESTIONS, SCHOOL, People, asks, family, published

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C5")]


def answer(by: Actor, form: Any, child: Any, now: datetime, word: Word = Word.ANSWERED, **values: Any) -> None:
    """Answer in Swedish."""
    actions.answer_form(by=by, form=form, child=child, word=word, values=values, language="sv", now=now)


def refused(code: str) -> Any:
    """Expect a refusal of that code."""
    return pytest.raises(Refused, check=lambda one: one.code == code)


def test_a_published_form_is_frozen_by_the_verb_and_by_the_database(people: People, now: datetime):
    form = actions.draft_form(by=people.teacher, form=asks(people, now), now=now)
    other = replace(asks(people, now), last_day=now.date() + timedelta(days=9))
    actions.change_form(by=people.teacher, form=form, draft=other, now=now)
    digest = actions.publish_form(by=people.teacher, form=form, now=now)
    view = queries.form(form)
    assert view is not None
    assert (view.state, view.digest, view.path) == (State.PUBLISHED, digest, SCHOOL + "9a/")
    assert len(digest) == 64
    with refused("forms.form.frozen"):
        actions.change_form(by=people.teacher, form=form, draft=other, now=now)
    changes: tuple[dict[str, Any], ...] = (
        {"content": {}},
        {"last_day": now.date()},
        {"needs": "all"},
        {"state": "draft"},
        {"named": False},
    )
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            Form.objects.filter(id=form).update(**change)
    actions.close_form(by=people.teacher, form=form, now=now)
    with pytest.raises(DatabaseError), transaction.atomic():
        Form.objects.filter(id=form).update(state="published", closed_at=None)


def test_the_digest_binds_every_word_and_every_term(people: People, now: datetime):
    drafts = [
        asks(people, now),
        asks(people, now, needs=Needs.ALL),
        asks(people, now, named=False),
        asks(people, now, content=Content(("sv",), {"sv": "Friluftsdag!"}, {"sv": "Vi går till skogen."}, QUESTIONS)),
    ]
    forms = [actions.draft_form(by=people.teacher, form=one, now=now) for one in drafts]
    assert len({actions.publish_form(by=people.teacher, form=one, now=now) for one in forms}) == len(drafts)


def test_teachers_ask_their_own_groups_and_principals_the_school(people: People, now: datetime):
    with pytest.raises(NotAllowed):
        published(people.teacher, asks(people, now, groups=()), now)
    with pytest.raises(NotAllowed):
        published(people.stranger, asks(people, now), now)
    with pytest.raises(NotAllowed):
        published(family(people.mother.id, people.ada), asks(people, now), now)
    whole = published(people.principal, asks(people, now, groups=()), now)
    assert {one.id for one in queries.forms_seen(by=people.principal, path=SCHOOL, groups=())} == {whole}
    for verb in (actions.close_form, actions.remind_form, actions.replace_form):
        with pytest.raises(NotAllowed):
            verb(by=people.teacher, form=whole, now=now)


def test_an_answer_can_be_changed_until_the_last_day_and_its_history_is_kept(people: People, now: datetime):
    form = published(people.teacher, asks(people, now), now)
    answer(people.mother, form, people.ada, now, eats=True, size="1")
    answer(people.mother, form, people.ada, now + timedelta(hours=1), eats=False)
    look, history = queries.look(by=people.mother, form=form, child=people.ada, on=now.date())
    assert [(one.version, one.values) for one in history] == [(1, {"eats": True, "size": 1}), (2, {"eats": False})]
    assert look.standing is Standing.ANSWERED
    assert look.mine == history[1]
    with pytest.raises(DatabaseError), transaction.atomic():
        Answer.objects.filter(form=form).update(word="given")
    with refused("forms.form.over"):
        answer(people.mother, form, people.ada, now + timedelta(days=8), eats=True)
    actions.close_form(by=people.teacher, form=form, now=now)
    with refused("forms.form.over"):
        answer(people.mother, form, people.ada, now, eats=True)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"eats": "yes"},
        {"eats": None},
        {"eats": True, "size": 3},
        {"eats": True, "size": -1},
        {"eats": True, "size": "x"},
    ],
)
def test_what_is_no_answer_to_a_question_is_refused(people: People, now: datetime, values: dict[str, Any]):
    form = published(people.teacher, asks(people, now), now)
    with refused("forms.answer.invalid"):
        answer(people.mother, form, people.ada, now, **values)


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        (Kind.TEXT, "  nötter ", "nötter"),
        (Kind.NUMBER, "1,50", "1.50"),
        (Kind.DATE, "2026-05-04", "2026-05-04"),
        (Kind.SEVERAL, ["2", "0", "2"], [0, 2]),
    ],
)
def test_answers_are_kept_in_one_form_whatever_was_typed(
    people: People, now: datetime, kind: Kind, given: Any, kept: Any
):
    options = {"sv": ("a", "b", "c")} if kind is Kind.SEVERAL else {}
    content = Content(("sv",), {"sv": "Fråga"}, {"sv": ""}, (Question("q", kind, True, {"sv": "?"}, options),))
    form = published(people.teacher, asks(people, now, content=content), now)
    answer(people.mother, form, people.ada, now, q=given)
    assert Answer.objects.get(form=form).values == {"q": kept}
    nonsense: dict[Kind, list[Any]] = {
        Kind.NUMBER: ["x", "NaN", "1e400"],
        Kind.DATE: ["2026-13-01"],
        Kind.SEVERAL: [["3"]],
    }
    for wrong in nonsense.get(kind, []):
        with refused("forms.answer.invalid"):
            answer(people.mother, form, people.ada, now, q=wrong)


def test_only_those_who_are_asked_answer(people: People, now: datetime):
    form = published(people.teacher, asks(people, now), now)
    with pytest.raises(NotAllowed):
        answer(people.ben_mother, form, people.ada, now, eats=True)
    with refused("forms.answer.not_asked"):
        answer(family(people.ada, people.ada), form, people.ada, now, eats=True)
    answer(people.aunt, form, people.ada, now, eats=True)  # a guardian without custody may answer what is no consent
    to_pupils = published(people.teacher, asks(people, now, audience=Audience.PUPILS), now)
    answer(family(people.ada, people.ada), to_pupils, people.ada, now, eats=True)
    with refused("forms.answer.not_asked"):
        answer(people.mother, to_pupils, people.ada, now, eats=True)
    elsewhere = published(people.principal, asks(people, now, groups=()), now)
    outsider = family(people.stranger.id, people.stranger.id)
    with refused("forms.answer.not_asked"):
        answer(outsider, elsewhere, people.stranger.id, now, eats=True)


def test_what_came_in_is_seen_by_class_and_child_by_those_who_have_the_class(people: People, now: datetime):
    form = published(people.principal, asks(people, now, groups=()), now)
    answer(people.mother, form, people.ada, now, eats=True, size="2")
    view = queries.form(form)
    assert view is not None
    for who in (people.teacher, people.principal):
        found = queries.results(by=who, form=view, on=now.date())
        (room,) = found.rooms
        assert room.group is not None
        assert (room.group.code, room.pupils, room.missing) == ("9A", 2, 1)
        assert {row.child: row.looked.standing for row in room.rows} == {
            people.ada: Standing.ANSWERED, people.ben: Standing.NONE,
        }  # fmt: skip
        assert queries.figures(found) == {"eats": {True: 1}, "size": {2: 1}}
    with pytest.raises(NotFound):
        queries.results(by=people.stranger, form=view, on=now.date())


def test_a_form_that_counts_only_shows_nobody(people: People, now: datetime):
    form = published(people.teacher, asks(people, now, named=False), now)
    answer(people.mother, form, people.ada, now, eats=True)
    view = queries.form(form)
    assert view is not None
    found = queries.results(by=people.teacher, form=view, on=now.date())
    assert [room.rows for room in found.rooms] == [()]
    assert (found.values, found.missing) == ((), 1)  # what was said waits until it is over


def test_a_reminder_goes_to_those_who_are_missing_once_a_day_and_before_the_last_day_by_itself(
    people: People, by: Actor, now: datetime
):
    form = published(people.teacher, asks(people, now), now)
    answer(people.mother, form, people.ada, now, eats=True)
    assert actions.remind_form(by=people.teacher, form=form, now=now) == 1
    entry = Entry.objects.latest("id")
    assert (entry.kind, entry.refs["pupils"]) == ("forms.form.reminded/1", [str(people.ben)])
    with refused("forms.form.reminded"):
        actions.remind_form(by=people.teacher, form=form, now=now)
    assert steps.remind_due(by=by, now=now + timedelta(days=4)) == 0
    assert steps.remind_due(by=by, now=now + timedelta(days=5)) == 1
    assert steps.remind_due(by=by, now=now + timedelta(days=6)) == 0  # once
    with refused("forms.form.over"):
        actions.remind_form(by=people.teacher, form=form, now=now + timedelta(days=8))


def test_a_form_is_replaced_and_the_former_one_closed(people: People, now: datetime):
    form = published(people.teacher, asks(people, now), now)
    new = actions.replace_form(by=people.teacher, form=form, now=now)
    assert Form.objects.get(id=form).state == State.PUBLISHED
    actions.publish_form(by=people.teacher, form=new, now=now)
    assert Form.objects.get(id=form).state == State.CLOSED
    assert Form.objects.get(id=new).replaces_id == form


def test_drafts_are_thrown_away_and_what_was_published_is_not(people: People, now: datetime):
    draft = actions.draft_form(by=people.teacher, form=asks(people, now), now=now)
    actions.discard_form(by=people.teacher, form=draft, now=now)
    assert not Form.objects.exists()
    with refused("forms.form.frozen"):
        actions.discard_form(by=people.teacher, form=published(people.teacher, asks(people, now), now), now=now)


@pytest.mark.parametrize(
    "change",
    [
        {"content": Content((), {}, {})},
        {"content": Content(("sv",), {"sv": " "}, {"sv": ""})},
        {"content": Content(("sv", "en"), {"sv": "A"}, {})},
        {"content": Content(("sv",), {"sv": "A"}, {}, (Question("q", Kind.ONE, True, {"sv": "?"}, {"sv": ("a",)}),))},
        {"content": Content(("sv",), {"sv": "A"}, {}, (Question("q", Kind.TEXT, True, {}, {}),))},
        {"purpose": "other"},
    ],
)
def test_a_form_that_nobody_could_answer_is_refused(people: People, now: datetime, change: dict[str, Any]):
    with refused("forms.form.invalid"):
        actions.draft_form(by=people.teacher, form=asks(people, now, **change), now=now)


def test_a_form_without_a_question_or_whose_day_is_over_is_not_published(people: People, now: datetime):
    empty = asks(people, now, content=Content(("sv",), {"sv": "A"}, {"sv": ""}))
    late = asks(people, now, last_day=now.date() - timedelta(days=1))
    for draft in (empty, late):
        form = actions.draft_form(by=people.teacher, form=draft, now=now)
        with refused("forms.form.invalid"):
            actions.publish_form(by=people.teacher, form=form, now=now)


def test_a_family_sees_its_forms_with_few_queries_whatever_their_number(
    people: People, now: datetime, django_assert_max_num_queries: Any
):
    for _ in range(4):
        published(people.teacher, asks(people, now), now)
    published(people.principal, asks(people, now, groups=()), now)
    actions.draft_form(by=people.teacher, form=asks(people, now), now=now)
    with django_assert_max_num_queries(8):
        found = queries.for_children(by=people.mother, children=[people.ada], on=now.date())
    assert [one.todo for one in found[people.ada]] == [True] * 5
    assert queries.for_children(by=people.mother, children=[people.ben], on=now.date()) == {people.ben: ()}
