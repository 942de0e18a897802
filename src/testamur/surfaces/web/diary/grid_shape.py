"""The mark grid as its page shows it: cells as ready markup (hundreds of them), columns, terms, the picture of marks.

Cells are numbered by row and column, so that a page of three hundred cells stays small: ``v.3.12`` is what is typed in
column 3 for pupil 12, ``s.3.12`` the mark that was seen there and its value, ``q.3.12`` what was proposed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string
from django.utils.formats import date_format, number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from testamur.law.contract import Pack
from testamur.law.diary import Proposal
from testamur.register.people.rules import PersonView, Protection
from testamur.schoolday.diary.rules.marks import Column, Grid, GridRow, distribution

HEIGHT = 120
"""Units of the picture of marks."""
BAR = 44


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head."""

    number: str
    column: Column
    title: str
    kind: str
    day: str
    proposed: int
    """How many empty cells have a proposal."""
    address: str = ""
    """Where the column is changed; empty where it is not."""


@dataclass(frozen=True, slots=True)
class Line:
    """A pupil, and the pupil's line as markup."""

    person: PersonView
    markup: SafeString


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the picture."""

    value: str
    count: int
    x: int
    y: int
    height: int

    @property
    def middle(self) -> int:
        """Where its words stand."""
        return self.x + BAR // 2


def subject_name(pack: Pack, code: str) -> str:
    """The subject in the language of the law; the code itself where the law has no such subject."""
    return next((one.name for one in pack.subjects if one.code == code), code)


def figure(value: Decimal | None) -> str:
    """An average as the visitor's language writes it."""
    return "" if value is None else number_format(value, 2)


def heads(grid: Grid, here: str = "") -> list[Head]:
    """The columns; `here`: the address of the grid, where each can be changed."""
    found = []
    for number, column in enumerate(grid.columns):
        task = column.task
        kind = column.kind.name if column.kind is not None else task.kind
        empty = [row for row in grid.rows if task.id in row.proposals and not _stands(row, task.id)]
        day = "" if task.closes else date_format(task.on, "j.n")
        at = f"{here}&column={task.id}#column" if here else ""
        found.append(Head(str(number), column, task.title or kind, kind, day, len(empty), at))
    return found


def lines(grid: Grid) -> list[Line]:
    """The pupils with their cells."""
    averages = any(row.average is not None for row in grid.rows)
    return [Line(row.pupil, _line(grid, row, number, averages=averages)) for number, row in enumerate(grid.rows)]


def numbered(grid: Grid) -> SafeString:
    """Which column and which pupil the numbers of the form stand for."""
    columns = (f'<input type="hidden" name="t.{n}" value="{one.task.id}">' for n, one in enumerate(grid.columns))
    pupils = (f'<input type="hidden" name="p.{n}" value="{row.pupil.id}">' for n, row in enumerate(grid.rows))
    return mark_safe("".join((*columns, *pupils)))  # noqa: S308 - numbers and ids


def bars(grid: Grid) -> list[Bar]:
    """The marks of the day that the grid shows, by the steps of their scale, from the lowest up."""
    daily = [column for column in grid.columns if not column.task.closes]
    steps = {step.value: step for column in daily if column.kind for step in column.kind.scale.values}
    ranked = sorted(steps.values(), key=lambda step: step.points if step.points is not None else Decimal(0))
    values = (row.cells[c.task.id].value for row in grid.rows for c in daily if _stands(row, c.task.id))
    counts = distribution((step.value for step in ranked), values)
    most = max(counts.values(), default=0) or 1
    return [
        Bar(value, count, at * (BAR + 8), HEIGHT - (high := round(count * HEIGHT / most)), high)
        for at, (value, count) in enumerate(counts.items())
    ]


def counts(grid: Grid, found: Sequence[Bar]) -> list[tuple[Head, list[int]]]:
    """The same in figures, column by column."""
    table = []
    for head in heads(grid):
        if head.column.task.closes:
            continue
        values = [row.cells[head.column.task.id].value for row in grid.rows if _stands(row, head.column.task.id)]
        table.append((head, [values.count(bar.value) for bar in found]))
    return table


