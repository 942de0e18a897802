"""Lists of SS 12000 that are not read from the catalogue: in one order, page by page; single things and lookups."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from testamur.kernel.base.refused import NotFound
from testamur.surfaces.api import asking
from testamur.surfaces.api.doors import Answer, Reader, program_door
from testamur.surfaces.api.ss12000 import paging, shapes
from testamur.surfaces.api.ss12000.entities import stamp
from testamur.surfaces.api.ss12000.paging import MOST, PAGE

T = TypeVar("T")
Place = tuple[str, str]
"""Where a thing stands in its list: what it is sorted by, and its id."""
MODIFIED = ("meta.created.before", "meta.created.after", "meta.modified.before", "meta.modified.after")


class Told(Protocol):
    """Things as the standard writes them, by id; those that are not there, or not to be told, are left out."""

    def __call__(self, reader: Reader, ids: Collection[UUID]) -> Mapping[UUID, dict[str, Any]]:
        """Tell them."""


def page(
    request: HttpRequest,
    asked: dict[str, str],
    after: tuple[str, str] | None,
    found: Iterable[tuple[Place, T]],
    build: Callable[[Sequence[T]], list[dict[str, Any]]],
    *,
    personal: bool = True,
) -> Answer:
    """One page of `found`, which is put in order here; only what is on the page is built."""
    limit = asking.number(request, "limit", PAGE, least=1, most=MOST)
    every = sorted((one for one in found if after is None or one[0] > after), key=lambda one: one[0])
    told = build([one for _place, one in every[:limit]])
    more = paging.token(request, asked, every[limit - 1][0]) if len(every) > limit else None
    return Answer({"data": told, "pageToken": more}, len(told) if personal else 0)


def single(scope: str, name: str, tell: Told, *, further: tuple[str, ...] = (), personal: bool = True) -> Any:
    """The address of one thing."""

    @program_door(scope, says=shapes.error, what=f"ss12000.{name}", further=further)
    def view(_request: HttpRequest, reader: Reader, key: UUID) -> Answer:
        found = tell(reader, [key]).get(key)
        if found is None:
            raise NotFound("There is no such thing here.")
        return Answer(found, 1 if personal else 0)

    return view


def lookup(
    scope: str, name: str, tell: Told, *, further: tuple[str, ...] = (), personal: bool = True
) -> Callable[..., HttpResponse]:
    """The address where many are asked for by id."""

    @program_door(scope, says=shapes.error, what=f"ss12000.{name}", methods=("POST",), further=further)
    def view(request: HttpRequest, reader: Reader) -> Answer:
        told = list(tell(reader, set(paging.ids(paging.body(request)))).values())
        return Answer(told, len(told) if personal else 0)

    return view


def meta(created: datetime, modified: datetime) -> dict[str, str]:
    """When it came, and when it changed."""
    return {"created": stamp(created), "modified": stamp(modified)}


def fits(asked: Mapping[str, str], created: datetime, modified: datetime) -> bool:
    """Whether a thing of these times is asked for: after is exclusive, before inclusive."""
    for name, at in (("created", created), ("modified", modified)):
        after, before = asked.get(f"meta.{name}.after"), asked.get(f"meta.{name}.before")
        if after is not None and at <= asking.read_instant(after, f"meta.{name}.after"):
            return False
        if before is not None and at > asking.read_instant(before, f"meta.{name}.before"):
            return False
    return True


def day_asked(asked: Mapping[str, str], name: str) -> date | None:
    """The day that is asked for, or None."""
    return asking.read_day(asked[name], name) if name in asked else None


def id_asked(asked: Mapping[str, str], name: str) -> UUID | None:
    """The id that is asked for, or None."""
    return paging.uuid(asked[name], name) if name in asked else None
