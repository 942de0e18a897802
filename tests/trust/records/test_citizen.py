"""Pupils and guardians: their records, the original with its evidence, sharing by link and PIN; and the public code."""

from __future__ import annotations

import io
import json
from datetime import date, datetime, timedelta
from uuid import UUID
from zipfile import ZipFile

import pytest
from django.db import DatabaseError, transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.journal.models import Entry
from testamur.kernel.proofs.trust import parse_trust
from testamur.kernel.proofs.verify import verify_file
from testamur.register.people import actions as people
from testamur.register.people.models import Guardianship
from testamur.surfaces.cli.trust import write_trust
from testamur.trust.archive.rules import object_path
from testamur.trust.records import actions, parcel, queries
from testamur.trust.records.models import Issue, Record, Retrieval, Share, ShareView
from testamur.trust.records.originals import CHECKS, OriginalDamaged
from testamur.trust.records.rules import network_of, read_code
from tests.trust.records.conftest import Installation
from tests.trust.records.people import LATER, about, citizen, guardian, issue, office, pupil

pytestmark = pytest.mark.django_db(transaction=True)

STRANGER = Actor(UUID(int=99), "nobody")


@pytest.fixture
def child(installation: Installation) -> UUID:
    return pupil(installation)


@pytest.fixture
def record(installation: Installation, child: UUID) -> UUID:
    return issue(installation, about(installation, child))[0]


# --- their records ---------------------------------------------------------------------------------


@pytest.mark.feature("A2", "A15")
def test_one_sees_the_records_about_oneself_and_ones_wards_and_nobody_elses(
    installation: Installation, child: UUID, record: UUID
) -> None:
    parent = guardian(installation, child)
    (mine,) = queries.of_subjects(by=citizen(parent, child), subjects=[child], now=LATER)
    assert (mine.record, mine.title, mine.state) == (record, "Terminsbetyg", "published")
    assert (mine.unit_name, mine.organisation_name) == (installation.issuer.unit_name, installation.issuer.name)
    assert [r.record for r in queries.of_subjects(by=citizen(child), subjects=[child], now=LATER)] == [record]
    for other in (citizen(UUID(int=50)), citizen(UUID(int=50), UUID(int=51)), office(installation)):
        with pytest.raises(NotAllowed):
            queries.of_subjects(by=other, subjects=[child], now=LATER)
        with pytest.raises(NotFound):
            actions.fetch(by=other, record=record, now=LATER)
        with pytest.raises(NotFound):
            actions.share(by=other, record=record, days=3, now=LATER)


@pytest.mark.feature("A2", "A15", "A21")
def test_the_original_comes_with_its_evidence_and_a_receipt(
    installation: Installation, child: UUID, record: UUID
) -> None:
    fetched = actions.fetch(by=citizen(child), record=record, now=LATER)
    issued = Issue.objects.get(record=record)
    assert [check["check"] for check in fetched.report["checks"]] == [name for name, _text in CHECKS]
    assert (fetched.report["digests"]["pdf_sha256"], fetched.report["log"]["index"]) == (issued.pdf_sha256, 0)
    trust = json.loads(write_trust(installation.data / "trust.json").read_bytes())
    packed = parcel.bundle_zip(fetched, trust, verify_url="https://test.testamur.example/verify")
    assert packed == parcel.bundle_zip(fetched, trust, verify_url="https://test.testamur.example/verify")
    with ZipFile(io.BytesIO(packed)) as files:
        assert {name.replace(fetched.code, "code") for name in files.namelist()} >= {
            "code.pdf", "code.pdf.tlog-proof", "record.json", "trust.json", "integrity.json", "README.txt",
        }  # fmt: skip
        told = parse_trust(files.read("trust.json"))
        proof = files.read(f"{fetched.code}.pdf.tlog-proof")
        assert verify_file(files.read(f"{fetched.code}.pdf"), told, "x.pdf", sidecar=proof).word == "valid"
        assert all(word in files.read("README.txt").decode() for word in ("SVENSKA", "ENGLISH", "TIẾNG", "БЪЛГАРСКИ"))
    (kept,) = queries.retrievals(by=citizen(child), record=record)
    assert (kept.person, kept.way) == (child, "own")
    assert Entry.objects.filter(kind="records.fetched/1").count() == 1
    with pytest.raises(NotFound):
        queries.retrievals(by=STRANGER, record=record)
    with pytest.raises(DatabaseError), transaction.atomic():
        Retrieval.objects.all().delete()


