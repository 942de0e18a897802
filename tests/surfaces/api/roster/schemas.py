"""What OneRoster 1.2 asks of objects of the rostering service.

Written from the notes on the standard (the fields and vocabularies of the 1.2 CSV and REST bindings): 1EdTech's own
OpenAPI is not among the public samples.
"""

from __future__ import annotations

from typing import Any

_TEXT, _DATE, _TIME = (
    {"type": "string"},
    {"type": "string", "format": "date"},
    {"type": "string", "format": "date-time"},
)
_TRUTH = {"type": "string", "enum": ["true", "false"]}


def _ref(kind: str) -> dict[str, Any]:
    return {
        "type": "object", "required": ["href", "sourcedId", "type"], "additionalProperties": False,
        "properties": {"href": {"type": "string", "format": "uri"}, "sourcedId": _TEXT, "type": {"enum": [kind]}},
    }  # fmt: skip


def _many(inner: dict[str, Any], least: int = 0) -> dict[str, Any]:
    return {"type": "array", "items": inner, "minItems": least}


def _object(required: str, **properties: dict[str, Any]) -> dict[str, Any]:
    base = {"sourcedId": _TEXT, "status": {"enum": ["active", "tobedeleted"]}, "dateLastModified": _TIME}
    return {
        "type": "object", "additionalProperties": False, "required": [*base, *required.split()],
        "properties": {**base, "metadata": {"type": "object"}, **properties},
    }  # fmt: skip


_ROLES = ["administrator", "aide", "counselor", "districtAdministrator", "guardian", "parent", "principal", "proctor",
          "relative", "siteAdministrator", "student", "systemAdministrator", "teacher"]  # fmt: skip
_ROLE = {
    "type": "object", "required": ["roleType", "role", "org"], "additionalProperties": False,
    "properties": {"roleType": {"enum": ["primary", "secondary"]}, "role": {"enum": _ROLES}, "org": _ref("org"),
                   "beginDate": _DATE, "endDate": _DATE},
}  # fmt: skip
_ORG = _object("name type", name=_TEXT, identifier=_TEXT, parent=_ref("org"),
               type={"enum": ["department", "school", "district", "local", "state", "national"]})  # fmt: skip
_SESSION = _object("title startDate endDate type schoolYear", title=_TEXT, startDate=_DATE, endDate=_DATE,
                   type={"enum": ["gradingPeriod", "semester", "schoolYear", "term"]}, parent=_ref("academicSession"),
                   schoolYear={"type": "string", "pattern": r"^\d{4}$"})  # fmt: skip
_USER = _object(
    "username enabledUser givenName familyName roles", username=_TEXT, enabledUser=_TRUTH, givenName=_TEXT,
    familyName=_TEXT, middleName=_TEXT, preferredFirstName=_TEXT, userMasterIdentifier=_TEXT, email=_TEXT, sms=_TEXT,
    phone=_TEXT, grades=_many(_TEXT), roles=_many(_ROLE), agents=_many(_ref("user")), primaryOrg=_ref("org"),
    userIds=_many({"type": "object", "required": ["type", "identifier"], "additionalProperties": False,
                   "properties": {"type": _TEXT, "identifier": _TEXT}}),
)  # fmt: skip
SCHEMAS: dict[str, dict[str, Any]] = {
    "orgs": _ORG, "schools": _ORG, "academicSessions": _SESSION, "terms": _SESSION,
    "courses": _object("title courseCode org", title=_TEXT, courseCode=_TEXT, org=_ref("org"),
                       subjectCodes=_many(_TEXT)),
    "classes": _object(
        "title classType course school terms", title=_TEXT, classCode=_TEXT, subjectCodes=_many(_TEXT),
        classType={"enum": ["homeroom", "scheduled"]}, course=_ref("course"), school=_ref("org"),
        terms=_many(_ref("academicSession"), 1), grades=_many(_TEXT)),
    "users": _USER, "students": _USER, "teachers": _USER,
    "enrollments": _object(
        "user class school role", **{"class": _ref("class")}, user=_ref("user"), school=_ref("org"), primary=_TRUTH,
        role={"enum": ["administrator", "proctor", "student", "teacher"]}, beginDate=_DATE, endDate=_DATE),
    "demographics": _object("", birthDate=_DATE, sex={"enum": ["male", "female", "other", "unspecified"]}),
}  # fmt: skip
