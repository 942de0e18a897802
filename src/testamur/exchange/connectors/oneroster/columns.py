"""Files, columns and vocabularies of the OneRoster CSV binding."""

from __future__ import annotations

from testamur.exchange.connectors.tabular.table import Column

_HEAD = (Column("sourcedId", required=True), Column("status"), Column("dateLastModified"))


def _columns(*names: str) -> tuple[Column, ...]:
    """The three leading columns, then `names`; a name that ends in ``!`` is required."""
    return (*_HEAD, *(Column(n.rstrip("!"), required=n.endswith("!")) for n in names))


ORGS = _columns("name!", "type!", "identifier", "parentSourcedId")
SESSIONS = _columns("title", "type!", "startDate!", "endDate!", "parentSourcedId", "schoolYear")
COURSES = _columns("title!", "courseCode", "orgSourcedId")
CLASSES = _columns(
    "title!", "grades", "courseSourcedId", "classCode", "classType", "schoolSourcedId!", "termSourcedIds",
    "subjects", "subjectCodes",
)  # fmt: skip
USERS = _columns(
    "enabledUser", "orgSourcedIds", "role", "userIds", "givenName!", "familyName!", "middleName", "identifier", "email",
    "sms", "phone", "agentSourcedIds", "grades", "preferredGivenName", "primaryOrgSourcedId",
)  # fmt: skip
ROLES = _columns("userSourcedId!", "roleType", "role!", "beginDate", "endDate", "orgSourcedId!")
ENROLLMENTS = _columns(
    "classSourcedId!", "schoolSourcedId", "userSourcedId!", "role!", "primary", "beginDate", "endDate"
)
DEMOGRAPHICS = _columns("birthDate", "sex")
LINE_ITEMS = (
    *_columns("title", "classSourcedId!", "categorySourcedId"),
    Column("academicSessionSourcedId", aliases=("gradingPeriodSourcedId",)),
)
RESULTS = _columns(
    "lineItemSourcedId!", "studentSourcedId!", "scoreStatus", "score", "scoreDate", "comment", "textScore"
)
MANIFEST = (Column("propertyName", required=True), Column("value", required=True))

NOT_READ = {
    "users.csv": frozenset(
        {
            "username", "password", "usermasteridentifier", "preferredmiddlename", "preferredfamilyname", "pronouns",
            "prefferedmiddlename", "prefferedfamilyname",
        }
    ),
    "classes.csv": frozenset({"location", "periods"}),
    "courses.csv": frozenset({"schoolyearsourcedid", "grades", "subjects", "subjectcodes"}),
    "roles.csv": frozenset({"userprofilesourcedid"}),
    "lineItems.csv": frozenset(
        {"description", "assigndate", "duedate", "resultvaluemin", "resultvaluemax", "schoolsourcedid"}
    ),
    "results.csv": frozenset({"classsourcedid", "inprogress", "incomplete", "late", "missing"}),
}  # fmt: skip
"""Columns of the standard, folded, that this import has no use for; a password is never read."""

KNOWN_FILES = (
    "academicSessions", "orgs", "courses", "classes", "users", "roles", "demographics", "enrollments", "lineItems",
    "results",
)  # fmt: skip
UNUSED_FILES = (
    "userProfiles", "resources", "classResources", "courseResources", "userResources", "categories", "scoreScales",
    "lineItemScoreScales", "resultScoreScales", "lineItemLearningObjectiveIds", "resultLearningObjectiveIds",
)  # fmt: skip

ORG_TYPES = {
    "school": "school", "department": "department", "district": "authority", "local": "authority",
    "state": "authority", "national": "authority",
}  # fmt: skip
SESSION_TYPES = {"schoolYear": "year", "semester": "term", "term": "term", "gradingPeriod": "period"}
CLASS_TYPES = {"homeroom": "class", "scheduled": "teaching"}
ROLE_WORDS = {
    "student": "pupil", "teacher": "teacher", "principal": "principal", "guardian": "guardian", "parent": "guardian",
    "relative": "relative", "administrator": "administrator", "siteAdministrator": "administrator",
    "districtAdministrator": "administrator", "systemAdministrator": "administrator", "aide": "aide",
    "counselor": "aide", "proctor": "aide",
}  # fmt: skip
ENROLMENT_ROLES = {"student": "pupil", "teacher": "teacher", "administrator": "", "proctor": "", "aide": ""}
SEXES = {"female": "female", "male": "male", "other": "other", "unspecified": ""}
ID_TYPES = {
    "personnummer": "se.personnummer", "se.personnummer": "se.personnummer", "ssn": "", "civicno": "",
    "samordningsnummer": "se.samordningsnummer", "se.samordningsnummer": "se.samordningsnummer",
    "tfnummer": "se.temporary", "se.temporary": "se.temporary", "egn": "bg.egn", "bg.egn": "bg.egn",
    "lnch": "bg.lnch", "bg.lnch": "bg.lnch", "cccd": "vn.cccd", "vn.cccd": "vn.cccd",
}  # fmt: skip
"""`userIds` are ``{type:value}``; only types that name one scheme are read, others belong to logins elsewhere."""
