"""Signed lists reach the registry once, row by row, and nothing of anybody else's is written over."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from testamur.exchange.connectors.ladok import actions, ledger, queries, steps
from testamur.exchange.connectors.models import Transfer, TransferRow
from testamur.kernel.base.actor import Actor, Grant, operator
from testamur.kernel.base.refused import NotAllowed
from testamur.kernel.journal import queries as journal
from testamur.kernel.journal.rules import Cursor
from testamur.register.studies import queries as studies
from testamur.schoolday.noticeboard import queries as noticeboard
from testamur.schoolday.noticeboard.rules import Service
from tests.exchange.connectors.ladok.world import CREATED, EXAM, READY, UPDATED, World

LATER = date(2026, 11, 20)


class Killed(Exception):  # noqa: N818 - not an error of the program
    """The worker dies here."""


def kinds() -> list[str]:
    return [e.kind for e in journal.since(Cursor(), limit=5000)]


@pytest.mark.feature("B44", "B25")
def test_a_signed_list_is_drafted_and_marked_ready_for_its_examiner_with_value_and_date(world: World) -> None:
    a, b = world.u.students[:2]
    key = world.sign([(a, "A", EXAM), (b, "F", LATER)])
    done = world.send()
    assert (done.ready, done.total, done.down) == (1, 1, False)
    [mine] = world.held(a)
    name = world.registry.state.users
    examiner = next(uid for user, uid in name.items() if uid == mine.examiner and user.startswith("eva"))
    assert (mine.status, mine.examined_on, mine.examiner) == (2, "2026-10-28", examiner)
    [other] = world.held(b)
    scale = world.client.scales()[other.scale]
    assert (scale.by_id(other.grade).code, other.examined_on) == ("F", "2026-11-20")  # type: ignore[union-attr]
    view = world.transfer(key)
    assert (view.state, view.counts) == ("ready", {"ready": 2})
    assert kinds().count("connectors.registry.sent/1") == 1


def test_a_list_is_taken_up_once_and_sent_once(world: World) -> None:
    world.sign([(world.u.students[0], "A", EXAM)])
    assert world.send().total == 1
    for _ in range(3):
        world.later(hours=1)
        assert world.send().total == 0
    assert Transfer.objects.count() == 1
    assert (world.calls(CREATED), world.calls(READY)) == (1, 1)


@pytest.mark.parametrize("written", range(1, 8))
def test_whoever_dies_between_a_call_and_its_note_leaves_no_result_twice(
    world: World, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    people = world.u.students[:3]
    key = world.sign([(person, "B", EXAM) for person in people])
    plain, count = ledger.note_row, 0

    def note(row: UUID, **values: object) -> None:
        nonlocal count
        count += 1
        if count == written:  # the registry has done it, and we are gone before it is written down
            raise Killed
        plain(row, **values)

    monkeypatch.setattr(ledger, "note_row", note)
    if written <= 6:
        with pytest.raises(Killed):
            world.send()
        assert world.transfer(key).state == "sending"
    else:
        world.send()
    assert world.send().total == 0  # its lease holds
    world.later(minutes=3)
    world.send()
    assert world.transfer(key).counts == {"ready": 3}
    assert (world.calls(CREATED), world.calls(READY)) == (3, 3)
    assert [len(world.held(person)) for person in people] == [1, 1, 1]


@pytest.mark.feature("B44")
def test_an_answer_that_was_lost_on_the_way_is_found_again_and_nothing_is_made_twice(world: World) -> None:
    people = world.u.students[:2]
    key = world.sign([(person, "C", EXAM) for person in people])
    world.registry.lose = 1
    assert world.send().down
    assert world.transfer(key).state == "waiting"
    world.registry.lose = 1
    world.later(hours=1)
    assert world.send().down  # the answer to "ready" is lost as well
    world.later(hours=1)
    assert world.send().ready == 1
    assert (world.calls(CREATED), world.calls(READY)) == (2, 2)


@pytest.mark.feature("B2", "B44")
def test_an_outage_is_said_on_every_page_and_everything_goes_on_when_it_is_over(world: World) -> None:
    world.registry.down = True
    key = world.sign([(world.u.students[0], "A", EXAM)])
    done = world.send()
    assert (done.down, done.total) == (True, 0)
    assert [o.service for o in noticeboard.outages(now=world.now)] == [Service.REGISTRY]
    waits = world.transfer(key)
    assert (waits.state, waits.error) == ("waiting", "connectors.registry.down")
    other = world.sign([(world.u.students[1], "A", EXAM)])  # lists are written and signed all the while
    assert world.send().total == 0
    world.registry.down = False
    world.later(hours=1)
    assert world.send().ready == 2
    assert {world.transfer(key).state, world.transfer(other).state} == {"ready"}
    assert noticeboard.outages(now=world.now) == ()


def test_pauses_grow_and_spread_and_end(world: World) -> None:
    assert ledger.pause(1, 0.5) == timedelta(seconds=30)
    assert ledger.pause(3, 0.5) == timedelta(seconds=120)
    assert ledger.pause(3, 0) == timedelta(seconds=60)
    assert ledger.pause(90, 0.5) == ledger.LONGEST_PAUSE
    world.registry.down = True
    key = world.sign([(world.u.students[0], "A", EXAM)])
    gaps = []
    for _ in range(3):
        world.send()
        told = world.transfer(key)
        assert told.next_at is not None
        gaps.append((told.next_at - world.now).total_seconds())
        world.now = told.next_at
    assert gaps == [30, 60, 120]


@pytest.mark.feature("B44")
def test_somebody_elses_result_stays_and_is_shown_and_the_other_rows_go_on(world: World) -> None:
    a, b = world.u.students[:2]
    theirs = world.registry.draft(world.number(a), world.instance(), "D", "2026-10-20")
    key = world.sign([(a, "A", EXAM), (b, "B", EXAM)])
    world.send()
    assert (world.transfer(key).state, world.row(key, b).state) == ("differs", "ready")
    told = world.row(key, a)
    assert told.theirs is not None
    assert (told.theirs["value"], told.theirs["examined_on"], told.theirs["state"]) == ("D", "2026-10-20", "draft")
    [held] = world.held(a)
    assert (held.uid, held.examined_on, held.status) == (theirs, "2026-10-20", 1)
    assert world.calls(UPDATED) == 0


def test_the_examiner_may_put_ours_in_place_of_a_draft_exactly_as_it_was_shown(world: World) -> None:
    [a] = world.u.students[:1]
    world.registry.draft(world.number(a), world.instance(), "D", "2026-10-20")
    key = world.sign([(a, "A", EXAM)])
    world.send()
    world.resolve(world.lists[key].rows[0].row, "ours")
    assert world.send().ready == 1
    [held] = world.held(a)
    assert (held.examined_on, held.status) == ("2026-10-28", 2)
    assert world.calls(CREATED) == 0


def test_a_draft_that_changed_after_it_was_shown_is_shown_anew_and_not_replaced(world: World) -> None:
    [a] = world.u.students[:1]
    world.registry.draft(world.number(a), world.instance(), "D", "2026-10-20")
    key = world.sign([(a, "A", EXAM)])
    world.send()
    world.resolve(world.lists[key].rows[0].row, "ours")
    world.registry.draft(world.number(a), world.instance(), "E", "2026-10-20")
    world.send()
    told = world.row(key, a)
    assert told.theirs is not None
    assert (told.state, told.theirs["value"]) == ("differs", "E")
    assert world.calls(UPDATED) == 0


def test_theirs_may_be_kept_and_then_nothing_more_is_sent(world: World) -> None:
    a, b = world.u.students[:2]
    world.registry.draft(world.number(a), world.instance(), "D", "2026-10-20")
    key = world.sign([(a, "A", EXAM), (b, "B", EXAM)])
    world.send()
    world.resolve(world.lists[key].rows[0].row, "theirs")
    assert world.transfer(key).state == "ready"
    world.later(hours=1)
    assert world.send().total == 0
    world.registry.attest()
    assert world.follow().entered == 1
    with pytest.raises(actions.NoDifference):
        world.resolve(world.lists[key].rows[0].row, "ours")


def test_only_who_may_resolves_a_difference_or_tries_again(world: World) -> None:
    [a] = world.u.students[:1]
    world.registry.draft(world.number(a), world.instance(), "D", "2026-10-20")
    key = world.sign([(a, "A", EXAM)])
    world.send()
    teacher = world.u.actor("teacher")
    with pytest.raises(NotAllowed):
        world.resolve(world.lists[key].rows[0].row, "ours", teacher)
    with pytest.raises(NotAllowed):
        actions.retry(by=teacher, transfer=world.transfer(key).id, now=world.now)
    elsewhere = Actor(UUID(int=7), "simulated", (Grant("x", world.u.departments["ekonomi"], ("connectors.*",)),))
    with pytest.raises(NotAllowed):
        world.resolve(world.lists[key].rows[0].row, "ours", elsewhere)
    world.resolve(world.lists[key].rows[0].row, "ours", world.u.actor("examiner"))


def test_an_equal_draft_of_somebody_elses_is_taken_as_ours(world: World) -> None:
    [a] = world.u.students[:1]
    world.registry.draft(world.number(a), world.instance(), "A", EXAM.isoformat())
    key = world.sign([(a, "A", EXAM)])
    world.send()
    assert world.row(key, a).state == "ready"
    assert world.calls(CREATED) == 0


@pytest.mark.feature("B44")
def test_rows_that_the_registry_refuses_show_its_own_message_and_the_others_go_on(world: World) -> None:
    a, b = world.u.students[:2]
    key = world.sign([(a, "A", date(2026, 8, 1)), (b, "B", EXAM)])
    world.send()
    assert world.row(key, a).state == "refused"
    assert world.row(key, a).message == "Examinationsdatum ligger före kurstillfällets start."
    assert len(world.row(key, a).fault) == 36
    assert world.row(key, b).state == "ready"
    assert world.transfer(key).state == "failed"


def test_a_refused_row_is_tried_again_when_somebody_asks(world: World) -> None:
    [a] = world.u.students[:1]
    key = world.sign([(a, "A", EXAM)])
    held = next(
        r for r in world.registry.state.results.values()
        if r.student == world.student(a) and world.instance() in _instances(world, r.occasion)
    )  # fmt: skip
    held.credited = True
    world.send()
    assert "credit transfer" in world.row(key, a).message
    held.credited = False
    assert actions.retry(by=operator(), transfer=world.transfer(key).id, now=world.now) == 1
    assert world.send().ready == 1
    with pytest.raises(actions.UnderWay):
        actions.retry(by=operator(), transfer=world.transfer(key).id, now=world.now)


def _instances(world: World, occasion: str) -> set[str]:
    course = world.registry.state.structure(occasion)
    return {course.instance, *(m.instance for m in course.modules)}


def test_the_rights_of_the_examiner_are_asked_for_and_not_those_of_our_certificate(world: World) -> None:
    [a] = world.u.students[:1]
    name = next(n for n in world.registry.state.users if n.startswith("eva"))
    world.registry.state.barred.add((name, world.instance()))
    key = world.sign([(a, "A", EXAM)])
    world.send()
    assert "may not report" in world.row(key, a).message
    assert world.held(a) == []


def test_an_examiner_whom_the_registry_does_not_know_sends_nothing(world: World) -> None:
    world.registry.state.users = {"testamur@test.example": world.registry.state.users["testamur@test.example"]}
    key = world.sign([(world.u.students[0], "A", EXAM)])
    assert world.send().failed == 1
    assert world.transfer(key).error == "connectors.registry.not_linked"
    assert world.calls(CREATED) == 0


def test_a_student_whom_the_registry_never_registered_is_refused_and_no_call_is_made_for_him(world: World) -> None:
    a, nobody = world.u.students[0], world.u.persons["unregistered"]
    key = world.sign([(a, "A", EXAM), (nobody, "A", EXAM)])
    world.send()
    assert "no registration" in world.row(key, nobody).message
    assert world.row(key, a).state == "ready"


def test_a_student_of_an_earlier_occasion_is_found_in_it(world: World) -> None:
    again = world.u.persons["graded"]
    assert again not in studies.registered(occasion=world.u.occasions["DV1574"])
    key = world.sign([(again, "A", EXAM), (world.u.students[0], "A", EXAM)])
    world.send()
    assert world.transfer(key).counts == {"ready": 2}


def test_protected_and_temporary_numbers_are_transferred_as_well(world: World) -> None:
    people = [world.u.persons["protected"], world.u.persons["temporary"]]
    key = world.sign([(one, "A", EXAM) for one in people])
    world.send()
    assert world.transfer(key).counts == {"ready": 2}


@pytest.mark.feature("B5")
def test_a_degree_project_is_reported_with_its_titles_and_not_without(world: World) -> None:
    authors = [world.u.persons["author"], world.u.persons["coauthor"]]
    course = next(c for c in world.registry.state.courses.values() if c.code == "PA2534")
    part = next((m for m in course.modules if m.titled), None)
    module = part.code if part is not None else ""
    bare = world.sign([(one, "G", EXAM) for one in authors], course="PA2534", module=module)
    scale = world.client.scales()[part.scale if part is not None else course.scale]
    value = next(g.code for g in scale.grades if g.passed)
    world.change(bare, value)
    world.send()
    assert {row.state for row in world.transfer(bare).rows} == {"refused"}
    key = world.sign(
        [(one, value, EXAM) for one in authors], course="PA2534", module=module, title="Ett verk", title_en="A work"
    )
    world.send()
    [held] = world.held(authors[0], world.instance("PA2534", module))
    assert held.title == {"Titel": "Ett verk", "AlternativTitel": "A work"}
    assert world.transfer(key).state == "ready"


def test_a_course_waits_for_its_modules_and_goes_when_they_are_attested(world: World) -> None:
    [a] = world.u.students[:1]
    exam, lab = world.sign([(a, "A", EXAM)]), world.sign([(a, "G", EXAM)], module="1415")
    course = world.sign([(a, "A", EXAM)], module="")
    world.send()
    assert (world.transfer(course).state, world.transfer(course).error) == ("waiting", ledger.MODULES_FIRST)
    assert world.held(a, world.instance(module="")) == []
    world.registry.attest()
    assert world.follow().entered == 2
    assert world.send().ready == 1  # the feed woke it: no pause is sat out
    assert {world.transfer(one).state for one in (exam, lab)} == {"attested"}
    world.registry.attest()
    world.follow()
    assert world.transfer(course).state == "attested"


def test_the_registrys_own_rule_that_modules_come_first_is_shown_in_its_words(world: World) -> None:
    [a] = world.u.students[:1]
    key = world.sign([(a, "A", EXAM)], module="")
    world.send()
    assert world.row(key, a).message.startswith("Alla ingående moduler måste vara attesterade först")


@pytest.mark.feature("B25", "B36")
def test_when_the_registry_attested_every_row_the_list_is_entered_with_its_control_number(world: World) -> None:
    a, b = world.u.students[:2]
    key = world.sign([(a, "A", EXAM), (b, "B", EXAM)])
    world.send()
    assert world.follow().entered == 0
    [first] = world.held(a)
    world.registry.attest(only=first.uid)
    assert (world.follow().rows, world.entered) == (1, [])
    world.registry.attest()
    assert world.follow().entered == 1
    assert world.entered == [(key, world.lists[key].control_number)]
    assert world.transfer(key).state == "attested"
    assert world.transfer(key).done_at == world.now
    assert world.follow().entered == 0
    assert kinds().count("connectors.registry.attested/1") == 1


def test_a_list_that_could_not_be_entered_is_entered_at_the_next_look(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from testamur.schoolday.reporting import actions as reporting

    def never(**_: object) -> bool:
        raise NotAllowed("not now")

    key = world.sign([(world.u.students[0], "A", EXAM)])
    world.send()
    world.registry.attest()
    monkeypatch.setattr(reporting, "enter", never)
    assert world.follow().entered == 0
    assert (world.transfer(key).state, world.transfer(key).error) == ("ready", "not_allowed")
    monkeypatch.setattr(reporting, "enter", world.enter)
    assert world.follow().entered == 1


def test_another_value_than_ours_that_was_attested_is_told_and_the_list_is_not_entered(world: World) -> None:
    [a] = world.u.students[:1]
    key = world.sign([(a, "A", EXAM)])
    world.send()
    [held] = world.held(a)
    held.grade = next(g.id for g in world.client.scales()[held.scale].grades if g.code == "C")
    world.registry.attest()
    done = world.follow()
    assert (done.differs, done.entered) == (1, 0)
    told = world.row(key, a)
    assert told.theirs is not None
    assert (told.state, told.theirs["value"], told.theirs["state"]) == ("differs", "C", "attested")
    with pytest.raises(actions.AttestedThere):
        world.resolve(world.lists[key].rows[0].row, "ours")


def test_a_result_that_is_annulled_in_the_registry_opens_the_transfer_again(world: World) -> None:
    [a] = world.u.students[:1]
    key = world.sign([(a, "A", EXAM)])
    world.send()
    world.registry.attest()
    world.follow()
    [attested] = world.held(a, attested=True)
    world.registry.annul(attested.uid)
    world.follow()
    assert world.transfer(key).state == "differs"
    assert "annulled" in world.row(key, a).message
    assert kinds().count("connectors.registry.annulled/1") == 1


def test_a_correction_of_an_attested_result_is_left_to_the_registry_and_closes_when_it_agrees(world: World) -> None:
    [a] = world.u.students[:1]
    first = world.sign([(a, "C", EXAM)])
    world.send()
    world.registry.attest()
    world.follow()
    key = world.sign([(a, "B", EXAM)], corrects=world.lists[first].rows[0].decision)
    world.send()
    assert "corrected inside the registry" in world.row(key, a).message
    [held] = world.held(a, attested=True)
    held.grade = next(g.id for g in world.client.scales()[held.scale].grades if g.code == "B")
    actions.retry(by=operator(), transfer=world.transfer(key).id, now=world.now)
    world.send()
    assert world.row(key, a).state == "attested"


def test_a_later_attempt_is_a_new_result_beside_the_attested_one(world: World) -> None:
    [a] = world.u.students[:1]
    world.sign([(a, "F", EXAM)])
    world.send()
    world.registry.attest()
    world.follow()
    key = world.sign([(a, "C", LATER)])
    world.send()
    assert world.row(key, a).state == "ready"
    assert world.calls(CREATED) == 2


def test_two_workers_never_have_the_same_transfer(world: World) -> None:
    world.sign([(world.u.students[0], "A", EXAM)])
    steps.take_up(by=steps.STEP, now=world.now)
    first = ledger.claim(now=world.now)
    assert first is not None
    assert ledger.claim(now=world.now) is None
    late = world.now + ledger.LEASE * 0.75
    renewed = ledger.hold(first, now=late)
    assert renewed is not None
    assert ledger.claim(now=world.now + ledger.LEASE * 1.5) is None
    after = renewed.until + timedelta(seconds=1)
    assert ledger.claim(now=after) is not None
    assert ledger.hold(renewed, now=after) is None  # who was slow writes nothing more


def test_a_worker_that_lost_its_lease_stops_before_the_next_row(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.sign([(one, "A", EXAM) for one in world.u.students[:3]])
    plain = ledger.note_row

    def note(row: UUID, **values: object) -> None:
        plain(row, **values)
        Transfer.objects.update(lease_until=world.now + timedelta(seconds=77))  # somebody else's claim

    monkeypatch.setattr(ledger, "note_row", note)
    world.send()
    assert world.calls(CREATED) == 1
    assert TransferRow.objects.filter(state="waiting").count() == 2


def test_no_step_goes_without_its_verb(world: World) -> None:
    nobody = Actor(UUID(int=9), "simulated")
    with pytest.raises(NotAllowed):
        steps.take_up(by=nobody, now=world.now)
    with pytest.raises(NotAllowed):
        steps.follow(by=nobody, client=world.client, now=world.now)
    with pytest.raises(NotAllowed):
        queries.transfers(by=nobody, path=world.u.path)
    with pytest.raises(NotAllowed):
        queries.standing(by=nobody)


@pytest.mark.feature("B42")
def test_the_office_sees_what_is_on_its_way_and_why(world: World) -> None:
    a, b = world.u.students[:2]
    world.sign([(a, "A", EXAM)])
    failed = world.sign([(b, "B", date(2026, 8, 1))])
    world.send()
    office = world.u.actor("administrator")
    seen = queries.transfers(by=office, path=world.u.data)
    assert {t.state for t in seen} == {"ready", "failed"}
    assert [t.list for t in queries.transfers(by=office, path=world.u.data, states=("failed",))] == [failed]
    assert queries.standing(by=office, path=world.u.data).transfers == {"failed": 1, "ready": 1}
