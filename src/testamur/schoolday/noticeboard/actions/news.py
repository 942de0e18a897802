"""News of a school or a class: told to its families, or its staff."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitKind
from testamur.schoolday.noticeboard.models import News
from testamur.schoolday.noticeboard.rules import Audience, NewsText, TextMissing, check_text


@transaction.atomic
def tell_news(
    *,
    by: Actor,
    unit: UUID,
    texts: Mapping[str, NewsText],
    now: datetime,
    group: UUID | None = None,
    audience: Audience = Audience.FAMILY,
    until: datetime | None = None,
) -> UUID:
    """Tell news of a school, or of one group of it; returns their id. Journal: ``noticeboard.news.told/1``.

    Families are told the way they chose, unless the news are for the staff. Needs ``noticeboard.class_news.tell`` for
    the group, or at the school. Raises NotFound, NotAllowed, TextMissing, TextTooLong.
    """
    school = schools.unit(unit)
    if school is None or school.kind is not UnitKind.SCHOOL:
        raise NotFound("There is no such school.", field="unit")
    path = school.path
    if group is not None:
        found = schools.group(group)
        if found is None or found.school != unit:
            raise NotFound("There is no such group at this school.", field="group")
        path = found.path
    by.must("noticeboard.class_news.tell", path, group=group)
    if not texts:
        raise TextMissing("Write the news in one language at least.", field="title")
    kept = {
        locale: {"title": check_text(text.title, "title"), "body": check_text(text.body, "text")}
        for locale, text in texts.items()
    }
    row = News(
        id=new_id(), path=path, unit=unit, group=group, audience=audience, texts=kept, published_at=now, until=until,
        author=by.id,
    )  # fmt: skip
    row.save(force_insert=True)
    refs: dict[str, str] = {"news": str(row.id), "audience": audience.value}
    if audience is not Audience.STAFF:
        refs |= {"group": str(group)} if group is not None else {"unit": str(unit)}
    append(by=by, kind="noticeboard.news.told/1", path=path, refs=refs, now=now)
    return row.id


@transaction.atomic
def take_back_news(*, by: Actor, news: UUID, now: datetime) -> None:
    """Take news of a school or class off the board. Journal: ``noticeboard.news.withdrawn/1``.

    Needs what `tell_news` needs. Raises NotFound, NotAllowed.
    """
    row = News.objects.select_for_update().filter(id=news, unit__isnull=False).first()
    if row is None:
        raise NotFound("There are no such news.", field="news")
    by.must("noticeboard.class_news.tell", row.path, group=row.group)
    row.until = max(now, row.published_at)
    row.save(update_fields=["until"])
    append(by=by, kind="noticeboard.news.withdrawn/1", path=row.path, refs={"news": str(news)}, now=now)
