"""Attacks on result reporting: foreign hands, changed posts, opened codes, false phones, rules without a signature."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
import time_machine

from testamur.access.accounts.queries.hats import actor as actor_of
from testamur.access.accounts.queries.hats import hats
from testamur.access.accounts.rules.hats import SELF
from testamur.exchange.connectors.ladok import messages
from testamur.exchange.connectors.ladok.wire import BadAnswer, RegistryRefused, Wire, refusal
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotAllowed, Refused
from testamur.register.people import actions as people
from testamur.register.people import queries as register
from testamur.register.people.rules import ContactKind, NewContact
from testamur.register.schools import actions as schools
from testamur.register.schools import queries as school_queries
from testamur.register.schools.rules import Role
from testamur.register.studies import actions as studies
from testamur.register.studies.rules import NewCredit
from testamur.schoolday.reporting import actions, tasks
from testamur.schoolday.reporting.actions.deciding import decide
from testamur.schoolday.reporting.actions.process import note_in_force
from testamur.schoolday.reporting.models import ProcessRule
from testamur.schoolday.reporting.queries import lists, process
from testamur.schoolday.reporting.rules.lists import ListNotSent, NotGraded
from testamur.schoolday.reporting.rules.states import ListState, Way
from testamur.schoolday.reporting.rules.views import Entry, NewList
from testamur.schoolday.results import queries as decided
from testamur.trust.records import actions as records
from testamur.trust.records import queries as kept
from testamur.trust.records.rules import State
from testamur.trust.signing import codes
from tests.schoolday.reporting import university as universities
from tests.schoolday.reporting.signing import Desk
from tests.schoolday.reporting.university import TODAY, University

pytestmark = pytest.mark.django_db(transaction=True)
OFFICE_PHONE, OWN_PHONE = "+46701740612", "+46701740634"
"""Numbers that the Swedish authority keeps free for stories."""


@pytest.fixture(autouse=True)
def _on_a_fixed_day() -> Iterator[None]:
    """A Monday in the autumn term, after the exams."""
    with time_machine.travel(TODAY, tick=True):
        yield


@pytest.fixture
def u(db: None) -> University:
    """Without a seal."""
    return universities.build(TODAY)


@pytest.fixture
def desk(db: None) -> Desk:
    """With a seal and a log in the data folder of the test."""
    return Desk(universities.build(TODAY, equip=True))


def oneself(u: University, name: str) -> Actor:
    """A person who acts about him- or herself alone."""
    worn = next(one for one in hats(person=u.persons[name], on=u.now.date()) if one.role == SELF)
    return actor_of(worn, person=u.persons[name], identified_by="simulated")


def phones(u: University, name: str) -> dict[str, UUID]:
    """Numbers of a person, with the ids of the points."""
    held = register.contacts(by=u.by, persons=[u.persons[name]])[u.persons[name]]
    return {one.value: one.id for one in held if one.kind is ContactKind.PHONE}


def end_post(u: University, name: str, role: Role, on: date) -> None:
    """The person holds no such post after that day."""
    posts = school_queries.posts_of(person=u.persons[name], on=u.now.date())
    ids = [post.id for post in posts if post.role is role]
    assert ids
    schools.end_posts(by=u.by, ends=dict.fromkeys(ids, on), now=u.now)


# --- the work phone -------------------------------------------------------------------------------


@pytest.mark.feature("B13")
def test_nobody_makes_an_own_number_the_work_phone_that_gets_the_codes(u: University) -> None:
    me, person = oneself(u, "examiner"), u.persons["examiner"]
    for label in ("work", "Work", " work "):
        with pytest.raises(NotAllowed):
            people.add_contacts(by=me, contacts=[(person, NewContact(ContactKind.PHONE, OWN_PHONE, label))], now=u.now)
    assert OWN_PHONE not in phones(u, "examiner")
    people.add_contacts(by=me, contacts=[(person, NewContact(ContactKind.PHONE, OWN_PHONE, "mobile"))], now=u.now)
    assert codes.number_of(person) != OWN_PHONE


@pytest.mark.feature("B13")
def test_nobody_takes_away_the_work_phone_of_the_directory(u: University) -> None:
    me, person = oneself(u, "examiner"), u.persons["examiner"]
    number = codes.number_of(person)
    with pytest.raises(NotAllowed):
        people.remove_contacts(by=me, ids=[phones(u, "examiner")[number]], now=u.now)
    assert codes.number_of(person) == number


def test_a_hat_of_the_university_gives_no_power_over_the_directory(u: University) -> None:
    person = u.persons["examiner"]
    for name in ("teacher", "examiner", "rector", "administrator"):
        with pytest.raises(NotAllowed):
            people.add_contacts(
                by=u.actor(name), contacts=[(person, NewContact(ContactKind.PHONE, OWN_PHONE, "work"))], now=u.now
            )


# --- posts ------------------------------------------------------------------------------------------


@pytest.mark.feature("B11")
def test_an_examiner_whose_post_has_ended_signs_nothing_by_any_door(desk: Desk) -> None:
    """The staff page opens ceremonies too, and asks nothing about lists: the verb itself looks at the post."""
    u = desk.u
    one = desk.sent({u.students[0]: "A"})
    desk.prepare(one)
    end_post(u, "examiner", Role.EXAMINER, u.now.date() - timedelta(days=1))
    with pytest.raises(records.PostEnded):
        desk.sign(desk.documents(one))
    assert desk.states(one) == {State.READY}
    assert desk.settle() == ()


@pytest.mark.feature("B11")
def test_a_signature_after_the_post_has_ended_decides_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    u = desk.u
    one = desk.sent({u.students[0]: "A"})
    desk.prepare(one)
    start = records.start_ceremony

    def started(**arguments: object) -> UUID:
        made = start(**arguments)  # type: ignore[arg-type]
        end_post(u, "examiner", Role.EXAMINER, u.now.date() - timedelta(days=1))
        return made

    monkeypatch.setattr(records, "start_ceremony", started)
    desk.sign(desk.documents(one))
    assert desk.states(one) == {State.READY}  # void: the documents wait as before
    assert desk.settle() == ()
    assert desk.head(one).state is ListState.SENT
    assert not decided.results_of(path=u.path, codes=["DV1574/1405"], pupils=u.students[:1]).get(u.students[0])
    assert {view.state for view in kept.by_ids(by=u.by, records=desk.documents(one))} == {State.READY}


@pytest.mark.feature("B26")
def test_a_signature_is_taken_in_once_however_often_it_is_looked_for(desk: Desk) -> None:
    one = desk.sent({desk.u.students[0]: "A"})
    desk.prepare(one)
    desk.sign(desk.documents(one))
    assert [desk.settle(), desk.settle()] == [(one,), ()]
    with pytest.raises(ListNotSent):  # a worker that looked before the other one was done
        decide(by=tasks.SETTLE_STEP, list=one, now=desk.now())
    assert len(decided.results_of(path=desk.u.path, codes=["DV1574/1405"], pupils=desk.u.students[:1])) == 1


# --- anonymity --------------------------------------------------------------------------------------


def exam_list(u: University, who: str = "teacher") -> UUID:
    """A list of the anonymous exam."""
    new = NewList(u.units["data"], u.course("MA1441"), u.module("MA1441", "2205"), exam=u.exams["MA1441"])
    return actions.open_list(by=u.actor(who), new=new, now=u.now)


def graded(u: University, one: UUID, value: str, who: str = "teacher") -> None:
    """Everybody gets that grade."""
    view = lists.view(by=u.actor(who), list=one, now=u.now)
    entries = [Entry(row.id, value, "2026-11-20") for row in view.rows]
    saved = actions.save_rows(by=u.actor(who), list=one, entries=entries, revision=view.head.revision, now=u.now)
    assert saved.faulty == ()


@pytest.mark.feature("B19")
def test_a_second_list_of_the_exam_does_not_open_the_codes_of_the_first(u: University) -> None:
    first, second = exam_list(u), exam_list(u)
    graded(u, second, "U")
    with pytest.raises(NotGraded):
        actions.reveal(by=u.actor("teacher"), list=second, now=u.now)
    actions.discard(by=u.actor("teacher"), list=first, now=u.now)
    actions.reveal(by=u.actor("teacher"), list=second, now=u.now)
    third = lists.view(by=u.actor("teacher"), list=exam_list(u), now=u.now)
    assert not third.head.anonymous  # the codes are known: nobody is told that they hide anything
    assert {row.person for row in third.rows} <= set(u.students)


@pytest.mark.feature("B19")
def test_the_checks_of_an_anonymous_list_say_nothing_by_which_a_student_is_known(u: University) -> None:
    """Who was credited, graded before or registered late is easily found out elsewhere, by name."""
    one, (known, *_others) = exam_list(u), u.students
    module = u.module("MA1441", "2205")
    credit = NewCredit(known, u.course("MA1441"), module, Decimal("2.5"), date(2026, 9, 1))
    studies.note_credits(by=u.by, credits=[credit], now=u.now)
    view = lists.view(by=u.actor("teacher"), list=one, now=u.now)
    assert {check.code for check in view.checks if check.row} == {"value_missing"}
    assert all(not row.finished and row.final is None for row in view.rows)
    graded(u, one, "U")
    actions.reveal(by=u.actor("teacher"), list=one, now=u.now)
    named = lists.view(by=u.actor("teacher"), list=one, now=u.now)
    mine = next(row.id for row in named.rows if row.person == known)
    assert "credited" in {check.code for check in named.checks if check.row == mine}


# --- the way of signing -----------------------------------------------------------------------------


@pytest.mark.feature("B45", "B24")
def test_no_role_puts_a_way_of_signing_in_force_without_the_published_decision(u: University) -> None:
    rule = actions.propose_process(
        by=u.actor("rector"), path=u.path, way=Way.PAPER, grade_from=date(2026, 1, 1), now=u.now
    )
    for by in (u.actor("rector"), u.actor("university_administrator", admin_mode=True), u.by):
        with pytest.raises(Refused):
            note_in_force(by=by, rule=rule, now=u.now)
    assert ProcessRule.objects.get(id=rule).in_force_at is None
    assert process.way_for(path=u.data, on=u.now.date()) is Way.ELECTRONIC


# --- the registry -----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["klar", [1], {"a": 1}, 1.5, True])
def test_a_state_of_another_kind_in_the_registrys_answer_is_no_crash(status: object) -> None:
    answer = {"Uid": "u", "BetygsskalaID": 1, "Betygsgrad": 2, "ProcessStatus": status}
    with pytest.raises(BadAnswer):
        messages.result(answer)


def test_an_answer_of_the_registry_nested_without_end_is_no_crash() -> None:
    deep = b"[" * 200_000
    with pytest.raises(BadAnswer):
        Wire._json(deep)
    assert isinstance(refusal(400, deep), RegistryRefused)
