"""The demo's menus, holidays and changes of a day, for each school that keeps a diary. All dishes are invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.register.schools import actions as schools
from testamur.register.schools import queries
from testamur.register.schools.rules import NewHoliday
from testamur.schoolday.diary import actions as diary
from testamur.schoolday.diary.queries.changed import week_of
from testamur.schoolday.diary.rules.lessons import LessonKey, StandIn
from testamur.schoolday.noticeboard import actions as board
from testamur.schoolday.noticeboard.rules.menus import Dish, Mark
from testamur.surfaces.cli.demo_schools import Kept

WEEKS = 6
_NAMES: Mapping[str, str] = {"SE": "Skollunch (exempel)", "BG": "Училищен обяд (пример)", "VN": "Bữa trưa (ví dụ)"}
_HOLIDAYS: Mapping[str, str] = {"SE": "Studiedag (exempel)", "BG": "Неучебен ден (пример)", "VN": "Ngày nghỉ (ví dụ)"}
_DISHES: Mapping[str, tuple[tuple[str, str, tuple[Mark, ...]], ...]] = {
    "SE": (
        ("Fiskgratäng med potatismos", "Fish gratin with mashed potatoes", (Mark.FISH, Mark.MILK)),
        ("Köttbullar med makaroner", "Meatballs with macaroni", (Mark.GLUTEN, Mark.EGGS)),
        ("Linssoppa med bröd", "Lentil soup with bread", (Mark.GLUTEN, Mark.VEGAN)),
        ("Kycklinggryta med ris", "Chicken stew with rice", (Mark.CELERY, Mark.PORK_FREE)),
        ("Pannkakor med sylt", "Pancakes with jam", (Mark.GLUTEN, Mark.EGGS, Mark.MILK, Mark.VEGETARIAN)),
    ),
    "BG": (
        ("Таратор и мусака", "Cold yoghurt soup and moussaka", (Mark.MILK, Mark.EGGS)),
        ("Леща яхния", "Lentil stew", (Mark.CELERY, Mark.VEGAN)),
        ("Риба с картофи", "Fish with potatoes", (Mark.FISH,)),
        ("Пиле с ориз", "Chicken with rice", (Mark.PORK_FREE,)),
        ("Боб чорба и баница", "Bean soup and banitsa", (Mark.GLUTEN, Mark.EGGS, Mark.MILK)),
    ),
    "VN": (
        ("Cơm gà rau luộc", "Rice with chicken and greens", (Mark.PORK_FREE,)),
        ("Phở bò", "Beef noodle soup", (Mark.FISH,)),
        ("Cơm cá kho", "Rice with braised fish", (Mark.FISH, Mark.SOYBEANS)),
        ("Bún chả giò chay", "Noodles with vegetarian rolls", (Mark.GLUTEN, Mark.VEGAN)),
        ("Cơm trứng đậu phụ", "Rice with egg and tofu", (Mark.EGGS, Mark.SOYBEANS, Mark.VEGETARIAN)),
    ),
}


def fill(by: Actor, kept: Sequence[Kept], family: UUID | None, now: datetime) -> None:  # noqa: ARG001 - as all parts
    """A menu of six weeks, a day without lessons to come, and a teacher who is away on the next school day."""
    for school in kept:
        _menu(by, school, now)
        _holiday(by, school, now)
        _away(by, school, now)


def _menu(by: Actor, kept: Kept, now: datetime) -> None:
    land = kept.land.country
    if land not in _DISHES:
        return
    menu = board.add_menu(by=by, unit=kept.authority, name=_NAMES[land], now=now)
    monday = now.date() - timedelta(days=now.weekday())
    days: dict[date, list[Dish]] = {}
    for n in range(WEEKS * 5):
        week, weekday = divmod(n, 5)
        own, english, marks = _DISHES[land][(weekday + week) % len(_DISHES[land])]
        days[monday + timedelta(weeks=week, days=weekday)] = [Dish({"": own, "en": english}, frozenset(marks))]
    board.write_days(by=by, menu=menu, days=days, now=now)


def _holiday(by: Actor, kept: Kept, now: datetime) -> None:
    on = now.date() + timedelta(days=21 - now.weekday())
    if on <= kept.ends:
        name = _HOLIDAYS.get(kept.land.country, "Holiday (example)")
        schools.add_holidays(by=by, holidays=[NewHoliday(kept.school, on, on, name)], now=now)


def _away(by: Actor, kept: Kept, now: datetime) -> None:
    """The teacher of the first subject is away on the next day with lessons: one falls out, others give the rest."""
    teachers = list(kept.teachers.values())
    away = teachers[0]
    for n in range(1, 8):
        on = now.date() + timedelta(days=n)
        lines = [one for one in week_of(first=on, last=on, school=kept.school) if one.lesson.teacher == away]
        if lines and queries.unit(kept.school) is not None:
            stands_in = next(one for one in teachers if one != away)
            changes = [
                StandIn(LessonKey(one.lesson.key, on), stands_in if m else None, one.lesson.version)
                for m, one in enumerate(lines)
            ]
            diary.replace_teacher(by=by, changes=changes, now=now)
            return
