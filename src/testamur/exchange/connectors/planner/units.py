"""Units, school years, terms, courses and groups."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from testamur.exchange.connectors.planner.core import Context, Item, isolate, refresh, remember, split
from testamur.exchange.connectors.planner.resolving import (
    UNKNOWN_COUNTRY,
    end_open,
    home,
    resolve_units,
    slug_from,
)
from testamur.exchange.connectors.rules import CourseRow, GroupRow, SessionRow, UnitRow, clip, school_year_of
from testamur.kernel.base.ids import new_id
from testamur.register.curriculum import actions as curriculum
from testamur.register.curriculum import queries as curriculum_queries
from testamur.register.curriculum.rules import NewCourse
from testamur.register.schools import queries
from testamur.register.schools.actions import groups as group_verbs
from testamur.register.schools.actions import periods
from testamur.register.schools.actions import units as schools
from testamur.register.schools.rules import (
    Form,
    GroupKind,
    GroupUpdate,
    NewGroup,
    NewSchoolYear,
    NewTerm,
    NewUnit,
    UnitKind,
    UnitUpdate,
    UnitView,
)

_TERMS = (
    (re.compile(r"\b(?:HT|höst|autumn|fall)", re.IGNORECASE), "HT"),
    (re.compile(r"\b(?:VT|vår|spring)", re.IGNORECASE), "VT"),
    (re.compile(r"\bHK\s*1|học kì 1|học kỳ 1", re.IGNORECASE), "HK1"),
    (re.compile(r"\bHK\s*2|học kì 2|học kỳ 2", re.IGNORECASE), "HK2"),
)
_MAX_CODE = 80


def load_units(context: Context, rows: Sequence[UnitRow]) -> None:
    """Units one by one in their order (parents first): they are few, and each may be another's parent."""
    new, changed = split(context, "unit", rows)
    for item in new:
        if item.row.ended:
            continue
        unit = _unit(context, item.row)
        if unit is not None:
            remember(context, "unit", [(item, unit)])
    kept: list[tuple[Item[UnitRow], UUID]] = []
    for item in changed:
        row, object_id = item.row, item.object_id
        if object_id is None:
            continue
        if row.ended:
            context.note(row, "status", "deleted", "unit kept: its history stands", "import.unit.kept")
        else:
            update = UnitUpdate(object_id, row.name or None, _form(row) or None, row.pack or None)
            isolate(context, [(row, update)], lambda u: schools.update_units(by=context.by, updates=u, now=context.now))
        kept.append((item, object_id))
    refresh(context, "unit", kept)


def _unit(context: Context, row: UnitRow) -> UUID | None:
    if row.kind == "authority":
        return _authority(context, row)
    parents = context.resolve("unit", [row.parent_key])
    parent = parents.get(row.parent_key) or home(context, row).id
    above = queries.unit(parent)
    kind = UnitKind(row.kind)
    if kind is UnitKind.DEPARTMENT and above is not None and above.kind not in {UnitKind.SCHOOL, UnitKind.DEPARTMENT}:
        context.note(row, "type", row.kind, "stands under no school: loaded as a school", "import.unit.kind")
        kind = UnitKind.SCHOOL
    elif kind is UnitKind.SCHOOL and above is not None and above.kind in {UnitKind.SCHOOL, UnitKind.DEPARTMENT}:
        context.note(row, "parent", above.name, "a school under a school: placed beside it", "import.unit.kind")
        parent = home(context, row).id
    code = clip(row.code or row.key, _MAX_CODE)
    there = queries.unit_by_code(code=code, parent=parent)
    if there is not None:
        _complete(context, row, there)
        return there.id
    new = NewUnit(
        kind, code, row.name, parent, slug_from(code), row.country or context.options.country, _form(row), row.pack,
        (("municipality", row.place),) if row.place else (), new_id(),
    )  # fmt: skip
    taken = isolate(context, [(row, new)], lambda u: schools.add_units(by=context.by, units=u, now=context.now))
    return new.id if taken else None


