"""What signers see, decline and sign; what settles by itself; what the office follows and retries."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.jobs import queries as jobs
from testamur.kernel.journal.models import Entry
from testamur.register.people import actions as people
from testamur.register.people.rules import NewPerson, Protection
from testamur.register.schools import actions as schools
from testamur.register.schools.rules import NewPost, Role
from testamur.surfaces.cli.issuing import signer_actor
from testamur.trust.records import actions, queries, steps, tasks
from testamur.trust.records.actions.issuing import TRIES
from testamur.trust.records.models import Decline, IssueBatch, Record, RecordSigner, VoidSignature
from testamur.trust.records.rules import NewRecord, Signer, State
from testamur.trust.signing import actions as signing
from testamur.trust.signing import rules as ceremonies
from tests.trust.records.conftest import NOW, Installation
from tests.trust.records.people import LATER, about, office, pupil, sign, start

pytestmark = pytest.mark.django_db(transaction=True)

WHY = "The grade in mathematics is not the one that was decided."


@pytest.fixture
def second(installation: Installation) -> Signer:
    """Somebody who signs before the principal."""
    new = NewPerson(given="Lisa", family="Lärare", birth_date=date(1980, 1, 2))
    who = people.register_persons(by=installation.by, path=installation.issuer.path, persons=[new], now=NOW)[0]
    return Signer(1, "class_teacher", "Klasslärare", who, "Lisa Lärare", "se.personnummer", "198001029808")


def both(place: Installation, first: Signer, number: int = 1) -> NewRecord:
    me = place.principal
    last = Signer(2, me.role, me.title, me.person, me.name, me.scheme, me.identifier)
    return about(place, pupil(place), number, signers=(first, last), group="8A")


def ready(place: Installation, *records: NewRecord) -> list[UUID]:
    ids = place.prepare(*records)
    actions.mark_ready(by=place.by, path=place.issuer.path, records=ids, now=NOW)
    return ids


def actor(place: Installation, who: Signer) -> Actor:
    return signer_actor(who.person, place.issuer.path, who.role)


def states(*records: UUID) -> list[str]:
    found = dict(Record.objects.filter(id__in=records).values_list("id", "state"))
    return [found[r] for r in records]


@pytest.mark.feature("A6", "A9")
def test_the_next_signer_alone_sees_a_document_with_school_class_and_since_when(
    installation: Installation, second: Signer
) -> None:
    (record,) = ready(installation, both(installation, second))
    me, chief = actor(installation, second), actor(installation, installation.principal)
    (mine,) = queries.waiting(by=me, person=second.person)
    assert (mine.record, mine.title, mine.group, mine.order) == (record, "Terminsbetyg", "8A", 1)
    assert (mine.unit_name, mine.since, mine.delegated) == (installation.issuer.unit_name, NOW, False)
    assert queries.waiting(by=chief, person=chief.id) == []
    assert queries.waiting_for(by=chief, person=chief.id) == []
    assert queries.waiting(by=me, person=me.id, group="9Z") == []
    assert steps.settle_one(by=me, ceremony=sign(installation, [record], second), now=LATER) is ceremonies.State.SIGNED
    (his,) = queries.waiting(by=chief, person=chief.id, document_type="se.compulsory.terminsbetyg", group="8A")
    assert (his.order, his.role) == (2, "principal")
    assert his.since is not None
    assert his.since > NOW  # since the other one signed
    with pytest.raises(NotAllowed):
        queries.waiting(by=chief, person=me.id)


@pytest.mark.feature("A9")
def test_five_hundred_waiting_documents_cost_two_questions(
    installation: Installation, django_assert_num_queries: object
) -> None:
    ready(installation, *(installation.record(n) for n in range(3)))
    me = actor(installation, installation.principal)
    with django_assert_num_queries(2):  # type: ignore[operator] # a fixture without a type of its own
        assert len(queries.waiting(by=me, person=me.id)) == 3


@pytest.mark.feature("A13")
def test_a_signed_ceremony_is_noted_by_itself_once_and_its_records_are_on_their_way(
    installation: Installation,
) -> None:
    records = ready(installation, installation.record(1), installation.record(2))
    sign(installation, records)
    assert states(*records) == ["signing", "signing"]
    assert steps.settle(by=tasks.SETTLE_STEP, now=LATER) == 1
    assert states(*records) == ["signed", "signed"]
    assert jobs.open_count(tasks.issue) == 1
    assert steps.settle(by=tasks.SETTLE_STEP, now=LATER) == 0
    assert Entry.objects.filter(kind="records.signed/1").count() == 1


@pytest.mark.feature("A13")
def test_after_a_cancelled_ceremony_the_records_wait_again(installation: Installation) -> None:
    (record,) = ready(installation, installation.record())
    ceremony = start(installation, [record])
    me = actor(installation, installation.principal)
    assert steps.settle_one(by=me, ceremony=ceremony, now=NOW) is ceremonies.State.STARTED
    signing.cancel(by=me, ceremony=ceremony, now=NOW)
    assert queries.waiting(by=me, person=me.id) == []
    assert steps.settle(by=tasks.SETTLE_STEP, now=NOW) == 1
    assert [w.record for w in queries.waiting(by=me, person=me.id)] == [record]


# --- declining -------------------------------------------------------------------------------------


@pytest.mark.feature("A12")
def test_a_declined_document_goes_back_to_draft_and_earlier_signatures_are_void(
    installation: Installation, second: Signer
) -> None:
    (record,) = ready(installation, both(installation, second))
    ceremony = sign(installation, [record], second)
    steps.settle(by=tasks.SETTLE_STEP, now=LATER)
    chief = actor(installation, installation.principal)
    actions.decline(by=chief, records=[record], why=WHY, now=LATER)
    assert states(record) == ["drafted"]
    void = VoidSignature.objects.get(record=record)
    assert (void.person, void.ceremony, void.because) == (second.person, ceremony, "declined")
    assert not RecordSigner.objects.filter(record=record, ceremony__isnull=False).exists()
    (told,) = queries.declines(by=office(installation), path=installation.issuer.path)
    assert (told.record, told.why, told.person, told.open) == (record, WHY, chief.id, True)
    assert WHY not in str(list(Entry.objects.values_list("refs", flat=True)))
    with pytest.raises(DatabaseError), transaction.atomic():
        Decline.objects.filter(record=record).update(why="Never said.")

    actions.mark_ready(by=installation.by, path=installation.issuer.path, records=[record], now=LATER)
    assert not queries.declines(by=office(installation), path=installation.issuer.path)[0].open
    assert [w.order for w in queries.waiting(by=actor(installation, second), person=second.person)] == [1]
    actions.recall(by=installation.by, path=installation.issuer.path, records=[record], now=LATER)
    actions.discard(by=installation.by, path=installation.issuer.path, records=[record], now=LATER)
    assert states(record) == ["disposed"]


def test_only_the_next_signer_declines_with_a_reason_and_outside_a_ceremony(
    installation: Installation, second: Signer
) -> None:
    (record,) = ready(installation, both(installation, second))
    me, chief = actor(installation, second), actor(installation, installation.principal)
    with pytest.raises(actions.NotYourTurn):
        actions.decline(by=chief, records=[record], why=WHY, now=NOW)
    with pytest.raises(actions.WhyNeeded):
        actions.decline(by=me, records=[record], why="   No.    ", now=NOW)
    start(installation, [record], second)
    with pytest.raises(actions.NotYourTurn):
        actions.decline(by=me, records=[record], why=WHY, now=NOW)
    assert states(record) == ["signing"]


# --- delegates -------------------------------------------------------------------------------------


@pytest.fixture
def delegate(installation: Installation) -> tuple[Signer, UUID]:
    """A delegate, and the post."""
    new = NewPerson(given="Dan", family="Delegat", birth_date=date(1981, 2, 3))
    path, unit = installation.issuer.path, installation.issuer.unit
    who = people.register_persons(by=installation.by, path=path, persons=[new], now=NOW)[0]
    post = schools.add_posts(by=installation.by, posts=[NewPost(who, unit, Role.DELEGATE, date(2026, 1, 1))], now=NOW)
    signer = Signer(1, "delegate", "Enligt delegation från rektor", who, "Dan Delegat", "se.personnummer",
                    "198102039809")  # fmt: skip
    return signer, post[0]


@pytest.mark.feature("A7")
def test_a_delegate_signs_and_the_sealed_document_says_so(
    installation: Installation, delegate: tuple[Signer, UUID]
) -> None:
    who, _post = delegate
    (record,) = ready(installation, installation.record(signers=(who,)))
    (waits,) = queries.waiting(by=actor(installation, who), person=who.person)
    assert waits.delegated
    sign(installation, [record], who)
    steps.settle(by=tasks.SETTLE_STEP, now=LATER)
    assert steps.issue_next(by=tasks.STEP, worker="t", clock=lambda: datetime.now(UTC)) == 1
    assert queries.frozen(records=[record])[record]["signers"][0]["title"] == "Enligt delegation från rektor"


@pytest.mark.feature("A7")
def test_a_delegate_whose_post_has_ended_signs_no_more(
    installation: Installation, delegate: tuple[Signer, UUID]
) -> None:
    who, post = delegate
    one, other = ready(installation, installation.record(1, signers=(who,)), installation.record(2, signers=(who,)))
    sign(installation, [one], who)
    schools.end_posts(by=installation.by, ends={post: date(2026, 1, 31)}, now=NOW)
    with pytest.raises(actions.PostEnded):
        start(installation, [other], who)
    steps.settle(by=tasks.SETTLE_STEP, now=LATER)
    assert states(one) == ["ready"]  # the signature that was under way is void
    assert VoidSignature.objects.get(record=one).because == "no_post"


# --- the office ------------------------------------------------------------------------------------


@pytest.mark.feature("A10", "A16")
def test_the_office_sees_who_has_not_signed(installation: Installation, second: Signer) -> None:
    ready(installation, both(installation, second), installation.record(2))
    seen = queries.follow(by=office(installation), path=installation.issuer.path)
    assert {(u.person, u.count, u.turn) for u in seen.unsigned} == {
        (second.person, 1, 1),
        (installation.principal.person, 2, 1),
    }
    assert (seen.held, seen.resting) == ((), ())
    with pytest.raises(NotAllowed):
        queries.follow(by=office(installation), path="/")


@pytest.mark.feature("A16")
def test_what_was_held_or_rests_is_tried_again_when_somebody_has_looked(installation: Installation) -> None:
    path, admin = installation.issuer.path, office(installation)
    held, stuck = ready(installation, installation.record(1), installation.record(2))
    sign(installation, [held, stuck])
    steps.settle(by=tasks.SETTLE_STEP, now=LATER)
    Record.objects.filter(id=held).update(held="records.draft_damaged")
    batch = actions.claim(by=tasks.STEP, worker="w", limit=9, now=LATER)
    assert batch is not None
    IssueBatch.objects.filter(id=batch).update(tries=TRIES - 1)
    actions.release_batch(by=tasks.STEP, batch=batch, worker="w", error="records.no_log", now=LATER)
    seen = queries.follow(by=admin, path=path)
    assert [(h.record, h.why) for h in seen.held] == [(held, "records.draft_damaged")]
    assert [(r.batch, r.error, r.count) for r in seen.resting] == [(batch, "records.no_log", 1)]
    latest = queries.latest(by=admin, path=path, unit=installation.issuer.unit, period="2025/2026 VT").values()
    assert {v.held for v in latest} == {"records.draft_damaged", "records.no_log"}
    with pytest.raises(actions.WrongState):
        actions.retry_held(by=admin, path=path, records=[held, stuck], now=LATER)
    actions.retry_held(by=admin, path=path, records=[held], now=LATER)
    actions.retry_batch(by=admin, batch=batch, now=LATER)
    assert queries.follow(by=admin, path=path) == queries.Follow((), (), ())
    with pytest.raises(actions.WrongState):
        actions.retry_batch(by=admin, batch=batch, now=LATER)
    assert Record.objects.filter(state=State.SIGNED, held="").count() == 2


# --- looking at a document -------------------------------------------------------------------------


@pytest.mark.feature("A9")
def test_its_signers_and_the_office_read_a_document_before_it_is_signed(
    installation: Installation, second: Signer
) -> None:
    (record,) = ready(installation, both(installation, second))
    pdf = actions.first_revision(by=actor(installation, second), record=record, now=NOW)
    assert pdf.startswith(b"%PDF")
    assert actions.first_revision(by=office(installation), record=record, now=NOW) == pdf
    signs = Grant("teacher", "/", ("records.record.sign",))
    for stranger in (Actor(UUID(int=9), "test", (signs,)), Actor(second.person, "test")):
        with pytest.raises(NotFound):
            actions.first_revision(by=stranger, record=record, now=NOW)
    assert not Entry.objects.filter(kind="people.protected_seen/1").exists()


def test_a_sight_of_a_protected_pupil_is_kept_once_an_hour_and_can_be_reviewed(installation: Installation) -> None:
    child = pupil(installation, protection=Protection.CONFIDENTIALITY_MARK)
    (record,) = ready(installation, about(installation, child))
    me, path = actor(installation, installation.principal), installation.issuer.path
    for minute in (0, 10, 59):
        actions.first_revision(by=me, record=record, now=NOW.replace(minute=minute))
    assert actions.note_sight(by=me, persons=[child], where="x", path=path, now=NOW.replace(hour=9)) == 1
    assert actions.note_sight(by=Actor(child, "test"), persons=[child], where="x", path=path, now=NOW) == 0
    assert Entry.objects.filter(kind="people.protected_seen/1").count() == 2
    seen = queries.sights(by=office(installation), path=path)
    assert [(s.person, s.actor, s.where) for s in seen] == [
        (child, me.id, "x"),
        (child, me.id, "records.first_revision"),
    ]
    with pytest.raises(NotAllowed):
        queries.sights(by=me, path=path)
