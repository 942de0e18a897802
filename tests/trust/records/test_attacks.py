"""Attacks from inside: somebody with a console, a role at another school, or another person's e-ID."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from testamur.kernel.base import clock
from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.journal.models import Entry
from testamur.trust.records import actions, steps
from testamur.trust.records.models import Issue, Record, RecordSigner
from testamur.trust.records.rules import NewRecord
from testamur.trust.records.steps.preparing import SnapshotRefused
from testamur.trust.signing import actions as signing
from testamur.trust.signing.methods.contract import Device
from testamur.trust.signing.rules import SignerIdentity
from tests.trust.records.conftest import Installation

pytestmark = pytest.mark.django_db(transaction=True)


def ready(place: Installation, new: NewRecord) -> UUID:
    record = place.prepare(new)[0]
    actions.mark_ready(by=place.by, path=place.issuer.path, records=[record], now=clock.now())
    return record


def ceremony(place: Installation, *records: UUID, begin: bool = True, **changes: object) -> UUID:
    """A ceremony of the principal over the records, signed unless `begin` is false."""
    who = place.principal
    told = {
        "by": place.by,
        "path": place.issuer.path,
        "organisation": place.issuer.organisation,
        "organisation_name": place.issuer.name,
        "signer": SignerIdentity(who.person, who.name, who.scheme, who.identifier),
        "role": who.role,
        "method": "simulated",
        "records": records,
        "locale": "sv",
        "now": clock.now(),
    } | changes
    made = actions.start_ceremony(**told)  # type: ignore[arg-type]
    if begin:
        signing.begin(by=place.by, ceremony=made, device=Device(ip="127.0.0.1"), now=clock.now())
        signing.collect(by=place.by, ceremony=made, now=clock.now())
    return made


def issue(place: Installation) -> None:
    while steps.issue_next(by=place.by, worker="w", clock=clock.now) is not None:
        pass


def held(record: UUID) -> str:
    row = Record.objects.get(id=record)
    assert row.state == "signed", row.state
    assert not Issue.objects.filter(record=record).exists()
    return row.held


def test_a_record_that_nobody_signed_is_not_sealed_however_its_row_came_to_say_signed(
    installation: Installation,
) -> None:
    record = ready(installation, installation.record())
    for state in ("signing", "signed"):
        Record.objects.filter(id=record).update(state=state)
    issue(installation)
    assert held(record) == "records.evidence"


def test_a_record_is_not_sealed_with_the_signature_under_another_one(installation: Installation) -> None:
    one, other = (ready(installation, installation.record(n)) for n in (1, 2))
    done = ceremony(installation, one)
    actions.accept_signatures(by=installation.by, ceremony=done, now=clock.now())
    RecordSigner.objects.filter(record=other).update(ceremony=done, signed_at=clock.now())
    for state in ("signing", "signed"):
        Record.objects.filter(id=other).update(state=state)
    issue(installation)
    assert held(other) == "records.evidence"
    assert Record.objects.get(id=one).state == "published"


def test_a_record_signed_by_somebody_else_in_the_signers_name_is_not_sealed(installation: Installation) -> None:
    record = ready(installation, installation.record())
    who = installation.principal
    done = ceremony(installation, record, signer=SignerIdentity(who.person, who.name, who.scheme, "199001019802"))
    actions.accept_signatures(by=installation.by, ceremony=done, now=clock.now())
    issue(installation)
    assert held(record) == "records.evidence"


def test_a_record_whose_text_was_exchanged_after_signing_is_not_sealed(installation: Installation) -> None:
    """File and row changed together: what is sealed must still be what the ceremony was about."""
    record, twin = ready(installation, installation.record(1)), installation.prepare(installation.record(2))[0]
    done = ceremony(installation, record)
    actions.accept_signatures(by=installation.by, ceremony=done, now=clock.now())
    row = Record.objects.get(id=twin)
    Record.objects.filter(id=record).update(
        h0=row.h0, size=row.size, json_size=row.json_size, record_json_sha256=row.record_json_sha256,
        draft_file=row.draft_file_id, draft_offset=row.draft_offset,
    )  # fmt: skip
    issue(installation)
    assert held(record) == "records.evidence"


def test_a_ceremony_in_another_role_or_for_another_organisation_takes_no_record(installation: Installation) -> None:
    record = ready(installation, installation.record())
    for changes in ({"role": "teacher"}, {"organisation": new_id()}, {"path": "/elsewhere/"}):
        with pytest.raises(actions.NotYourTurn):
            ceremony(installation, record, begin=False, **changes)
        assert Record.objects.get(id=record).state == "ready"


def test_who_may_sign_at_one_school_cannot_release_the_ceremonies_of_another(installation: Installation) -> None:
    record = ready(installation, installation.record())
    going_on = ceremony(installation, record, begin=False)
    elsewhere = Actor(UUID(int=9), "test", (Grant("principal", "/elsewhere/", ("records.*", "signing.*")),))
    with pytest.raises((NotAllowed, NotFound)):
        actions.release_ceremony(by=elsewhere, path="/elsewhere/", ceremony=going_on, now=clock.now())
    assert Record.objects.get(id=record).state == "signing"


def test_a_signature_that_was_given_cannot_be_released(installation: Installation) -> None:
    record = ready(installation, installation.record())
    done = ceremony(installation, record)
    with pytest.raises(actions.WrongState):
        actions.release_ceremony(by=installation.by, path=installation.issuer.path, ceremony=done, now=clock.now())
    assert actions.accept_signatures(by=installation.by, ceremony=done, now=clock.now()) == 1


def test_a_record_can_only_take_the_place_of_one_about_the_same_person_by_the_same_organisation(
    installation: Installation,
) -> None:
    old = installation.record()
    installation.issue(old)
    stranger = replace(installation.record(2), replaces=old.record, replaced_because="rectification", version=2)
    with pytest.raises(actions.NotReplaceable):
        installation.prepare(stranger)
    installation.prepare(replace(stranger, subject=old.subject))


def test_a_document_that_no_verifier_would_read_is_refused_before_anybody_signs_it(installation: Installation) -> None:
    one, three = installation.principal, replace(installation.principal, order=3, role="teacher")
    with pytest.raises(SnapshotRefused, match="not numbered"):
        installation.prepare(installation.record(signers=(one, three)))


def test_nobody_drafts_in_the_name_of_an_organisation_to_which_the_school_does_not_belong(
    installation: Installation,
) -> None:
    """The batch would be sealed with that organisation's key."""
    forged = replace(installation.issuer, organisation=new_id())
    with pytest.raises(NotAllowed):
        installation.prepare(installation.record(issuer=forged))
    moved = replace(installation.issuer, path="/elsewhere/")
    with pytest.raises(NotAllowed):
        installation.prepare(installation.record(issuer=moved))


