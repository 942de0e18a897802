"""Reading a OneRoster bundle into neutral rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from testamur.exchange.connectors.oneroster import columns as c
from testamur.exchange.connectors.oneroster.bundle import Bundle, last_day, source_of
from testamur.exchange.connectors.oneroster.gradebook import results
from testamur.exchange.connectors.rules import (
    CourseRow,
    EnrolmentRow,
    GroupRow,
    GuardianRow,
    MembershipRow,
    Options,
    PersonRow,
    Reporter,
    Row,
    SessionRow,
    UnitRow,
    school_year_of,
)
from testamur.exchange.connectors.tabular.files import Files
from testamur.exchange.connectors.tabular.scratch import Scratch
from testamur.exchange.connectors.tabular.table import Table, header_of, parts
from testamur.exchange.connectors.tabular.words import word

_USER_ID = re.compile(r"\{([^:{}]+):([^{}]*)\}")


class OneRoster:
    """OneRoster 1.1 and 1.2, bulk and delta, with or without a manifest."""

    id = "oneroster"

    def detect(self, files: Files) -> float:
        """Certain with a manifest that names the version; likely when users.csv has the standard's leading columns."""
        manifest = files.find("manifest.csv")
        if manifest is not None and "propertyname" in {h.lower() for h in header_of(files, manifest)}:
            return 1.0
        users = files.find("users.csv")
        header = {h.lower() for h in header_of(files, users)} if users else set()
        if "sourcedid" in header and header & {"status", "datelastmodified", "enableduser"}:
            return 0.8
        return 0.0

    def source(self, files: Files) -> str:
        """The manifest's system code or name."""
        return source_of(files, Options())

    def read(self, files: Files, options: Options, reporter: Reporter) -> Iterator[Row]:
        """Rows in order of dependence."""
        bundle = Bundle(files, reporter, options)
        with Scratch() as scratch:
            yield from _orgs(bundle)
            yield from _sessions(bundle)
            yield from _courses(bundle)
            yield from _classes(bundle)
            _demographics(bundle, scratch)
            _remember_roles(bundle, scratch)
            yield from _users(bundle, scratch)
            yield from _roles(bundle)
            yield from _agents(bundle, scratch)
            yield from _enrollments(bundle)
            yield from results(bundle, scratch)


FORMAT = OneRoster()


def _orgs(bundle: Bundle) -> Iterator[Row]:
    """Parents before children; a department without a school above it is loaded as a school."""
    table = bundle.table("orgs", c.ORGS)
    if table is None:
        return
    rows: dict[str, UnitRow] = {}
    for number, (key, status, modified, name, kind, identifier, parent) in table:
        found = word(table, number, "type", kind, c.ORG_TYPES, done="read as a school") or "school"
        rows[key] = UnitRow(
            table.name,
            number,
            key,
            name,
            found,
            identifier,
            parent,
            ended=bundle.ended(table, number, status, modified, "orgs"),
        )
    done: set[str] = set()

    def above(row: UnitRow, seen: frozenset[str]) -> Iterator[Row]:
        if row.key in done:
            return
        parent = rows.get(row.parent_key)
        if row.parent_key and parent is None and bundle.modes["orgs"] == "bulk":
            table.note(
                row.row, "parentSourcedId", row.parent_key, "not in the bundle: placed under the authority",
                "import.reference.unknown",
            )  # fmt: skip
            row = replace(row, parent_key="")
        elif parent is not None and parent.key in seen:
            table.note(
                row.row, "parentSourcedId", row.parent_key, "its own ancestor: placed under the authority",
                "import.reference.circle",
            )  # fmt: skip
            row = replace(row, parent_key="")
        elif parent is not None:
            yield from above(parent, seen | {row.key})
        if row.kind == "department" and not row.parent_key:
            table.note(row.row, "type", "department", "has no school above it: loaded as a school", "import.unit.kind")
            row = replace(row, kind="school")
        done.add(row.key)
        yield row

    for row in rows.values():
        yield from above(row, frozenset())


