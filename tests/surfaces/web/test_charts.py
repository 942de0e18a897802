"""Charts: a picture with a name, and the table that says the same; nothing that a visitor wrote becomes markup."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from xml.etree import ElementTree as ET

from testamur.surfaces.web import charts

FIRST = date(2026, 3, 1)
NASTY = '"><script>alert(1)</script>'


def drawn(chart: charts.Chart) -> ET.Element:
    """The picture, which is well-formed, named, and holds neither script nor style."""
    root = ET.fromstring(str(chart.svg))
    assert root.get("role") == "img"
    assert root.get("aria-label") == chart.title
    for part in root.iter():
        assert part.tag not in {"script", "style", "a"}
        assert "style" not in part.attrib
    return root


def test_a_line_stays_within_its_scale_and_its_table_says_the_same() -> None:
    points = [charts.Point(FIRST + timedelta(days=30 * n), Decimal(v), v) for n, v in enumerate("2694")]
    chart = charts.line(
        f"A {NASTY}",
        [charts.Series("a", tuple(points)), charts.Series("b", tuple(points[:1]))],
        steps={Decimal(n): str(n) for n in range(2, 7)},
        head=("Day", "a", "b"),
        first=FIRST,
        last=FIRST + timedelta(days=60),  # two of the points lie outside
    )
    line = next(part for part in drawn(chart).iter() if part.tag == "polyline")
    places = [tuple(map(int, one.split(","))) for one in line.attrib["points"].split()]
    assert all(0 <= x <= charts.WIDTH and 0 <= y <= 180 for x, y in places)
    assert places[0][1] > places[1][1] == places[2][1]  # more is higher, and nothing is higher than the scale
    assert chart.rows == (
        ("2026-03-01", "2", "2"), ("2026-03-31", "6", ""), ("2026-04-30", "9", ""), ("2026-05-30", "4", ""),
    )  # fmt: skip


def test_a_bar_that_is_not_told_has_no_length() -> None:
    rows = [
        charts.Bar(NASTY, (Decimal(3), None), ("3", "not told")),
        charts.Bar("b", (Decimal(9), Decimal(0)), ("9", "0")),
    ]
    chart = charts.bars("Bars", rows, names=("one", "two"), head="What", most=Decimal(6))
    widths = [int(part.attrib["width"]) for part in drawn(chart).iter() if part.tag == "rect"]
    assert widths == [145, 0, 290, 0]
    assert chart.head == ("What", "one", "two")
    assert chart.rows[0] == (NASTY, "3", "not told")


def test_a_month_begins_on_its_weekday() -> None:
    days = [charts.Day(FIRST + timedelta(days=n), Decimal(n == 3), "1" if n == 3 else "") for n in range(31)]
    chart = charts.calendar("March", days, weekdays=list("MTWTFSS"), head=("Day", "Absences"))
    cells = [part for part in drawn(chart).iter() if "chart-cell" in part.get("class", "")]
    assert len(cells) == 31
    assert int(cells[0].attrib["x"]) > int(cells[1].attrib["x"])  # a Sunday, then a Monday
    assert chart.rows == (("2026-03-04", "1"),)
