"""Before the first day: what a school's data has, and what is missing (rows E13, E15)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import Area
from testamur.register.people.gaps import Gap
from testamur.register.schools import queries as schools
from testamur.register.schools.queries import setup
from testamur.register.schools.queries.setup import ClassSetup
from testamur.register.schools.rules import Role
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office.register.desk import Desk, desk_of, subject_name
from testamur.surfaces.web.pages import page


@dataclass(frozen=True, slots=True)
class Point:
    """One line of the list: what there is, and in words what is missing (nothing when it is done)."""

    title: str
    has: str
    missing: tuple[str, ...]
    address: str


@door("office.home", Area.OFFICE)
@require_GET
def checklist(request: HttpRequest) -> HttpResponse:
    """The list, and the same class by class."""
    desk = desk_of(request)
    rows = setup.setup(by=desk.by, school=desk.school, school_year=desk.year.id, on=desk.day) if desk.year else ()
    points = [*_frame(desk, rows), *_people(desk, rows)]
    return page(
        request,
        "web/office/register/checklist.html",
        desk=desk,
        place=desk.place,
        chosen_school=desk.school.id,
        points=points,
        done=sum(not point.missing for point in points),
        rows=lines(desk, rows),
    )


def lines(desk: Desk, rows: Sequence[ClassSetup]) -> list[tuple[ClassSetup, str]]:
    """Each class with the names of the subjects that nobody teaches."""
    pack = desk.pack
    return [(row, ", ".join(subject_name(pack, code) for code in row.untaught)) for row in rows]


def _at(desk: Desk, name: str) -> str:
    return f"{reverse(name)}?school={desk.school.id}"


def _lacks(*told: tuple[int, str]) -> tuple[str, ...]:
    """The sentences whose number is not nought."""
    return tuple(text % {"n": int(n)} for n, text in told if n)


def _frame(desk: Desk, rows: Sequence[ClassSetup]) -> list[Point]:
    """Years, holidays, classes, teachers, plan, timetable."""
    year, n = desk.year, len(rows)
    terms = len(year.terms) if year else 0
    free = schools.holidays(path=desk.school.path, first=year.starts, last=year.ends) if year else ()
    posts = schools.posts_at(unit=desk.school.id, on=desk.day)
    teachers = len({post.person for post in posts if post.role in {Role.TEACHER, Role.CLASS_TEACHER}})
    leads = any(post.role is Role.PRINCIPAL for post in posts)
    led = sum(not row.class_teacher for row in rows)
    open_ = sum(bool(row.untaught) for row in rows)
    still = sum(not row.lessons for row in rows)
    lessons = sum(row.lessons for row in rows)
    no_class = (int(not n), _("There is no class yet."))
    return [
        Point(
            _("School year and terms"),
            f"{year.code}: " + ngettext("%(n)s term", "%(n)s terms", terms) % {"n": terms} if year else "",
            _lacks(
                (not year, _("There is no school year yet.")),
                (bool(year) and not terms, _("The year has no term.")),
            ),
            _at(desk, "office:register_years"),
        ),
        Point(
            _("Holidays"),
            ngettext("%(n)s in the year", "%(n)s in the year", len(free)) % {"n": len(free)},
            _lacks((not free, _("No holiday is entered: lessons would be due every week."))),
            _at(desk, "office:register_holidays"),
        ),
        Point(
            _("Classes"),
            ngettext("%(n)s class", "%(n)s classes", n) % {"n": n},
            _lacks(no_class),
            _at(desk, "office:register_classes"),
        ),
        Point(
            _("Teachers"),
            ngettext("%(n)s teacher", "%(n)s teachers", teachers) % {"n": teachers},
            _lacks((not teachers, _("There is no teacher yet.")), (not leads, _("There is no principal."))),
            _at(desk, "office:people"),
        ),
        Point(
            _("Who teaches what"),
            ngettext("%(n)s class", "%(n)s classes", n - open_) % {"n": n - open_},
            _lacks(
                no_class,
                (led, ngettext("%(n)s class has no class teacher.", "%(n)s classes have no class teacher.", led)),
                (
                    open_,
                    ngettext(
                        "In %(n)s class nobody teaches some subject.",
                        "In %(n)s classes nobody teaches some subject.",
                        open_,
                    ),
                ),
            ),
            _at(desk, "office:register_classes"),
        ),
        Point(
            _("Timetable"),
            ngettext("%(n)s lesson a week", "%(n)s lessons a week", lessons) % {"n": lessons},
            _lacks(
                no_class,
                (still, ngettext("%(n)s class has no lesson.", "%(n)s classes have no lesson.", still)),
            ),
            _at(desk, "office:register_classes"),
        ),
    ]  # fmt: skip


def _people(desk: Desk, rows: Sequence[ClassSetup]) -> list[Point]:
    """Pupils, those who are told about them, codes."""
    pupils = sum(row.pupils for row in rows)
    empty = sum(not row.pupils for row in rows)
    gaps: Counter[Gap] = Counter()
    for row in rows:
        gaps += row.gaps
    number, reader, way, code = (gaps[gap] for gap in Gap)
    nobody = (int(not pupils), _("There is no pupil yet."))
    return [
        Point(
            _("Pupils"),
            ngettext("%(n)s pupil", "%(n)s pupils", pupils) % {"n": pupils},
            _lacks(
                nobody,
                (empty, ngettext("%(n)s class has no pupil.", "%(n)s classes have no pupil.", empty)),
                (number, ngettext("%(n)s pupil has no number.", "%(n)s pupils have no number.", number)),
            ),
            _at(desk, "office:register_classes"),
        ),
        Point(
            _("Guardians who can be told"),
            ngettext("of %(n)s pupil", "of %(n)s pupils", pupils - reader - way) % {"n": pupils - reader - way},
            _lacks(
                nobody,
                (reader, ngettext("%(n)s pupil has no guardian.", "%(n)s pupils have no guardian.", reader)),
                (
                    way,
                    ngettext(
                        "Of %(n)s pupil no guardian has an e-mail address or a mobile number.",
                        "Of %(n)s pupils no guardian has an e-mail address or a mobile number.",
                        way,
                    ),
                ),
            ),
            _at(desk, "office:register_classes"),
        ),
        Point(
            _("Pupil codes"),
            ngettext("%(n)s pupil has one", "%(n)s pupils have one", pupils - code) % {"n": pupils - code},
            _lacks(
                nobody, (code, ngettext("%(n)s pupil has none.", "%(n)s pupils have none.", code))
            ),
            reverse("notices:labels"),
        ),
    ]  # fmt: skip