def _sessions(bundle: Bundle) -> Iterator[Row]:
    table = bundle.table("academicSessions", c.SESSIONS)
    if table is None:
        return
    rows: list[SessionRow] = []
    keys: set[str] = set()
    for number, (key, status, modified, title, kind, starts, ends, parent, _year) in table:
        keys.add(key)
        found = word(table, number, "type", kind, c.SESSION_TYPES, done="session left out")
        if found == "period":
            table.note(number, "type", kind, "grading periods are not kept as terms", "import.session.period")
        if found not in {"year", "term"}:
            continue
        first, last = table.date(number, "startDate", starts), table.date(number, "endDate", ends)
        if first is None or last is None or last <= first:
            table.refuse(
                number, "startDate", f"{starts} – {ends}", "session left out: it needs a first day before its last",
                "import.session.dates",
            )  # fmt: skip
            continue
        rows.append(
            SessionRow(
                table.name, number, key, title, found, first, last, school_year_of(first, last), "", parent,
                bundle.ended(table, number, status, modified, "academicSessions"),
            )
        )  # fmt: skip
    years = {row.key: row for row in rows if row.kind == "year"}
    for row in rows:
        if row.parent_key and row.parent_key not in keys and bundle.modes["academicSessions"] == "bulk":
            table.note(
                row.row, "parentSourcedId", row.parent_key, "not in the bundle: school year taken from the dates",
                "import.reference.unknown",
            )  # fmt: skip
    yield from years.values()
    for row in rows:
        if row.kind == "term":
            year = years.get(row.parent_key)
            yield replace(row, school_year=year.school_year) if year else row


def _courses(bundle: Bundle) -> Iterator[Row]:
    table = bundle.table("courses", c.COURSES)
    if table is None:
        return
    for number, (key, status, modified, title, code, org) in table:
        yield CourseRow(
            table.name, number, key, title, code or key, org, bundle.ended(table, number, status, modified, "courses")
        )


def _classes(bundle: Bundle) -> Iterator[Row]:
    table = bundle.table("classes", c.CLASSES)
    if table is None:
        return
    for number, (
        key, status, modified, title, grades, course, _code, kind, school, terms, subjects, subject_codes,
    ) in table:  # fmt: skip
        level = parts(grades)
        yield GroupRow(
            table.name, number, key, title,
            word(table, number, "classType", kind, c.CLASS_TYPES, done="read as a teaching group") or "teaching",
            school, parts(terms), course, (parts(subject_codes) or parts(subjects) or ("",))[0], "",
            _level(level[0]) if len(level) == 1 else None,
            bundle.ended(table, number, status, modified, "classes"),
        )  # fmt: skip


def _level(text: str) -> int | None:
    """A year level from 0 to 13; other words (``KG``, ``PS1``) say nothing that all countries share."""
    return int(text) if text.isdecimal() and len(text) < 4 and int(text) <= 13 else None  # noqa: PLR2004 - the highest year of any school


def _demographics(bundle: Bundle, scratch: Scratch) -> None:
    table = bundle.table("demographics", c.DEMOGRAPHICS)
    if table is None:
        return
    for number, (key, _status, _modified, birth, sex) in table:
        born = table.date(number, "birthDate", birth)
        scratch.put("born", key, f"{born or ''}|{word(table, number, 'sex', sex, c.SEXES)}")


def _remember_roles(bundle: Bundle, scratch: Scratch) -> None:
    """Who is a pupil and who a guardian, to know in which direction agents are meant."""
    if bundle.version == "1.1":
        users = bundle.table("users", (c.USERS[0], c.USERS[4]), silent=True)
        pairs = ((key, role) for _n, (key, role) in users) if users else iter(())
    else:
        roles = bundle.table("roles", (c.ROLES[3], c.ROLES[5]), silent=True)
        pairs = ((key, role) for _n, (key, role) in roles) if roles else iter(())
    lower = {name.lower(): meaning for name, meaning in c.ROLE_WORDS.items()}
    for key, role in pairs:
        meaning = lower.get(role.lower(), "")
        if meaning in {"pupil", "guardian", "relative"}:
            scratch.put(f"role.{meaning}", key, role)


def _users(bundle: Bundle, scratch: Scratch) -> Iterator[Row]:
    table = bundle.table("users", c.USERS)
    if table is None:
        return
    first = bundle.version == "1.1"
    scheme = bundle.options.identifier_scheme or "local"
    demographics = scratch.has("born")
    delta = bundle.modes["users"] == "delta"
    for number, (
        key, status, modified, _enabled, orgs, role, user_ids, given, family, middle, identifier, email, sms, phone,
        _agents, grades, preferred, primary,
    ) in table:  # fmt: skip
        ended = bundle.ended(table, number, status, modified, "users") if status or modified or delta else False
        born, _, sex = scratch.get("born", key).partition("|") if demographics else ("", "", "")
        yield PersonRow(
            table.name, number, key, given, family, middle, preferred if preferred != given else "",
            _identifiers(user_ids, identifier, scheme), table.date(number, "birthDate", born), sex, "", email,
            sms or phone, (), ended, primary or (parts(orgs) or ("",))[0],
        )  # fmt: skip
        if not first:
            continue
        meaning = word(table, number, "role", role, c.ROLE_WORDS, done="person loaded without a role")
        level = parts(grades)
        for org in parts(orgs) if meaning else ():
            yield MembershipRow(
                table.name, number, f"{key}|{meaning}|{org}", key, org, meaning, None, None,
                _level(level[0]) if len(level) == 1 else None, ended,
            )  # fmt: skip


