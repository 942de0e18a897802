"""Records on their way to the ministry's store: asked for, sent in numbered batches, accepted, rejected, sent again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from testamur.exchange.connectors.ministry import actions, container, ledger, queries, steps, trying
from testamur.exchange.connectors.ministry.settings import NotSetUp, configured
from testamur.exchange.connectors.models import DeliveryBatch, DeliveryRow
from testamur.kernel.base.actor import Actor, operator
from testamur.kernel.base.refused import NotAllowed
from testamur.kernel.journal import queries as journal
from testamur.kernel.journal.actions import append
from testamur.kernel.journal.rules import Cursor
from testamur.schoolday.transcripts.actions import handover as acts
from testamur.schoolday.transcripts.models import Handover
from testamur.schoolday.transcripts.queries import handover
from testamur.schoolday.transcripts.rules import HandoverState
from testamur.trust.records.rules import State
from tests.exchange.connectors.ministry.world import World
from tests.shipping import own_acts_are_seen

S = HandoverState
BY = operator()


@pytest.mark.feature("D8", "D12")
def test_records_that_were_asked_for_are_accepted_each_with_a_receipt(world: World) -> None:
    records = world.pupils(5)
    assert world.states(records) == [S.WAITING] * 5
    done = world.send()
    assert (done.batches, done.accepted, done.rejected, done.trouble) == (1, 5, 0, "")
    assert world.states(records) == [S.ACCEPTED] * 5
    assert len({world.view(record).receipt for record in records}) == 5
    assert set(world.store.kept.state.records) == {str(record) for record in records}


@pytest.mark.feature("D8")
def test_batches_are_numbered_without_a_gap_and_each_names_the_one_before(world: World) -> None:
    world.pupils(7)
    assert world.send(most=3).batches == 3
    found, count = queries.batches(by=BY, path="/")
    assert count == 3
    assert [one.number for one in reversed(found)] == [1, 2, 3]
    assert [one.previous for one in reversed(found)] == ["0" * 64, found[2].digest, found[1].digest]
    assert [one.records for one in reversed(found)] == [3, 3, 1]
    assert world.store.kept.state.senders[world.authority.code].next == 4


@pytest.mark.feature("D12", "D15")
def test_the_receipt_is_kept_as_the_store_signed_it(world: World) -> None:
    records = world.pupils(2)
    world.send()
    (batch,), _count = queries.batches(by=BY, path="/")
    raw = queries.receipt(by=BY, batch=batch.id)
    read = container.receipt_of(
        raw, sender=world.authority.code, number=1, digest=batch.digest, records=records,
        roots=world.store.settings.receipt_roots, at=world.now,
    )  # fmt: skip
    assert read.id == batch.receipt
    told = json.loads(raw)
    assert set(told) == {"receipt", "signature"}


def test_nothing_is_sent_when_nothing_waits(world: World) -> None:
    assert world.send().batches == 0
    assert world.store.seen == {}


def test_a_record_is_asked_for_once(world: World) -> None:
    (record,) = world.pupils(1)
    world.ask(record)
    world.send()
    world.ask(record)
    assert world.states([record]) == [S.ACCEPTED]
    assert world.send(later=60).batches == 0


@pytest.mark.feature("D8")
def test_a_rejected_record_says_the_stores_code_and_is_sent_again_when_asked_for(world: World) -> None:
    good, bad = world.pupils(2)
    number = world.snapshots[bad]["subject"]["identifier"]["value"]
    world.store.kept.state.unknown.append(number)
    done = world.send()
    assert (done.accepted, done.rejected) == (1, 1)
    view = world.view(bad)
    assert (view.state, view.code, view.tries) == (S.REJECTED, "HS01", 1)
    assert world.writer.form.rejections[view.code] == "identifier_unknown"
    assert number not in view.message
    world.store.kept.state.unknown.clear()
    acts.ask_again(by=BY, records=[bad], now=world.now)
    world.send(later=1)
    assert world.view(bad).state is S.ACCEPTED
    assert world.view(bad).tries == 2
    told = queries.tries(by=BY, record=bad, path=world.school.path)
    assert [(one.number, one.state, one.code) for one in told] == [(1, "rejected", "HS01"), (2, "accepted", "")]
    assert world.view(good).tries == 1


@pytest.mark.feature("D12")
def test_a_correction_goes_as_a_new_record_that_names_the_one_the_store_has(world: World) -> None:
    (first,) = world.pupils(1)
    world.send()
    second = world.record(1, replaces=first)
    world.ask(second)
    world.send(later=1)
    assert world.view(second).state is S.ACCEPTED
    assert world.store.kept.state.records[str(first)]["replaced_by"] == str(second)


def test_a_correction_of_what_the_store_never_took_names_nothing(world: World) -> None:
    (first,) = world.pupils(1)
    world.store.kept.state.unknown.append(world.snapshots[first]["subject"]["identifier"]["value"])
    world.send()
    assert world.view(first).state is S.REJECTED
    second = world.record(2, replaces=first)
    world.ask(second)
    world.send(later=1)
    assert world.view(second).state is S.ACCEPTED


def test_what_was_replaced_before_it_went_does_not_go(world: World) -> None:
    (first,) = world.pupils(1)
    world.rows[first] = replace(world.rows[first], state=State.SUPERSEDED)
    done = world.send()
    assert (done.batches, done.unfit) == (0, 1)
    assert world.view(first).code == "local.replaced"


def test_what_does_not_fit_the_form_is_told_and_the_rest_goes_without_a_gap(world: World) -> None:
    records = world.pupils(3)
    world.snapshots[records[0]]["subject"]["identifier"]["value"] = "12345"
    world.snapshots[records[1]]["content"]["year"]["result"] = ""
    done = world.send()
    assert (done.batches, done.accepted, done.unfit) == (1, 1, 2)
    first, second = world.view(records[0]), world.view(records[1])
    assert (first.code, second.code) == ("local.not_mapped", "local.not_mapped")
    assert "HocSinh/MaDinhDanh" in first.message
    assert "12345" not in first.message
    assert "KetQua" in second.message


def test_the_batch_that_travels_is_signed_by_the_bodys_seal_and_holds_every_file(world: World) -> None:
    records = world.pupils(2)
    world.send()
    (view,), _count = queries.batches(by=BY, path="/")
    batch, rows = queries.batch(by=BY, batch=view.id)
    assert [row.record for row in rows] == records
    assert batch.form == "testamur.test.hoc_ba/1"
    assert world.store.kept.state.batches[f"{world.authority.code}/1"]["digest"] == batch.digest


def test_a_container_is_the_same_bytes_each_time_and_nothing_else_is_read() -> None:
    files = [("pdf/a.pdf", b"a"), ("pdf/b.pdf", b"b")]
    packed = container.pack(b"<x/>", b"sig", files)
    assert packed == container.pack(b"<x/>", b"sig", files)
    assert container.unpack(packed) == (b"<x/>", b"sig", dict(files))
    for bad in (b"", b"PK", packed[:-30], hashlib.sha256(packed).digest()):
        with pytest.raises(ValueError, match="no "):
            container.unpack(bad)


def test_deliveries_rest_and_go_on(world: World) -> None:
    records = world.pupils(1)
    actions.set_out(by=BY, organisation=world.authority.id, paused=True, now=world.now)
    assert world.send().batches == 0
    assert world.states(records) == [S.WAITING]
    actions.set_out(by=BY, organisation=world.authority.id, paused=False, now=world.now)
    assert world.send().batches == 1


def test_nobody_without_the_verb_delivers_or_sees(world: World) -> None:
    nobody = Actor(id=world.authority.id, identified_by="test")
    with pytest.raises(NotAllowed):
        actions.set_out(by=nobody, organisation=world.authority.id, paused=True, now=world.now)
    with pytest.raises(NotAllowed):
        queries.batches(by=nobody, path="/")
    with pytest.raises(NotAllowed):
        handover.tally(by=nobody, path="/")
    (record,) = world.pupils(1)
    with pytest.raises(NotAllowed):
        acts.note_accepted(by=nobody, receipts={record: "x"}, now=world.now)


def test_the_form_says_plainly_that_it_is_a_test_and_not_the_ministrys(world: World) -> None:
    assert world.writer.form.test
    assert b"NOT the ministry" in world.writer.form.schema


@pytest.mark.feature("D8")
def test_what_is_published_goes_by_itself_where_the_body_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    record, batch = world.record(1), uuid4()
    monkeypatch.setattr(steps, "filed_in", lambda **_kw: (world.rows[record],))

    def publish() -> None:
        refs = {"batch": str(batch), "count": 1}
        append(by=BY, kind="records.batch_published/1", path=world.authority.path, refs=refs, now=world.now)

    def taken() -> int:
        with own_acts_are_seen():
            return steps.take_up(by=steps.STEP, document="vn.primary.hoc_ba_year", now=world.now)

    publish()
    assert taken() == 0
    actions.set_out(by=BY, organisation=world.authority.id, automatic=True, now=world.now)
    publish()
    assert taken() == 1
    assert taken() == 0
    assert world.view(record).group == world.group
    assert world.send().accepted == 1


@pytest.mark.feature("D8")
def test_a_dry_run_writes_what_would_go_says_what_does_not_fit_and_changes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad, gone = world.record(1), world.record(2), world.record(3)
    world.snapshots[bad]["subject"]["identifier"]["value"] = ""
    monkeypatch.setattr(trying, "filed_at", lambda **_kw: tuple(world.rows.values()))
    world.ask(gone)
    world.send()
    done = trying.dry_run(by=BY, path="/", writer=world.writer, most=200, now=world.now)
    assert (done.fitting, set(done.unfit), done.problems) == (1, {bad}, ())
    assert done.faults == {("HocSinh/MaDinhDanh", "is missing"): 1}
    (data,) = done.documents.values()
    assert str(good).encode() in data
    assert str(gone).encode() not in data
    assert handover.handover(by=BY, record=good) is None


@pytest.mark.feature("D8")
def test_every_act_is_in_the_journal_without_a_name_or_a_number(world: World) -> None:
    records = world.pupils(2)
    world.store.kept.state.unknown.append(world.snapshots[records[0]]["subject"]["identifier"]["value"])
    world.send()
    acts.ask_again(by=BY, records=[records[0]], now=world.now)
    ours = ("transcripts.", "connectors.")
    with own_acts_are_seen():
        entries = [one for one in journal.since(Cursor(), limit=1000) if one.kind.startswith(ours)]
    kinds = [one.kind for one in entries]
    assert kinds == [
        "transcripts.handover.asked/1", "transcripts.handover.sent/1", "transcripts.handover.accepted/1",
        "transcripts.handover.rejected/1", "connectors.delivery.answered/1", "transcripts.handover.asked_again/1",
    ]  # fmt: skip
    told = json.dumps([dict(one.refs) for one in entries])
    for snapshot in world.snapshots.values():
        assert snapshot["subject"]["name"] not in told
        assert snapshot["subject"]["identifier"]["value"] not in told
    assert str(world.group) in told


def test_the_database_itself_refuses_what_no_step_may_do(world: World) -> None:
    (record,) = world.pupils(1)
    world.send()
    for change in ({"state": "waiting"}, {"state": "rejected"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Handover.objects.filter(record=record).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        DeliveryBatch.objects.update(state="sealed")
    with pytest.raises(IntegrityError), transaction.atomic():
        DeliveryRow.objects.update(state="waiting")


def test_the_xml_of_old_batches_goes_and_their_receipts_stay(world: World) -> None:
    world.pupils(1)
    world.send()
    assert ledger.forget(before=world.now) == 0
    assert ledger.forget(before=world.now + ledger.KEEP) == 1
    (batch,), _count = queries.batches(by=BY, path="/")
    assert queries.receipt(by=BY, batch=batch.id)
    assert DeliveryBatch.objects.get(id=batch.id).document is None


def test_a_test_form_is_refused_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {**settings.MINISTRY, "url": "https://store.example/"}
    names = ("client_certificate", "server_root", "receipt_root")
    monkeypatch.setattr(settings, "MODE", "production")
    monkeypatch.setattr(settings, "MINISTRY", given)
    with pytest.raises(NotSetUp, match="TESTAMUR_MINISTRY_SERVER_ROOT"):
        configured()
    monkeypatch.setattr(settings, "MINISTRY", given | dict.fromkeys(names, Path("/nowhere")))
    with pytest.raises(NotSetUp, match="TEST one"):
        configured()
    monkeypatch.setattr(settings, "MINISTRY", {**given, "url": "simulated"})
    with pytest.raises(NotSetUp, match="demonstration"):
        configured()
