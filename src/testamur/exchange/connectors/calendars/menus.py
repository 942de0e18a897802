"""Reading menus: tables (CSV, XLSX), iCalendar, and JSON as menu services give it."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import icalendar
import python_calamine

from testamur.exchange.connectors.calendars.words import MEALS, marks_in
from testamur.exchange.connectors.tabular.dates import parse
from testamur.exchange.connectors.tabular.extent import TooWide, measure
from testamur.exchange.connectors.tabular.sheets import as_text
from testamur.kernel.base.refused import Refused
from testamur.kernel.base.text import harmless
from testamur.schoolday.noticeboard.rules.menus import Dish, Meal, MenuInvalid, check_dishes

MAX_BYTES = 2 * 2**20
MOST_ROWS = 5000
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "date": ("date", "day", "datum", "dag", "дата", "ден", "ngày"),
    "dish": ("dish", "name", "rätt", "maträtt", "ястие", "меню", "món"),
    "marks": ("marks", "allergens", "allergener", "märkning", "алергени", "dị ứng"),
    "meal": ("meal", "måltid", "хранене", "bữa"),
}
_DISHES = (
    "meals", "dishes", "items", "courses", "rätter", "content_text", "content_html", "summary", "description",
)  # fmt: skip
_LOCALES = ("sv", "en", "vi", "bg")
_BREAK = re.compile(r"<br\s*/?>|\n|\r| \| ", re.IGNORECASE)
_TAG = re.compile(r"<[^>]{0,200}>")


class MenuUnreadable(Refused):
    """The file is of no kind that holds a menu, too large, or broken."""

    code = "import.menu.unreadable"


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that was left out, and why: ``date``, ``dish``, ``marks``."""

    row: int
    what: str
    found: str


@dataclass(slots=True)
class MenuFile:
    """What a file says: dishes day by day, and what could not be read."""

    days: dict[date, list[Dish]] = field(default_factory=lambda: defaultdict(list))
    faults: list[Fault] = field(default_factory=list)

    def add(self, row: int, day: str | date, dish: Dish) -> None:
        """Add a dish, or note why it is left out."""
        on = day if isinstance(day, date) else parse(day.strip()).value
        if on is None:
            self.faults.append(Fault(row, "date", str(day)[:80]))
            return
        try:
            found = check_dishes([dish])
        except MenuInvalid as no:
            self.faults.append(Fault(row, no.field or "dish", dish.name("")[:80]))
            return
        if not found:
            self.faults.append(Fault(row, "dish", ""))
        else:
            self.days[on].extend(found)


def read_menu(*, name: str, data: bytes) -> MenuFile:
    """The menu in a file, told apart by its bytes. Raises `MenuUnreadable` (``import.menu.unreadable``)."""
    if len(data) > MAX_BYTES:
        raise MenuUnreadable(f"{name}: larger than is read.", field="file")
    found = MenuFile()
    if data.startswith(b"PK\x03\x04"):
        _table(found, _workbook(data))
        return found
    text = _text(data)
    start = text.lstrip()[:1]
    if "BEGIN:VCALENDAR" in text[:200].upper():
        _icalendar(found, data)
    elif start in {"{", "["}:
        _json(found, text)
    else:
        _table(found, _csv(text))
    if not found.days and not found.faults:
        raise MenuUnreadable("The file holds no menu.", field="file")
    return found


