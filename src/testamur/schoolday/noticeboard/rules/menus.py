"""Pure rules of menus: dishes day by day, what is in them, weeks that come back.

The fourteen substances are those of annex II of Regulation (EU) No 1169/2011, which is to be told of every dish that
is served to many. What somebody may eat is nobody's to guess: a mark says what the kitchen said.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from testamur.kernel.base.refused import Refused

LONGEST_DISH, MOST_DISHES, MOST_WEEKS = 200, 12, 26
LONGEST_NAME = 120


class Mark(StrEnum):
    """What the kitchen says of a dish."""

    GLUTEN = "gluten"
    CRUSTACEANS = "crustaceans"
    EGGS = "eggs"
    FISH = "fish"
    PEANUTS = "peanuts"
    SOYBEANS = "soybeans"
    MILK = "milk"
    NUTS = "nuts"
    CELERY = "celery"
    MUSTARD = "mustard"
    SESAME = "sesame"
    SULPHITES = "sulphites"
    LUPIN = "lupin"
    MOLLUSCS = "molluscs"
    VEGETARIAN = "vegetarian"
    VEGAN = "vegan"
    PORK_FREE = "pork_free"
    LACTOSE_FREE = "lactose_free"
    GLUTEN_FREE = "gluten_free"
    ORGANIC = "organic"


ALLERGENS = tuple(Mark)[:14]
"""Annex II, in its order."""
DIETS = tuple(Mark)[14:]
_CONTRADICT = (
    (Mark.GLUTEN, Mark.GLUTEN_FREE), (Mark.FISH, Mark.VEGETARIAN), (Mark.CRUSTACEANS, Mark.VEGETARIAN),
    (Mark.FISH, Mark.VEGAN), (Mark.MILK, Mark.VEGAN), (Mark.EGGS, Mark.VEGAN),
)  # fmt: skip


class Meal(StrEnum):
    """When a dish is served."""

    BREAKFAST = "breakfast"
    LUNCH = "lunch"
    SNACK = "snack"


class MenuInvalid(Refused):
    """A menu without a name, a dish without one or too many of them, or marks that contradict each other."""

    code = "noticeboard.menu.invalid"


class MenuTaken(Refused):
    """The unit has a menu of that name already."""

    code = "noticeboard.menu.taken"


class MenuEnded(Refused):
    """The menu is kept no more."""

    code = "noticeboard.menu.ended"


@dataclass(frozen=True, slots=True)
class Dish:
    """A dish of a day. `names`: locale → what it is called; the empty locale is what the kitchen wrote."""

    names: Mapping[str, str]
    marks: frozenset[Mark] = frozenset()
    meal: Meal = Meal.LUNCH

    def name(self, locale: str) -> str:
        """What it is called in that language, else as the kitchen wrote it, else in any."""
        return self.names.get(locale) or self.names.get("") or next(iter(self.names.values()), "")


@dataclass(frozen=True, slots=True)
class MenuView:
    """A menu of a unit and of all below it.

    Attributes:
        forms: forms of school that it is for; empty is all.
        code: what stands in its public address; it never changes.
    """

    id: UUID
    unit: UUID
    path: str
    name: str
    code: str
    forms: tuple[str, ...]
    changed_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class DayMenu:
    """What a menu has on a day."""

    on: date
    dishes: tuple[Dish, ...] = field(default=())


def check_dishes(dishes: Sequence[Dish]) -> tuple[Dish, ...]:
    """The dishes of a day, trimmed; those without a name left out.

    Raises `MenuInvalid` (``noticeboard.menu.invalid``) for too many or too long, and for marks that contradict.
    """
    found = []
    for dish in dishes:
        names = {locale: " ".join(text.split()) for locale, text in dish.names.items()}
        names = {locale: text for locale, text in names.items() if text}
        if not names:
            continue
        if any(len(text) > LONGEST_DISH for text in names.values()):
            raise MenuInvalid(f"A dish has at most {LONGEST_DISH} characters.", field="dishes", longest=LONGEST_DISH)
        if any({one, other} <= dish.marks for one, other in _CONTRADICT):
            raise MenuInvalid("Two marks of a dish contradict each other.", field="marks")
        found.append(Dish(names, dish.marks, dish.meal))
    if len(found) > MOST_DISHES:
        raise MenuInvalid(f"A day has at most {MOST_DISHES} dishes.", field="dishes", most=MOST_DISHES)
    return tuple(found)


def check_name(text: str) -> str:
    """A menu's name without white space around it. Raises `MenuInvalid`."""
    name = " ".join(text.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise MenuInvalid("Give the menu a name.", field="name", longest=LONGEST_NAME)
    return name


def marks_of(texts: Collection[str]) -> frozenset[Mark]:
    """Marks by their codes; raises `MenuInvalid` for an unknown one."""
    try:
        return frozenset(Mark(text) for text in texts)
    except ValueError as error:
        raise MenuInvalid("There is no such mark.", field="marks") from error


def copied(days: Mapping[date, Sequence[Dish]], source: date, target: date, weeks: int) -> dict[date, tuple[Dish, ...]]:
    """What the week from the Monday `source` gives for the `weeks` weeks from the Monday `target`.

    Raises `MenuInvalid` for a number of weeks that is none, and where the source lies among the targets.
    """
    if not 1 <= weeks <= MOST_WEEKS:
        raise MenuInvalid(f"Copy to 1 to {MOST_WEEKS} weeks.", field="weeks", most=MOST_WEEKS)
    starts = [target + timedelta(weeks=n) for n in range(weeks)]
    if source in starts:
        raise MenuInvalid("A week cannot be copied onto itself.", field="target")
    return {
        start + timedelta(days=n): tuple(days.get(source + timedelta(days=n), ())) for start in starts for n in range(7)
    }
