"""From the sent list to decisions: documents, signature, decisions, certificates."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from testamur.access.accounts.queries.hats import actor as actor_of
from testamur.access.accounts.queries.hats import hats
from testamur.access.accounts.rules.hats import SELF
from testamur.kernel.base import clock
from testamur.kernel.base.refused import NotAllowed
from testamur.kernel.journal.models import Entry as JournalEntry
from testamur.kernel.proofs.trust import parse_trust
from testamur.kernel.proofs.verify import verify_file
from testamur.schoolday.reporting import actions, steps, tasks
from testamur.schoolday.reporting.models import ListRow, ListVersion, ResultList
from testamur.schoolday.reporting.queries import office, signing, transfer
from testamur.schoolday.reporting.rules.documents import BeingSigned, Elsewhere, ListAltered, NotPrepared
from testamur.schoolday.reporting.rules.lists import ListChanged, ListNotReady, ListNotSent, NotExaminer
from testamur.schoolday.reporting.rules.states import ListState
from testamur.schoolday.results import queries as decided
from testamur.surfaces.cli import demo_university as demo
from testamur.surfaces.cli.demo_university import Outcome
from testamur.surfaces.cli.trust import write_trust
from testamur.trust.archive.queries import store
from testamur.trust.records import queries as kept
from testamur.trust.records import steps as press
from testamur.trust.records.rules import State
from tests.schoolday.reporting.signing import Desk
from tests.schoolday.reporting.university import EXAM, University

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(sealing_university: University) -> Desk:
    return Desk(sealing_university)


def kinds() -> list[str]:
    return list(JournalEntry.objects.order_by("id").values_list("kind", flat=True))


@pytest.mark.feature("B25")
def test_a_list_goes_from_sent_to_decided_and_its_documents_verify_offline(desk: Desk):
    u = desk.u
    values = dict(zip(u.students[:3], ("A", "C", "F"), strict=True))
    one = desk.sent(values)
    assert desk.prepare(one) == 3  # the list, and a certificate for each who passed
    assert desk.states(one) == {State.READY}
    assert desk.head(one).prepared_at is not None
    desk.sign(desk.documents(one))
    assert desk.settle() == (one,)
    head = desk.head(one)
    assert (head.state, head.signed_method, head.control_number[:5]) == (ListState.SIGNED, "simulated", "2026-")
    standing = decided.results_of(path=u.path, codes=["DV1574/1405"], pupils=u.students[:3])
    assert {student: rows[0].value for student, rows in standing.items()} == values
    found = standing[u.students[0]][0]
    assert (found.occasion, found.scale, found.kind, found.path) == (EXAM.isoformat(), "AF", "module", u.data)
    assert head.signed_at is not None
    assert found.decided_on == timezone.localdate(head.signed_at)
    assert {row.decision for row in ListRow.objects.filter(list=one)} == {rows[0].id for rows in standing.values()}
    desk.issue()
    trust = parse_trust(write_trust(Path(settings.DATA) / "trust.json").read_bytes())
    for record in desk.documents(one):
        verdict = verify_file(store().read(record, "record.pdf"), trust, "record.pdf")
        assert verdict.word == "valid", verdict
    assert kinds().count("reporting.list.prepared/1") == kinds().count("reporting.list.signed/1") == 1


def test_the_documents_bear_the_number_and_the_digest_of_what_was_sent(desk: Desk):
    one = desk.sent({desk.u.students[0]: "B"})
    desk.prepare(one)
    head = desk.head(one)
    for snapshot in kept.frozen(records=desk.documents(one)).values():
        assert snapshot["content"]["number"] == head.number
        assert snapshot["content"]["sent_sha256"] == head.sent_sha256


def test_a_student_sees_the_certificate_as_soon_as_it_is_published(desk: Desk):
    student = desk.u.students[0]
    one = desk.signed({student: "B"})
    me = next(hat for hat in hats(person=student, on=desk.u.now.date()) if hat.role == SELF)
    by = actor_of(me, person=student, identified_by="simulated")
    seen = kept.of_subjects(by=by, subjects=[student], now=desk.now())
    assert [record.record for record in seen] == [ListRow.objects.get(list=one).certificate]
    assert seen[0].period == f"DV1574/1405 {EXAM.isoformat()}"


def test_making_documents_again_makes_nothing_twice(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    one = desk.sent(dict.fromkeys(desk.u.students[:4], "C"))
    real, calls = press.prepare, list[int]()

    def dies(**arguments: Any) -> list[UUID]:
        if calls:
            raise KeyboardInterrupt
        calls.append(len(arguments["new"]))
        return real(**arguments)

    monkeypatch.setattr(steps.preparing, "CHUNK", 2)
    monkeypatch.setattr(press, "prepare", dies)
    with pytest.raises(KeyboardInterrupt):
        desk.prepare(one)
    before = desk.documents(one)
    monkeypatch.setattr(press, "prepare", real)
    assert desk.prepare(one) == 3
    assert desk.prepare(one) == 0
    assert desk.documents(one) == before
    assert len(kept.by_ids(by=desk.u.by, records=before)) == 5
    assert desk.states(one) == {State.READY}


def test_a_list_that_was_returned_loses_its_documents_and_is_made_anew(desk: Desk):
    one = desk.sent({desk.u.students[0]: "C"})
    desk.prepare(one)
    former = desk.documents(one)
    actions.return_list(by=desk.u.actor("examiner"), list=one, why="Fel betyg.", now=desk.now())
    assert {view.state for view in kept.by_ids(by=desk.u.by, records=former)} == {State.DISPOSED}
    assert desk.documents(one) == []
    desk.fill(one, {desk.u.students[0]: "B"})
    desk.send(one)
    desk.prepare(one)
    assert desk.states(one) == {State.READY}
    assert set(desk.documents(one)).isdisjoint(former)


def test_nobody_takes_a_list_back_while_it_is_being_signed(desk: Desk):
    one = desk.sent({desk.u.students[0]: "C"})
    desk.prepare(one)
    desk.sign(desk.documents(one))
    with pytest.raises(BeingSigned):
        actions.recall(by=desk.u.actor("teacher"), list=one, now=desk.now())
    with pytest.raises(BeingSigned):
        actions.return_list(by=desk.u.actor("examiner"), list=one, why="Nej.", now=desk.now())
    assert desk.settle() == (one,)


def test_a_list_taken_back_while_its_documents_are_made_leaves_none_to_sign(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    one = desk.sent({desk.u.students[0]: "C"})
    real = press.prepare
    made: list[UUID] = []

    def taken_back(**arguments: Any) -> list[UUID]:
        actions.recall(by=desk.u.actor("teacher"), list=one, now=desk.now())
        made.extend(real(**arguments))
        return made

    monkeypatch.setattr(press, "prepare", taken_back)
    with pytest.raises(ListChanged):
        desk.prepare(one)
    assert {view.state for view in kept.by_ids(by=desk.u.by, records=made)} == {State.DISPOSED}
    assert desk.head(one).state is ListState.DRAFT


def past_the_guards(sql: str, *arguments: Any) -> None:
    """As somebody with the database's own tools would: the trigger goes, the row changes."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'reporting_%'")
            gone = cursor.fetchall()
            for name, _sql in gone:
                cursor.execute(f"DROP TRIGGER {name}")
            cursor.execute(sql, arguments)
            for _name, made in gone:
                cursor.execute(made)
        else:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(sql, arguments)
            cursor.execute("SET session_replication_role = origin")


