"""The simulated registry's feed: pages of so many events as Atom documents, with links back through the archives."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape, quoteattr

from testamur.exchange.connectors.ladok.simulator.calls import Calls
from testamur.exchange.connectors.ladok.simulator.state import Event, Result, State, StudentResult, uid_of

PAGE = 20
FIRST = 4000
"""Number of the oldest page."""
RESULT = "http://schemas.ladok.se/resultat"
_COMMON = {"HandelseUID", "EventContext", "AnvandareUID", "Anvandarnamn", "LarosateID"}


def page(state: State, base: str, name: str) -> bytes | None:
    """The page of that name (``recent``, ``first`` or a number); None when there is none."""
    last = FIRST + max(0, len(state.events) - 1) // PAGE
    if name == "recent":
        number = last
    elif name == "first":
        number = FIRST
    elif name.isascii() and name.isdigit() and FIRST <= int(name) <= last:
        number = int(name)
    else:
        return None
    start = (number - FIRST) * PAGE
    some = state.events[start : start + PAGE]
    links = [("self", name), ("via", str(number))]
    if number > FIRST:
        links.append(("prev-archive", str(number - 1)))
    if number < last:
        links.append(("next-archive", str(number + 1)))
    told = "".join(
        f'<link rel="{rel}" type="application/atom+xml" href={quoteattr(f"{base}uppfoljning/feed/{to}")} />'
        for rel, to in links
    )
    updated = some[-1].at if some else "2026-01-01T00:00:00.000Z"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f'<title type="text">Events for Ladok3.Uppfoljning</title>{told}<id>urn:id:{number}</id>'
        '<generator uri="http://ladok.se/uppfoljning">Uppfoljning</generator>'
        f"<updated>{updated}</updated>{''.join(_entry(e) for e in reversed(some))}</feed>"
    ).encode()


def _entry(event: Event) -> str:
    body = "".join(_element(name, value) for name, value in event.body.items())
    return (
        f'<entry><category term="{RESULT}/{event.name}" label="Event-typ" /><id>{event.id}</id>'
        f'<updated>{event.at}</updated><content type="application/vnd.ladok+xml">'
        f'<rr:{event.name} xmlns:rr="{RESULT}" xmlns:base="http://schemas.ladok.se" '
        f'xmlns:events="http://schemas.ladok.se/events">{body}</rr:{event.name}></content></entry>'
    )


def _element(name: str, value: Any) -> str:
    prefix = "events" if name in _COMMON else "rr"
    if isinstance(value, dict):
        inner = "".join(_element(*pair) for pair in value.items())
    else:
        inner = escape(str(value).lower() if isinstance(value, bool) else str(value))
    return f"<{prefix}:{name}>{inner}</{prefix}:{name}>"


def attested(state: State, held: StudentResult, result: Result) -> None:
    """Put the event of an attested result into the feed; one on a whole course has another name."""
    course = state.structure(held.occasion)
    whole = result.instance == course.instance
    state.emit("ResultatPaHelKursAttesteratEvent" if whole else "ResultatPaModulAttesteratEvent", {
        **_context(state, result.examiner),
        "KursUID": course.uid,
        "KursinstansUID": course.instance,
        "KurstillfalleUID": held.occasion,
        "Resultat": {
            "BetygsgradID": result.grade,
            "BetygsskalaID": result.scale,
            "Examinationsdatum": result.examined_on,
            "GiltigSomSlutbetyg": whole,
            "OmfattningsPoang": 7.5,
            "PrestationsPoang": 7.5,
            "ResultatUID": result.uid,
        },
        "StudentUID": held.student,
        "UtbildningsinstansUID": result.instance,
    })  # fmt: skip


def annulled(state: State, held: StudentResult, result: Result) -> None:
    """Put the event of a result that was taken back into the feed."""
    course = state.structure(held.occasion)
    state.emit("AttesteratResultatMakuleratEvent", {
        **_context(state, result.examiner),
        "GiltigSomSlutbetyg": False,
        "KursUID": course.uid,
        "PrestationsPoang": 7.5,
        "ResultatFinns": False,
        "ResultatUID": result.uid,
        "StudentUID": held.student,
        "UtbildningsinstansUID": result.instance,
    })  # fmt: skip


def _context(state: State, examiner: str) -> dict[str, Any]:
    name = next((n for n, uid in state.users.items() if uid == examiner), "examiner@test.example")
    return {
        "HandelseUID": uid_of("event", len(state.events)),
        "EventContext": {"AnvandareUID": examiner, "Anvandarnamn": name, "LarosateID": 99},
        "Beslut": {
            "BeslutUID": uid_of("decision", len(state.events)),
            "Beslutsdatum": state.stamp()[:10],
            "Beslutsfattare": name,
            "BeslutsfattareUID": examiner,
        },
    }


def attest(calls: Calls, *, examiner: str = "", only: str = "") -> int:
    """What the examiner does inside the registry: attest what is ready; `only` one result, `examiner` one's own."""
    state, count = calls.state, 0
    with state.lock:
        whole = {course.instance for course in state.courses.values()}
        ready = [
            (held, result)
            for held in state.results.values()
            for result in list(held.working.values())
            if result.status == 2 and (not only or result.uid == only) and (not examiner or result.examiner == examiner)  # noqa: PLR2004
        ]
        for held, result in sorted(ready, key=lambda pair: pair[1].instance in whole):  # modules first
            del held.working[result.instance]
            state.places.pop(result.uid, None)
            result.status, result.stamp = 0, state.stamp()
            held.attested[result.instance] = result
            attested(state, held, result)
            count += 1
    return count


def annul(calls: Calls, uid: str) -> bool:
    """Take an attested result back."""
    state = calls.state
    with state.lock:
        for held in state.results.values():
            for instance, result in list(held.attested.items()):
                if result.uid == uid:
                    del held.attested[instance]
                    annulled(state, held, result)
                    return True
    return False
