"""The registry's feed: read back over its archives, each event once, in the shapes of feed and message bus."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from testamur.exchange.connectors.ladok import feed, following
from testamur.exchange.connectors.ladok.wire import BadAnswer
from testamur.exchange.connectors.models import FeedCursor
from tests.exchange.connectors.ladok.world import EXAM, World

PAGE = """<?xml version="1.0" encoding="UTF-8"?>{doctype}
<feed xmlns="http://www.w3.org/2005/Atom"><title type="text">Events</title>
<link rel="self" type="application/atom+xml" href="https://registry.example/uppfoljning/feed/recent"/>
<link rel="via" type="application/atom+xml" href="https://registry.example/uppfoljning/feed/12"/>
<link rel="prev-archive" type="application/atom+xml" href="https://registry.example/uppfoljning/feed/11"/>
<id>urn:id:12</id><updated>2026-11-30T08:00:00.000Z</updated>
<entry><category term="http://schemas.ladok.se/studentinformation/KontaktuppgifterEvent" label="Event-typ"/>
<id>other</id><updated>2026-11-30T08:00:00.000Z</updated><content type="application/vnd.ladok+xml">
<si:KontaktuppgifterEvent xmlns:si="http://schemas.ladok.se/studentinformation"/></content></entry>
<entry><category term="http://schemas.ladok.se/resultat/ResultatPaModulAttesteratEvent" label="Event-typ"/>
<id>ours</id><updated>2026-11-30T07:59:00.000Z</updated><content type="application/vnd.ladok+xml">
<rr:ResultatPaModulAttesteratEvent xmlns:rr="http://schemas.ladok.se/resultat">
<rr:Beslut><rr:Beslutsdatum>2026-11-30</rr:Beslutsdatum><rr:Beslutsfattare>Eva</rr:Beslutsfattare></rr:Beslut>
<rr:Resultat><rr:BetygsgradID>2302</rr:BetygsgradID><rr:BetygsskalaID>2</rr:BetygsskalaID>
<rr:Examinationsdatum>2026-10-28</rr:Examinationsdatum><rr:ResultatUID>{result}</rr:ResultatUID></rr:Resultat>
<rr:StudentUID>student</rr:StudentUID><rr:UtbildningsinstansUID>instance</rr:UtbildningsinstansUID>
</rr:ResultatPaModulAttesteratEvent></content></entry></feed>"""


def test_a_page_is_read_with_its_links_and_the_events_on_results() -> None:
    page = feed.page(PAGE.format(doctype="", result="r-1").encode())
    assert (page.id, page.entries) == ("urn:id:12", ("other", "ours"))
    assert page.previous.endswith("/11")
    assert page.via.endswith("/12")
    [event] = page.events.values()
    assert (event.result, event.student, event.instance) == ("r-1", "student", "instance")
    assert (event.scale, event.grade, event.examined_on) == (2, 2302, "2026-10-28")
    assert (event.decided_on, event.decided_by, event.annuls) == ("2026-11-30", "Eva", False)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"no xml", b"<rss/>", PAGE.format(doctype="", result="").encode(),
        PAGE.format(doctype='<!DOCTYPE feed [<!ENTITY e "boom">]>', result="&e;").encode(),
    ],
)  # fmt: skip
def test_what_is_no_feed_or_plays_tricks_is_refused(data: bytes) -> None:
    with pytest.raises(BadAnswer):
        feed.page(data)


def test_the_events_of_the_public_samples_are_read(samples: Path) -> None:
    read: dict[str, int] = {}
    for path in sorted((samples / "ladok").glob("0*_resultat.*.json")):
        event = feed.from_bus(json.loads(path.read_text(encoding="utf-8")))
        assert event is not None, path.name
        assert event.entry, path.name
        assert event.result, path.name
        assert event.student, path.name
        assert event.annuls or event.examined_on[:2] == "20", path.name
        read[event.name] = read.get(event.name, 0) + 1
    assert read == {
        "ResultatPaModulAttesteratEvent": 3,
        "ResultatPaHelKursAttesteratEvent": 2,
        "AttesteratResultatMakuleratEvent": 2,
    }
    for path in (samples / "ladok").glob("*Registrering*.json"):
        assert feed.from_bus(json.loads(path.read_text(encoding="utf-8"))) is None


def test_events_over_many_archives_are_read_from_the_remembered_one_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from testamur.exchange.connectors.ladok.simulator import feed as simulated

    monkeypatch.setattr(simulated, "PAGE", 3)
    people = world.u.students[:12]
    first = world.sign([(one, "A", EXAM) for one in people[:1]])
    world.send()
    world.registry.attest()
    world.follow()
    rest = [world.sign([(one, "A", EXAM)]) for one in people[1:]]
    world.send()
    world.registry.attest()
    done = world.follow()
    assert (done.events, done.rows, done.entered) == (11, 11, 11)
    assert {world.transfer(one).state for one in (first, *rest)} == {"attested"}
    assert world.follow().events == 0


def test_whoever_dies_within_the_feed_reads_the_page_again_and_changes_nothing_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from testamur.exchange.connectors.ladok.simulator import feed as simulated

    monkeypatch.setattr(simulated, "PAGE", 2)
    keys = [world.sign([(one, "A", EXAM)]) for one in world.u.students[:6]]
    world.follow()
    world.send()
    world.registry.attest()
    plain, count = following._take, 0

    def take(*args: object) -> None:
        nonlocal count
        count += 1
        if count == 4:
            raise RuntimeError
        plain(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(following, "_take", take)
    with pytest.raises(RuntimeError):
        world.follow()
    cursor = FeedCursor.objects.get(registry="ladok")
    assert cursor.entry
    done = world.follow()
    assert done.events == 4  # the page of the fourth event again, and the last page
    assert sorted(key for key, _number in world.entered) == sorted(keys)


def test_a_feed_that_was_empty_at_the_first_look_is_read_from_its_beginning(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from testamur.exchange.connectors.ladok.simulator import feed as simulated

    monkeypatch.setattr(simulated, "PAGE", 2)
    assert world.follow().events == 0
    for one in world.u.students[:5]:
        world.sign([(one, "A", EXAM)])
    world.send()
    world.registry.attest()
    assert world.follow().entered == 5


def test_a_feed_that_runs_in_a_circle_ends(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    data = PAGE.format(doctype="", result="r").replace("feed/11", "feed/12").encode()
    monkeypatch.setattr(world.client, "feed_page", lambda _address="": data)
    FeedCursor.objects.create(registry="ladok", entry="long gone")
    with pytest.raises(BadAnswer):
        world.follow()


def test_an_entry_that_the_feed_has_forgotten_makes_all_of_it_read(world: World) -> None:
    keys = [world.sign([(one, "A", EXAM)]) for one in world.u.students[:2]]
    world.send()
    world.registry.attest()
    FeedCursor.objects.filter(registry="ladok").update(entry="long gone")
    assert world.follow().rows == len(keys)