def _complete(context: Context, row: UnitRow, there: UnitView) -> None:
    """A source that knows form or rule pack of a school which another source brought without them adds them."""
    form = _form(row) if there.form is Form.NONE else Form.NONE
    pack = row.pack if not there.pack else ""
    if form is not Form.NONE or pack:
        update = UnitUpdate(there.id, form=form if form is not Form.NONE else None, pack=pack or None)
        isolate(context, [(row, update)], lambda u: schools.update_units(by=context.by, updates=u, now=context.now))


def _authority(context: Context, row: UnitRow) -> UUID | None:
    """A body responsible for schools: the run's own authority when one was named, else a root of its own."""
    if context.named and context.home is not None and not row.parent_key:
        # the first body of the bundle is the one that was named on the command line
        context.named = False
        return context.home.id
    parent = context.resolve("unit", [row.parent_key]).get(row.parent_key)
    code = clip(row.code or row.key, _MAX_CODE)
    there = queries.unit_by_code(code=code, parent=parent)
    if there is not None:
        context.home = context.home or there
        return there.id
    new = NewUnit(
        UnitKind.AUTHORITY, code, row.name, parent, slug_from(code),
        row.country or context.options.country or ("" if parent else UNKNOWN_COUNTRY), Form.NONE, row.pack,
        (), new_id(),
    )  # fmt: skip
    if not parent and new.country == UNKNOWN_COUNTRY:
        context.note(row, "country", "none", "written ZZ (unknown): say --country SE", "import.unit.country")
    taken = isolate(context, [(row, new)], lambda u: schools.add_units(by=context.by, units=u, now=context.now))
    if not taken or new.id is None:
        return None
    context.home = context.home or queries.unit(new.id)
    return new.id


def _form(row: UnitRow) -> Form:
    try:
        return Form(row.form)
    except ValueError:
        return Form.NONE


# -- sessions ---------------------------------------------------------------------------------------------------


def load_sessions(context: Context, rows: Sequence[SessionRow]) -> None:
    """School years and terms of the run's authority. Their dates do not change by import: that is reported."""
    new, changed = split(context, "session", rows)
    for item in new:
        if item.row.ended:
            continue
        made = _year(context, item.row) if item.row.kind == "year" else _term(context, item.row)
        if made is not None:
            remember(context, "session", [(item, made)])
    for item in changed:
        context.note(
            item.row, "dates", item.row.title, "school years and terms are changed in the settings, not by import",
            "import.session.kept",
        )  # fmt: skip
    refresh(context, "session", [(item, item.object_id) for item in changed if item.object_id])


def _years(context: Context) -> dict[str, UUID]:
    found: dict[str, UUID] = {}
    for year in queries.school_years(home(context).id):
        found[year.code] = year.id
        context.years[year.id] = (year.starts, year.ends)
    return found


def _year(context: Context, row: SessionRow) -> UUID | None:
    there = _years(context).get(row.school_year)
    if there is not None:
        return there
    new = NewSchoolYear(home(context, row).id, row.school_year, row.starts, row.ends, new_id())
    taken = isolate(
        context, [(row, new)], lambda y: periods.add_school_years(by=context.by, school_years=y, now=context.now)
    )
    if taken and new.id is not None:
        context.years[new.id] = (new.starts, new.ends)
        return new.id
    return None


def year_named(context: Context, row: SessionRow | GroupRow, code: str) -> UUID:
    """The school year of that code; made from 1 July to 30 June when it is missing (reported)."""
    there = _years(context).get(code)
    if there is not None:
        return there
    first = int(code[:4])
    new = NewSchoolYear(home(context, row).id, code, date(first, 7, 1), date(first + 1, 6, 30), new_id())
    periods.add_school_years(by=context.by, school_years=[new], now=context.now)
    context.note(
        row, "school_year", code, "school year made, 1 July to 30 June; its real days belong in the settings or terms",
        "import.year.made",
    )  # fmt: skip
    assert new.id is not None
    context.years[new.id] = (new.starts, new.ends)
    return new.id