def key_of(value: UUID) -> str | UUID:
    """As the database keeps it."""
    return value.hex if connection.vendor == "sqlite" else value


@pytest.mark.parametrize("when", ["before the documents", "after the signature"])
def test_a_list_changed_behind_our_back_is_not_decided(desk: Desk, when: str):
    one = desk.sent({desk.u.students[0]: "C"})
    key = key_of(ListRow.objects.get(list=one).id)
    if when == "before the documents":
        past_the_guards("UPDATE reporting_listrow SET value = 'A' WHERE id = %s", key)
        with pytest.raises(ListAltered):
            desk.prepare(one)
    else:
        desk.prepare(one)
        desk.sign(desk.documents(one))
        past_the_guards("UPDATE reporting_listrow SET value = 'A' WHERE id = %s", key)
        assert desk.settle() == ()
    assert ResultList.objects.get(id=one).trouble == "reporting.list.altered"
    assert steps.settle(by=tasks.SETTLE_STEP, now=desk.now(), again=True) == ()
    assert decided.results_of(path=desk.u.path, codes=["DV1574/1405"], pupils=[desk.u.students[0]]) == {}
    queue = office.queue(by=desk.u.by, path=desk.u.path, now=desk.now())
    assert [head.id for head in queue.stuck] == [one]


