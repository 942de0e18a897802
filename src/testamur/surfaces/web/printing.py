"""A report as a PDF: tagged, with its charts, in the product's own fonts."""

from __future__ import annotations

import json
import re
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

from testamur.surfaces.web.charts import WIDTH, Chart
from testamur.surfaces.web.tabular import Report, Table
from testamur.trust.records.render import FONT_FILES, fonts_dir

_TEMPLATE = Path(__file__).parent / "templates" / "web" / "reports" / "report.typ"
_WIDE = 8
"""Columns from which a table needs the long side of the paper."""
_BROAD, _HIGH = 115, 112
"""Most millimetres of a picture."""
_BOX = re.compile(rf'viewBox="0 0 {WIDTH} (\d+)"')
_STYLE = """<style>
text { font-family: "Noto Sans"; font-size: 12px; fill: #1c1c1e; }
.chart-word { text-anchor: end; } .chart-word--mid { text-anchor: middle; } .chart-much { text-anchor: middle; }
.chart-grid { stroke: #c9c9cf; stroke-width: 1; }
.chart-line { fill: none; stroke-width: 2.5; } .chart-point { fill: #ffffff; stroke-width: 2.5; }
.chart-s1 .chart-line, .chart-s1 .chart-point { stroke: #1f4e79; } rect.chart-s1 { fill: #1f4e79; }
.chart-s2 .chart-line, .chart-s2 .chart-point { stroke: #9a5b00; } rect.chart-s2 { fill: #9a5b00; }
.chart-s3 .chart-line, .chart-s3 .chart-point { stroke: #55555c; } rect.chart-s3 { fill: #55555c; }
.chart-s2 .chart-line { stroke-dasharray: 7 5; } .chart-s3 .chart-line { stroke-dasharray: 2 5; }
</style>"""


def pdf(report: Report, *, language: str, made: datetime, words: dict[str, str]) -> bytes:
    """The report on A4. `words`: ``made`` (when it was made) and ``page``. Same report and time, same bytes."""
    content = {
        "language": language,
        "title": report.title,
        "lead": report.lead,
        "wide": any(len(table.head) >= _WIDE for table in report.tables),
        "facts": [[name, cell.text] for name, cell in report.facts],
        "pictures": [
            {"title": one.chart.title, "svg": _svg(one.chart), "legend": list(one.legend), "width": _width(one.chart)}
            for one in report.pictures
        ],
        "tables": [_table(table) for table in report.tables],
        "notes": list(report.notes),
        "words": words,
    }
    found: Any = typst.compile(
        str(_TEMPLATE),
        root=str(_TEMPLATE.parent),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        timestamp=made.replace(microsecond=0),
        sys_inputs={"report": json.dumps(content, ensure_ascii=False)},
    )
    return bytes(found)


def _table(table: Table) -> dict[str, object]:
    return {
        "title": table.title,
        "head": list(table.head),
        "numbers": list(table.numbers),
        "rows": [[cell.text for cell in row] for row in table.rows],
        "note": table.note,
    }


def _width(chart: Chart) -> float:
    """Millimetres, so that it is no higher than a page."""
    found = _BOX.search(chart.svg)
    height = int(found[1]) if found else WIDTH
    return round(min(_BROAD, _HIGH * WIDTH / height), 1)


def _svg(chart: Chart) -> str:
    """The picture with the colours of paper: pages give theirs by a stylesheet."""
    start, end, rest = str(chart.svg).partition(">")
    return start.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1) + end + _STYLE + rest


@cache
def _fonts() -> Any:
    folder = fonts_dir()
    folders = sorted({str(next(folder.rglob(name)).parent) for name in FONT_FILES})
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
