"""Following the feed: what was attested closes our rows, and a list whose rows are all attested is entered for good."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from testamur.exchange.connectors.ladok import feed, ledger
from testamur.exchange.connectors.ladok.client import LadokClient
from testamur.exchange.connectors.ladok.feed import Event, Page
from testamur.exchange.connectors.ladok.settings import REGISTRY
from testamur.exchange.connectors.ladok.wire import BadAnswer
from testamur.exchange.connectors.models import FeedCursor, Transfer, TransferRow
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import Refused
from testamur.kernel.journal.actions import append
from testamur.schoolday.reporting import actions as reporting_actions
from testamur.schoolday.reporting.queries import transfer as reporting
from testamur.schoolday.reporting.rules.documents import SignedList

log = logging.getLogger(__name__)

MAX_PAGES = 5000


@dataclass(slots=True)
class Followed:
    """What one look at the feed brought: events on results, rows that they closed, lists entered for good."""

    events: int = 0
    rows: int = 0
    differs: int = 0
    entered: int = 0


def follow(*, by: Actor, client: LadokClient, now: datetime) -> Followed:
    """Read the feed from the remembered entry on, oldest first; then enter every list that is attested whole.

    The first look remembers where the feed stands and takes that one page. The cursor moves page by page, after what
    the page says is written: whoever dies reads a page again, which changes nothing. Raises `RegistryDown`,
    `BadAnswer`, and NotAllowed without ``connectors.registry.follow``.
    """
    by.must("connectors.registry.follow")
    done = Followed()
    for page, fresh in _unread(client):
        for event in fresh:
            _take(by, client, event, now, done)
        FeedCursor.objects.update_or_create(
            registry=REGISTRY,
            defaults={"feed": page.via[:400], "entry": page.entries[0][:200] if page.entries else "", "at": now},
        )
    if done.rows:
        ledger.wake(now=now)
    done.entered = enter_attested(by=by, now=now)
    return done


def begin(*, client: LadokClient, now: datetime) -> None:
    """Remember where the feed stands, before the first result is sent: its event then lies behind that place.

    Raises as `follow`.
    """
    if not FeedCursor.objects.filter(registry=REGISTRY).exists():
        page = feed.page(client.feed_page())
        entry = page.entries[0][:200] if page.entries else ""
        FeedCursor.objects.get_or_create(
            registry=REGISTRY, defaults={"feed": page.via[:400], "entry": entry, "at": now}
        )


def _unread(client: LadokClient) -> list[tuple[Page, list[Event]]]:
    """Pages with something new, oldest first, each with its new events in order."""
    cursor = FeedCursor.objects.filter(registry=REGISTRY).first()
    page = feed.page(client.feed_page())
    found: list[Page] = [page]
    seen = {page.via}
    while cursor is not None and not _reached(cursor, page) and page.previous:
        if page.previous in seen or len(found) > MAX_PAGES:
            raise BadAnswer("The registry's feed runs in a circle.", field="feed")
        seen.add(page.previous)
        page = feed.page(client.feed_page(page.previous))
        found.append(page)
    if cursor is not None and not _reached(cursor, page):
        log.warning("the registry's feed no longer has the entry %s; all that it has was read", cursor.entry)
    last = cursor.entry if cursor is not None else ""
    told = []
    for one in reversed(found):
        ids = list(one.entries)
        new = ids[: ids.index(last)] if last in ids else ids
        told.append((one, [one.events[key] for key in reversed(new) if key in one.events]))
    return told


def _reached(cursor: FeedCursor, page: Page) -> bool:
    """Whether the page is where we stopped; one that was empty then has no entry to be known by."""
    return cursor.entry in page.entries if cursor.entry else cursor.feed == page.via


def _take(by: Actor, client: LadokClient, event: Event, now: datetime, done: Followed) -> None:
    """What an event says about a row of ours. One that we sent nothing for is somebody else's."""
    done.events += 1
    row = TransferRow.objects.filter(result=event.result).select_related("transfer").first()
    if row is None:
        return
    if event.annuls:
        _annulled(by, row, event, now)
        done.differs += 1
        return
    if row.state == "attested":
        return
    theirs = _theirs(client, reporting.signed(by=by, list=row.transfer.list), row.row, event)
    if theirs is None:
        ledger.note_row(row.id, state="attested", message="", fault="", theirs=None)
        done.rows += 1
    else:
        ledger.note_differs(row.id, theirs, "The registry attested another result than the one that was sent.")
        done.differs += 1
    _rest(row.transfer)


