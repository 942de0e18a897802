"""Development plans and talks."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from uuid import UUID

import pikepdf
import pytest
from django.db import DatabaseError, connection, transaction

from testamur.kernel.base.actor import operator
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.register.people import queries as people
from testamur.schoolday.diary import actions as diary
from testamur.schoolday.diary.rules.assessments import Written
from testamur.schoolday.learning import actions, queries, rules
from testamur.schoolday.learning.actions.signing import signer
from testamur.schoolday.learning.models import Signature
from testamur.schoolday.learning.rules import Ahead, How, Part
from testamur.schoolday.noticeboard import actions as board
from testamur.schoolday.noticeboard.rules import EventKind, NewEvent, Offer
from tests.schoolday.diary import school as schools
from tests.schoolday.diary.school import NOW, TODAY, School

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C8")]

AHEAD = Ahead(well="Läser gärna", next="Övar på bråk", school="Extra pass på tisdagar", home="Räknar vid middagen")


def judged(school: School, pupil: UUID, value: str = "1") -> None:
    """A published judgement in mathematics."""
    by = operator()
    diary.save_assessment(
        by=by, group=school.group, subject="MA", pupil=pupil, said=Written(value, "Räknar säkert", "Bråk"), seen=0,
        now=NOW, on=TODAY,
    )  # fmt: skip
    diary.publish_assessments(by=by, group=school.group, subject="MA", now=NOW, on=TODAY)


def drafted(school: School, pupil: UUID) -> rules.VersionView:
    by = school.actor("class_teacher")
    key = actions.draft_development(by=by, group=school.group, pupil=pupil, now=NOW)
    draft = queries.development(by=by, development=key).draft
    assert draft is not None
    return draft


def frozen(school: School, pupil: UUID) -> rules.VersionView:
    by, draft = school.actor("class_teacher"), drafted(school, pupil)
    actions.write_ahead(by=by, version=draft.id, ahead=AHEAD, seen=draft.seen, now=NOW)
    actions.freeze_development(by=by, version=draft.id, seen=draft.seen + 1, now=NOW)
    standing = queries.development(by=by, development=draft.development).standing
    assert standing is not None
    return standing


def test_a_plan_is_drafted_from_the_judgements_and_handed_over_as_a_pdf(four: School) -> None:
    ada = four.pupils[0]
    judged(four, ada)
    draft = drafted(four, ada)
    assert [(one.subject, one.value, one.plan) for one in draft.judgements] == [("MA", "1", "Bråk")]
    guardian = four.actor("guardian")
    assert queries.developments_for(by=guardian, children=[ada]) == {ada: ()}
    with pytest.raises(rules.NothingToFreeze):
        actions.freeze_development(by=four.actor("class_teacher"), version=draft.id, seen=draft.seen, now=NOW)
    version = frozen(four, ada)
    (seen,) = queries.developments_for(by=guardian, children=[ada])[ada]
    assert seen.standing is not None
    assert seen.standing.ahead == AHEAD
    pdf = queries.paper(by=guardian, version=version.id)
    assert sha256(pdf).hexdigest() == version.digest
    with pikepdf.open(BytesIO(pdf)) as opened:
        assert opened.Root.MarkInfo.Marked
    with pytest.raises(NotAllowed):
        queries.paper(by=four.actor("far_guardian"), version=version.id)


def test_nothing_of_it_changes_once_it_is_handed_over(four: School) -> None:
    version, by = frozen(four, four.pupils[0]), four.actor("class_teacher")
    with pytest.raises(rules.Frozen):
        actions.write_ahead(by=by, version=version.id, ahead=Ahead(next="x"), seen=version.seen, now=NOW)
    for harm in (
        "UPDATE learning_version SET content = '{}'", "UPDATE learning_version SET digest = 'ab'",
        "UPDATE learning_version SET state = 'draft', frozen_at = NULL, pdf = NULL, digest = ''",
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(harm)
    again = drafted(four, four.pupils[0])
    assert (again.number, again.ahead) == (2, AHEAD)
    guardian = four.actor("guardian")
    (seen,) = queries.developments_for(by=guardian, children=[four.pupils[0]])[four.pupils[0]]
    assert [one.number for one in seen.versions] == [1]  # the draft is nobody's but the school's


def test_both_sides_confirm_once(four: School) -> None:
    version = frozen(four, four.pupils[0])
    teacher, guardian = four.actor("class_teacher"), four.actor("guardian")
    for who in ("stranger", "far_guardian", "administrator"):
        with pytest.raises(NotAllowed):
            actions.confirm_development(by=four.actor(who), version=version.id, now=NOW)
    actions.confirm_development(by=teacher, version=version.id, now=NOW)
    actions.confirm_development(by=guardian, version=version.id, now=NOW)
    with pytest.raises(rules.SignedAlready):
        actions.confirm_development(by=guardian, version=version.id, now=NOW)
    actions.confirm_development(by=four.actor("0"), version=version.id, now=NOW)
    stands = queries.development(by=teacher, development=version.development).standing
    assert stands is not None
    assert stands.whole
    assert [one.part for one in stands.signatures] == [Part.TEACHER, Part.GUARDIAN, Part.PUPIL]
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM learning_signature")


def test_the_head_confirms_for_the_school_and_never_as_a_guardian(four: School) -> None:
    version, head = frozen(four, four.pupils[0]), four.actor("principal")
    actions.confirm_development(by=head, version=version.id, now=NOW)
    assert Signature.objects.get().part == Part.TEACHER
    with pytest.raises(NotAllowed):
        actions.add_work(by=head, child=four.pupils[0], title="x", text="", picture=None, alt="", now=NOW)


def test_where_the_school_asks_for_an_eid_a_button_is_not_enough(four: School) -> None:
    with pytest.raises(NotAllowed):
        actions.demand_eid(by=four.actor("class_teacher"), school=four.school, path=four.path, on=True, now=NOW)
    actions.demand_eid(by=four.actor("principal"), school=four.school, path=four.path, on=True, now=NOW)
    version = frozen(four, four.pupils[0])
    with pytest.raises(rules.NeedsEid):
        actions.confirm_development(by=four.actor("guardian"), version=version.id, now=NOW)


def test_the_law_says_in_which_years_there_is_one(swedish: School) -> None:
    with pytest.raises(rules.NoPlanYear):
        drafted(swedish, swedish.pupils[0])


@pytest.fixture
def swedish(db: None) -> School:
    return schools.build("se.compulsory")


def test_two_who_write_at_once_overwrite_nothing(four: School) -> None:
    draft, by = drafted(four, four.pupils[0]), four.actor("class_teacher")
    actions.write_ahead(by=by, version=draft.id, ahead=AHEAD, seen=draft.seen, now=NOW)
    with pytest.raises(rules.Changed):
        actions.write_ahead(by=by, version=draft.id, ahead=Ahead(next="annat"), seen=draft.seen, now=NOW)


def talk(school: School, **more: object) -> UUID:
    at = NOW + timedelta(days=3)
    return actions.plan_talk(
        by=school.actor("class_teacher"), group=school.group, pupil=school.pupils[0], at=at, place="Sal 4",
        agenda="Hur går det?", now=NOW, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def test_a_talk_is_prepared_by_the_family_and_its_minutes_are_seen_by_both(four: School) -> None:
    key, ada = talk(four), four.pupils[0]
    teacher, guardian = four.actor("class_teacher"), four.actor("guardian")
    actions.prepare_talk(by=guardian, talk=key, well="Kompisar", harder="Läxor", wish="Matte", now=NOW)
    actions.prepare_talk(by=four.actor("0"), talk=key, well="Rasten", harder="", wish="", now=NOW)
    with pytest.raises(NotAllowed):
        actions.prepare_talk(by=four.actor("far_guardian"), talk=key, well="x", harder="", wish="", now=NOW)
    seen = queries.talk(by=teacher, talk=key)
    assert [(one.part, one.well) for one in seen.preparations] == [(Part.GUARDIAN, "Kompisar"), (Part.PUPIL, "Rasten")]
    other = queries.talk_for(by=four.actor("other_guardian"), child=ada, talk=key)
    assert [one.well for one in other.preparations] == ["Rasten"]  # one guardian's words are not the other's to read
    due = TODAY + timedelta(days=30)
    actions.write_minutes(by=teacher, talk=key, minutes="Vi är överens.", points=[("Öva bråk", due)], seen=1, now=NOW)
    told = queries.talk_for(by=guardian, child=ada, talk=key)
    assert told.minutes == "Vi är överens."
    assert [(one.text, one.due) for one in told.follow_ups] == [("Öva bråk", due)]
    actions.follow_up(by=teacher, point=told.follow_ups[0].id, done=True, now=NOW)
    assert queries.talk_for(by=guardian, child=ada, talk=key).follow_ups[0].done_at == NOW
    with pytest.raises(rules.TalkOver):
        actions.prepare_talk(by=guardian, talk=key, well="för sent", harder="", wish="", now=NOW)
    with pytest.raises(rules.Changed):
        actions.write_minutes(by=teacher, talk=key, minutes="annat", points=[], seen=1, now=NOW)
    with pytest.raises(NotFound):
        queries.talk_for(by=guardian, child=four.pupils[1], talk=key)
    with pytest.raises(NotAllowed):
        queries.talks_for(by=four.actor("far_guardian"), children=[ada])


def test_a_talk_is_held_at_the_time_that_the_family_booked(four: School) -> None:
    starts = NOW + timedelta(days=5)
    teacher, host = four.actor("class_teacher"), four.persons["class_teacher"]
    event = NewEvent(four.school, EventKind.MEETING, "Samtal", starts, starts + timedelta(hours=2), four.group)
    meeting = board.plan_event(by=teacher, event=event, now=NOW)
    offers = [Offer(host, starts, starts + timedelta(minutes=40), 20, room="B12")]
    first, second = board.offer_times(by=teacher, event=meeting, offers=offers, now=NOW)
    board.book_time(by=four.actor("guardian"), time=first, child=four.pupils[0], now=NOW)
    with pytest.raises(rules.TimeElsewhere):
        talk(four, time=second)
    key = talk(four, time=first)
    held = queries.talk(by=teacher, talk=key)
    assert (held.at, held.host, held.place) == (starts, host, "Sal 4")
    assert queries.times_taken([first, second]) == {first}
    with pytest.raises(rules.TimeElsewhere):
        talk(four, time=first)
    actions.call_off_talk(by=teacher, talk=key, now=NOW)
    with pytest.raises(rules.TalkOver):
        actions.change_talk(by=teacher, talk=key, at=starts, place="", agenda="", seen=1, now=NOW)
    assert talk(four, time=first) != key


def test_an_eid_signs_the_pdf_that_stands(four: School) -> None:
    from testamur.trust.signing import actions as signing
    from testamur.trust.signing.methods.contract import Device
    from testamur.trust.signing.rules import SignerIdentity, State

    actions.demand_eid(by=four.actor("principal"), school=four.school, path=four.path, on=True, now=NOW)
    version, guardian = frozen(four, four.pupils[0]), four.actor("guardian")
    me = people.person(by=guardian, id=guardian.id)
    assert me is not None
    identity = SignerIdentity(guardian.id, me.name, "se.personnummer", "198001019802")
    ceremony = actions.start_signature(
        by=guardian, version=version.id, identity=identity, method="simulated", title="Utvecklingsplan", locale="sv",
        organisation="Skolan", now=NOW,
    )  # fmt: skip
    acting = signer(guardian, four.group_path)
    assert actions.settle_signature(by=guardian, version=version.id, ceremony=ceremony, now=NOW) is State.STARTED
    signing.begin(by=acting, ceremony=ceremony, device=Device(ip="127.0.0.1"), now=NOW)
    signing.collect(by=acting, ceremony=ceremony, now=NOW)
    other = frozen(four, four.pupils[1])
    with pytest.raises(rules.NotAWitness):
        actions.settle_signature(by=guardian, version=other.id, ceremony=ceremony, now=NOW)
    for _twice in range(2):
        assert actions.settle_signature(by=guardian, version=version.id, ceremony=ceremony, now=NOW) is State.SIGNED
    (signed,) = Signature.objects.all()
    assert (signed.how, signed.part, signed.ceremony) == (How.EID, Part.GUARDIAN, ceremony)


@pytest.mark.feature("C18")
def test_what_learning_holds_of_a_child_is_in_the_extract_of_its_family(four: School) -> None:
    from testamur.schoolday.learning.queries.held import held

    frozen(four, four.pupils[0])
    talk(four)
    guardian = four.actor("guardian")
    found = {sheet.name: list(sheet.rows) for sheet in held(by=guardian, person=four.pupils[0], now=NOW)}
    assert [row[0] for row in found["development_plans"]] == [1]
    assert len(found["talks"]) == 1
    assert found["portfolio"] == []
    with pytest.raises(NotAllowed):
        list(held(by=guardian, person=four.pupils[3], now=NOW))
