"""What custody holds of one person, for the person's own extract: look-ups, copies, transfers, and one's own acts.

Regulation (EU) 2016/679 article 15: who looked is told as the office and not by name. What a look-up was for
is told where it was opened for the family's own errand; what an inspection or a court asked for, the office gives out
after it has looked at what else that tells.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.sheet import Sheet
from testamur.register.people import reach
from testamur.register.schools import queries as schools
from testamur.schoolday.custody.models import Copy, LookUp, Transfer
from testamur.schoolday.custody.rules import OPENLY_TOLD, AskedBy


def lookups(*, by: Actor, person: UUID, now: datetime) -> Iterator[Sheet]:
    """Look-ups of the person: when, by which office, what for. Needs ``keeping.extract.see`` for the person.

    A guardian from whom another one hides reads neither the office nor the words: the family may live there.
    """
    by.must("keeping.extract.see", person=person)
    apart = _apart(by, person, now)
    rows = list(LookUp.objects.filter(person=person).order_by("opened_at"))
    places = {} if apart else _places({row.path for row in rows})
    yield Sheet("lookups", ("at", "ended_at", "place", "purpose", "reason"), iter([
        (
            row.opened_at, row.ends_at, places.get(row.path, ""), row.purpose if openly else "",
            row.text if openly and not apart else "",
        )
        for row in rows
        for openly in (row.purpose in OPENLY_TOLD,)
    ]))  # fmt: skip


def copies(*, by: Actor, person: UUID, now: datetime) -> Iterator[Sheet]:
    """Copies and extracts of the person's documents, by number of the office's book. Needs as `lookups`.

    Of one that an authority asked for: that it was made, not for whom and why.
    """
    by.must("keeping.extract.see", person=person)
    apart = _apart(by, person, now)
    rows = list(Copy.objects.filter(pupil=person).order_by("issued_at"))
    places = {} if apart else _places({row.path for row in rows})
    yield Sheet("copies", ("number", "kind", "years", "issued", "place", "asked_by", "reason"), iter([
        (
            f"{row.number}/{row.year}", row.kind, ", ".join(map(str, row.years)), row.issued_at,
            places.get(row.path, ""),
            *(("", "") if apart or row.asked_by == AskedBy.AUTHORITY else (row.asked_by, row.purpose)),
        )
        for row in rows
    ]))  # fmt: skip


def transfers(*, by: Actor, person: UUID, now: datetime) -> Iterator[Sheet]:
    """From which school to which the person was asked for; nothing where it could tell where a protected guardian is.

    Needs as `lookups`.
    """
    by.must("keeping.extract.see", person=person)
    rows = [] if _apart(by, person, now) else list(Transfer.objects.filter(pupil=person).order_by("asked_at"))
    names = schools.unit_names({unit for row in rows for unit in (row.sender, row.receiver)})
    columns = ("asked_at", "from_school", "to_school", "state", "last", "reason", "why", "decided_at")
    yield Sheet("transfers", columns, iter([
        (
            row.asked_at, names.get(row.sender, ""), names.get(row.receiver, ""), row.state, row.last_day, row.reason,
            row.why, row.answered_at,
        )
        for row in rows
    ]))  # fmt: skip


def work(*, by: Actor, person: UUID, now: datetime) -> Iterator[Sheet]:  # noqa: ARG001 - the shape of all sections
    """What the person did in an office: look-ups, copies and transfers by day and place, without the pupils.

    Nothing for anybody but the person. Needs as `lookups`.
    """
    by.must("keeping.extract.see", person=person)
    mine = by.id == person
    rows = [
        *(("lookup", *one) for one in LookUp.objects.filter(by_person=person).values_list("opened_at", "path")),
        *(("copy", *one) for one in Copy.objects.filter(issued_by=person).values_list("issued_at", "path")),
        *(("transfer", *one) for one in Transfer.objects.filter(asked_by=person).values_list(
            "asked_at", "receiver_path"
        )),
    ] if mine else []  # fmt: skip
    places = _places({path for _act, _at, path in rows})
    told = sorted(((at, act, places.get(path, "")) for act, at, path in rows), key=lambda row: row[0])
    yield Sheet("custody_work", ("at", "act", "place"), iter(told))


def _apart(by: Actor, person: UUID, now: datetime) -> bool:
    """Whether a guardian asks about a child of whose other guardians one is protected."""
    return by.id != person and reach.apart(child=person, reader=by.id, on=now.date())


def _places(paths: set[str]) -> dict[str, str]:
    return {path: way[-1].name for path, way in schools.ways(paths).items() if way}