@pytest.mark.feature("A21")
def test_nothing_damaged_is_handed_out(installation: Installation, child: UUID, record: UUID) -> None:
    pdf = installation.data / "archive" / object_path(record) / "v1" / "content" / "record.pdf"
    data = bytearray(pdf.read_bytes())
    pdf.write_bytes(bytes(data[:-1] + bytes([data[-1] ^ 1])))
    with pytest.raises(OriginalDamaged):
        actions.fetch(by=citizen(child), record=record, now=LATER)
    pdf.write_bytes(bytes(data))
    actions.fetch(by=citizen(child), record=record, now=LATER)
    Issue.objects.filter(record=record).update(log_index=7)
    with pytest.raises(OriginalDamaged):
        actions.fetch(by=citizen(child), record=record, now=LATER)


def test_the_office_reads_an_original_and_that_is_kept(installation: Installation, child: UUID, record: UUID) -> None:
    assert actions.original(by=office(installation), record=record, now=LATER).pdf.startswith(b"%PDF")
    assert [r.way for r in queries.retrievals(by=citizen(child), record=record)] == ["office"]
    assert actions.first_revision(by=office(installation), record=record, now=LATER).endswith(b"%%EOF\n")
    with pytest.raises(NotAllowed):
        actions.original(by=STRANGER, record=record, now=LATER)


# --- sharing ---------------------------------------------------------------------------------------


def shared(child: UUID, record: UUID, days: int = 7) -> actions.Shared:
    return actions.share(by=citizen(child), record=record, days=days, now=LATER)


def opens(made: actions.Shared, pin: str | None = None, *, now: datetime = LATER, token: str | None = None) -> bool:
    try:
        actions.open_share(
            by=STRANGER, token=token or made.token, pin=made.pin if pin is None else pin, network="203.0.113.77",
            now=now,
        )  # fmt: skip
    except actions.ShareRefused:
        return False
    return True


def wrong(made: actions.Shared) -> str:
    return f"{(int(made.pin) + 1) % 10**6:06d}"


@pytest.mark.feature("A15")
def test_a_link_and_its_pin_show_the_original_and_the_holder_sees_who_looked(child: UUID, record: UUID) -> None:
    made = shared(child, record)
    assert (len(made.pin), made.expires) == (6, LATER + timedelta(days=7))
    seen = actions.open_share(by=STRANGER, token=made.token, pin=made.pin, network="203.0.113.77", now=LATER)
    assert seen.fetched is not None
    assert seen.fetched.pdf.startswith(b"%PDF")
    assert not opens(made, wrong(made))
    assert opens(made, f" {made.pin[:3]} {made.pin[3:]}")
    (info,) = queries.shares(by=citizen(child), now=LATER, record=record)
    assert (info.views, info.tries, info.ended) == (2, 1, "")
    assert {(ok, network) for _at, ok, network in info.log} == {(True, "203.0.113.0/24"), (False, "203.0.113.0/24")}
    row = Share.objects.get(id=made.share)
    assert made.token not in f"{row.token_sha256}{row.pin_mac}"
    told = [str(value) for refs in Entry.objects.values_list("refs", flat=True) for value in refs.values()]
    assert made.pin not in told
    assert made.token not in str(told)
    assert queries.shares(by=STRANGER, now=LATER) == ()


@pytest.mark.feature("A15")
def test_guessing_locks_a_share_for_a_while_and_ends_it_at_last(child: UUID, record: UUID) -> None:
    made, now = shared(child, record, days=30), LATER
    for pause in range(4):
        assert not any(opens(made, wrong(made), now=now) for _ in range(5))
        assert not opens(made, now=now)  # locked, even with the right PIN
        now += timedelta(minutes=15)
        assert opens(made, now=now) is (pause < 3)
    assert queries.shares(by=citizen(child), now=now)[0].ended == "guessed"
    assert ShareView.objects.filter(opened=False).count() == 20


