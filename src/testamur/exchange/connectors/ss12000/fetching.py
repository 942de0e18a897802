"""What a system tells by SS 12000, as neutral rows: all of it, or what changed since a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from testamur.exchange.connectors.roster.bundle import Complete, Told
from testamur.exchange.connectors.roster.wire import SourceFailed, Wire, rows_in
from testamur.exchange.connectors.rules import (
    EnrolmentRow,
    GroupRow,
    GuardianRow,
    MembershipRow,
    PersonRow,
    UnitRow,
    school_year_of,
)
from testamur.exchange.connectors.rules.told import day_of, objects_of, text_of, texts_of
from testamur.kernel.base.clock import stamp

A_PAGE = "500"
_UNITS = {"Huvudman": "authority", "Skolenhet": "school", "Skola": "school"}
_GROUPS = {"Klass": "class", "Undervisning": "teaching", "Mentor": "mentor"}
_ROLES = {
    "Rektor": "principal", "Lärare": "teacher", "Förstelärare": "teacher", "Speciallärare/specialpedagog": "teacher",
    "Förskollärare": "teacher",
}  # fmt: skip
_MARKS = {"Ingen": "", "Sekretessmarkering": "confidentiality_mark", "Skyddad folkbokföring": "protected_registration"}
_SEXES = {"Man": "male", "Kvinna": "female"}
_FORMS = {"FS": "preschool", "FKLASS": "preschool_class", "GR": "compulsory", "GRS": "adapted_compulsory",
          "GY": "upper_secondary", "GYS": "adapted_upper_secondary", "FTH": "after_school", "VUX": "adult"}  # fmt: skip
_CUSTODY = {"Vårdnadshavare": True}
_NAMES = ("organisations", "persons", "duties", "groups", "activities")
_ALL = ("group", "person", "membership", "guardian", "enrolment")
_PART = 200
_COORDINATION = 60
HIGHEST_LEVEL = 13
"""Years of school from the preschool class, 0, to the last of upper secondary."""
"""The day of a samordningsnummer is so much later."""


class Fetching:
    """One reading of a source."""

    def __init__(self, wire: Wire, since: datetime | None) -> None:
        """`since`: what changed later is asked for; None asks for all."""
        self._wire, self._since = wire, since
        self._file = "ss12000"
        self._number = 0
        self._parents: dict[str, str] = {}
        self._kept: set[str] = set()
        self._holders: dict[str, str] = {}

    def told(self) -> Iterator[Told]:
        """Rows, and what they tell whole. Raises SourceFailed."""
        if self._since is None:
            for kind in _ALL:
                yield Complete(kind)
        yield from self._units()
        for one in self._list("groups"):
            yield from self._group(one)
        for one in self._list("persons"):
            yield from self._person(one)
        for one in self._list("duties"):
            yield from self._duty(one)
        yield from self._activities()
        if self._since is not None:
            yield from self._gone()

    def _list(self, name: str) -> Iterator[dict[str, Any]]:
        url, query = f"{self._wire.base}/{name}", {"limit": A_PAGE}
        if self._since is not None and name != "organisations":
            query["meta.modified.after"] = stamp(self._since)
        seen: set[str] = set()
        while True:
            told, _headers = self._wire.get(url, query)
            found = rows_in(told, "organisations" if name == "organisations" and "data" not in told else "data")
            for one in found:
                self._number += 1
                yield one
            token = told.get("pageToken")
            if not token:
                return
            if token in seen:
                raise SourceFailed("The source's pages have no end.", why="pages")
            seen.add(token)
            query = {"limit": A_PAGE, "pageToken": str(token)}

    def _units(self) -> Iterator[Told]:
        """Always all of them: they are few, and each may be another's parent. What is no school is passed over."""
        every = {one["id"]: one for one in self._list("organisations") if text_of(one, "id")}
        kinds = {key: _unit_kind(one) for key, one in every.items()}

        def above(key: str) -> str:
            seen = {key}
            parent = _id(every[key].get("parentOrganisation"))
            while parent in every and parent not in seen and not kinds[parent]:
                seen.add(parent)
                parent = _id(every[parent].get("parentOrganisation"))
            return parent if parent in every and kinds[parent] else ""

        for key, one in sorted(every.items(), key=lambda pair: kinds[pair[0]] != "authority"):
            if not kinds[key]:
                continue
            code = text_of(one, "schoolUnitCode") or text_of(one, "organisationCode") or key
            forms = [_FORMS[kind] for kind in one.get("schoolTypes") or () if kind in _FORMS]
            self._kept.add(key)
            yield UnitRow(
                self._file, self._number, key, text_of(one, "displayName") or code, kinds[key], code, above(key),
                form=forms[0] if len(forms) == 1 else "",
            )  # fmt: skip

    def _group(self, one: dict[str, Any]) -> Iterator[Told]:
        key, kind = _need(one), _GROUPS.get(text_of(one, "groupType"))
        if text_of(one, "groupType") == "Avdelning":  # who has after-school care is in a class of the school besides
            kind = "class" if text_of(one, "schoolType") in {"", "FS"} else "teaching"
        if kind is None:
            return
        starts, ends = day_of(one.get("startDate")), day_of(one.get("endDate"))
        year = school_year_of(starts, ends) if starts and ends else ""
        unit = _id(one.get("organisation"))
        yield GroupRow(self._file, self._number, key, text_of(one, "displayName") or key, kind, unit, school_year=year)
        yield Complete("enrolment", f"{key}|")
        told: set[str] = set()
        for member in objects_of(one.get("groupMemberships")):
            person, first = _id(member.get("person")), day_of(member.get("startDate"))
            place = f"{key}|{person}|{first or ''}"
            if person and place not in told:
                told.add(place)
                yield EnrolmentRow(
                    self._file, self._number, place, person, key, "pupil", first, day_of(member.get("endDate"))
                )

    def _person(self, one: dict[str, Any]) -> Iterator[Told]:
        key = _need(one)
        places = objects_of(one.get("enrolments"))
        home = next((unit for place in places if (unit := _id(place.get("enroledAt")))), "")
        emails, phones = objects_of(one.get("emails")), objects_of(one.get("phoneNumbers"))
        yield PersonRow(
            self._file, self._number, key, text_of(one, "givenName"), text_of(one, "familyName"),
            text_of(one, "middleName"),
            identifiers=_numbers(one), birth_date=day_of(one.get("birthDate")), sex=_SEXES.get(text_of(one, "sex"), ""),
            protection=_MARKS.get(text_of(one, "securityMarking"), ""),
            email=text_of(emails[0], "value") if emails else "", phone=text_of(phones[0], "value") if phones else "",
            unit_key=home,
        )  # fmt: skip
        yield Complete("membership", f"{key}|")
        yield Complete("guardian", f"{key}|")
        told: set[str] = set()
        for place in places:
            unit = _id(place.get("enroledAt"))
            where = f"{key}|{unit}"
            if not unit or where in told or place.get("cancelled") is True:
                continue
            told.add(where)
            level = place.get("schoolYear")
            yield MembershipRow(
                self._file, self._number, where, key, unit, "pupil", day_of(place.get("startDate")),
                day_of(place.get("endDate")), level if isinstance(level, int) and 0 <= level <= HIGHEST_LEVEL else None,
            )  # fmt: skip
        for responsible in objects_of(one.get("responsibles")):
            guardian = _id(responsible.get("person"))
            custody = _CUSTODY.get(text_of(responsible, "relationType"))
            if guardian and custody and f"{key}|{guardian}" not in told:
                told.add(f"{key}|{guardian}")
                yield GuardianRow(
                    self._file, self._number, f"{key}|{guardian}", key, guardian, "vårdnadshavare", custody
                )

    def _duty(self, one: dict[str, Any]) -> Iterator[Told]:
        key, person, unit = _need(one), _id(one.get("person")), _id(one.get("dutyAt"))
        self._holders[key] = person
        role = _ROLES.get(text_of(one, "dutyRole"), "staff")
        if person and unit:
            yield MembershipRow(
                self._file, self._number, f"duty {key}", person, unit, role, day_of(one.get("startDate")),
                day_of(one.get("endDate")),
            )  # fmt: skip

    def _activities(self) -> Iterator[Told]:
        """Teachers of groups. A duty that is told by its id alone is asked for."""
        for one in self._list("activities"):
            key = _need(one)
            yield Complete("enrolment", f"t {key}|")
            duties = [_id(teacher.get("duty")) for teacher in objects_of(one.get("teachers"))]
            self._learn([duty for duty in duties if duty and duty not in self._holders])
            for group in objects_of(one.get("groups")):
                for duty in duties:
                    person, where = self._holders.get(duty, ""), _id(group)
                    if person and where:
                        yield EnrolmentRow(
                            self._file, self._number, f"t {key}|{where}|{person}", person, where, "teacher"
                        )

    def _learn(self, duties: list[str]) -> None:
        for start in range(0, len(duties), _PART):
            told = self._wire.post(f"{self._wire.base}/duties/lookup", {"ids": duties[start : start + _PART]})
            some = told if isinstance(told, list) else rows_in(told, "data")
            self._holders.update({text_of(one, "id"): _id(one.get("person")) for one in objects_of(some)})

    def _gone(self) -> Iterator[Told]:
        assert self._since is not None
        query = {"after": stamp(self._since), "limit": A_PAGE}
        seen: set[str] = set()
        while True:
            told, _headers = self._wire.get(f"{self._wire.base}/deletedEntities", query)
            data = told.get("data") if isinstance(told, dict) else None
            if not isinstance(data, dict):
                raise SourceFailed("The source answers with something else than was asked.", why="shape")
            for name in (*_NAMES, "activitites"):
                for key in texts_of(data.get(name)):
                    yield from _end(name, key)
            token = told.get("pageToken")
            if not token:
                return
            if token in seen:
                raise SourceFailed("The source's pages have no end.", why="pages")
            seen.add(str(token))
            query = {"pageToken": str(token), "limit": A_PAGE}


