"""Tables of the notices."""

from __future__ import annotations

from testamur.exchange.notifications.models.families import Choice, Item, News, Setting
from testamur.exchange.notifications.models.registrations import Lock, Pin, Registration
from testamur.exchange.notifications.models.staff import Reader, Round, Stir, Told

__all__ = ["Choice", "Item", "Lock", "News", "Pin", "Reader", "Registration", "Round", "Setting", "Stir", "Told"]