def _text(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return harmless_lines(data.decode(encoding))
        except UnicodeDecodeError:
            continue
    raise MenuUnreadable("The file is no text.", field="file")


def harmless_lines(text: str) -> str:
    """The text without characters that nobody types, its lines kept."""
    return "\n".join(harmless(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


def _csv(text: str) -> Iterator[tuple[int, list[str]]]:
    head = text.partition("\n")[0]
    delimiter = max(";,\t", key=head.count)
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), start=1):
            if any(cells):
                yield number, cells
    except csv.Error as error:
        raise MenuUnreadable(f"The table is broken: {error}.", field="file") from error


def _workbook(data: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            measure(archive)
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (TooWide, zipfile.BadZipFile, python_calamine.CalamineError, OSError, NotImplementedError) as error:
        raise MenuUnreadable(f"The workbook cannot be read: {error}.", field="file") from error
    for number, cells in enumerate(rows, start=1):
        texts = [as_text(cell) for cell in cells]
        if any(texts):
            yield number, texts


def _table(found: MenuFile, rows: Iterable[tuple[int, list[str]]]) -> None:
    lines = iter(rows)
    head = next(lines, (0, []))[1]
    places = _places(head)
    if "date" not in places or "dish" not in places:
        raise MenuUnreadable("The table needs columns for the day and the dish.", field="file", accepted=_accepted())
    for count, (number, cells) in enumerate(lines):
        if count >= MOST_ROWS:
            raise MenuUnreadable(f"More than {MOST_ROWS} rows.", field="file")

        def cell(column: str, cells: list[str] = cells) -> str:
            place = places.get(column)
            return cells[place].strip() if place is not None and place < len(cells) else ""

        names = {"": cell("dish")} | {locale: cell(f"name:{locale}") for locale in _LOCALES}
        marks, unknown = marks_in(cell("marks"))
        if unknown and names[""]:  # what cannot be told apart stays readable: somebody may be allergic to it
            words = ", ".join(unknown)[:80]
            found.faults.append(Fault(number, "marks", words))
            names = {locale: f"{text} ({words})" for locale, text in names.items() if text}
        meal = MEALS.get(cell("meal").casefold(), Meal.LUNCH)
        found.add(number, cell("date"), Dish(names, marks, meal))


def _places(head: list[str]) -> dict[str, int]:
    """Column → where it stands; a name in a language is ``name:sv``."""
    places: dict[str, int] = {}
    for n, cell in enumerate(head):
        plain = cell.strip().casefold()
        for column, names in _COLUMNS.items():
            if plain in names:
                places.setdefault(column, n)
        for locale in _LOCALES:
            if plain in {locale, f"dish_{locale}", f"name_{locale}"}:
                places.setdefault(f"name:{locale}", n)
    return places


def _accepted() -> str:
    return "; ".join(", ".join(names) for names in _COLUMNS.values())


def _icalendar(found: MenuFile, data: bytes) -> None:
    try:
        events = icalendar.Calendar.from_ical(data).walk("VEVENT")
    except (ValueError, KeyError, IndexError) as error:
        raise MenuUnreadable(f"The calendar cannot be read: {error}.", field="file") from error
    for number, event in enumerate(events[:MOST_ROWS], start=1):
        start = getattr(event.get("dtstart"), "dt", None)
        on = start.date() if isinstance(start, datetime) else start
        text = "\n".join((str(event.get("summary", "")), str(event.get("description", ""))))
        for line in dict.fromkeys(_lines(text)):
            found.add(number, on or "", _dish(line))


def _json(found: MenuFile, text: str) -> None:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MenuUnreadable(f"The JSON cannot be read: {error}.", field="file") from error
    for number, (day, dishes) in enumerate(_days(told), start=1):
        if number > MOST_ROWS:
            raise MenuUnreadable(f"More than {MOST_ROWS} days.", field="file")
        for dish in dishes:
            found.add(number, day, dish)


def _days(told: Any, depth: int = 0) -> Iterator[tuple[str | date, list[Dish]]]:
    """Every object with a day and dishes, however deep: weeks with days, a list of days, items of a feed."""
    if depth > 8:  # noqa: PLR2004 - no menu is nested deeper
        return
    if isinstance(told, list):
        for one in told:
            yield from _days(one, depth + 1)
    elif isinstance(told, dict):
        day = _day_of(told)
        if day is not None:
            yield day, list(_dishes(told))
            return
        for one in told.values():
            if isinstance(one, dict | list):
                yield from _days(one, depth + 1)


def _day_of(told: Mapping[str, Any]) -> str | date | None:
    if {"year", "month", "day"} <= set(told):
        try:
            return date(int(told["year"]), int(told["month"]), int(told["day"]))
        except (TypeError, ValueError):
            return f"{told['year']}-{told['month']}-{told['day']}"[:40]
    for name in ("date", "datum", "day", "date_published", "pubDate"):
        value = told.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            seconds = value / 1000 if value > 10**11 else value
            try:
                return datetime.fromtimestamp(seconds, tz=UTC).date()
            except (OverflowError, OSError, ValueError):
                return str(value)[:40]
        if isinstance(value, str) and value.strip():
            return value.strip()[:10]
    return None


def _dishes(told: Mapping[str, Any]) -> Iterator[Dish]:
    for name in (
        "meals",
        "dishes",
        "items",
        "courses",
        "rätter",
        "content_text",
        "content_html",
        "summary",
        "description",
    ):
        value = told.get(name)
        if isinstance(value, str):
            yield from (_dish(line) for line in _lines(value))
            return
        if isinstance(value, list):
            for one in value:
                if isinstance(one, str):
                    yield _dish(one)
                elif isinstance(one, dict):
                    yield _of_object(one)
            return


def _of_object(one: Mapping[str, Any]) -> Dish:
    names = {"": str(one.get("name") or one.get("value") or one.get("title") or "")}
    told = one.get("names")
    if isinstance(told, dict):
        names |= {locale: str(told[locale]) for locale in _LOCALES if told.get(locale)}
    listed = one.get("marks") or one.get("allergens") or one.get("attributes") or []
    marks, _unknown = marks_in(", ".join(map(str, listed)) if isinstance(listed, list) else str(listed))
    if not listed and len(names) == 1:
        return _dish(names[""])
    return Dish(names, marks, MEALS.get(str(one.get("meal", "")).casefold(), Meal.LUNCH))


def _dish(line: str) -> Dish:
    """A line as a kitchen writes it: ``Fish with potatoes (4, 7)``; what stands in brackets at its end are marks."""
    match = re.fullmatch(r"(.*\S)\s*\(([^()]{1,120})\)", line)
    if match is None:
        return Dish({"": line})
    marks, unknown = marks_in(match[2])
    return Dish({"": line}) if unknown or not marks else Dish({"": match[1]}, marks)


def _lines(text: str) -> list[str]:
    parts = (" ".join(_TAG.sub(" ", part).split()) for part in _BREAK.split(text))
    return [part for part in parts if part]
