"""Status lists of a living installation: what is annulled or replaced is told to everybody, once, and for ever."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.journal.models import Entry
from testamur.kernel.proofs import tlog
from testamur.kernel.proofs.report import Verdict
from testamur.kernel.proofs.trust import Trust, parse_trust
from testamur.kernel.proofs.verify import verify_file
from testamur.surfaces.cli.trust import write_trust
from testamur.trust.archive.queries import store
from testamur.trust.records import actions, queries, steps, tasks
from testamur.trust.records.models import StatusList
from testamur.trust.transparency import actions as log_actions
from testamur.trust.transparency import queries as logs
from tests.trust.records.conftest import Installation

pytestmark = pytest.mark.django_db(transaction=True)


def clock() -> datetime:
    return datetime.now(UTC)


def publish(at: Installation, **options: Any) -> bool:
    return steps.publish_status(by=at.by, log=log_of(at), clock=clock, **options)


def log_of(at: Installation) -> logs.LogView:
    log = logs.log_by_organisation(organisation=at.issuer.organisation)
    assert log is not None
    return log


def believed(at: Installation) -> Trust:
    return parse_trust(write_trust(at.data / "trust.json").read_bytes())


def verdict(at: Installation, record: UUID) -> Verdict:
    return verify_file(store().read(record, "record.pdf"), believed(at), "record.pdf", at=clock())


def said(found: Verdict) -> str:
    return next(c.code for c in found.checks if c.name == "status")


@pytest.mark.feature("A22")
def test_an_annulled_record_is_void_and_the_others_are_vouched_for(installation: Installation) -> None:
    void, good = installation.issue(installation.record(1), installation.record(2))
    assert said(verdict(installation, void)) == "status.absent"
    assert publish(installation)
    assert (verdict(installation, void).word, said(verdict(installation, void))) == ("valid", "ok")
    actions.annul(by=installation.by, path=installation.issuer.path, record=void, why="wrong pupil", now=clock())
    assert publish(installation)
    assert (verdict(installation, void).word, said(verdict(installation, void))) == ("invalid", "status.annulled")
    assert (verdict(installation, good).word, said(verdict(installation, good))) == ("valid", "ok")


@pytest.mark.feature("A22")
def test_a_rectified_record_gives_way_to_the_one_that_names_it(installation: Installation) -> None:
    old = installation.record()
    installation.issue(old)
    new = installation.record(subject=old.subject, version=2, replaces=old.record, replaced_because="rectification")
    installation.issue(new)
    publish(installation)
    found = verdict(installation, old.record)
    assert (found.word, found.code) == ("invalid", "status.replaced")
    assert "genuine" in next(c.found for c in found.checks if c.code == "status.replaced")
    assert verdict(installation, new.record).word == "valid"


def test_publishing_twice_makes_one_list_and_one_log_entry(installation: Installation) -> None:
    installation.issue(installation.record())
    assert publish(installation)
    size = log_of(installation).size
    assert not publish(installation)
    assert not publish(installation, cover=True)
    assert tasks.status.func() == 0
    assert (StatusList.objects.count(), log_of(installation).size) == (1, size)


def test_a_new_day_a_new_record_and_a_new_annulment_each_make_a_new_list(installation: Installation) -> None:
    (first,) = installation.issue(installation.record(1))
    publish(installation)
    installation.issue(installation.record(2))
    assert not publish(installation)
    assert publish(installation, cover=True)
    actions.annul(by=installation.by, path=installation.issuer.path, record=first, why="x", now=clock())
    assert tasks.status.func() == 1
    tomorrow = clock() + timedelta(days=1)
    assert steps.publish_status(by=installation.by, log=log_of(installation), clock=lambda: tomorrow)
    entries = list(StatusList.objects.order_by("made_at").values_list("entries", flat=True))
    assert len(entries) == 4
    assert entries == sorted(set(entries))


def test_each_list_names_the_one_before_and_only_the_newest_keeps_its_keys(installation: Installation) -> None:
    records = installation.issue(*(installation.record(n) for n in range(3)))
    for record in records:
        actions.annul(by=installation.by, path=installation.issuer.path, record=record, why="x", now=clock())
        assert publish(installation)
    lists = list(StatusList.objects.order_by("entries"))
    assert [row.annulled for row in lists] == [1, 2, 3]
    assert [row.keys is not None for row in lists] == [False, False, True]
    assert [json.loads(row.note.split("\n")[1])["previous"] is None for row in lists] == [True, False, False]


def test_a_crash_between_signing_and_logging_is_made_good(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    (record,) = installation.issue(installation.record())
    actions.annul(by=installation.by, path=installation.issuer.path, record=record, why="x", now=clock())
    for broken in (f"{log_actions.__name__}.append", f"{actions.__name__}.publish_status_list"):
        with monkeypatch.context() as patch:
            patch.setattr(broken, _dies)
            with pytest.raises(RuntimeError):
                publish(installation)
        assert queries.waiting_status_list(installation.issuer.organisation) is not None
        assert queries.status_list(installation.issuer.organisation) is None
    assert publish(installation)
    kinds = [_kind(installation, index) for index in range(log_of(installation).size)]
    assert kinds == [tlog.EntryKind.RECORD, tlog.EntryKind.STATUS_LIST]
    assert said(verdict(installation, record)) == "status.annulled"


def _dies(**_arguments: Any) -> None:
    raise RuntimeError("killed")


def _kind(at: Installation, index: int) -> tlog.EntryKind:
    bundle = logs.tile(log=log_of(at).id, path=f"tile/entries/000.p/{log_of(at).size}")
    return tlog.EntryKind(bundle[39 * index + 6])


def test_what_was_once_annulled_stays_so_when_the_record_is_disposed_of(installation: Installation) -> None:
    (record,) = installation.issue(installation.record())
    actions.annul(by=installation.by, path=installation.issuer.path, record=record, why="x", now=clock())
    publish(installation)
    from testamur.trust.records.models import Record

    Record.objects.filter(id=record).update(state="disposed")
    tomorrow = clock() + timedelta(days=1)
    steps.publish_status(by=installation.by, log=log_of(installation), clock=lambda: tomorrow)
    assert said(verdict(installation, record)) == "status.annulled"


def test_after_a_restore_no_list_is_made_before_the_newest_one_is_given_back(installation: Installation) -> None:
    (record,) = installation.issue(installation.record())
    actions.annul(by=installation.by, path=installation.issuer.path, record=record, why="x", now=clock())
    publish(installation)
    lost = json.dumps(queries.status_file(installation.issuer.organisation)).encode()
    from testamur.trust.records.models import Record

    StatusList.objects.all().delete()  # an older backup: it knows neither the list nor the annulment
    Record.objects.filter(id=record).update(state="disposed")
    with pytest.raises(actions.StatusListUnknown):
        publish(installation)
    (outcome,) = steps.publish_all_status(by=installation.by, clock=clock)
    assert isinstance(outcome.refused, actions.StatusListUnknown)
    assert publish(installation, after=lost)
    assert said(verdict(installation, record)) == "status.annulled"


def test_only_who_may_publishes(installation: Installation) -> None:
    stranger = Actor(UUID(int=9), "test")
    log = log_of(installation)
    with pytest.raises(NotAllowed):
        actions.draw_up_status_list(by=stranger, log=log.id, now=clock())
    with pytest.raises(NotAllowed):
        log_actions.sign_note(by=stranger, log=log.id, text="anything\n", now=clock())
    with pytest.raises(NotFound):
        actions.publish_status_list(by=stranger, status_list=UUID(int=3), log_index=0, proof="x", now=clock())
    publish(installation)
    row = StatusList.objects.get()
    with pytest.raises(NotAllowed):
        actions.publish_status_list(by=stranger, status_list=row.id, log_index=0, proof="x", now=clock())


def test_the_log_s_key_signs_no_text_that_could_pass_for_a_head(installation: Installation) -> None:
    log = log_of(installation)
    for text in (f"{log.origin}\n7\nAAAA\n", "log.example/log/another\n7\nAAAA\n", "no end of line"):
        with pytest.raises(log_actions.NoteUnusable):
            log_actions.sign_note(by=installation.by, log=log.id, text=text, now=clock())


def test_the_database_lets_only_one_list_wait_and_none_be_half_published(installation: Installation) -> None:
    log = log_of(installation)
    assert actions.draw_up_status_list(by=installation.by, log=log.id, now=clock())
    with pytest.raises(DatabaseError):
        actions.draw_up_status_list(by=installation.by, log=log.id, now=clock() + timedelta(days=1))
    with pytest.raises(DatabaseError), transaction.atomic():
        StatusList.objects.update(log_index=0)
    with pytest.raises(DatabaseError), transaction.atomic():
        StatusList.objects.update(keys=None)


def test_lists_are_in_the_journal_by_number_and_digest_alone(installation: Installation) -> None:
    (record,) = installation.issue(installation.record())
    actions.annul(by=installation.by, path=installation.issuer.path, record=record, why="x", now=clock())
    publish(installation)
    kinds = ["transparency.note.signed/1", "records.status_drawn_up/1", "records.status_published/1"]
    rows = list(Entry.objects.filter(kind__in=kinds).order_by("id"))
    assert [row.kind for row in rows] == kinds
    assert str(record) not in json.dumps([row.refs for row in rows])