def _identifiers(user_ids: str, identifier: str, scheme: str) -> tuple[tuple[str, str], ...]:
    if not user_ids:
        return ((scheme, identifier),) if identifier else ()
    found = [(c.ID_TYPES.get(kind.strip().lower(), ""), value.strip()) for kind, value in _USER_ID.findall(user_ids)]
    named = [pair for pair in found if pair[0] and pair[1]]
    if identifier:
        named.append((scheme, identifier))
    return tuple(dict.fromkeys(named))


def _roles(bundle: Bundle) -> Iterator[Row]:
    table = bundle.table("roles", c.ROLES)
    if table is None:
        return
    if bundle.version == "1.1":
        table.note(0, "", "roles.csv", "not part of version 1.1: not read", "import.file.unused")
        return
    for number, (_key, status, modified, user, _type, role, begin, end, org) in table:
        meaning = word(table, number, "role", role, c.ROLE_WORDS, done="person loaded without this role")
        if not meaning:
            continue
        ended = bundle.ended(table, number, status, modified, "roles")
        ends = table.date(number, "endDate", end)
        yield MembershipRow(
            table.name, number, f"{user}|{meaning}|{org}", user, org, meaning, table.date(number, "beginDate", begin),
            last_day(ends, modified) if ended else ends, None, ended,
        )  # fmt: skip


def _agents(bundle: Bundle, scratch: Scratch) -> Iterator[Row]:
    """Guardianships. An agent counts as a guardian only when the bundle gives that person such a role."""
    table = bundle.table("users", (c.USERS[0], c.USERS[1], c.USERS[14]), silent=True)
    if table is None:
        return
    loud = Table(bundle.files, table.member, c.USERS, bundle.reporter, bundle.options)
    for number, (key, status, agents) in table:
        for agent in parts(agents):
            pair = _direction(scratch, key, agent)
            if pair is None:
                loud.refuse(
                    number, "agentSourcedIds", agent,
                    "relation left out: one of the two must have the role student and the other guardian, parent or "
                    "relative in this bundle",
                    "import.guardian.role",
                )  # fmt: skip
                continue
            child, guardian = pair
            relation = scratch.get("role.guardian", guardian) or scratch.get("role.relative", guardian)
            yield GuardianRow(
                table.name, number, f"{child}|{guardian}", child, guardian, relation.lower(), None,
                status.lower() == "tobedeleted",
            )  # fmt: skip


def _direction(scratch: Scratch, user: str, agent: str) -> tuple[str, str] | None:
    """(child, guardian) of a user and its agent, or None when the roles do not tell."""

    def cares(key: str) -> bool:
        return bool(scratch.get("role.guardian", key) or scratch.get("role.relative", key))

    def learns(key: str) -> bool:
        return bool(scratch.get("role.pupil", key))

    if learns(user) and cares(agent):
        return user, agent
    if learns(agent) and cares(user):
        return agent, user
    return None


def _enrollments(bundle: Bundle) -> Iterator[Row]:
    table = bundle.table("enrollments", c.ENROLLMENTS)
    if table is None:
        return
    name = table.name
    delta = bundle.modes["enrollments"] == "delta"
    for number, (key, status, modified, group, _school, user, role, primary, begin, end) in table:
        meaning = c.ENROLMENT_ROLES.get(role)
        if meaning is None:
            meaning = word(table, number, "role", role, c.ENROLMENT_ROLES, done="row left out")
        if not meaning:
            if role.lower() in {"administrator", "proctor", "aide"}:
                table.note(
                    number, "role", role, "not a role that is kept in a group: row left out", "import.role.unused"
                )
            continue
        ended = bundle.ended(table, number, status, modified, "enrollments") if status or modified or delta else False
        ends = table.date(number, "endDate", end) if end else None
        if meaning == "teacher" and primary.lower() == "true":
            meaning = "class_teacher"
        yield EnrolmentRow(
            name, number, key, user, group, meaning, table.date(number, "beginDate", begin) if begin else None,
            last_day(ends, modified) if ended else ends, None, ended,
        )  # fmt: skip
