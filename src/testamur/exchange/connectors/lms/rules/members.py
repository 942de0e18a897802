"""What a platform says of members, line items and results; what is not as the standard has it is left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from testamur.exchange.connectors.lms.rules.grading import decimal_of
from testamur.kernel.base.text import harmless

_ROLE = "http://purl.imsglobal.org/vocab/lis/v2/membership"
_TEST = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Member:
    """A student of a course room. Names and mail are empty where the platform withholds them."""

    user_id: str
    sourcedid: str
    email: str
    name: str

    @property
    def called(self) -> str:
        """What a person may recognise somebody by; the platform's own word."""
        return harmless(self.name or self.email or self.sourcedid or self.user_id)[:120]


@dataclass(frozen=True, slots=True)
class LineItem:
    """A graded task of a room; `id` is its address."""

    id: str
    label: str
    maximum: Decimal | None


@dataclass(frozen=True, slots=True)
class Result:
    """What one user has in a line item. Without a score it is not graded yet."""

    user_id: str
    score: Decimal | None
    maximum: Decimal | None
    comment: str


def members_of(page: object) -> tuple[Member, ...] | None:
    """The students of one page of a membership container; None for what is no such page.

    Without a status a member is active (NRPS 2.0, section 2.3). Whoever is inactive or deleted, holds no role as a
    learner, or is the platform's test user is left out.
    """
    rows = page.get("members") if isinstance(page, Mapping) else None
    return None if not isinstance(rows, list) else tuple(_members(rows))


def _members(rows: list[Any]) -> Iterator[Member]:
    for row in rows:
        if not isinstance(row, Mapping) or row.get("status", "Active") != "Active" or not _learns(row.get("roles")):
            continue
        user = _text(row, "user_id")
        if user:
            whole = " ".join(filter(None, (_text(row, "given_name"), _text(row, "family_name"))))
            name = _text(row, "name") or whole
            yield Member(user, _text(row, "lis_person_sourcedid"), _text(row, "email"), name)


def _learns(roles: object) -> bool:
    told = [one for one in roles if isinstance(one, str)] if isinstance(roles, list) else []
    learner = any(one in {"Learner", f"{_ROLE}#Learner"} or one.startswith(f"{_ROLE}/Learner#") for one in told)
    return learner and _TEST not in told


def line_items_of(page: object) -> tuple[LineItem, ...] | None:
    """The line items of one page; None for what is no such page."""
    if not isinstance(page, list):
        return None
    rows = [row for row in page if isinstance(row, Mapping) and _text(row, "id")]
    return tuple(
        LineItem(_text(row, "id"), harmless(_text(row, "label"))[:200], decimal_of(row.get("scoreMaximum")))
        for row in rows
    )


def results_of(page: object) -> tuple[Result, ...] | None:
    """The results of one page; None for what is no such page."""
    if not isinstance(page, list):
        return None
    rows = [row for row in page if isinstance(row, Mapping) and _text(row, "userId")]
    return tuple(
        Result(
            _text(row, "userId"),
            decimal_of(row.get("resultScore")),
            decimal_of(row.get("resultMaximum")),
            _text(row, "comment"),
        )
        for row in rows
    )


def titled(items: tuple[LineItem, ...], wanted: str) -> LineItem | None:
    """The line item with that id, or None: an address that the platform did not list is not asked."""
    return next((item for item in items if item.id == wanted), None)


def _text(row: Mapping[str, Any], name: str) -> str:
    """A text of a row; numbers stand for themselves, since some platforms send ids as numbers."""
    value = row.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return value.strip()[:_LONGEST] if isinstance(value, str) else ""
