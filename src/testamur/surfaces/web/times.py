"""In whose time a page is told: that of the school whose role is worn, else that of the installation's country."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.conf import settings

from testamur.exchange.notifications.rules import ZONES
from testamur.surfaces.web.requests import Visitor


def zone_of(visitor: Visitor) -> ZoneInfo:
    """The zone for all times that a visitor is shown."""
    unit = visitor.units.get(visitor.hat.unit) if visitor.hat is not None and visitor.hat.unit is not None else None
    return ZoneInfo(ZONES.get(unit.country, settings.TIME_ZONE) if unit is not None else settings.TIME_ZONE)
