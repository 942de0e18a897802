"""A record's life: every step in order, nothing out of order, nothing twice."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotAllowed
from testamur.kernel.journal.models import Entry
from testamur.kernel.proofs.trust import parse_trust
from testamur.kernel.proofs.verify import verify_file
from testamur.surfaces.cli.issuing import signer_actor
from testamur.surfaces.cli.trust import write_trust
from testamur.trust.archive.queries import store
from testamur.trust.records import actions, audits, drafts, queries, steps
from testamur.trust.records.models import Issue, IssueBatch, Record
from testamur.trust.records.rules import TRANSITIONS, State
from testamur.trust.signing.rules import SignerIdentity
from testamur.trust.transparency import queries as logs
from tests.trust.records.conftest import NOW, Installation

pytestmark = pytest.mark.django_db(transaction=True)


def state(record: UUID) -> str:
    return Record.objects.get(id=record).state


@pytest.mark.feature("A1", "A4", "A11", "A14", "A17", "A18", "A21", "A22")
def test_a_record_goes_all_the_way_and_anyone_can_verify_it(installation: Installation) -> None:
    records = installation.issue(*(installation.record(n) for n in range(3)))
    assert {state(r) for r in records} == {"published"}
    trust = parse_trust(write_trust(installation.data / "trust.json").read_bytes())
    for record in records:
        verdict = verify_file(store().read(record, "record.pdf"), trust, "record.pdf")
        assert verdict.word == "valid", verdict
    assert audits.archive_against_log().faults == []
    assert {path.suffix for path in drafts.folder().iterdir()} == {".seal"}


def test_every_state_the_table_does_not_allow_is_refused_by_the_database(installation: Installation) -> None:
    record = installation.prepare(installation.record())[0]
    with pytest.raises(DatabaseError), transaction.atomic():
        Record.objects.filter(id=record).update(state="sealed")
    with pytest.raises(DatabaseError), transaction.atomic():
        Record.objects.filter(id=record).update(state="invented")
    assert (State.DRAFTED, State.SEALED) not in TRANSITIONS
    assert state(record) == "drafted"


def test_verbs_refuse_records_in_another_state(installation: Installation) -> None:
    record = installation.prepare(installation.record())[0]
    path = installation.issuer.path
    actions.mark_ready(by=installation.by, path=path, records=[record], now=NOW)
    with pytest.raises(actions.WrongState):
        actions.mark_ready(by=installation.by, path=path, records=[record], now=NOW)
    actions.recall(by=installation.by, path=path, records=[record], now=NOW)
    actions.discard(by=installation.by, path=path, records=[record], now=NOW)
    assert state(record) == "disposed"


def test_only_who_may_does_and_only_at_the_own_school(installation: Installation) -> None:
    record = installation.prepare(installation.record())[0]
    stranger = Actor(UUID(int=9), "test")
    with pytest.raises(NotAllowed):
        actions.mark_ready(by=stranger, path=installation.issuer.path, records=[record], now=NOW)
    with pytest.raises(actions.WrongState):
        actions.mark_ready(by=installation.by, path="/other/", records=[record], now=NOW)


def test_a_person_who_is_not_the_next_signer_cannot_start_a_ceremony(installation: Installation) -> None:
    record = installation.prepare(installation.record())[0]
    path = installation.issuer.path
    actions.mark_ready(by=installation.by, path=path, records=[record], now=NOW)
    other = SignerIdentity(UUID(int=77), "Någon Annan", "se.personnummer", "197001019802")
    with pytest.raises(actions.NotYourTurn):
        actions.start_ceremony(
            by=installation.by,
            path=path,
            organisation=installation.issuer.organisation,
            organisation_name="x",
            signer=other,
            role="principal",
            method="simulated",
            records=[record],
            locale="sv",
            now=NOW,
        )
    assert state(record) == "ready"


@pytest.mark.feature("A9")
def test_a_signer_sees_what_waits_and_a_failed_ceremony_gives_it_back(installation: Installation) -> None:
    record = installation.prepare(installation.record())[0]
    path, signer = installation.issuer.path, installation.principal
    actions.mark_ready(by=installation.by, path=path, records=[record], now=NOW)
    me = signer_actor(signer.person, path, "principal")
    assert [r.id for r in queries.waiting_for(by=me, person=signer.person)] == [record]
    ceremony = actions.start_ceremony(
        by=me,
        path=path,
        organisation=installation.issuer.organisation,
        organisation_name="Exempelkommun",
        signer=SignerIdentity(signer.person, signer.name, signer.scheme, signer.identifier),
        role="principal",
        method="simulated",
        records=[record],
        locale="sv",
        now=NOW,
    )
    assert state(record) == "signing"
    assert queries.waiting_for(by=me, person=signer.person) == []
    actions.release_ceremony(by=me, path=path, ceremony=ceremony, now=NOW)
    assert state(record) == "ready"
    assert [r.id for r in queries.waiting_for(by=me, person=signer.person)] == [record]


@pytest.mark.feature("A12")
def test_the_same_snapshot_gives_the_same_bytes(installation: Installation) -> None:
    one = installation.record()
    first = installation.prepare(one)[0]
    row = Record.objects.get(id=first)
    pdf = drafts.read_part(row.draft_file_id, row.draft_offset, row.size)
    frozen = drafts.read_part(row.draft_file_id, row.draft_offset + row.size, row.json_size)
    again = installation.renderer.render(template=one.document.template, record_json=frozen, frozen_at=NOW)
    assert again == pdf
    assert json.loads(frozen)["verify"]["code"] == row.code


def test_a_draft_changed_on_disk_is_held_and_the_others_go_on(installation: Installation) -> None:
    good, bad = installation.record(1), installation.record(2)
    installation.prepare(good)
    installation.prepare(bad)
    row = Record.objects.get(id=bad.record)
    pack = drafts.folder() / f"{row.draft_file_id}.pack"
    data = bytearray(pack.read_bytes())
    data[1000] ^= 1
    pack.write_bytes(data)
    path, signer = installation.issuer.path, installation.principal
    both = [good.record, bad.record]
    actions.mark_ready(by=installation.by, path=path, records=both, now=NOW)
    from testamur.trust.signing import actions as signing
    from testamur.trust.signing.methods.contract import Device

    me = signer_actor(signer.person, path, "principal")
    ceremony = actions.start_ceremony(
        by=me,
        path=path,
        organisation=installation.issuer.organisation,
        organisation_name="Exempelkommun",
        signer=SignerIdentity(signer.person, signer.name, signer.scheme, signer.identifier),
        role="principal",
        method="simulated",
        records=both,
        locale="sv",
        now=NOW,
    )
    now = datetime.now(UTC)
    signing.begin(by=me, ceremony=ceremony, device=Device(ip="127.0.0.1"), now=now)
    signing.collect(by=me, ceremony=ceremony, now=now)
    assert actions.accept_signatures(by=me, ceremony=ceremony, now=now) == 2
    assert steps.issue_next(by=installation.by, worker="w", clock=lambda: datetime.now(UTC)) == 1
    assert (state(good.record), state(bad.record)) == ("published", "signed")
    held = Record.objects.get(id=bad.record)
    assert (held.held, held.batch_id) == ("records.draft_damaged", None)
    assert steps.issue_next(by=installation.by, worker="w", clock=lambda: datetime.now(UTC)) is None


@pytest.mark.feature("A22")
def test_a_replacement_names_the_old_record_and_the_old_one_steps_back(installation: Installation) -> None:
    old = installation.record()
    installation.issue(old)
    new = installation.record(subject=old.subject, version=2, replaces=old.record, replaced_because="rectification")
    installation.issue(new)
    assert (state(old.record), state(new.record)) == ("rectified", "published")
    frozen = json.loads(store().read(new.record, "record.json"))
    assert frozen["replaces"] == f"urn:uuid:{old.record}"
    with pytest.raises(actions.NotReplaceable):
        installation.prepare(
            installation.record(subject=old.subject, version=3, replaces=old.record, replaced_because="rectification")
        )


def test_two_records_for_the_same_document_pupil_and_term_are_refused(installation: Installation) -> None:
    first = installation.record()
    installation.prepare(first)
    with pytest.raises(DatabaseError), transaction.atomic():
        installation.prepare(installation.record(subject=first.subject))


def test_every_act_is_in_the_journal_without_a_name(installation: Installation) -> None:
    installation.issue(installation.record())
    kinds = set(Entry.objects.values_list("kind", flat=True))
    assert {
        "records.drafted/1",
        "records.ready/1",
        "records.ceremony_started/1",
        "records.signed/1",
        "records.batch_claimed/1",
        "records.batch_sealed/1",
        "archive.objects.stored/1",
        "records.batch_published/1",
    } <= kinds
    told = json.dumps(list(Entry.objects.values_list("refs", flat=True)))
    assert "Exempelsson" not in told
    assert "20120304" not in told


def test_one_log_entry_per_record_and_none_without(installation: Installation) -> None:
    installation.issue(*(installation.record(n) for n in range(4)))
    log = logs.log_by_organisation(organisation=installation.issuer.organisation)
    assert log is not None
    assert log.size == Issue.objects.count() == 4
    assert sorted(Issue.objects.values_list("log_index", flat=True)) == [0, 1, 2, 3]
    assert IssueBatch.objects.exclude(stage="done").count() == 0