def test_the_journal_cannot_be_overwritten_by_inserting_again(installation: Installation) -> None:
    """SQLite's REPLACE deletes the old row without asking a DELETE trigger."""
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite has INSERT OR REPLACE")
    row = Entry.objects.order_by("id").first()
    assert row is not None
    columns = ", ".join(f'"{f.column}"' for f in Entry._meta.concrete_fields)
    shown = columns.replace('"kind"', "'forged/1'")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT OR REPLACE INTO journal_entry ({columns}) SELECT {shown} FROM journal_entry LIMIT 1")
    assert not Entry.objects.filter(kind="forged/1").exists()


@pytest.mark.parametrize("table", ["records_record", "signing_ceremony"])
def test_a_state_cannot_be_overwritten_by_inserting_again(installation: Installation, table: str) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite has INSERT OR REPLACE")
    record = ready(installation, installation.record())
    ceremony(installation, record, begin=False)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT name FROM pragma_table_info('{table}')")
        columns = ", ".join(f'"{name}"' for (name,) in cursor.fetchall())
    shown = columns.replace('"state"', "'signed'")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT OR REPLACE INTO {table} ({columns}) SELECT {shown} FROM {table} LIMIT 1")


def test_a_record_is_born_as_a_draft(installation: Installation) -> None:
    row = Record.objects.get(id=installation.prepare(installation.record())[0])
    row.id, row.state, row.code, row.period = new_id(), "signed", "XXXX-XXXX-XXXX", "other"
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save(force_insert=True)
