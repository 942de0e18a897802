"""Words of menus in the languages of kitchens: allergens by number of annex II or by name, diets, meals."""

from __future__ import annotations

import re
from collections.abc import Mapping

from testamur.schoolday.noticeboard.rules.menus import ALLERGENS, Mark, Meal

_NAMES: Mapping[Mark, tuple[str, ...]] = {
    Mark.GLUTEN: ("gluten", "wheat", "vete", "spannmål", "глутен", "пшеница"),
    Mark.CRUSTACEANS: ("crustaceans", "skaldjur", "kräftdjur", "ракообразни", "giáp xác"),
    Mark.EGGS: ("eggs", "egg", "ägg", "яйца", "trứng"),
    Mark.FISH: ("fish", "fisk", "риба", "cá"),
    Mark.PEANUTS: ("peanuts", "peanut", "jordnötter", "jordnöt", "фъстъци", "đậu phộng", "lạc"),
    Mark.SOYBEANS: ("soybeans", "soya", "soy", "soja", "sojabönor", "соя", "đậu nành"),
    Mark.MILK: ("milk", "mjölk", "laktos", "мляко", "sữa"),
    Mark.NUTS: ("nuts", "nötter", "ядки", "hạt"),
    Mark.CELERY: ("celery", "selleri", "целина", "cần tây"),
    Mark.MUSTARD: ("mustard", "senap", "синап", "горчица", "mù tạt"),
    Mark.SESAME: ("sesame", "sesam", "sesamfrön", "сусам", "vừng", "mè"),
    Mark.SULPHITES: ("sulphites", "sulfites", "sulfit", "svaveldioxid", "сулфити", "sulfit"),
    Mark.LUPIN: ("lupin", "lupine", "лупина", "đậu lupin"),
    Mark.MOLLUSCS: ("molluscs", "mollusks", "blötdjur", "мекотели", "thân mềm"),
    Mark.VEGETARIAN: ("vegetarian", "vegetarisk", "vegetariskt", "veg", "v", "вегетарианско", "chay"),
    Mark.VEGAN: ("vegan", "vegansk", "veganskt", "веган", "веганско", "thuần chay"),
    Mark.PORK_FREE: ("pork_free", "pork-free", "no pork", "utan fläsk", "fläskfri", "без свинско", "không thịt heo"),
    Mark.LACTOSE_FREE: ("lactose_free", "lactose-free", "laktosfri", "laktosfritt", "без лактоза"),
    Mark.GLUTEN_FREE: ("gluten_free", "gluten-free", "glutenfri", "glutenfritt", "без глутен"),
    Mark.ORGANIC: ("organic", "ekologisk", "ekologiskt", "eko", "био", "hữu cơ"),
}  # fmt: skip
_BY_WORD = {word: mark for mark, words in _NAMES.items() for word in words} | {
    str(n): mark for n, mark in enumerate(ALLERGENS, start=1)
}
MEALS: Mapping[str, Meal] = {
    "breakfast": Meal.BREAKFAST, "frukost": Meal.BREAKFAST, "закуска": Meal.BREAKFAST, "bữa sáng": Meal.BREAKFAST,
    "lunch": Meal.LUNCH, "обяд": Meal.LUNCH, "bữa trưa": Meal.LUNCH,
    "snack": Meal.SNACK, "mellanmål": Meal.SNACK, "следобедна закуска": Meal.SNACK, "bữa xế": Meal.SNACK,
}  # fmt: skip


def marks_in(text: str) -> tuple[frozenset[Mark], tuple[str, ...]]:
    """The marks that a cell names, and the words in it that are none."""
    words = [word.strip().casefold() for word in re.split(r"[,;/+]", text)]
    known = frozenset(_BY_WORD[word] for word in words if word in _BY_WORD)
    return known, tuple(word for word in words if word and word not in _BY_WORD)
