"""Reads: platforms in use, rooms that are linked."""

from __future__ import annotations

from uuid import UUID

from testamur.exchange.connectors.lms.rules import NumberFrom, PlatformView, RoomView
from testamur.exchange.connectors.models import LmsPlatform, LmsRoom
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.register.studies import queries as studies

FETCH = "connectors.lms.fetch"
MANAGE = "connectors.lms.manage"


def platforms(*, by: Actor, path: str) -> tuple[PlatformView, ...]:
    """Platforms entered at or below `path`, those in use first, by name. Needs ``connectors.lms.manage`` there."""
    by.must(MANAGE, path)
    rows = LmsPlatform.objects.filter(path__startswith=path).order_by("name", "made_at", "id")
    return tuple(sorted(map(platform_of, rows), key=lambda one: one.ended_at is not None))


def rooms(*, by: Actor, occasion: UUID | None = None, course_code: str = "", path: str = "/") -> tuple[RoomView, ...]:
    """Rooms of platforms in use that are linked to an occasion, or to any of a course; by title.

    Only those whose occasion lies where `by` has ``connectors.lms.fetch``, at or below `path`.
    """
    rows = LmsRoom.objects.select_related("platform").filter(platform__ended_at__isnull=True, occasion__isnull=False)
    if occasion is not None:
        rows = rows.filter(occasion=occasion)
    if course_code:
        rows = rows.filter(course_code=course_code)
    found = list(rows.order_by("title", "id"))
    places = studies.occasions_by_id(row.occasion for row in found if row.occasion is not None)
    return tuple(
        room_of(row)
        for row in found
        if row.occasion in places
        and places[row.occasion].path.startswith(path)
        and by.may(FETCH, places[row.occasion].path)
    )


def reached(*, by: Actor, room: UUID) -> tuple[LmsRoom, PlatformView, str]:
    """For this package's own reads: a linked room of a platform in use, and the path of its occasion.

    Needs ``connectors.lms.fetch`` there. Raises NotFound.
    """
    row = LmsRoom.objects.select_related("platform").filter(id=room, platform__ended_at__isnull=True).first()
    place = studies.occasion(row.occasion) if row is not None and row.occasion is not None else None
    if row is None or place is None:
        raise NotFound("There is no such course room.", room=str(room))
    by.must(FETCH, place.path)
    return row, platform_of(row.platform), place.path


def platform_of(row: LmsPlatform) -> PlatformView:
    """The view of a row; for this package's own use."""
    return PlatformView(
        row.id, row.path, row.name, row.issuer, row.client_id, row.deployment_id, row.auth_url, row.token_url,
        row.jwks_url, NumberFrom(row.number_from), row.made_at, row.ended_at,
    )  # fmt: skip


def room_of(row: LmsRoom) -> RoomView:
    """The view of a row; for this package's own use."""
    return RoomView(
        row.id, row.platform_id, row.platform.name, row.context, row.title, row.occasion, row.course_code,
        bool(row.memberships_url), bool(row.lineitems_url), row.seen_at,
    )  # fmt: skip
