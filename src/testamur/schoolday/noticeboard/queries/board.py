"""Reading the notice board."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from testamur.kernel.base.actor import Actor
from testamur.schoolday.noticeboard.models import Enquiry, News, Outage
from testamur.schoolday.noticeboard.rules import (
    Audience,
    ClassNewsView,
    EnquiryView,
    Kind,
    NewsView,
    OutageView,
    Service,
    in_language,
)


def news(
    *, locale: str, now: datetime, audiences: tuple[Audience, ...] = (Audience.EVERYBODY,), limit: int = 20
) -> tuple[NewsView, ...]:
    """What is on the board now, newest first, in the reader's language where there is a text in it. Public."""
    rows = News.objects.filter(
        Q(until__isnull=True) | Q(until__gt=now), published_at__lte=now, audience__in=audiences, unit__isnull=True
    )
    return tuple(_news(row, locale) for row in rows.order_by("-published_at", "-id")[:limit])


def class_news(
    *,
    locale: str,
    now: datetime,
    units: Collection[UUID],
    groups: Collection[UUID],
    audiences: Collection[Audience],
    limit: int = 50,
) -> tuple[ClassNewsView, ...]:
    """News of these schools as such and of these groups, newest first, those that are taken off left out; one query.

    They name nobody; whom they are for is the caller's to know.
    """
    wanted = Q(unit__in=units, group__isnull=True) | Q(group__in=groups)
    rows = News.objects.filter(Q(until__isnull=True) | Q(until__gt=now), wanted, audience__in=audiences)
    return tuple(_class_news(row, locale) for row in rows.order_by("-published_at", "-id")[:limit])


def class_news_by_id(ids: Iterable[UUID], *, locale: str = "en") -> dict[UUID, ClassNewsView]:
    """News of schools and groups by id, those that are taken off too; an unknown id is left out."""
    rows = News.objects.filter(id__in=list(ids), unit__isnull=False)
    return {row.id: _class_news(row, locale) for row in rows}


def outages(*, now: datetime) -> tuple[OutageView, ...]:
    """The parts of the service that are not well now. Public: shown on every page."""
    rows = Outage.objects.filter(Q(until__isnull=True) | Q(until__gt=now), since__lte=now).order_by("service", "id")
    return tuple(OutageView(row.id, Service(row.service), row.since, row.until, row.note, row.noticed) for row in rows)


def enquiries(*, by: Actor, path: str, limit: int = 100) -> tuple[EnquiryView, ...]:
    """What was asked of the body at `path`, unanswered first, then newest first.

    Raises NotAllowed without ``noticeboard.enquiry.read``.
    """
    by.must("noticeboard.enquiry.read", path)
    mine = Enquiry.objects.filter(path__startswith=path).order_by("-made_at", "id")
    ordered = [*mine.filter(handled_at__isnull=True)[:limit], *mine.filter(handled_at__isnull=False)[:limit]]
    return tuple(
        EnquiryView(
            row.id, row.path, Kind(row.kind), row.name, row.email, row.organisation, row.text, row.locale, row.made_at,
            row.handled_at,
        )
        for row in ordered[:limit]
    )  # fmt: skip


def _class_news(row: News, locale: str) -> ClassNewsView:
    assert row.unit is not None
    language, text = in_language(row.texts, locale)
    return ClassNewsView(
        row.id, row.path, row.unit, row.group, Audience(row.audience), text.title, text.body, language, row.author,
        row.published_at, row.until,
    )  # fmt: skip


def _news(row: News, locale: str) -> NewsView:
    language, text = in_language(row.texts, locale)
    return NewsView(
        row.id, row.path, Audience(row.audience), text.title, text.body, language, row.published_at, row.until
    )