def _term(context: Context, row: SessionRow) -> UUID | None:
    year = year_named(context, row, row.school_year)
    kept = next((y.terms for y in queries.school_years(home(context).id) if y.id == year), ())
    same = next((t for t in kept if (t.starts, t.ends) == (row.starts, row.ends) and not row.code), None)
    if same is not None:
        return same.id
    code = row.code or next((code for pattern, code in _TERMS if pattern.search(row.title)), "")
    taken_codes = {t.code for t in kept}
    if row.code and row.code in taken_codes:
        return next(t.id for t in kept if t.code == row.code)
    if not code or code in taken_codes:
        code = next(c for c in (f"T{n}" for n in range(1, 1000)) if c not in taken_codes)
        context.note(row, "title", row.title, f"term named {code}", "import.term.named")
    new = NewTerm(year, code, row.starts, row.ends, new_id())
    taken = isolate(context, [(row, new)], lambda t: periods.add_terms(by=context.by, terms=t, now=context.now))
    return new.id if taken else None


# -- courses ----------------------------------------------------------------------------------------------------


def load_courses(context: Context, rows: Sequence[CourseRow]) -> None:
    """Courses of the authority. School rosters tell no credits: they are 0 until somebody enters them."""
    new, changed = split(context, "course", rows)
    place = home(context).path
    there = curriculum_queries.courses_by_code(codes=[i.row.code for i in new], path=place)
    linked = [(item, there[item.row.code].id) for item in new if item.row.code in there]
    made: dict[str, NewCourse] = {}
    fresh: list[tuple[Item[CourseRow], NewCourse]] = []
    for item in new:
        row = item.row
        if row.code in there or row.ended:
            continue
        code = clip(row.code, 40)
        course = made.setdefault(code, NewCourse(code, clip(row.title or code, 200), Decimal(0), place, id=new_id()))
        fresh.append((item, course))
    taken = isolate(
        context, [(next(i.row for i, c in fresh if c is course), course) for course in made.values()],
        lambda c: curriculum.add_courses(by=context.by, courses=c, now=context.now),
    )  # fmt: skip
    ids = {course.id for _row, course in taken}
    remember(context, "course", [*linked, *((item, c.id) for item, c in fresh if c.id in ids and c.id is not None)])
    refresh(context, "course", [(item, item.object_id) for item in changed if item.object_id])


# -- groups -----------------------------------------------------------------------------------------------------


def load_groups(context: Context, rows: Sequence[GroupRow]) -> None:
    """Classes and teaching groups. One that exists under the same code is linked, not doubled."""
    new, changed = split(context, "group", rows)
    units = resolve_units(context, [i.row.unit_key for i in new])
    context.resolve("session", [key for i in new for key in i.row.session_keys])
    courses = context.resolve("course", [i.row.course_key for i in new])
    codes = {key: one.code for key, one in curriculum_queries.courses(courses.values()).items()} if courses else {}
    wanted: dict[UUID, Item[GroupRow]] = {}
    batch: list[tuple[GroupRow, NewGroup]] = []
    loaded: list[tuple[Item[GroupRow], UUID]] = []
    there: dict[tuple[UUID, UUID], dict[str, UUID]] = {}
    for item in new:
        row = item.row
        if row.ended:
            continue
        school = units.get(row.unit_key)
        if school is None:
            context.refuse(
                row, "school", row.unit_key, "group left out: its school is neither in the bundle nor known",
                "import.reference.unknown",
            )  # fmt: skip
            continue
        year = _group_year(context, row)
        if (school, year) not in there:
            there[school, year] = {g.code: g.id for g in queries.groups(school=school, school_year=year)}
        held = there[school, year]
        code = clip(row.title or row.key, _MAX_CODE)
        known = held.get(code)
        if known is not None and not _ours(context, known, wanted):
            loaded.append((item, known))
            continue
        if known is not None:
            code = clip(f"{code} ({row.key})", _MAX_CODE)
            context.note(
                row, "title", row.title, f"that name is taken in its school: called {code}", "import.group.renamed"
            )
        course = _course_code(context, row, courses, codes)
        slug = f"{slug_from(code)[:40].rstrip('-')}-{item.digest[:6]}" if known else ""
        new_group = NewGroup(
            school, year, GroupKind(row.kind), code, clip(row.title or code, 200), clip(row.subject, 40),
            clip(course, 40), row.year_level, slug, new_id(),
        )  # fmt: skip
        assert new_group.id is not None
        held[code] = new_group.id
        wanted[new_group.id] = item
        batch.append((row, new_group))
    taken = isolate_groups(context, batch)
    remember(context, "group", [*loaded, *((wanted[g], g) for g in taken)])
    _update_groups(context, changed)


