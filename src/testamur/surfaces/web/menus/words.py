"""What marks and meals of menus are called, in the visitor's language."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from testamur.schoolday.noticeboard.rules.menus import ALLERGENS, Dish, Mark, Meal

MARKS: Mapping[Mark, str | Promise] = {
    Mark.GLUTEN: _("Cereals with gluten"),
    Mark.CRUSTACEANS: _("Crustaceans"),
    Mark.EGGS: _("Eggs"),
    Mark.FISH: pgettext_lazy("allergen", "Fish"),
    Mark.PEANUTS: _("Peanuts"),
    Mark.SOYBEANS: _("Soybeans"),
    Mark.MILK: pgettext_lazy("allergen", "Milk"),
    Mark.NUTS: _("Nuts"),
    Mark.CELERY: _("Celery"),
    Mark.MUSTARD: _("Mustard"),
    Mark.SESAME: _("Sesame"),
    Mark.SULPHITES: _("Sulphites"),
    Mark.LUPIN: _("Lupin"),
    Mark.MOLLUSCS: _("Molluscs"),
    Mark.VEGETARIAN: _("Vegetarian"),
    Mark.VEGAN: _("Vegan"),
    Mark.PORK_FREE: _("Without pork"),
    Mark.LACTOSE_FREE: _("Without lactose"),
    Mark.GLUTEN_FREE: _("Without gluten"),
    Mark.ORGANIC: _("Organic"),
}
MEALS: Mapping[Meal, str | Promise] = {
    Meal.BREAKFAST: _("Breakfast"),
    Meal.LUNCH: _("Lunch"),
    Meal.SNACK: _("Snack"),
}
SCHOOL_DAYS, DAYS = 5, 7


@dataclass(frozen=True, slots=True)
class Served:
    """A dish in words: allergens, those of them that the reader is pointed at, and diets apart."""

    name: str
    meal: str
    contains: tuple[str, ...]
    concerns: tuple[str, ...]
    diets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServedDay:
    """A day of a menu in words."""

    on: date
    dishes: tuple[Served, ...]
    today: bool = False


def served(dishes: Iterable[Dish], pointed: Collection[Mark] = ()) -> tuple[Served, ...]:
    """Dishes in words, each by its name in the visitor's language where the kitchen told it."""
    some = list(dishes)
    several = len({dish.meal for dish in some}) > 1
    return tuple(
        Served(
            dish.name(get_language() or ""),
            str(MEALS[dish.meal]) if several else "",
            tuple(str(MARKS[mark]) for mark in ALLERGENS if mark in dish.marks),
            concerns(dish, pointed),
            tuple(str(MARKS[mark]) for mark in Mark if mark in dish.marks and mark not in ALLERGENS),
        )
        for dish in sorted(some, key=lambda dish: list(Meal).index(dish.meal))
    )


def concerns(dish: Dish, pointed: Collection[Mark]) -> tuple[str, ...]:
    """The allergens of a dish that the reader wants to be pointed at, by name."""
    return tuple(str(MARKS[mark]) for mark in ALLERGENS if mark in dish.marks and mark in pointed)


def week(
    days: Mapping[date, Iterable[Dish]], monday: date, today: date, pointed: Collection[Mark] = ()
) -> list[ServedDay]:
    """The days of a week; Saturday and Sunday only where something is served."""
    found = []
    for n in range(DAYS):
        on = monday + timedelta(days=n)
        dishes = served(days.get(on, ()), pointed)
        if dishes or n < SCHOOL_DAYS:
            found.append(ServedDay(on, dishes, on == today))
    return found
