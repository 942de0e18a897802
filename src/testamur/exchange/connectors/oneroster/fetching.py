"""What a system tells by OneRoster 1.2 REST (Rostering Service), as neutral rows: all, or what changed since a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from testamur.exchange.connectors.oneroster import columns as c
from testamur.exchange.connectors.roster.bundle import Complete, Told
from testamur.exchange.connectors.roster.wire import SourceFailed, Wire, rows_in
from testamur.exchange.connectors.rules import (
    CourseRow,
    EnrolmentRow,
    GroupRow,
    GuardianRow,
    MembershipRow,
    PersonRow,
    SessionRow,
    UnitRow,
    school_year_of,
)
from testamur.exchange.connectors.rules.told import day_of, objects_of, text_of, texts_of
from testamur.kernel.base.clock import stamp

A_PAGE = 500
_ALL = ("group", "person", "membership", "guardian", "enrolment")


class Fetching:
    """One reading of a source."""

    def __init__(self, wire: Wire, since: datetime | None) -> None:
        """`since`: what changed at that time or later is asked for; None asks for all."""
        self._wire, self._since = wire, since
        self._number = 0

    def told(self) -> Iterator[Told]:
        """Rows, and what they tell whole. Raises SourceFailed."""
        if self._since is None:
            for kind in _ALL:
                yield Complete(kind)
        yield from self._orgs()
        yield from self._sessions()
        for one in self._list("courses"):
            code = text_of(one, "courseCode") or _key(one)
            title, unit = text_of(one, "title") or code, _ref(one.get("org"))
            yield CourseRow("courses", self._number, _key(one), title, code, unit, _ended(one))
        for one in self._list("classes"):
            yield from self._class(one)
        for one in self._list("users"):
            yield from self._user(one)
        for one in self._list("enrollments"):
            yield from self._enrolment(one)

    def _list(self, name: str, *, whole: bool = False) -> Iterator[dict[str, Any]]:
        offset = 0
        while True:
            query = {"limit": str(A_PAGE), "offset": str(offset), "sort": "sourcedId", "orderBy": "asc"}
            if self._since is not None and not whole:
                query["filter"] = f"dateLastModified>='{stamp(self._since)}'"
            told, headers = self._wire.get(f"{self._wire.base}/{name}", query)
            found = rows_in(told, name)
            for one in found:
                self._number += 1
                yield one
            offset += len(found)
            total = headers.get("X-Total-Count", "")
            if not found or (offset >= int(total) if total.isdecimal() else len(found) < A_PAGE):
                return

    def _orgs(self) -> Iterator[Told]:
        """Always all of them, parents first."""
        every = {_key(one): one for one in self._list("orgs", whole=True) if not _ended(one)}
        done: set[str] = set()

        def above(key: str, seen: frozenset[str]) -> Iterator[Told]:
            one, parent = every[key], _ref(every[key].get("parent"))
            if parent in every and parent not in seen and parent not in done:
                yield from above(parent, seen | {key})
            kind = c.ORG_TYPES.get(text_of(one, "type"), "school")
            if kind == "department" and parent not in every:
                kind = "school"
            if key not in done:
                done.add(key)
                yield UnitRow(
                    "orgs", self._number, key, text_of(one, "name") or key, kind, text_of(one, "identifier") or key,
                    parent if parent in every else "",
                )  # fmt: skip

        for key in every:
            yield from above(key, frozenset())

    def _sessions(self) -> Iterator[Told]:
        rows: list[SessionRow] = []
        for one in self._list("academicSessions", whole=True):
            kind = c.SESSION_TYPES.get(text_of(one, "type"), "")
            first, last = day_of(one.get("startDate")), day_of(one.get("endDate"))
            if kind not in {"year", "term"} or first is None or last is None or last <= first or _ended(one):
                continue
            rows.append(
                SessionRow(
                    "academicSessions", self._number, _key(one), text_of(one, "title"), kind, first, last,
                    school_year_of(first, last), "", _ref(one.get("parent")),
                )
            )  # fmt: skip
        yield from (row for row in rows if row.kind == "year")
        yield from (row for row in rows if row.kind == "term")

    def _class(self, one: dict[str, Any]) -> Iterator[Told]:
        key = _key(one)
        if _ended(one):
            yield Complete("enrolment", f"{key}|")
            yield Complete("group", key)
            return
        grades, codes = texts_of(one.get("grades")), texts_of(one.get("subjectCodes")) or texts_of(one.get("subjects"))
        level = int(grades[0]) if len(grades) == 1 and grades[0].isdecimal() and len(grades[0]) < 3 else None  # noqa: PLR2004
        kind = c.CLASS_TYPES.get(text_of(one, "classType"), "teaching")
        taught = kind != "class"
        yield GroupRow(
            "classes", self._number, key, text_of(one, "title") or key, kind, _ref(one.get("school")),
            tuple(filter(None, map(_ref, objects_of(one.get("terms"))))), _ref(one.get("course")) if taught else "",
            codes[0] if codes and taught else "", "", level if level is not None and level <= 13 else None,  # noqa: PLR2004
        )  # fmt: skip

    def _user(self, one: dict[str, Any]) -> Iterator[Told]:
        key = _key(one)
        yield Complete("membership", f"{key}|")
        if _ended(one):
            yield Complete("guardian", f"{key}|")
            yield Complete("person", key)
            return
        roles = objects_of(one.get("roles"))
        primary = _ref(one.get("primaryOrg")) or next((unit for role in roles if (unit := _ref(role.get("org")))), "")
        numbers = [(c.ID_TYPES.get(text_of(u, "type").lower(), ""), text_of(u, "identifier")) for u in
                   objects_of(one.get("userIds"))]  # fmt: skip
        preferred = text_of(one, "preferredFirstName")
        yield PersonRow(
            "users", self._number, key, text_of(one, "givenName"), text_of(one, "familyName"),
            text_of(one, "middleName"),
            preferred if preferred != text_of(one, "givenName") else "",
            tuple(dict.fromkeys(pair for pair in numbers if all(pair))), email=text_of(one, "email"),
            phone=text_of(one, "sms") or text_of(one, "phone"), unit_key=primary,
        )  # fmt: skip
        grades = texts_of(one.get("grades"))
        level = int(grades[0]) if len(grades) == 1 and grades[0].isdecimal() and len(grades[0]) < 3 else None  # noqa: PLR2004
        told: set[str] = set()
        for role in roles:
            meaning, unit = c.ROLE_WORDS.get(text_of(role, "role"), "aide"), _ref(role.get("org"))
            where = f"{key}|{meaning}|{unit}"
            if unit and where not in told:
                told.add(where)
                yield MembershipRow(
                    "users", self._number, where, key, unit, meaning, day_of(role.get("beginDate")),
                    day_of(role.get("endDate")), level if meaning == "pupil" else None,
                )  # fmt: skip
        if any(c.ROLE_WORDS.get(text_of(role, "role")) == "pupil" for role in roles):
            yield Complete("guardian", f"{key}|")
            for agent in dict.fromkeys(filter(None, map(_ref, objects_of(one.get("agents"))))):
                yield GuardianRow("users", self._number, f"{key}|{agent}", key, agent, "guardian")

    def _enrolment(self, one: dict[str, Any]) -> Iterator[Told]:
        role = c.ENROLMENT_ROLES.get(text_of(one, "role"), "")
        if not role:
            return
        if role == "teacher" and str(one.get("primary")).lower() == "true":
            role = "class_teacher"
        group = _ref(one.get("class"))
        yield EnrolmentRow(
            "enrollments", self._number, _key(one), _ref(one.get("user")), group, role, day_of(one.get("beginDate")),
            day_of(one.get("endDate")), None, _ended(one),
        )  # fmt: skip


def _ended(one: dict[str, Any]) -> bool:
    return text_of(one, "status").lower() == "tobedeleted"


def _key(one: dict[str, Any]) -> str:
    key = text_of(one, "sourcedId")
    if not key:
        raise SourceFailed("The source tells a thing without a sourcedId.", why="shape")
    return key


def _ref(one: Any) -> str:
    return text_of(one, "sourcedId")