def isolate_groups(context: Context, batch: list[tuple[GroupRow, NewGroup]]) -> list[UUID]:
    """Add groups; of two whose codes give the same path, the second gets one of its own."""
    seen: set[tuple[UUID, UUID, str]] = set()
    ready: list[tuple[GroupRow, NewGroup]] = []
    for row, group in batch:
        slug = group.slug or slug_from(group.code)
        if (group.school, group.school_year, slug) in seen:
            slug = f"{slug[:40].rstrip('-')}-{(group.id or new_id()).hex[-8:]}"
        seen.add((group.school, group.school_year, slug))
        ready.append(
            (
                row,
                NewGroup(
                    group.school, group.school_year, group.kind, group.code, group.name, group.subject, group.course,
                    group.year_level, slug, group.id,
                ),
            )
        )  # fmt: skip
    taken = isolate(context, ready, lambda g: group_verbs.add_groups(by=context.by, groups=g, now=context.now))
    return [g.id for _row, g in taken if g.id is not None]


def _ours(context: Context, group: UUID, wanted: dict[UUID, Item[GroupRow]]) -> bool:
    """True when the group stands for another row of this same source: then the name is taken, not shared."""
    from testamur.exchange.connectors.queries import keys_of

    return group in wanted or bool(keys_of(source=context.source, kind="group", objects=[group]))


def _group_year(context: Context, row: GroupRow) -> UUID:
    for key in row.session_keys:
        session = context.ids.get(("session", key))
        if session is None:
            continue
        if session not in context.year_of:
            term = queries.term(session)
            context.year_of[session] = term.school_year if term is not None else session
        return context.year_of[session]
    if row.session_keys:
        context.note(
            row, "session", ", ".join(row.session_keys), "not known: placed in the current school year",
            "import.reference.unknown",
        )  # fmt: skip
    code = row.school_year or context.options.school_year
    if not code:
        code = school_year_of(context.today, context.today)
        if not row.session_keys:
            context.note(row, "session", "none", f"placed in the school year {code}", "import.year.current")
    return year_named(context, row, code)


def _course_code(context: Context, row: GroupRow, courses: dict[str, UUID], codes: dict[UUID, str]) -> str:
    if not row.course_key:
        return ""
    course = courses.get(row.course_key)
    if course is None:
        context.note(
            row, "course", row.course_key, "not known: group loaded without its course", "import.reference.unknown"
        )
        return ""
    return codes.get(course, "")


def _update_groups(context: Context, changed: list[Item[GroupRow]]) -> None:
    updates: list[tuple[GroupRow, GroupUpdate]] = []
    for item in changed:
        if item.object_id is None:
            continue
        if item.row.ended:
            context.note(item.row, "status", "deleted", "group kept, its enrolments ended", "import.group.ended")
        else:
            updates.append(
                (
                    item.row,
                    GroupUpdate(
                        item.object_id, clip(item.row.title, 200) or None, clip(item.row.subject, 40) or None, None,
                        item.row.year_level,
                    ),
                )
            )  # fmt: skip
    isolate(context, updates, lambda u: group_verbs.update_groups(by=context.by, updates=u, now=context.now))
    end_open(context, groups=[i.object_id for i in changed if i.row.ended and i.object_id])
    refresh(context, "group", [(item, item.object_id) for item in changed if item.object_id])
