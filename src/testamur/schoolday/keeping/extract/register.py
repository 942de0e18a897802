"""What the register holds of a person: who it is, where to reach, whose child or guardian, schools and posts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.sheet import Sheet
from testamur.register.people import queries as people
from testamur.register.people import reach
from testamur.register.schools import queries as schools


def person(*, by: Actor, person: UUID, now: datetime) -> Iterator[Sheet]:
    """Name, birth, protection, identifiers, facts for documents; no place of living, as `contacts`."""
    by.must("keeping.extract.see", person=person)
    one = people.people(by=by, ids=[person]).get(person)
    if one is None:
        return
    protection = one.protection.value if one.protection is not None else ""
    yield _sheet("person", ("given", "middle", "family", "preferred", "born", "sex", "protection"), [
        (one.given, one.middle, one.family, one.preferred, one.birth_date, one.sex.value, protection),
    ])  # fmt: skip
    numbers = people.identifiers(by=by, persons=[person]).get(person, ())
    yield _sheet("identifiers", ("scheme", "value", "ends"), [
        (each.scheme.value, each.value, each.ends) for each in numbers
    ])  # fmt: skip
    facts = people.facts(by=by, persons=[person]).get(person)
    if facts is not None:
        columns: tuple[str, ...] = ("birth_place", "ethnicity", "nationality", "home_town", "residence")
        if _apart(by, person, now):
            columns = columns[:3]
        yield _sheet("facts", columns, [tuple(getattr(facts, name) for name in columns)])


def contacts(*, by: Actor, person: UUID, now: datetime) -> Iterator[Sheet]:
    """E-mail addresses, telephone numbers, addresses; none where they could tell where a protected guardian lives."""
    by.must("keeping.extract.see", person=person)
    found = people.contacts(by=by, persons=[person]).get(person, ()) if not _apart(by, person, now) else ()
    yield _sheet("contacts", ("kind", "value", "confirmed"), [(c.kind, c.value, c.verified_at) for c in found])


def family(*, by: Actor, person: UUID, now: datetime) -> Iterator[Sheet]:
    """Guardians by name and custody, and for whom the person is guardian; nothing else about them."""
    by.must("keeping.extract.see", person=person)
    guardians = people.guardians(by=by, children=[person], on=now.date()).get(person, ())
    columns = ("name", "relation", "custody", "starts", "ends")
    yield _sheet("guardians", columns, [
        (g.guardian.name, g.relation.value, g.custody, g.starts, g.ends) for g in guardians
    ])  # fmt: skip
    wards = people.wards(guardian=person, on=now.date()) if by.id == person else frozenset()
    names = people.people(by=by, ids=wards, numbers=False)
    yield _sheet("guardian_of", ("name",), [(names[ward].name,) for ward in sorted(wards) if ward in names])


def schooling(*, by: Actor, person: UUID, now: datetime) -> Iterator[Sheet]:
    """Every enrolment, and the posts of today."""
    by.must("keeping.extract.see", person=person)
    enrolments = schools.enrolments_of(person=person)
    posts = schools.posts_of(person=person, on=now.date()) if by.id == person else ()
    names = schools.unit_names({e.school for e in enrolments} | {p.unit for p in posts})
    groups = schools.groups_by_id({e.group for e in enrolments if e.group is not None})
    yield _sheet("enrolments", ("school", "group", "year_level", "starts", "ends"), [
        (names.get(e.school, ""), groups[e.group].code if e.group in groups else "", e.year_level, e.starts, e.ends)
        for e in enrolments
    ])  # fmt: skip
    yield _sheet("posts", ("unit", "role", "subject", "starts", "ends"), [
        (names.get(p.unit, ""), p.role.value, p.subject, p.starts, p.ends) for p in posts
    ])  # fmt: skip


def _apart(by: Actor, person: UUID, now: datetime) -> bool:
    """Whether a guardian asks about a child of whose other guardians one is protected: they may live together."""
    return by.id != person and reach.apart(child=person, reader=by.id, on=now.date())


def _sheet(name: str, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> Sheet:
    return Sheet(name, columns, iter(list(rows)))
