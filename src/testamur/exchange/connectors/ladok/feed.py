"""The registry's feed of events: Atom pages, and events as values, from XML or from the JSON of its message bus."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from testamur.exchange.connectors.ladok.messages import mapping, need, number, text
from testamur.exchange.connectors.ladok.wire import BadAnswer

ATOM = "{http://www.w3.org/2005/Atom}"
ATTESTED = frozenset({"ResultatPaModulAttesteratEvent", "ResultatPaHelKursAttesteratEvent"})
ANNULLED = "AttesteratResultatMakuleratEvent"


@dataclass(frozen=True, slots=True)
class Event:
    """One event that concerns results.

    Attributes:
        entry: id of the entry in the feed.
        name: ``ResultatPaModulAttesteratEvent``, ``ResultatPaHelKursAttesteratEvent`` or
            ``AttesteratResultatMakuleratEvent``.
        result: id of the result.
        scale, grade: ids; 0 in an annulment.
        decided_on: ISO date of the decision, ``decided_by`` whom it names.
    """

    entry: str
    name: str
    result: str
    student: str
    instance: str
    scale: int = 0
    grade: int = 0
    examined_on: str = ""
    decided_on: str = ""
    decided_by: str = ""

    @property
    def annuls(self) -> bool:
        """Whether an attested result was taken back."""
        return self.name == ANNULLED


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the feed, newest entry first. `entries` are ids of all entries, of every kind, in that order.

    `via` is the page's own lasting address, `previous` the archive before it; empty at the first.
    """

    id: str
    via: str
    previous: str
    entries: tuple[str, ...]
    events: Mapping[str, Event]


def page(data: bytes) -> Page:
    """Read an Atom page. Raises `BadAnswer` for anything else, entity tricks among it."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BadAnswer("The registry's feed is no XML.", field="feed") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise BadAnswer("The registry's feed has a document type.", field="feed")
    if root.tag != f"{ATOM}feed":
        raise BadAnswer("The registry's feed is no Atom feed.", field="feed")
    links = {link.get("rel", ""): link.get("href", "") for link in root.findall(f"{ATOM}link")}
    ids: list[str] = []
    events: dict[str, Event] = {}
    for entry in root.findall(f"{ATOM}entry"):
        key = (entry.findtext(f"{ATOM}id") or "").strip()
        if not key:
            raise BadAnswer("An entry of the registry's feed has no id.", field="feed")
        ids.append(key)
        event = _event(key, entry)
        if event is not None:
            events[key] = event
    name = (root.findtext(f"{ATOM}id") or "").strip()
    return Page(name, links.get("via") or links.get("self", ""), links.get("prev-archive", ""), tuple(ids), events)


def from_bus(message: Mapping[str, Any]) -> Event | None:
    """An event in the JSON shape of the registry's message bus; None for one that concerns no results.

    The properties stand under ``userProps`` or ``userProperties``, numbers and truths as such or as text.
    """
    kind = str(message.get("ladok3EventType") or "").rpartition(".")[2]
    if kind not in ATTESTED and kind != ANNULLED:
        return None
    properties = mapping(message.get("userProps") or message.get("userProperties") or {})
    return _of(text(properties, "ladok3AtomEntryId"), kind, mapping(message.get("message")))


def _event(key: str, entry: etree._Element) -> Event | None:
    category = entry.find(f"{ATOM}category")
    kind = (category.get("term", "") if category is not None else "").rpartition("/")[2]
    if kind not in ATTESTED and kind != ANNULLED:
        return None
    content = entry.find(f"{ATOM}content")
    body = next(iter(content), None) if content is not None else None
    if body is None:
        raise BadAnswer("An event of the registry's feed is empty.", field="feed")
    return _of(key, kind, _plain(body))


def _of(key: str, kind: str, body: Mapping[str, Any]) -> Event:
    decision = mapping(body.get("Beslut") or {})
    common = (need(body, "StudentUID"), need(body, "UtbildningsinstansUID"))
    decided = (text(decision, "Beslutsdatum"), text(decision, "Beslutsfattare"))
    if kind == ANNULLED:
        return Event(key, kind, need(body, "ResultatUID"), *common, 0, 0, "", *decided)
    result = mapping(body.get("Resultat"))
    scale, grade = number(result, "BetygsskalaID"), number(result, "BetygsgradID")
    examined_on = text(result, "Examinationsdatum")
    return Event(key, kind, need(result, "ResultatUID"), *common, scale, grade, examined_on, *decided)


def _plain(element: etree._Element) -> dict[str, Any]:
    """Children by local name; those with children of their own as such a mapping, the others as text."""
    return {
        etree.QName(child).localname: _plain(child) if len(child) else (child.text or "").strip() for child in element
    }
