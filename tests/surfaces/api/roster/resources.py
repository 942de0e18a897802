"""What SS 12000 asks of resources that the public description leaves out.

Written from notes on the standard's own description (version 2.1), which is not among the public samples.
"""

from __future__ import annotations

from typing import Any

from openapi_schema_validator import OAS30Validator

_TEXT, _WHOLE, _TRUTH = {"type": "string"}, {"type": "integer", "minimum": 0}, {"type": "boolean"}
_ID = {"type": "string", "format": "uuid"}
_DATE, _TIME = {"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}
_REF = {"type": "object", "required": ["id"], "additionalProperties": False,
        "properties": {"id": _ID, "displayName": _TEXT}}  # fmt: skip
_META = {"type": "object", "required": ["created", "modified"], "additionalProperties": False,
         "properties": {"created": _TIME, "modified": _TIME}}  # fmt: skip
_DAYS = ["Måndag", "Tisdag", "Onsdag", "Torsdag", "Fredag", "Lördag", "Söndag"]


def _many(inner: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": inner}


def _object(required: str, **properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object", "additionalProperties": False, "required": required.split(),
        "properties": {"_embedded": {"type": "object"}, **properties},
    }  # fmt: skip


_STATE = _object("state registeredAt", state={"enum": ["Godkänt", "Begärt", "Nekat"]}, registeredAt=_TIME,
                 registeredBy=_REF, comment=_TEXT)  # fmt: skip
_ENTRY = _object("dayOfWeek startTime length", weekOffset=_WHOLE, dayOfWeek={"enum": _DAYS}, length=_WHOLE,
                 startTime={"type": "string", "pattern": "^[0-9]{2}:[0-9]{2}$"})  # fmt: skip
RESOURCES: dict[str, dict[str, Any]] = {
    "placements": _object(
        "id meta placedAt child schoolType startDate", id=_ID, meta=_META, placedAt=_REF, group=_REF, child=_REF,
        owners=_many(_REF), schoolType={"enum": ["FS", "FTH", "OPPFTH"]}, startDate=_DATE, endDate=_DATE),
    "attendanceSchedules": _object(
        "id meta placement startDate state scheduleEntries", id=_ID, meta=_META, placement=_REF, numberOfWeeks=_WHOLE,
        startDate=_DATE, endDate=_DATE, temporary=_TRUTH, state=_many(_STATE), scheduleEntries=_many(_ENTRY)),
    "attendanceEvents": _object(
        "id meta time eventType person group", id=_ID, meta=_META, time=_TIME, eventType={"enum": ["In", "Ut"]},
        person=_REF, registeredBy=_REF, group=_REF),
    "absences": _object(
        "id meta startTime endTime type student", id=_ID, meta=_META, startTime=_TIME, endTime=_TIME,
        type={"enum": ["Beviljad ledighet", "Anmäld frånvaro"]}, student=_REF, organisation=_REF, registeredBy=_REF),
    "attendances": _object(
        "id meta calendarEvent student isReported", id=_ID, meta=_META, calendarEvent=_REF, student=_REF,
        isReported=_TRUTH, attendanceMinutes=_WHOLE, validAbsenceMinutes=_WHOLE, invalidAbsenceMinutes=_WHOLE),
    "aggregatedAttendance": _object(
        "startDate endDate activity student", startDate=_DATE, endDate=_DATE, activity=_REF, student=_REF,
        attendanceSum=_WHOLE, validAbsenceSum=_WHOLE, invalidAbsenceSum=_WHOLE, reportedSum=_WHOLE, offeredSum=_WHOLE),
    "calendarEvents": _object(
        "id activity startTime endTime", id=_ID, activity=_REF, cancelled=_TRUTH, startTime=_TIME, endTime=_TIME,
        teachers=_many(_object("duty", duty=_REF)), rooms=_many(_REF)),
    "rooms": _object("id displayName owner", id=_ID, displayName=_TEXT, owner=_REF),
    "schoolUnitOfferings": _object(
        "id offeredAt startDate", id=_ID, offeredAt=_REF, startDate=_DATE, endDate=_DATE,
        offeredSyllabuses=_many(_REF)),
}  # fmt: skip


def faults(some: list[dict[str, Any]], name: str) -> list[str]:
    """What in those things the standard does not allow."""
    judge = OAS30Validator(RESOURCES[name], format_checker=OAS30Validator.FORMAT_CHECKER)
    every = [fault for one in some for fault in judge.iter_errors(one)]
    return [f"{'/'.join(map(str, fault.absolute_path))}: {fault.message}" for fault in every]
