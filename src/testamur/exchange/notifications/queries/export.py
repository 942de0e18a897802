"""What families of one school have registered and chosen, row by row, for giving it out. Never a PIN or its hash."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from uuid import UUID

from testamur.exchange.notifications.models import Choice, Registration
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.sheet import Sheet
from testamur.register.people.queries import chunks

_SEE = "notices.registration.see"


def sheets(*, by: Actor, path: str, pupils: Collection[UUID]) -> Iterator[Sheet]:
    """Registrations at a school with their addresses, and who is told how of these pupils.

    Needs ``diary.export.all`` at the school; registrations only for whoever sees them there.
    """
    by.must("diary.export.all", path)
    if by.may(_SEE, path):
        rows = Registration.objects.filter(path__startswith=path, pupil__isnull=False).order_by("made_at", "id")
        names = ("id", "pupil", "guardian", "route", "kind", "value", "name", "locale", "state", "made_at", "proved_at",
                 "decided_by", "decided_at")  # fmt: skip
        columns = ("registration", *names[1:])
        yield Sheet("registrations", columns, rows.values_list(*names).iterator(chunk_size=2000), about=("pupil",))
    yield Sheet(
        "choices", ("person", "pupil", "part", "ways", "pace", "changed_at"), _choices(pupils), about=("pupil",)
    )


def _choices(pupils: Collection[UUID]) -> Iterator[tuple[object, ...]]:
    for chunk in chunks(sorted(pupils)):
        rows = Choice.objects.filter(child__in=chunk).order_by("child", "person", "part")
        yield from rows.values_list("person", "child", "part", "ways", "pace", "changed_at")
