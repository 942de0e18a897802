"""Who has not signed, what was declined, what was stopped, and when families see it."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.urls import reverse

from testamur.kernel.base import clock
from testamur.kernel.base.actor import Actor, Grant, operator
from testamur.trust.records import actions, queries
from testamur.trust.records.models import IssueBatch, Record
from testamur.trust.records.rules import State
from tests.surfaces.web.office.conftest import TERM, LogIn, make, reports, text
from tests.surfaces.web.world import World

pytestmark = pytest.mark.django_db


def signer(world: World, name: str = "principal") -> Actor:
    grant = Grant("principal", world.school_path, ("records.record.sign",))
    return Actor(world.persons[name], "simulated", (grant,))


@pytest.mark.feature("A6", "A7")
def test_the_office_sees_who_has_not_signed_and_reminds(world: World, log_in: LogIn) -> None:
    browser = log_in("administrator")
    assert "Everything that is ready is signed" in text(browser.get(reverse("office:follow")))
    make(browser, world)
    ready = [r.id for r in reports(world)]
    actions.mark_ready(by=operator(), path=world.school_path, records=ready, now=clock.now())
    page = text(browser.get(reverse("office:follow")))
    assert world.names["principal"] in page
    assert "4 signatures are missing" in page
    asked = {"act": "remind", "person": str(world.persons["principal"])}
    assert "A reminder is on its way." in text(browser.post(reverse("office:follow_act"), asked, follow=True))
    assert "reminded today already" in text(browser.post(reverse("office:follow_act"), asked, follow=True))
    assert "2026-06-10" in text(browser.get(reverse("office:follow")))
    assert log_in("principal").post(reverse("office:follow_act"), asked).status_code == 403
    elsewhere = text(log_in("other_administrator").get(reverse("office:follow")))
    assert world.names["principal"] not in elsewhere


def test_a_declined_document_stands_there_with_its_reason(world: World, log_in: LogIn) -> None:
    browser = log_in("administrator")
    make(browser, world)
    (first, *_rest) = [r.id for r in reports(world)]
    actions.mark_ready(by=operator(), path=world.school_path, records=[first], now=clock.now())
    actions.decline(by=signer(world), records=[first], why="Betyget i musik saknas.", now=clock.now())
    page = text(browser.get(reverse("office:follow")))
    assert "Betyget i musik saknas." in page
    press = {"act": "ready", "school": str(world.school), "term": TERM}
    told = text(browser.post(reverse("office:act"), press, follow=True))
    assert "3 documents are ready to sign." in told
    assert {r.state for r in reports(world) if r.id == first} == {State.DRAFTED}


def test_what_was_stopped_is_tried_again(issued: World, log_in: LogIn) -> None:
    browser, record = log_in("administrator"), reports(issued)[0].id
    batch = IssueBatch.objects.order_by("id").first()
    assert batch is not None
    IssueBatch.objects.filter(id=batch.id).update(stage="claimed", error="sealing.key.unavailable", tries=8)
    Record.objects.filter(id=record).update(held="records.draft_damaged")
    page = text(browser.get(reverse("office:follow")))
    assert "The key of the seal cannot be opened" in page
    assert "The stored draft is damaged" in page
    again = {"act": "retry_batch", "batch": str(batch.id)}
    assert log_in("other_administrator").post(reverse("office:follow_act"), again).status_code == 403
    assert "It is tried again now." in text(browser.post(reverse("office:follow_act"), again, follow=True))
    assert queries.follow(by=operator(), path="/").resting == ()
    told = text(browser.post(reverse("office:follow_act"), {"act": "retry", "records": str(record)}, follow=True))
    assert "in another state by now" in told


@pytest.mark.feature("D11")
def test_what_cannot_be_sealed_is_signed_again(world: World, log_in: LogIn) -> None:
    browser = log_in("administrator")
    make(browser, world)
    record = reports(world)[0].id
    actions.mark_ready(by=operator(), path=world.school_path, records=[record], now=clock.now())
    for state in (State.SIGNING, State.SIGNED):
        Record.objects.filter(id=record).update(state=state)
    Record.objects.filter(id=record).update(held="personal.lapsed")
    page = text(browser.get(reverse("office:follow")))
    assert "certificate ran out before the seal" in page
    asked = {"act": "sign_again", "records": str(record)}
    assert log_in("principal").post(reverse("office:follow_act"), asked).status_code == 403
    told = text(browser.post(reverse("office:follow_act"), asked, follow=True))
    assert "1 document waits for its signatures again." in told
    assert {r.state for r in reports(world) if r.id == record} == {State.READY}
    assert "Choose documents first." in text(
        browser.post(reverse("office:follow_act"), {"act": "sign_again"}, follow=True)
    )


def planned(world: World) -> dict[str, str]:
    kind = "se.compulsory.terminsbetyg"
    return {"school": str(world.school), "kind": kind, "term": TERM}


@pytest.mark.feature("A15")
def test_a_release_is_planned_for_a_minute_and_ordered_now(issued: World, log_in: LogIn) -> None:
    browser = log_in("administrator")
    Record.objects.filter(state=State.PUBLISHED).update(released_at=None)
    plan = reverse("office:plan")
    past = browser.post(plan, {**planned(issued), "mode": "at", "at": "2026-06-01T08:00"})
    assert past.status_code == 400
    assert "Choose a minute that is to come." in text(past)
    assert browser.post(plan, {**planned(issued), "mode": "at"}).status_code == 400
    done = browser.post(plan, {**planned(issued), "mode": "at", "at": "2026-06-12T08:00"}, follow=True)
    assert "4 documents follow it now." in text(done)
    assert "2026-06-12 08:00" in text(done)
    minute = set(Record.objects.filter(document_type=planned(issued)["kind"]).values_list("released_at", flat=True))
    assert minute == {datetime(2026, 6, 12, 6, 0, tzinfo=UTC)}
    assert "Release 4 now" in text(done)
    assert log_in("principal").post(reverse("office:release"), planned(issued)).status_code == 403
    assert log_in("other_administrator").post(reverse("office:release"), planned(issued)).status_code == 404
    assert "4 documents are visible now." in text(browser.post(reverse("office:release"), planned(issued), follow=True))
    seen = Record.objects.filter(document_type=planned(issued)["kind"], released_at__lte=clock.now()).count()
    assert seen == 4
    assert isinstance(issued.school, UUID)
