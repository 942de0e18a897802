"""Writing on the notice board."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.schoolday.noticeboard.models import Enquiry, News, Outage
from testamur.schoolday.noticeboard.rules import (
    KEEP_ENQUIRIES,
    PER_NETWORK,
    TROUBLE_LASTS,
    Audience,
    Kind,
    NewsText,
    Service,
    TextMissing,
    TooMany,
    check_email,
    check_text,
)


@transaction.atomic
def publish_news(
    *,
    by: Actor,
    path: str,
    audience: Audience,
    texts: Mapping[str, NewsText],
    now: datetime,
    until: datetime | None = None,
) -> UUID:
    """Put news on the board, in one language at least; returns their id. Journal: ``noticeboard.news.published/1``.

    Raises NotAllowed without ``noticeboard.news.publish`` at `path`, TextMissing, TextTooLong.
    """
    by.must("noticeboard.news.publish", path)
    if not texts:
        raise TextMissing("Write the news in one language at least.", field="title")
    kept = {
        locale: {"title": check_text(text.title, "title"), "body": text.body.strip()} for locale, text in texts.items()
    }
    row = News(id=new_id(), path=path, audience=audience, texts=kept, published_at=now, until=until, author=by.id)
    row.save(force_insert=True)
    refs = {"news": str(row.id), "languages": sorted(kept)}
    append(by=by, kind="noticeboard.news.published/1", path=path, refs=refs, now=now)
    return row.id


@transaction.atomic
def withdraw_news(*, by: Actor, news: UUID, now: datetime) -> None:
    """Take news off the board. Journal: ``noticeboard.news.withdrawn/1``. Raises NotFound, NotAllowed."""
    row = News.objects.select_for_update().filter(id=news).first()
    if row is None:
        raise NotFound("There are no such news.", field="news")
    by.must("noticeboard.news.publish", row.path)
    row.until = max(now, row.published_at)
    row.save(update_fields=["until"])
    append(by=by, kind="noticeboard.news.withdrawn/1", path=row.path, refs={"news": str(news)}, now=now)


@transaction.atomic
def announce_outage(
    *, by: Actor, path: str, service: Service, note: str, now: datetime, until: datetime | None = None
) -> UUID:
    """Say on every page that a part of the service is down; the rest goes on. Journal: ``noticeboard.outage.began/1``.

    Raises NotAllowed without ``noticeboard.outage.announce`` at `path`, the body that says so.
    """
    by.must("noticeboard.outage.announce", path)
    row = Outage(id=new_id(), service=service, since=now, until=until, note=note.strip()[:400])
    row.save(force_insert=True)
    refs = {"outage": str(row.id), "service": service.value}
    append(by=by, kind="noticeboard.outage.began/1", path=path, refs=refs, now=now)
    return row.id


@transaction.atomic
def end_outage(*, by: Actor, path: str, service: Service, now: datetime) -> int:
    """That part works again; returns how many announcements ended. Journal: ``noticeboard.outage.ended/1``.

    Raises NotAllowed without ``noticeboard.outage.announce`` at `path`.
    """
    by.must("noticeboard.outage.announce", path)
    ended = Outage.objects.filter(Q(until__isnull=True) | Q(until__gt=now), service=service).update(until=now)
    append(
        by=by, kind="noticeboard.outage.ended/1", path=path, refs={"service": service.value, "count": ended}, now=now
    )
    return ended


@transaction.atomic
def note_trouble(*, by: Actor, service: Service, now: datetime) -> None:
    """The program could not reach what a service stands on: say so on every page for the next minutes.

    Journal: ``noticeboard.trouble.noticed/1``, once for each outage that begins. Raises NotAllowed without
    ``noticeboard.trouble.note``.
    """
    by.must("noticeboard.trouble.note")
    until = now + TROUBLE_LASTS
    if Outage.objects.filter(service=service, noticed=True, until__gt=now).update(until=until):
        return
    row = Outage(id=new_id(), service=service, since=now, until=until, noticed=True)
    row.save(force_insert=True)
    refs = {"outage": str(row.id), "service": service.value}
    append(by=by, kind="noticeboard.trouble.noticed/1", path="/", refs=refs, now=now)


@transaction.atomic
def send_enquiry(
    *,
    by: Actor,
    kind: Kind,
    name: str,
    email: str,
    text: str,
    locale: str,
    now: datetime,
    path: str = "/",
    organisation: str = "",
    network: str = "",
) -> UUID:
    """Take an enquiry from somebody without a login; returns its id. Journal: ``noticeboard.enquiry.sent/1``.

    `path` is the body that is asked, `network` a keyed digest of where it came from. Raises AddressInvalid,
    TextMissing, TextTooLong, TooMany, NotAllowed without ``noticeboard.enquiry.send``.
    """
    by.must("noticeboard.enquiry.send")
    recent = Enquiry.objects.filter(network=network, made_at__gt=now - timedelta(hours=1))
    if network and recent.count() >= PER_NETWORK:
        raise TooMany("That is more than we can answer. Write to us by e-mail, or try again in an hour.")
    row = Enquiry(
        id=new_id(),
        path=path,
        kind=kind,
        name=name.strip()[:200],
        email=check_email(email),
        organisation=organisation.strip()[:200],
        text=check_text(text, "text"),
        locale=locale[:8],
        network=network[:64],
        made_at=now,
    )
    row.save(force_insert=True)
    refs = {"enquiry": str(row.id), "about": kind.value}
    append(by=by, kind="noticeboard.enquiry.sent/1", path=path, refs=refs, now=now)
    return row.id


@transaction.atomic
def handle_enquiry(*, by: Actor, enquiry: UUID, now: datetime) -> None:
    """Note that somebody answered. Journal: ``noticeboard.enquiry.handled/1``. Raises NotFound, NotAllowed."""
    row = Enquiry.objects.select_for_update().filter(id=enquiry, handled_at__isnull=True).first()
    if row is None:
        raise NotFound("There is no such open enquiry.", field="enquiry")
    by.must("noticeboard.enquiry.read", row.path)
    row.handled_at, row.handled_by = now, by.id
    row.save(update_fields=["handled_at", "handled_by"])
    append(by=by, kind="noticeboard.enquiry.handled/1", path=row.path, refs={"enquiry": str(enquiry)}, now=now)


@transaction.atomic
def tidy(*, by: Actor, now: datetime) -> int:
    """Remove enquiries after a year; returns how many. Journal: ``noticeboard.tidied/1`` when there were any."""
    by.must("noticeboard.enquiry.remove")
    removed = Enquiry.objects.filter(made_at__lt=now - KEEP_ENQUIRIES).delete()[0]
    if removed:
        append(by=by, kind="noticeboard.tidied/1", path="/", refs={"enquiries": removed}, now=now)
    return removed