def test_the_examiner_is_kept_from_signing_a_list_that_is_not_what_was_sent(desk: Desk):
    one = desk.sent({desk.u.students[0]: "C"})
    examiner = desk.u.actor("examiner")
    with pytest.raises(NotPrepared):
        signing.must_be_signable(by=examiner, list=one, now=desk.now())
    desk.prepare(one)
    signing.must_be_signable(by=examiner, list=one, now=desk.now())
    with pytest.raises(NotAllowed):
        signing.must_be_signable(by=desk.u.actor("teacher"), list=one, now=desk.now())
    with pytest.raises(NotExaminer):
        signing.must_be_signable(by=desk.u.actor("other_examiner"), list=one, now=desk.now())
    past_the_guards(
        "UPDATE reporting_listrow SET points = '17' WHERE id = %s", key_of(ListRow.objects.get(list=one).id)
    )
    with pytest.raises(ListAltered):
        signing.must_be_signable(by=examiner, list=one, now=desk.now())


def test_a_list_whose_version_and_digest_were_forged_too_is_not_what_was_signed(desk: Desk):
    one = desk.sent({desk.u.students[0]: "C"})
    desk.prepare(one)
    desk.sign(desk.documents(one))
    version = ListVersion.objects.get(list=one)
    forged = version.content.replace('"value":"C"', '"value":"A"')
    digest = hashlib.sha256(forged.encode()).hexdigest()
    past_the_guards("UPDATE reporting_listrow SET value = 'A' WHERE list_id = %s", key_of(one))
    sql = "UPDATE reporting_listversion SET content = %s, sha256 = %s WHERE list_id = %s"
    past_the_guards(sql, forged, digest, key_of(one))
    past_the_guards("UPDATE reporting_resultlist SET sent_sha256 = %s WHERE id = %s", digest, key_of(one))
    assert desk.settle() == ()
    assert ResultList.objects.get(id=one).trouble == "reporting.list.altered"


def test_of_two_lists_with_one_result_the_later_waits_and_is_stopped_in_the_end(desk: Desk):
    student = desk.u.students[0]
    first = desk.sent({student: "C", desk.u.students[1]: "B"})
    second = desk.sent({student: "C", desk.u.students[2]: "B"})
    with pytest.raises(Elsewhere):
        desk.prepare(second)
    desk.finish(first)
    with pytest.raises(ListNotReady):
        desk.prepare(second)
    assert desk.head(second).state is ListState.SENT


def test_a_row_that_was_decided_meanwhile_stays_undecided_and_the_others_are_decided(desk: Desk):
    u = desk.u
    one = desk.sent({u.students[0]: "C", u.students[1]: "B"})
    desk.prepare(one)
    other = Outcome(u.students[0], "DV1574", "1405", "A", EXAM)
    demo.decided(u.by, u.campus, [other], unit="data", examiner="examiner", now=u.now)
    desk.sign(desk.documents(one))
    assert desk.settle() == (one,)
    rows = {row.person: row for row in ListRow.objects.filter(list=one)}
    assert rows[u.students[0]].decision is None
    assert rows[u.students[0]].refused == "results.decision.exists"
    assert rows[u.students[1]].decision is not None
    queue = office.queue(by=u.by, path=u.path, now=desk.now())
    assert [head.id for head in queue.undecided] == [one]
    signed = transfer.signed(by=u.by, list=one)
    assert [row.person for row in signed.rows] == [u.students[1]]


def test_the_certificate_of_a_result_that_was_refused_is_declared_void_and_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    u = desk.u
    one = desk.sent({u.students[0]: "C", u.students[1]: "B"})
    desk.prepare(one)
    other = Outcome(u.students[0], "DV1574", "1405", "A", EXAM)
    demo.decided(u.by, u.campus, [other], unit="data", examiner="examiner", now=u.now)
    desk.sign(desk.documents(one))
    assert desk.settle() == (one,)
    assert steps.void_refused(by=tasks.VOID_STEP, now=desk.now()) == 0  # on its way still
    desk.issue()
    monkeypatch.setattr(clock, "now", desk.now)
    tasks.sweep.func()
    tasks.sweep.func()
    rows = {row.person: row.certificate for row in ListRow.objects.filter(list=one)}
    states = {view.id: view.state for view in kept.by_ids(by=u.by, records=desk.documents(one))}
    void = rows[u.students[0]]
    assert void is not None
    assert states.pop(void) is State.ANNULLED
    assert set(states.values()) == {State.PUBLISHED}
    entry = JournalEntry.objects.get(kind="records.annulled/1")
    assert (entry.refs["record"], entry.refs["why"]) == (str(rows[u.students[0]]), "results.decision.exists")
    student = u.students[0]
    me = next(hat for hat in hats(person=student, on=u.now.date()) if hat.role == SELF)
    shown = kept.of_subjects(
        by=actor_of(me, person=student, identified_by="simulated"), subjects=[student], now=desk.now()
    )
    assert [one.state for one in shown] in ([], [State.ANNULLED])


