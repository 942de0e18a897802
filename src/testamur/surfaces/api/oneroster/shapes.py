"""Objects of the gradebook as OneRoster 1.2 writes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from django.conf import settings

from testamur.kernel.base.refused import Refused
from testamur.law.scales import Scale
from testamur.schoolday.results.feeds import Given
from testamur.surfaces.api.oneroster.items import COURSE, MODULE, Belongs, LineItem, category_id, scale_id
from testamur.surfaces.api.refusing import QueryInvalid

BASE = "/ims/oneroster/gradebook/v1p2"
ROSTER = "/ims/oneroster/rostering/v1p2"
TITLES: Mapping[str, str] = {MODULE: "Module", COURSE: "Whole course"}
MINOR: Mapping[int, str] = {
    400: "invaliddata",
    401: "unauthorisedrequest",
    403: "forbidden",
    404: "unknownobject",
    429: "server_busy",
    501: "invaliddata",
}
BEGAN = date(2026, 1, 1)
"""When the two categories were made: they never change."""


def error(status: int, refused: Refused) -> dict[str, Any]:
    """The standard's status object. A parameter at fault is named, and its kind told."""
    minor = MINOR[status]
    if isinstance(refused, QueryInvalid):
        name = str(refused.found.get("parameter", ""))
        minor = {"filter": "invalid_filter_field", "sort": "invalid_sort_field", "orderBy": "invalid_sort_field"}.get(
            name, "invalid_selection_field" if name == "fields" else minor
        )
    return {
        "imsx_codeMajor": "failure",
        "imsx_severity": "error",
        "imsx_description": str(refused),
        "imsx_CodeMinor": {
            "imsx_codeMinorField": [
                {"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": minor},
            ]
        },
    }


def category(kind: str) -> dict[str, Any]:
    """One of the two categories."""
    return _base(category_id(kind), _midnight(BEGAN)) | {"title": TITLES[kind]}


def line_item(one: LineItem, pack: str) -> dict[str, Any]:
    """A line item."""
    told = _base(one.id, _midnight(one.starts)) | {
        "title": one.title,
        "description": one.code,
        "assignDate": _midnight(one.starts),
        "dueDate": _midnight(one.ends),
        "class": reference("classes", one.place, "class", ROSTER),
        "category": reference("categories", category_id(one.kind), "category"),
        "metadata": {"code": one.code, "credits": str(one.credits)},
    }
    if one.school is not None:
        told["school"] = reference("schools", one.school, "org", ROSTER)
    if one.scale:
        told["scoreScale"] = reference("scoreScales", scale_id(pack, one.scale), "scoreScale")
    return told


def score_scale(pack: str, scale: Scale, org: UUID) -> dict[str, Any]:
    """A scale of the law, the lowest step first; the right side is the number of a step, or its name without one."""
    return _base(scale_id(pack, scale.id), _midnight(scale.valid_from)) | {
        "title": scale.id,
        "type": "letter",
        "org": reference("orgs", org, "org", ROSTER),
        "scoreScaleValue": [
            {"itemValueLHS": step.value, "itemValueRHS": step.name if step.points is None else str(step.points)}
            for step in scale.values
        ],
    }


def result(one: Given, belongs: Belongs, *, passed: bool) -> dict[str, Any]:
    """A result. One that a correction took the place of is to be deleted."""
    told = _base(one.row.id, stamp(one.changed_at)) | {
        "status": "tobedeleted" if one.replaced else "active",
        "lineItem": reference("lineItems", belongs.item, "lineItem"),
        "student": reference("users", one.row.pupil, "user", ROSTER),
        "class": reference("classes", belongs.place, "class", ROSTER),
        "scoreStatus": "fully graded",
        "textScore": one.row.facts.value,
        "scoreDate": one.row.facts.occasion,
        "metadata": {"passed": "true" if passed else "false", "code": one.row.facts.code},
    }
    if one.row.facts.scale:
        told["scoreScale"] = reference("scoreScales", scale_id(one.row.pack, one.row.facts.scale), "scoreScale")
    return told


def stamp(at: datetime) -> str:
    """A time in UTC with milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _midnight(day: date) -> str:
    return stamp(datetime.combine(day, time(), UTC))


def _base(key: UUID, changed: str) -> dict[str, Any]:
    return {"sourcedId": str(key), "status": "active", "dateLastModified": changed}


def reference(where: str, key: UUID, kind: str, base: str = BASE) -> dict[str, str]:
    """A reference to another object."""
    href = f"{settings.PUBLIC_URL.rstrip('/')}{base}/{where}/{key}"
    return {"href": href, "sourcedId": str(key), "type": kind}
