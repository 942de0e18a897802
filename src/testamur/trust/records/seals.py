"""The organisation's seal, opened once per process."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

import httpx
from django.conf import settings

from testamur.kernel.base.refused import Refused
from testamur.register.schools import queries as schools
from testamur.trust.records.bundle import anchors
from testamur.trust.sealing.keys.opening import open_key
from testamur.trust.sealing.queries import active_seal, seal, sealing_themselves
from testamur.trust.sealing.sealer import TIME_STAMP_ROOM, Sealer
from testamur.trust.sealing.timestamps import Authority, request_token

_open: dict[tuple[UUID, int, bool], Sealer] = {}


class NoOrganisation(Refused):
    """The record names an organisation that the register does not have."""

    code = "records.no_organisation"


def seal_in_use(organisation: UUID, at: datetime, *, unit: UUID | None = None) -> UUID:
    """The seal that documents get at that time: the school's own where it has one, else that of the body responsible.

    `unit` is the school where all the documents are of one. Raises `NoActiveSeal`.
    """
    if unit is not None and sealing_themselves([unit], at):
        return active_seal(unit, at).id
    return active_seal(organisation, at).id


def sealer_for(seal_id: UUID) -> Sealer:
    """The sealer of a seal, opened once per process. Raises what opening the key refuses, NoOrganisation."""
    stamped = bool(settings.TSA["url"])
    where = (seal_id, os.getpid(), stamped)
    if where not in _open:
        found = seal(seal_id)
        unit = schools.unit(found.organisation)
        if unit is None:
            raise NoOrganisation("There is no such organisation.", organisation=str(found.organisation))
        room = TIME_STAMP_ROOM if stamped else 0
        _open[where] = Sealer(open_key(found.locator), found.certificates[:2], unit.name, time_stamp_room=room)
    return _open[where]


def time_stamps(signatures: Sequence[bytes], now: Callable[[], datetime]) -> list[bytes]:
    """A token of the configured authority for each signature value; empty ones where none is configured (level B-B).

    Asks over the network: never inside a transaction. Raises `TimeStampFailed`.
    """
    if not settings.TSA["url"]:
        return [b""] * len(signatures)
    roots = tuple(path.read_bytes() for path in sorted((anchors() / "tsa-roots").glob("*.der")))
    authority = Authority(settings.TSA["url"], roots, settings.TSA["policy"])
    with httpx.Client() as client:
        return [request_token(client, authority, signature, now=now()) for signature in signatures]