@pytest.mark.feature("B5")
def test_a_degree_project_of_two_authors_has_one_title_and_a_certificate_for_each(desk: Desk):
    u = desk.u
    module = u.courses["PA2534"].modules[0].code
    one = desk.open("PA2534", module)
    actions.set_title(by=u.actor("teacher"), list=one, title="Ett arbete", title_en="A thesis", now=desk.now())
    desk.fill(one, {u.persons["author"]: "G", u.persons["coauthor"]: "G"}, on="2026-11-20")
    desk.send(one)
    desk.finish(one)
    snapshots = kept.frozen(records=desk.documents(one)[1:])
    assert len(snapshots) == 2
    for snapshot in snapshots.values():
        assert snapshot["content"]["title"] == "Ett arbete"
        assert sorted(snapshot["content"]["authors"]) == sorted(u.names[name] for name in ("author", "coauthor"))


def test_a_protected_student_is_named_in_the_certificate_and_nowhere_in_the_journal(desk: Desk):
    u = desk.u
    protected = u.persons["protected"]
    one = desk.signed({protected: "C"})
    snapshot = next(iter(kept.frozen(records=desk.documents(one)[1:]).values()))
    assert snapshot["subject"]["name"] == u.names["protected"]
    family = u.names["protected"].split()[-1]
    told = json.dumps(list(JournalEntry.objects.values_list("refs", flat=True)))
    assert family not in told
    read = JournalEntry.objects.filter(kind="people.legal_persons.read/1").last()
    assert read is not None
    assert str(protected) in read.refs["protected"]


def test_only_a_signature_decides(desk: Desk):
    one = desk.sent({desk.u.students[0]: "C"})
    desk.prepare(one)
    with pytest.raises(actions.deciding.SignatureMissing):
        actions.decide(by=tasks.SETTLE_STEP, list=one, now=desk.now())
    with pytest.raises(NotAllowed):
        actions.decide(by=desk.u.actor("examiner"), list=one, now=desk.now())
    assert desk.settle() == ()
    with pytest.raises(ListNotSent):
        actions.decide(by=tasks.SETTLE_STEP, list=desk.open(), now=desk.now())


def test_what_got_lost_or_stuck_on_the_way_is_tried_again(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    student = desk.u.students[0]
    first = desk.sent({student: "C"})
    stuck = desk.sent({student: "C"})
    with pytest.raises(Elsewhere):
        desk.prepare(stuck)
    monkeypatch.setattr(clock, "now", lambda: desk.u.now + timedelta(minutes=3))
    assert tasks.sweep.func() == 1  # the stuck one; the documents of the other are perhaps being made
    assert desk.head(first).prepared_at is None
    actions.recall(by=desk.u.actor("teacher"), list=first, now=desk.now())
    assert tasks.sweep.func() == 1
    assert desk.states(stuck) == {State.READY}
    lost = desk.sent({desk.u.students[1]: "C"})
    monkeypatch.setattr(clock, "now", lambda: desk.u.now + timedelta(minutes=23))
    assert tasks.sweep.func() == 1
    assert desk.states(lost) == {State.READY}
    assert tasks.sweep.func() == 0


def test_the_day_of_the_decision_is_that_of_the_signature(desk: Desk):
    one = desk.signed({desk.u.students[0]: "C"}, on="2026-09-01")
    found = decided.results_of(path=desk.u.path, codes=["DV1574/1405"], pupils=[desk.u.students[0]])
    assert found[desk.u.students[0]][0].decided_on == date(2026, 11, 30)
    row = decided.one(found[desk.u.students[0]][0].id)
    assert row is not None
    assert row.facts.period.label == "2026/2027 HT"
    assert row.decided_by == (desk.u.persons["examiner"],)
    assert row.facts.flags == {"hp:4"}
    assert desk.head(one).entered_at is None