def _theirs(client: LadokClient, signed: SignedList, row: UUID, event: Event) -> dict[str, str] | None:
    """What was attested, when it is not what was signed here; None when it is."""
    ours = next((one for one in signed.rows if one.row == row), None)
    scale = client.scales().get(event.scale)
    grade = scale.by_id(event.grade) if scale is not None else None
    code = grade.code if grade is not None else ""
    if (
        ours is not None
        and code.casefold() == ours.value.casefold()
        and event.examined_on[:10] == ours.examined_on.isoformat()
    ):
        return None
    return {"result": event.result, "value": code, "examined_on": event.examined_on, "stamp": "", "state": "attested"}


def _rest(transfer: Transfer) -> None:
    """The state that follows from the rows, for a transfer that nobody has in hand."""
    if transfer.state not in {"sending", "waiting"}:
        Transfer.objects.filter(id=transfer.id, state=transfer.state).update(
            state=ledger.rest_state(transfer.id), done_at=None
        )


@transaction.atomic
def _annulled(by: Actor, row: TransferRow, event: Event, now: datetime) -> None:
    """An attested result was taken back in the registry. Journal: ``connectors.registry.annulled/1``."""
    if row.state == "differs":
        return
    theirs = {"result": event.result, "value": "", "examined_on": "", "stamp": "", "state": "annulled"}
    ledger.note_differs(row.id, theirs, f"The result was annulled in the registry on {event.decided_on}.")
    Transfer.objects.filter(id=row.transfer_id).update(state="differs", done_at=None)
    refs = {"transfer": str(row.transfer_id), "list": str(row.transfer.list), "row": str(row.row)}
    append(by=by, kind="connectors.registry.annulled/1", path=row.transfer.path, refs=refs, now=now)


def enter_attested(*, by: Actor, now: datetime) -> int:
    """Enter every list for good whose rows are all attested, with its control number (rows B25, B36); how many."""
    left = TransferRow.objects.filter(transfer=OuterRef("pk")).exclude(
        Q(state="attested") | Q(fault=ledger.THEIRS_KEPT)
    )
    whole = Transfer.objects.filter(state="ready").filter(
        ~Exists(left), Exists(TransferRow.objects.filter(transfer=OuterRef("pk")))
    )
    return sum(_enter(by, key, now) for key in list(whole.values_list("id", flat=True)))


@transaction.atomic
def _enter(by: Actor, transfer: UUID, now: datetime) -> int:
    """One list and its transfer, together. Journal: ``connectors.registry.attested/1`` beside the list's own entry."""
    row = Transfer.objects.select_for_update().get(id=transfer)
    if row.state != "ready":
        return 0
    signed = reporting.signed(by=by, list=row.list)
    try:
        with transaction.atomic():
            reporting_actions.enter(by=by, list=row.list, control_number=signed.control_number, now=now)
    except Refused as no:  # it stays ready and is tried at the next look; the office sees why
        log.warning("list %s is attested and could not be entered: %s", row.number, no.code)
        Transfer.objects.filter(id=transfer).update(error=no.code[:80], message=str(no)[:400])
        return 0
    row.state, row.done_at, row.error, row.message = "attested", now, "", ""
    row.save(update_fields=["state", "done_at", "error", "message"])
    refs = {"transfer": str(row.id), "list": str(row.list), "number": row.number}
    append(by=by, kind="connectors.registry.attested/1", path=row.path, refs=refs, now=now)
    return 1
