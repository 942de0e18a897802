"""Tables of the connectors."""

from __future__ import annotations

from testamur.exchange.connectors.models.base import (
    DiaryMapping,
    ImportRun,
    Source,
    SourceKey,
)
from testamur.exchange.connectors.models.delivery import DeliveryBatch, DeliveryRow, DeliverySender
from testamur.exchange.connectors.models.lms import LmsPlatform, LmsRoom, LtiNonce
from testamur.exchange.connectors.models.registry import FeedCursor, RegistryLink, Transfer, TransferRow
from testamur.exchange.connectors.models.roster import RosterEntity, RosterPlace, RosterSource, RosterSubscription

__all__ = [
    "DeliveryBatch",
    "DeliveryRow",
    "DeliverySender",
    "DiaryMapping",
    "FeedCursor",
    "ImportRun",
    "LmsPlatform",
    "LmsRoom",
    "LtiNonce",
    "RegistryLink",
    "RosterEntity",
    "RosterPlace",
    "RosterSource",
    "RosterSubscription",
    "Source",
    "SourceKey",
    "Transfer",
    "TransferRow",
]
