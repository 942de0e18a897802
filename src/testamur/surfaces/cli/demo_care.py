"""The demo's preschool and after-school care, beside the Swedish school. Nobody in them exists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.register.people import actions as people
from testamur.register.people.rules import ContactKind, NewContact, Protection, Scheme
from testamur.register.schools import actions as schools
from testamur.register.schools import queries as school_queries
from testamur.register.schools.rules import (
    Form,
    GroupKind,
    NewEnrolment,
    NewGroup,
    NewPost,
    NewUnit,
    Role,
    UnitKind,
)
from testamur.schoolday.care import actions as care
from testamur.schoolday.care.rules import (
    Act,
    Hours,
    NewCollector,
    NewDay,
    Note,
    Reason,
    Relation,
    monday_of,
)
from testamur.surfaces.cli import demo_data, demo_people
from testamur.surfaces.cli.demo_data import Invented
from testamur.surfaces.cli.demo_schools import Kept

PRESCHOOL = ("99980101", "Provskogens förskola (exempel)")
AFTER_SCHOOL = ("99980102", "Diktskolans fritidshem (exempel)")
DEPARTMENTS = ("Blåbäret", "Lingonet")
SIZE = 10
ZONE = ZoneInfo("Europe/Stockholm")
SILENT = 4
"""The place in the list of children of whom nobody has said anything."""
_SERIALS = range(998, 1000)


@dataclass(frozen=True, slots=True)
class Place:
    """A unit with care: its groups with their children and the teacher of each; `guardians` by child."""

    unit: UUID
    path: str
    principal: UUID
    groups: dict[UUID, list[UUID]]
    teachers: dict[UUID, UUID]
    guardians: dict[UUID, UUID]


def fill(by: Actor, kept: Sequence[Kept], family: UUID | None, now: datetime) -> None:
    """Both units, the people in them, and their care; nothing where no Swedish school is kept."""
    home = next((one for one in kept if one.land.country == "SE"), None)
    if home is None:
        return
    random = Random("SEcare")  # noqa: S311 - invented people, the same each time
    place = _preschool(by, home, family, random, now)
    _weeks(by, place, random, now, (time(7, 30), time(15, 30)))
    _doors(by, place, random, now)
    _closing(by, place, now)
    club = _after_school(by, home, random, now)
    _weeks(by, club, random, now, (time(13, 30), time(16, 30)))


def _preschool(by: Actor, home: Kept, family: UUID | None, random: Random, now: datetime) -> Place:
    """Two departments with children of one to five years; the family has one of them."""
    unit, path = _unit(by, home, PRESCHOOL, Form.PRESCHOOL, now)
    staff = _staff(by, path, random, 1988, 1 + 2 * len(DEPARTMENTS), now)
    schools.add_posts(by=by, posts=[NewPost(staff[0], unit, Role.PRINCIPAL, home.starts)], now=now)
    place = Place(unit, path, staff[0], {}, {}, {})
    for number, name in enumerate(DEPARTMENTS):
        new = NewGroup(unit, home.year, GroupKind.CLASS, name, slug=f"avd{number + 1}")
        group = schools.add_groups(by=by, groups=[new], now=now)[0]
        children = _children(by, path, random, number, now)
        schools.add_enrolments(
            by=by, enrolments=[NewEnrolment(child, unit, home.starts, group=group) for child in children], now=now
        )
        grown = _guardians(by, path, random, number, len(children), now)
        mine = dict(zip(children, grown, strict=True))
        if number == 0 and family is not None:
            mine[children[0]] = family
        demo_people.guard(by, list(mine.items()), now)
        if number == 0 and family is not None:  # a second guardian: the two write hours in turn
            demo_people.guard(by, [(children[0], grown[0])], now)
        head, other = staff[1 + 2 * number : 3 + 2 * number]
        posts = [
            NewPost(head, unit, Role.CLASS_TEACHER, home.starts, group=group),
            NewPost(other, unit, Role.TEACHER, home.starts, group=group),
        ]
        schools.add_posts(by=by, posts=posts, now=now)
        place.groups[group], place.teachers[group] = children, head
        place.guardians.update(mine)
    return place


def _after_school(by: Actor, home: Kept, random: Random, now: datetime) -> Place:
    """One group with the pupils of the lowest class; they stay pupils of their school."""
    unit, path = _unit(by, home, AFTER_SCHOOL, Form.AFTER_SCHOOL, now)
    teacher = _staff(by, path, random, 1989, 1, now)[0]
    lowest = min(home.classes, key=lambda group: home.levels[group])
    children = home.classes[lowest]
    new = NewGroup(unit, home.year, GroupKind.TEACHING, "Kometen", slug="kometen")
    group = schools.add_groups(by=by, groups=[new], now=now)[0]
    schools.add_enrolments(
        by=by, enrolments=[NewEnrolment(child, unit, home.starts, group=group) for child in children], now=now
    )
    posts = [
        NewPost(home.principal, unit, Role.PRINCIPAL, home.starts),
        NewPost(teacher, unit, Role.TEACHER, home.starts, group=group),
    ]
    schools.add_posts(by=by, posts=posts, now=now)
    guardians = {child: home.guardians[child] for child in children}
    return Place(unit, path, home.principal, {group: list(children)}, {group: teacher}, guardians)


def _weeks(by: Actor, place: Place, random: Random, now: datetime, usual: tuple[time, time]) -> None:
    """Regular weeks of most children, written by their guardians some weeks ago; a day that differs here and there."""
    monday = monday_of(now.astimezone(ZONE).date())
    for number, (child, guardian) in enumerate(place.guardians.items()):
        if number % 7 == SILENT:
            continue
        starts, ends = usual
        hours = {
            day: Hours(
                starts.replace(minute=random.choice((0, 15, 30, 45))), ends.replace(minute=random.choice((0, 15, 30)))
            )
            for day in range(1, 6)
            if random.random() < 0.95  # noqa: PLR2004 - a share of days
        }
        as_guardian = replace(by, id=guardian)
        care.write_regular(
            by=as_guardian, child=child, valid_from=monday - timedelta(weeks=4), days=hours, now=now, zone=ZONE
        )
        if number % 4 == 1:
            free = NewDay(monday + timedelta(days=7 + number % 5), None, Reason.FREE)
            care.write_days(by=as_guardian, child=child, days=[free], now=now, zone=ZONE)


def _doors(by: Actor, place: Place, random: Random, now: datetime) -> None:
    """Today so far: most children have come, one is ill, a grandmother may fetch one."""
    today = now.astimezone(ZONE).date()
    for group, children in place.groups.items():
        teacher = replace(by, id=place.teachers[group])
        for number, child in enumerate(children):
            if number in {SILENT, 6}:
                continue
            act = Act.ABSENT if number == 5 else Act.IN  # noqa: PLR2004 - one of the ten
            at = now - timedelta(minutes=random.randrange(1, 20))
            if at.astimezone(ZONE).date() == today:
                note = Note(new_id(), child, act, at, place.guardians[child] if act is Act.IN else None)
                care.note_presence(by=teacher, group=group, note=note, now=now, zone=ZONE)
    child, guardian = next(iter(place.guardians.items()))
    grandmother = NewCollector(child, "Mormor Påhittad (exempel)", "040-628 04 90", Relation.GRANDPARENT, today)
    one = care.add_collector(by=replace(by, id=guardian), collector=grandmother, now=now)
    care.choose_fetcher(by=replace(by, id=guardian), child=child, on=today, collector=one, now=now, zone=ZONE)


def _closing(by: Actor, place: Place, now: datetime) -> None:
    """A planning day in some weeks, about which families are asked."""
    day = monday_of(now.date()) + timedelta(weeks=4)
    head = replace(by, id=place.principal)
    care.close_day(
        by=head, unit=place.unit, on=day, name="Planeringsdag (exempel)", answer_by=day - timedelta(days=10), now=now
    )


def _unit(by: Actor, home: Kept, named: tuple[str, str], form: Form, now: datetime) -> tuple[UUID, str]:
    code, name = named
    unit = schools.add_units(by=by, units=[NewUnit(UnitKind.SCHOOL, code, name, home.authority, form=form)], now=now)[0]
    return unit, school_queries.units([unit])[unit].path


def _staff(by: Actor, path: str, random: Random, born: int, count: int, now: datetime) -> list[UUID]:
    source = demo_data.swedish(random, demo_data.days(random, born), _SERIALS)
    new = []
    for one in (next(source) for _ in range(count)):
        person = demo_people.person(one, Scheme.PERSONNUMMER)
        new.append(replace(person, contacts=(demo_people.address(one, one.number[-5:]),)))
    return people.register_persons(by=by, path=path, persons=new, now=now)


def _children(by: Actor, path: str, random: Random, department: int, now: datetime) -> list[UUID]:
    """Children of one to five years, one of the second department under protection."""
    years = [now.date().year - 2 - department - n % 3 for n in range(SIZE)]
    sources: dict[int, Iterator[Invented]] = {
        year: demo_data.swedish(random, _days(random, year, department), _SERIALS) for year in sorted(set(years))
    }
    new = []
    for number, year in enumerate(years):
        hidden = Protection.PROTECTED_REGISTRATION if (department, number) == (1, 3) else Protection.NONE
        person = demo_people.person(next(sources[year]), Scheme.PERSONNUMMER)
        new.append(replace(person, protection=hidden))
    return people.register_persons(by=by, path=path, persons=new, now=now)


def _days(random: Random, year: int, department: int) -> Iterator[date]:
    """Birth dates in one half of a year: departments do not meet."""
    for day in demo_data.days(random, year):
        if (day.month > 6) == bool(department % 2):  # noqa: PLR2004 - the second half of a year
            yield day


def _guardians(by: Actor, path: str, random: Random, department: int, count: int, now: datetime) -> list[UUID]:
    """Guardians with a telephone of the range that is kept for examples."""
    source = demo_data.swedish(random, demo_data.days(random, 1991 + department), _SERIALS)
    new = []
    for number, one in enumerate(next(source) for _ in range(count)):
        phone = NewContact(ContactKind.PHONE, f"+4640628{400 + 20 * department + number:04}", label="home")
        person = demo_people.person(one, Scheme.PERSONNUMMER)
        new.append(replace(person, contacts=(demo_people.address(one, one.number[-5:]), phone)))
    return people.register_persons(by=by, path=path, persons=new, now=now)


def who(kept: Sequence[Kept], on: date) -> list[tuple[str, UUID, str]]:
    """Whom to log in as: (role, person, place)."""
    home = next((one for one in kept if one.land.country == "SE"), None)
    found = []
    for code, name in (PRESCHOOL, AFTER_SCHOOL) if home is not None else ():
        unit = school_queries.unit_by_code(code=code, parent=home.authority) if home is not None else None
        posts = school_queries.posts_at(unit=unit.id, on=on) if unit is not None else ()
        for post in posts:
            if post.role in {Role.CLASS_TEACHER, Role.TEACHER}:
                found.append(("teacher", post.person, name))
                break
    return found