def _end(name: str, key: str) -> Iterator[Told]:
    """What is gone with one thing."""
    if name == "persons":
        yield Complete("membership", f"{key}|")
        yield Complete("guardian", f"{key}|")
        yield Complete("person", key)
    elif name == "groups":
        yield Complete("enrolment", f"{key}|")
        yield Complete("group", key)
    elif name == "duties":
        yield Complete("membership", f"duty {key}")
    elif name.startswith("activit"):
        yield Complete("enrolment", f"t {key}|")


def _unit_kind(one: dict[str, Any]) -> str:
    kind = text_of(one, "organisationType")
    return _UNITS.get(kind, "") if kind else "school"  # the public subset has schools alone, without a type


def _numbers(one: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    civic = one.get("civicNo")
    value = text_of(civic, "value") if isinstance(civic, dict) else ""
    if not value:
        return ()
    if text_of(civic, "nationality") not in {"", "SE"}:
        return (("local", value),)
    digits = value.replace("-", "").replace("+", "")
    if not digits.isdecimal():
        return (("se.temporary", value),)
    coordination = len(digits) == 12 and int(digits[6:8]) > _COORDINATION  # noqa: PLR2004 - YYYYMMDDNNNN
    return (("se.samordningsnummer" if coordination else "se.personnummer", value),)


def _need(one: dict[str, Any]) -> str:
    key = text_of(one, "id")
    if not key:
        raise SourceFailed("The source tells a thing without an id.", why="shape")
    return key


def _id(one: Any) -> str:
    return text_of(one, "id")
