"""News in several languages, outages announced and noticed, enquiries from outside."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.schoolday.noticeboard import actions, queries
from testamur.schoolday.noticeboard.rules import (
    AddressInvalid,
    Audience,
    Kind,
    NewsText,
    Service,
    TextMissing,
    TooMany,
)

pytestmark = pytest.mark.django_db

KOMMUN, OTHER = "/kommun/", "/annan/"
CLERK = Actor(UUID(int=7), "simulated", (Grant("administrator", KOMMUN, ("noticeboard.*",)),))
WEB = Actor(UUID(int=3), "web", (Grant("web", "/", ("noticeboard.enquiry.send", "noticeboard.trouble.note")),))


def ask(now: datetime, **changed: str) -> UUID:
    said = {"name": "Kim Exempel", "email": "kim@example.org", "text": "Hur börjar vi?", "network": "n1", **changed}
    return actions.send_enquiry(by=WEB, kind=Kind.ONBOARDING, locale="sv", path=KOMMUN, now=now, **said)


@pytest.mark.feature("B1")
def test_news_are_read_in_the_readers_language_or_in_english(now: datetime) -> None:
    texts = {"sv": NewsText("Nytt", "Texten."), "en": NewsText("News", "The text.")}
    news = actions.publish_news(by=CLERK, path=KOMMUN, audience=Audience.EVERYBODY, texts=texts, now=now)
    assert [n.title for n in queries.news(locale="sv", now=now)] == ["Nytt"]
    assert [(n.title, n.locale) for n in queries.news(locale="bg", now=now)] == [("News", "en")]
    assert queries.news(locale="sv", now=now, audiences=(Audience.STAFF,)) == ()
    actions.withdraw_news(by=CLERK, news=news, now=now + timedelta(hours=1))
    assert queries.news(locale="sv", now=now + timedelta(hours=2)) == ()


def test_news_need_a_text_and_a_right(now: datetime) -> None:
    with pytest.raises(TextMissing):
        actions.publish_news(by=CLERK, path=KOMMUN, audience=Audience.STAFF, texts={}, now=now)
    with pytest.raises(NotAllowed):
        actions.publish_news(by=CLERK, path=OTHER, audience=Audience.STAFF, texts={"en": NewsText("x", "")}, now=now)


@pytest.mark.feature("B2")
def test_an_outage_is_announced_and_ended_and_one_that_was_noticed_ends_by_itself(now: datetime) -> None:
    actions.announce_outage(by=CLERK, path=KOMMUN, service=Service.SIGNING, note="BankID svarar inte.", now=now)
    assert [(o.service, o.note) for o in queries.outages(now=now)] == [(Service.SIGNING, "BankID svarar inte.")]
    assert actions.end_outage(by=CLERK, path=KOMMUN, service=Service.SIGNING, now=now + timedelta(minutes=1)) == 1
    later = now + timedelta(minutes=2)
    assert queries.outages(now=later) == ()
    actions.note_trouble(by=WEB, service=Service.LOGIN, now=later)
    actions.note_trouble(by=WEB, service=Service.LOGIN, now=later + timedelta(minutes=3))
    assert len(queries.outages(now=later + timedelta(minutes=7))) == 1
    assert queries.outages(now=later + timedelta(minutes=9)) == ()


@pytest.mark.feature("A28", "E2")
def test_an_enquiry_is_taken_answered_and_removed_after_a_year(now: datetime) -> None:
    enquiry = ask(now)
    assert [(e.id, e.email) for e in queries.enquiries(by=CLERK, path=KOMMUN)] == [(enquiry, "kim@example.org")]
    with pytest.raises(NotAllowed):
        queries.enquiries(by=CLERK, path=OTHER)
    actions.handle_enquiry(by=CLERK, enquiry=enquiry, now=now)
    with pytest.raises(NotFound):
        actions.handle_enquiry(by=CLERK, enquiry=enquiry, now=now)
    keeper = Actor(UUID(int=2), "step", (Grant("step", "/", ("noticeboard.enquiry.remove",)),))
    assert actions.tidy(by=keeper, now=now + timedelta(days=300)) == 0
    assert actions.tidy(by=keeper, now=now + timedelta(days=366)) == 1


BAD = ["", "kim", "kim@example", "kim @example.org", "a@b.se,c@d.se", "x" * 250 + "@b.se"]


@pytest.mark.parametrize("address", BAD)
def test_an_enquiry_needs_an_address_to_answer_to(now: datetime, address: str) -> None:
    with pytest.raises(AddressInvalid):
        ask(now, email=address)


def test_one_network_cannot_fill_the_table(now: datetime) -> None:
    for _ in range(5):
        ask(now)
    with pytest.raises(TooMany):
        ask(now)
    ask(now, network="n2")
    ask(now + timedelta(hours=2))
