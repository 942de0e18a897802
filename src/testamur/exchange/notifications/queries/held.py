"""What a person chose to be told, and was told, for the person's own extract. Never a PIN, nor its hash."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from testamur.exchange.notifications.models import Choice, Item, Registration, Setting
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.sheet import Sheet


def held(*, by: Actor, person: UUID, now: datetime) -> Iterator[Sheet]:  # noqa: ARG001 - the shape of all sections
    """Choices, settings, registrations, what was told when and how. Needs ``keeping.extract.see`` for the person.

    Choices are a reader's own: of a child's readers only the one who asks is given out.
    """
    by.must("keeping.extract.see", person=person)
    reader = by.id
    chosen = Choice.objects.filter(person=reader, child=person).order_by("part")
    yield Sheet("notice_choices", ("part", "ways", "pace", "changed_at"),
                iter(list(chosen.values_list("part", "ways", "pace", "changed_at"))))  # fmt: skip
    told = Item.objects.filter(person=reader, child=person).order_by("id")
    yield Sheet("notices", ("part", "way", "at", "told_at", "outcome"),
                iter(list(told.values_list("part", "way", "at", "told_at", "outcome"))))  # fmt: skip
    if reader != person:
        return
    columns: tuple[str, ...] = (
        "quiet_from",
        "quiet_to",
        "digest_at",
        "digest_weekday",
        "details",
        "latin",
        "stopped",
        "changed_at",
    )
    settings = Setting.objects.filter(person=person)
    yield Sheet("notice_settings", columns, iter(list(settings.values_list(*columns))))
    columns = ("route", "kind", "value", "name", "locale", "state", "made_at", "proved_at", "decided_at")
    mine = Registration.objects.filter(guardian=person).order_by("made_at")
    yield Sheet("registrations", columns, iter(list(mine.values_list(*columns))))
