"""Entering and ending platforms; linking a course room to a course occasion."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from testamur.exchange.connectors.lms import keys
from testamur.exchange.connectors.lms.queries import FETCH, MANAGE
from testamur.exchange.connectors.lms.rules import Launch, NewPlatform, must_be_asked
from testamur.exchange.connectors.models import LmsPlatform, LmsRoom
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.journal import actions as journal
from testamur.register.curriculum import queries as curriculum
from testamur.register.studies import queries as studies

_LENGTHS = {"name": 120, "issuer": 400, "client_id": 200, "deployment_id": 200}


class PlatformInvalid(Refused):
    """A platform has no name, issuer or client id, or one that is too long. `field` says which."""

    code = "connectors.lms.platform"


class PlatformTwice(Refused):
    """That client of that issuer is entered already."""

    code = "connectors.lms.platform_twice"


class ElsewhereLinked(Refused):
    """The platform belongs to another university than the course occasion."""

    code = "connectors.lms.elsewhere"


@transaction.atomic
def add_platform(*, by: Actor, new: NewPlatform, now: datetime) -> UUID:
    """Enter a learning platform, with the addresses that it shows on its own page for tools.

    Needs ``connectors.lms.manage`` at its path. Raises `PlatformInvalid`, `PlatformTwice`, `AddressRefused` (an address
    is not https; http is taken on loopback in a demonstration). Journal: ``connectors.lms.platform_added/1``.
    """
    by.must(MANAGE, new.path)
    told = {one.name: getattr(new, one.name).strip() for one in fields(new) if one.name != "number_from"}
    for name, most in _LENGTHS.items():
        text = told[name]
        if (not text and name != "deployment_id") or len(text) > most or not text.isprintable():
            raise PlatformInvalid("Fill this in as the platform shows it.", field=name)
    for name in ("auth_url", "token_url", "jwks_url"):
        _must_be_asked(told[name], name)
    if LmsPlatform.objects.filter(issuer=told["issuer"], client_id=told["client_id"], ended_at__isnull=True).exists():
        raise PlatformTwice("That client of that platform is entered already.", field="client_id")
    keys.ensure()
    row = LmsPlatform(id=new_id(), **told, number_from=new.number_from.value, made_at=now)
    row.save(force_insert=True)
    refs = {"platform": str(row.id), "number_from": row.number_from}
    journal.append(by=by, kind="connectors.lms.platform_added/1", path=row.path, refs=refs, now=now)
    return row.id


@transaction.atomic
def end_platform(*, by: Actor, platform: UUID, now: datetime) -> None:
    """Use a platform no more: its launches are refused and its rooms give nothing; what came from it stays.

    Needs ``connectors.lms.manage`` at its path. Raises NotFound, also for one that has ended. Journal:
    ``connectors.lms.platform_ended/1``.
    """
    row = LmsPlatform.objects.select_for_update().filter(id=platform, ended_at__isnull=True).first()
    if row is None:
        raise NotFound("There is no such platform in use.", platform=str(platform))
    by.must(MANAGE, row.path)
    row.ended_at = max(now, row.made_at)
    row.save(update_fields=["ended_at"])
    refs = {"platform": str(row.id)}
    journal.append(by=by, kind="connectors.lms.platform_ended/1", path=row.path, refs=refs, now=now)


@transaction.atomic
def link_room(*, by: Actor, platform: UUID, launch: Launch, occasion: UUID, now: datetime) -> UUID:
    """Link the course room that somebody was launched from to a course occasion; the addresses are read anew.

    `launch` is what a verified launch told (`launching.land`), never what a form says. Needs ``connectors.lms.fetch``
    at the occasion, and at the one that the room was linked to before. Raises NotFound (no such platform in use, no
    such occasion), `ElsewhereLinked`. Journal: ``connectors.lms.room_linked/1``.
    """
    one = LmsPlatform.objects.filter(id=platform, ended_at__isnull=True).first()
    place = studies.occasion(occasion)
    if one is None or place is None:
        raise NotFound("There is no such platform or course occasion.", occasion=str(occasion))
    by.must(FETCH, place.path)
    if not place.path.startswith(one.path):
        raise ElsewhereLinked("The platform belongs to another university.", field="occasion")
    row = LmsRoom.objects.select_for_update().filter(platform=one, context=launch.context).first()
    if row is None:
        row = LmsRoom(id=new_id(), platform=one, context=launch.context, seen_at=now)
    _must_reach_former(by, row)
    course = curriculum.courses([place.course]).get(place.course)
    row.title, row.occasion, row.course_code = launch.title, place.id, course.code if course is not None else ""
    row.memberships_url, row.lineitems_url, row.seen_at = launch.memberships_url, launch.lineitems_url, now
    row.save()
    refs = {"room": str(row.id), "platform": str(one.id), "occasion": str(place.id)}
    journal.append(by=by, kind="connectors.lms.room_linked/1", path=place.path, refs=refs, now=now)
    return row.id


@transaction.atomic
def unlink_room(*, by: Actor, room: UUID, now: datetime) -> None:
    """Take the link of a course room back; nothing is fetched from it until it is linked again.

    Needs ``connectors.lms.fetch`` at its occasion. Raises NotFound. Journal: ``connectors.lms.room_unlinked/1``.
    """
    row = LmsRoom.objects.select_for_update().filter(id=room, occasion__isnull=False).first()
    place = studies.occasion(row.occasion) if row is not None and row.occasion is not None else None
    if row is None or place is None:
        raise NotFound("There is no such course room.", room=str(room))
    by.must(FETCH, place.path)
    row.occasion, row.course_code = None, ""
    row.save(update_fields=["occasion", "course_code"])
    refs = {"room": str(row.id), "occasion": str(place.id)}
    journal.append(by=by, kind="connectors.lms.room_unlinked/1", path=place.path, refs=refs, now=now)


def _must_be_asked(url: str, name: str) -> None:
    """As the rule, with the field of the form at fault."""
    try:
        must_be_asked(url, loopback=settings.MODE == "demo")
    except Refused as refused:
        raise type(refused)(str(refused), field=name) from None


def _must_reach_former(by: Actor, row: LmsRoom) -> None:
    former = studies.occasion(row.occasion) if row.occasion is not None else None
    if former is not None:
        by.must(FETCH, former.path)
