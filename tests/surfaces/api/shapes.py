"""A small judge of JSON by a schema of OpenAPI 3.0: types, what is required, enumerations, formats, references."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool,
}  # fmt: skip


def faults(value: Any, schema: dict[str, Any], schemas: dict[str, Any], where: str = "$") -> list[str]:  # noqa: C901 - one look at each keyword
    """Everything in `value` that the schema does not allow; empty when there is nothing."""
    if "$ref" in schema:
        return faults(value, schemas[schema["$ref"].rsplit("/", 1)[-1]], schemas, where)
    if value is None and schema.get("nullable"):
        return []
    found = [fault for part in schema.get("allOf", ()) for fault in faults(value, part, schemas, where)]
    kind = schema.get("type")
    if kind and (not isinstance(value, _TYPES[kind]) or (isinstance(value, bool) and kind != "boolean")):
        return [*found, f"{where} is {value!r}, not {kind}"]
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{where} is {value!r}, none of {schema['enum']}")
    found += _format(value, schema.get("format"), where)
    if isinstance(value, dict):
        found += [f"{where}.{name} is missing" for name in schema.get("required", ()) if name not in value]
        known = schema.get("properties", {})
        for name, inner in value.items():
            if name in known:
                found += faults(inner, known[name], schemas, f"{where}.{name}")
            elif schema.get("additionalProperties") is False:
                found.append(f"{where}.{name} is not known")
    if isinstance(value, list) and "items" in schema:
        for place, inner in enumerate(value):
            found += faults(inner, schema["items"], schemas, f"{where}[{place}]")
    return found


def _format(value: Any, name: str | None, where: str) -> list[str]:
    readers: dict[str, Callable[[str], object]] = {
        "uuid": UUID,
        "date": date.fromisoformat,
        "date-time": datetime.fromisoformat,
    }
    read = readers.get(name or "")
    if read is None or not isinstance(value, str):
        return []
    try:
        read(value)
    except ValueError:
        return [f"{where} is {value!r}, no {name}"]
    return []


_REFERENCE = {
    "type": "object", "required": ["id"], "additionalProperties": False,
    "properties": {"id": {"type": "string", "format": "uuid"}, "displayName": {"type": "string"}},
}  # fmt: skip
_META = {
    "type": "object", "required": ["created", "modified"],
    "properties": {name: {"type": "string", "format": "date-time"} for name in ("created", "modified")},
}  # fmt: skip
GRADE = {  # SS 12000:2020, as the notes on the standard have it; Skolverket's public subset has no grades
    "type": "object", "additionalProperties": False,
    "required": [
        "id", "student", "organisation", "registeredBy", "registeredDate", "gradeValue", "finalGrade",
        "adaptedStudyPlan", "syllabus",
    ],
    "properties": {
        "id": {"type": "string", "format": "uuid"}, "meta": _META, "student": _REFERENCE, "organisation": _REFERENCE,
        "registeredBy": _REFERENCE, "gradingTeacher": _REFERENCE, "syllabus": _REFERENCE,
        "registeredDate": {"type": "string", "format": "date"}, "gradeValue": {"type": "string"},
        "finalGrade": {"type": "boolean"}, "trial": {"type": "boolean"}, "adaptedStudyPlan": {"type": "boolean"},
        "converted": {"type": "boolean"}, "correctionType": {"type": "string", "enum": ["Ändring", "Rättelse"]},
        "semester": {"type": "string", "enum": ["HT", "VT"]}, "year": {"type": "integer"},
    },
}  # fmt: skip
SYLLABUS = {
    "type": "object", "additionalProperties": False,
    "required": ["id", "schoolType", "subjectCode", "subjectName", "official"],
    "properties": {
        "id": {"type": "string", "format": "uuid"}, "schoolType": {"type": "string", "enum": ["GR", "HS"]},
        "subjectCode": {"type": "string"}, "subjectName": {"type": "string"}, "courseCode": {"type": "string"},
        "courseName": {"type": "string"}, "points": {"type": "integer"}, "official": {"type": "boolean"},
    },
}  # fmt: skip
_GUID = {
    "type": "object", "required": ["href", "sourcedId", "type"], "additionalProperties": False,
    "properties": {name: {"type": "string"} for name in ("href", "sourcedId", "type")},
}  # fmt: skip
_BASE = {
    "sourcedId": {"type": "string"}, "status": {"type": "string", "enum": ["active", "tobedeleted"]},
    "dateLastModified": {"type": "string", "format": "date-time"}, "metadata": {"type": "object"},
}  # fmt: skip
LINE_ITEM = {
    "type": "object", "additionalProperties": False,
    "required": [
        "sourcedId", "status", "dateLastModified", "title", "assignDate", "dueDate", "class", "school", "category",
    ],
    "properties": {
        **_BASE, "title": {"type": "string"}, "description": {"type": "string"},
        "assignDate": {"type": "string", "format": "date-time"}, "dueDate": {"type": "string", "format": "date-time"},
        "class": _GUID, "school": _GUID, "category": _GUID, "scoreScale": _GUID,
    },
}  # fmt: skip
RESULT = {
    "type": "object", "additionalProperties": False,
    "required": ["sourcedId", "status", "dateLastModified", "lineItem", "student", "scoreStatus", "scoreDate"],
    "properties": {
        **_BASE, "lineItem": _GUID, "student": _GUID, "class": _GUID, "scoreScale": _GUID,
        "scoreStatus": {
            "type": "string",
            "enum": ["exempt", "fully graded", "not submitted", "partially graded", "submitted"],
        },
        "textScore": {"type": "string"}, "scoreDate": {"type": "string", "format": "date"},
    },
}  # fmt: skip
