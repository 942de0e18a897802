"""Charts drawn by the server: SVG without script or inline style, each with the table that says the same.

A chart is a picture with a name of its own; the table beneath is what a screen reader, a printer and whoever wants
numbers read. Colours come from `static/web/charts.css` by class, so that light, dark and print fit; no meaning hangs on
colour alone. Show one with ``{% include "web/components/chart.html" with chart=chart %}``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH = 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 12, 10, 24
_ROW, _BAR, _GAP = 16, 12, 10
_MARKS = ("circle", "square", "diamond")
"""How the points of the first, second and third line are drawn: told apart without colour."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture and its table. `head` names the columns; the first cell of each row is its name."""

    title: str
    svg: SafeString
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Point:
    """A value on a day; `text` is how it is written."""

    at: date
    value: Decimal
    text: str


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a chart."""

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One thing with a bar for each series; None is a bar that is not told. `texts` are the values as written."""

    name: str
    values: tuple[Decimal | None, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a calendar: how much (0 is nothing), and what to say of it."""

    on: date
    weight: Decimal
    text: str


def line(
    title: str,
    series: Sequence[Series],
    *,
    steps: Mapping[Decimal, str],
    head: tuple[str, ...],
    first: date,
    last: date,
    shown: Mapping[date, str] | None = None,
) -> Chart:
    """Values over time. `steps`: values at which the scale is drawn, with their names; `shown`: day → words beneath.

    `head`: names of the table's columns: day, then one for each series.
    """
    low, high = min(steps), max(steps)
    height = 180
    inner = Decimal(height - _TOP - _BOTTOM)

    def across(on: date) -> int:
        days = max((last - first).days, 1)
        return _LEFT + round((WIDTH - _LEFT - _RIGHT) * min(max((on - first).days, 0), days) / days)

    def down(value: Decimal) -> int:
        share = (min(max(value, low), high) - low) / (high - low) if high > low else Decimal(0)
        return height - _BOTTOM - round(inner * share)

    grid = format_html_join(
        "",
        '<line class="chart-grid" x1="{}" x2="{}" y1="{}" y2="{}"/><text class="chart-word" x="{}" y="{}">{}</text>',
        ((_LEFT, WIDTH - _RIGHT, down(v), down(v), _LEFT - 6, down(v) + 4, name) for v, name in steps.items()),
    )
    words = format_html_join(
        "",
        '<text class="chart-word chart-word--mid" x="{}" y="{}">{}</text>',
        ((min(max(across(on), 40), WIDTH - 30), height - 6, text) for on, text in (shown or {}).items()),
    )
    drawn = format_html_join(
        "",
        '<g class="chart-s{}"><polyline class="chart-line" points="{}"/>{}</g>',
        (
            (
                n + 1,
                " ".join(f"{across(p.at)},{down(p.value)}" for p in one.points),
                format_html_join("", "{}", ((_point(n, across(p.at), down(p.value)),) for p in one.points)),
            )
            for n, one in enumerate(series)
        ),
    )
    days = sorted({p.at for one in series for p in one.points})
    rows = tuple(
        (f"{on:%Y-%m-%d}", *(", ".join(p.text for p in one.points if p.at == on) for one in series)) for on in days
    )
    return Chart(title, _svg(title, height, format_html("{}{}{}", grid, words, drawn)), head, rows)


def bars(title: str, rows: Sequence[Bar], *, names: Sequence[str], head: str, most: Decimal) -> Chart:
    """Lying bars, one for each series (`names`) of each row; `most` is the value of a full bar, `head` names the rows.

    A value that is None has no bar, and its text says why.
    """
    each = _ROW * len(names)
    height = _TOP + len(rows) * (_ROW + each + _GAP)
    parts: list[SafeString] = []
    for n, row in enumerate(rows):
        top = _TOP + n * (_ROW + each + _GAP)
        parts.append(format_html('<text class="chart-name" x="0" y="{}">{}</text>', top + 11, row.name))
        for m, (value, text) in enumerate(zip(row.values, row.texts, strict=True)):
            share = min(max((value or Decimal(0)) / most, Decimal(0)), Decimal(1)) if most else Decimal(0)
            wide = round((WIDTH - 70) * share)
            parts.append(
                format_html(
                    '<rect class="chart-bar chart-s{}" x="0" y="{}" width="{}" height="{}" rx="2"/>'
                    '<text class="chart-value" x="{}" y="{}">{}</text>',
                    m + 1, top + _ROW + m * _ROW, wide, _BAR, wide + 6, top + _ROW + m * _ROW + 10, text,
                )
            )  # fmt: skip
    svg = _svg(title, height, format_html_join("", "{}", ((part,) for part in parts)))
    return Chart(title, svg, (head, *names), tuple((row.name, *row.texts) for row in rows))


def calendar(title: str, days: Sequence[Day], *, weekdays: Sequence[str], head: tuple[str, str]) -> Chart:
    """A month (or any run of days) as a calendar, Monday first, darker the more there is; only full days have rows."""
    first = days[0].on - timedelta(days=days[0].on.weekday())
    side = 48
    weeks = (days[-1].on - first).days // 7 + 1
    top = 22
    names = format_html_join(
        "",
        '<text class="chart-word chart-word--mid" x="{}" y="14">{}</text>',
        ((n * side + side // 2 + 12, name) for n, name in enumerate(weekdays)),
    )
    cells: list[SafeString] = []
    for day in days:
        week, column = divmod((day.on - first).days, 7)
        x, y = column * side + 12, top + week * side
        level = 0 if day.weight <= 0 else 1 if day.weight <= 1 else 2 if day.weight <= 3 else 3  # noqa: PLR2004 - shades
        number = format_html('<text class="chart-day" x="{}" y="{}">{}</text>', x + 6, y + 16, day.on.day)
        much = (
            format_html('<text class="chart-much" x="{}" y="{}">{}</text>', x + side // 2, y + 36, day.text)
            if level
            else ""
        )
        cell = format_html(
            '<rect class="chart-cell chart-l{}" x="{}" y="{}" width="{}" height="{}" rx="4"/>{}{}',
            level, x + 1, y + 1, side - 2, side - 2, number, much,
        )  # fmt: skip
        cells.append(cell)
    drawn = format_html("{}{}", names, format_html_join("", "{}", ((cell,) for cell in cells)))
    rows = tuple((f"{day.on:%Y-%m-%d}", day.text) for day in days if day.weight > 0)
    return Chart(title, _svg(title, top + weeks * side + 2, drawn), head, rows)


def _point(series: int, x: int, y: int) -> SafeString:
    kind = _MARKS[series % len(_MARKS)]
    if kind == "circle":
        return format_html('<circle class="chart-point" cx="{}" cy="{}" r="4"/>', x, y)
    turn = format_html(' transform="rotate(45 {} {})"', x, y) if kind == "diamond" else ""
    return format_html('<rect class="chart-point" x="{}" y="{}" width="8" height="8"{}/>', x - 4, y - 4, turn)


def _svg(title: str, height: int, inside: SafeString) -> SafeString:
    return format_html(
        '<svg class="chart-picture" viewBox="0 0 {} {}" role="img" aria-label="{}" focusable="false">{}</svg>',
        WIDTH, height, title, inside,
    )  # fmt: skip
