"""A province with districts, schools and classes at different steps; all invented, counted and not made."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

from testamur.access.accounts import queries as accounts
from testamur.kernel.base.actor import Actor, operator
from testamur.kernel.base.ids import new_id
from testamur.register.people import actions as people
from testamur.register.people.rules import ContactKind, NewContact, NewIdentifier, NewPerson, Scheme
from testamur.register.schools import actions as schools
from testamur.register.schools import queries as school_queries
from testamur.register.schools.rules import (
    Form,
    GroupKind,
    NewGroup,
    NewPost,
    NewSchoolYear,
    NewUnit,
    Role,
    UnitKind,
    UnitView,
)
from testamur.schoolday.rollout import actions as rollout
from testamur.schoolday.rollout.rules import Mark, NewPlan, Reach, Stage
from testamur.schoolday.transcripts.models import ClassYear
from testamur.schoolday.transcripts.rules import STEPS, Step

NOW = datetime(2026, 6, 5, 3, 0, tzinfo=UTC)
TODAY = date(2026, 6, 5)
YEAR = "2025/2026"
DATES = {
    Mark.ENTRY: date(2026, 5, 29),
    Mark.VERIFICATION: date(2026, 6, 3),
    Mark.SIGNING: date(2026, 6, 10),
    Mark.DELIVERY: date(2026, 6, 17),
}
SINCE = date(2025, 8, 1)


@dataclass
class Province:
    """Ids by plain names. Persons: officer (of the province), head and clerk (of the first district), head_2, and of
    the first school principal, administrator, teacher_0, teacher_1."""

    body: UUID
    path: str
    districts: list[UnitView]
    schools: list[UnitView]
    groups: list[UUID] = field(default_factory=list)
    persons: dict[str, UUID] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """Somebody under the first hat, as the register gives it."""
        person = self.persons[name]
        return accounts.actor(accounts.hats(person=person, on=TODAY)[0], person=person, identified_by="simulated")

    def of(self, district: int) -> list[UnitView]:
        """The schools of a district."""
        return [one for one in self.schools if one.parent == self.districts[district].id]


def build(districts: int = 2, each: int = 2, lone: int = 1, *, now: datetime = NOW) -> Province:
    """Districts with so many schools each, and schools directly below the province; nobody has counted anything."""
    by = operator()
    new = NewUnit(UnitKind.AUTHORITY, "097", "Tỉnh Giả Định", slug="gia-dinh", country="VN")
    (body,) = schools.add_units(by=by, units=[new], now=now)
    year = NewSchoolYear(body, YEAR, date(2025, 9, 1), date(2026, 8, 31))
    schools.add_school_years(by=by, school_years=[year], now=now)
    offices = schools.add_units(
        by=by,
        units=[NewUnit(UnitKind.OFFICE, f"KV{n + 1:02d}", f"Khu vực {n + 1}", body) for n in range(districts)],
        now=now,
    )
    parents = [office for office in offices for _n in range(each)] + [body] * lone
    made = schools.add_units(
        by=by,
        units=[
            NewUnit(
                UnitKind.SCHOOL, f"S{n + 1:03d}", f"Trường Tiểu học Giả Định {n + 1}", parent, form=Form.PRIMARY,
                pack="vn.primary",
            )
            for n, parent in enumerate(parents)
        ],
        now=now,
    )  # fmt: skip
    units = school_queries.units([body, *offices, *made])
    return Province(body, units[body].path, [units[one] for one in offices], [units[one] for one in made])


def staffed(province: Province, now: datetime = NOW) -> Province:
    """The same with people, and two classes of the first school."""
    by, first = operator(), province.schools[0]
    year = school_queries.school_years(province.body)[0].id
    new = [NewGroup(first.id, year, GroupKind.CLASS, code, year_level=1) for code in ("1A", "1B")]
    province.groups = schools.add_groups(by=by, groups=new, now=now)
    posts = (
        ("officer", province.body, Role.ADMINISTRATOR, None),
        ("head", province.districts[0].id, Role.PRINCIPAL, None),
        ("clerk", province.districts[0].id, Role.ADMINISTRATOR, None),
        ("head_2", province.districts[1].id, Role.PRINCIPAL, None),
        ("principal", first.id, Role.PRINCIPAL, None),
        ("administrator", first.id, Role.ADMINISTRATOR, None),
        ("teacher_0", first.id, Role.CLASS_TEACHER, province.groups[0]),
        ("teacher_1", first.id, Role.CLASS_TEACHER, province.groups[1]),
    )
    rows = []
    for number, (name, unit, role, group) in enumerate(posts):
        contact = NewContact(ContactKind.EMAIL, f"{name}@example.org", "work")
        province.numbers[name] = f"097080{number + 1:06d}"
        person = NewPerson(
            f"Định {number}", "Giả", birth_date=date(1980, 1, 1 + number), family_first=True, contacts=(contact,),
            identifiers=(NewIdentifier(Scheme.CCCD, province.numbers[name]),),
        )  # fmt: skip
        province.persons[name] = people.register_persons(by=by, path=province.path, persons=[person], now=now)[0]
        rows.append(NewPost(province.persons[name], unit, role, SINCE, group=group))
    schools.add_posts(by=by, posts=rows, now=now)
    return province


def class_year(
    school: UnitView,
    code: str,
    step: Step | None,
    *,
    pupils: int = 30,
    level: int = 1,
    group: UUID | None = None,
    teacher: UUID | None = None,
    rejected: int = 0,
    missing: dict[str, int] | None = None,
    at: datetime = NOW,
    year: str = YEAR,
) -> ClassYear:
    """A class of which every pupil has reached `step`, and none the next; unsaved."""
    come = STEPS.index(step) + 1 if step is not None else 0
    reached = {one.value: pupils if n < come else 0 for n, one in enumerate(STEPS)}
    return ClassYear(
        group=group or new_id(), unit=school.id, path=school.path, school_year=year, code=code, year_level=level,
        class_teacher=teacher, pupils=pupils, rejected=rejected, refreshed_at=at,
        missing=missing if missing is not None else ({} if come else {"missing.level": pupils}), **reached,
    )  # fmt: skip


def counted(province: Province, classes: int = 2, levels: int = 5) -> Province:
    """Every school with so many classes, the schools at different steps."""
    rows = []
    for n, school in enumerate(province.schools):
        step = None if n % (len(STEPS) + 1) == 0 else STEPS[n % (len(STEPS) + 1) - 1]
        rows += [class_year(school, f"{c % levels + 1}{c}", step, level=c % levels + 1) for c in range(classes)]
    ClassYear.objects.bulk_create(rows, batch_size=500)
    return province


def planned(province: Province, *, before: int | None = None, after: int | None = None) -> UUID:
    """A plan in force for grades 1 to 4 of all schools."""
    by = operator()
    stage = Stage("Pilot", (1, 2, 3, 4), Reach.ALL, DATES)
    new = NewPlan("Học bạ số", "Kế hoạch 213/KH-BGDĐT", YEAR, (stage,), before, after)
    plan = rollout.draft_plan(by=by, authority=province.body, new=new, now=NOW)
    rollout.put_in_force(by=by, plan=plan, now=NOW)
    return plan