@pytest.mark.feature("A15")
def test_unknown_expired_and_revoked_links_are_refused_alike(child: UUID, record: UUID) -> None:
    made, other = shared(child, record), shared(child, record)
    assert not opens(made, token="A" * 43)
    assert not opens(made, now=made.expires)
    assert queries.shares(by=citizen(child), now=made.expires)[0].ended == "expired"
    with pytest.raises(NotFound):
        actions.revoke_share(by=STRANGER, share=made.share, now=LATER)
    for _ in range(2):
        actions.revoke_share(by=citizen(child), share=made.share, now=LATER)
    assert Entry.objects.filter(kind="records.share_revoked/1").count() == 1
    assert (opens(made), opens(other)) == (False, True)
    assert actions.fetch_shared(by=STRANGER, share=other.share, now=LATER).record == record
    with pytest.raises(actions.ShareRefused):
        actions.fetch_shared(by=STRANGER, share=made.share, now=LATER)
    for days in (0, 91):
        with pytest.raises(actions.ShareDays):
            shared(child, record, days)


@pytest.mark.feature("A15")
def test_a_share_ends_with_the_reach_of_the_guardian_who_made_it(
    installation: Installation, child: UUID, record: UUID
) -> None:
    parent = guardian(installation, child)
    made = actions.share(by=citizen(parent, child), record=record, days=7, now=LATER)
    assert opens(made)
    link = Guardianship.objects.get(guardian=parent).id
    people.end_guardianships(by=installation.by, ends={link: date(2099, 12, 31)}, now=LATER)
    assert not opens(made)
    assert queries.shares(by=citizen(child), now=LATER)[0].ended == "reach"


def test_a_shared_record_that_was_declared_void_shows_its_state_and_no_file(
    installation: Installation, child: UUID, record: UUID
) -> None:
    made = shared(child, record)
    actions.annul(by=installation.by, path=installation.issuer.path, record=record, why="in error", now=LATER)
    seen = actions.open_share(by=STRANGER, token=made.token, pin=made.pin, network="", now=LATER)
    assert (seen.state, seen.fetched) == ("annulled", None)
    with pytest.raises(NotFound):
        shared(child, record)


# --- the code on paper -----------------------------------------------------------------------------


@pytest.mark.feature("A22")
def test_the_code_on_paper_tells_a_stranger_the_state_and_nothing_personal(
    installation: Installation, child: UUID, record: UUID
) -> None:
    code = Record.objects.get(id=record).code
    for typed in (code, code.lower().replace("-", ""), f" {code.replace('0', 'o').replace('1', 'l')} "):
        found = queries.by_code(typed)
        assert found is not None
        assert (found.code, found.state, found.title) == (code, "published", "Terminsbetyg")
        assert (found.issuer, found.school) == (installation.issuer.name, installation.issuer.unit_name)
        assert "Exempelsson" not in str(found)
    after = about(installation, child, version=2, replaces=record, replaced_because="rectification")
    issue(installation, after)
    former = queries.by_code(code)
    assert former is not None
    successor = Record.objects.get(id=after.record)
    assert (former.state, former.replaced_by, former.replaced_because) == ("rectified", successor.code, "rectification")
    assert queries.by_code("ZZZZ-ZZZZ-ZZZZ") is queries.by_code("<script>") is queries.by_code("") is None


def test_a_draft_is_not_told_of_by_its_code(installation: Installation) -> None:
    (draft,) = installation.prepare(installation.record())
    assert queries.by_code(Record.objects.get(id=draft).code) is None


def test_a_code_is_read_however_it_is_typed() -> None:
    assert read_code("oi1l-abcd-0123") == "0111-ABCD-0123"
    assert read_code("0111\u2013ABCD 0123") == "0111-ABCD-0123"
    assert read_code("0111-ABCD-012") is read_code("0111-ABCD-01234") is read_code("0111-ÅBCD-0123") is None


def test_of_an_address_its_network_is_kept() -> None:
    assert network_of("203.0.113.77") == network_of("::ffff:203.0.113.9") == "203.0.113.0/24"
    assert network_of("2001:db8:1:2:3::4") == "2001:db8:1::/48"
    assert network_of("unix:") == network_of("") == ""
