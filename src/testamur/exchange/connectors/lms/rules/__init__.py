"""Pure rules of learning platforms: launches, members, grades, addresses."""

from __future__ import annotations

from testamur.exchange.connectors.lms.rules.addresses import (
    AddressRefused,
    Bounds,
    host_of,
    must_be_asked,
    part_of,
    with_query,
)
from testamur.exchange.connectors.lms.rules.claims import AGS, NRPS, Expected, Launch, LaunchRefused, launch_of
from testamur.exchange.connectors.lms.rules.grading import (
    Grading,
    Said,
    Threshold,
    ThresholdsInvalid,
    by_percent,
    decimal_of,
    percent_of,
    thresholds_of,
    written,
)
from testamur.exchange.connectors.lms.rules.members import (
    LineItem,
    Member,
    Result,
    line_items_of,
    members_of,
    results_of,
    titled,
)
from testamur.exchange.connectors.lms.rules.views import Brought, NewPlatform, Note, NumberFrom, PlatformView, RoomView

__all__ = [
    "AGS",
    "NRPS",
    "AddressRefused",
    "Bounds",
    "Brought",
    "Expected",
    "Grading",
    "Launch",
    "LaunchRefused",
    "LineItem",
    "Member",
    "NewPlatform",
    "Note",
    "NumberFrom",
    "PlatformView",
    "Result",
    "RoomView",
    "Said",
    "Threshold",
    "ThresholdsInvalid",
    "by_percent",
    "decimal_of",
    "host_of",
    "launch_of",
    "line_items_of",
    "members_of",
    "must_be_asked",
    "part_of",
    "percent_of",
    "results_of",
    "thresholds_of",
    "titled",
    "with_query",
    "written",
]