def row_answer(average: Decimal | None, word: str, proposals: dict[UUID, Proposal]) -> dict[str, Any]:
    """A pupil's conclusions as the page's program reads them."""
    return {
        "average": figure(average),
        "word": word,
        "proposals": {str(task): {"value": one.value, "why": one.why} for task, one in proposals.items()},
    }


def _stands(row: GridRow, task: UUID) -> bool:
    return task in row.cells and bool(row.cells[task].value)


def _line(grid: Grid, row: GridRow, r: int, *, averages: bool) -> SafeString:
    """One line. Built by hand: templates would take longer for a class than everything else on the page."""
    cells = "".join(_cell(row, r, c, column) for c, column in enumerate(grid.columns))
    average = ""
    if averages:
        average = (
            f'<td role="gridcell" class="grid-average" id="a{r}"><span class="number">{figure(row.average)}</span> '
            f'<span class="grid-word">{escape(row.word)}</span></td>'
        )
    gone = ' class="has-left"' if row.left else ""
    head = f'<th scope="row" role="rowheader" id="r{r}" class="grid-name">{_name(row)}</th>'
    return mark_safe(f'<tr role="row"{gone}>{head}{cells}{average}</tr>\n')  # noqa: S308 - every text is escaped


def _name(row: GridRow) -> str:
    """The name as the visitor may see it, and the last day of whoever left."""
    name = escape(row.pupil.name)
    if row.pupil.masked or row.pupil.protection is not Protection.NONE:
        chip = {"name": row.pupil.name, "masked": row.pupil.masked, "protected": True}
        name = render_to_string("web/components/person.html", chip)
    if row.left is None:
        return name
    left = _("left %(day)s") % {"day": date_format(row.left, "SHORT_DATE_FORMAT")}
    return f'{name} <span class="muted small">{escape(left)}</span>'


def _cell(row: GridRow, r: int, c: int, column: Column) -> str:
    """One cell."""
    found, proposal = row.cells.get(column.task.id), row.proposals.get(column.task.id)
    value = found.value if found else ""
    notes = _notes(found.comment, changed=found.changed) if found else ""
    closing = ' class="closes"' if column.task.closes else ""
    if column.readonly:
        return f'<td role="gridcell"{closing}><span tabindex="-1">{escape(value)}</span>{notes}</td>'
    name, parts = f"{c}.{r}", [f'<td role="gridcell"{closing}>']
    hint = f' placeholder="{escape(proposal.value)}"' if proposal else ""
    parts.append(
        f'<input name="v.{name}" value="{escape(value)}" aria-labelledby="r{r} c{c}" maxlength="60"{hint}'
        ' autocomplete="off" spellcheck="false">'
    )
    if found:
        parts.append(f'<input type="hidden" name="s.{name}" value="{found.id} {escape(value)}">')
    if proposal and not value:
        parts.append(f'<input type="hidden" name="q.{name}" value="{escape(proposal.value)}">')
    return "".join(parts) + notes + "</td>"


def _notes(comment: str, *, changed: bool) -> str:
    """Small signs in the corner: there is a comment, it was changed."""
    said = _sign("has-comment", _("Comment"), comment) if comment else ""
    return said + (_sign("has-changes", _("Changed"), "") if changed else "")


def _sign(kind: str, word: str, title: str) -> str:
    return f'<i class="{kind}" title="{escape(title)}"><span class="ds-sr-only">{escape(word)}</span></i>'


def program(grid: Grid) -> dict[str, Any]:
    """What the page's program needs to know of the columns and pupils."""
    return {
        "columns": [
            {
                "task": str(one.task.id),
                "accepted": list(one.accepted),
                "closes": one.task.closes,
                "readonly": one.readonly,
            }
            for one in grid.columns
        ],
        "pupils": [str(row.pupil.id) for row in grid.rows],
        "comments": {
            f"{c}.{r}": row.cells[column.task.id].comment
            for r, row in enumerate(grid.rows)
            for c, column in enumerate(grid.columns)
            if column.task.id in row.cells and row.cells[column.task.id].comment
        },
    }
