"""The board: how far a place is, its parts, its schools, and the classes of a school."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound
from testamur.register.schools.rules import UnitKind
from testamur.schoolday.supervision import queries
from testamur.schoolday.supervision.queries import Board
from testamur.schoolday.supervision.rules import Counts, Line, Order, of_class, share
from testamur.schoolday.transcripts.rules import STEPS, Standing, Step
from testamur.surfaces.web.charts import Bar, Chart, bars
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office.scope import actor_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.reports.answering import today
from testamur.surfaces.web.requests import WebRequest
from testamur.surfaces.web.supervision import words
from testamur.surfaces.web.supervision.picture import Block, Square, squares
from testamur.surfaces.web.supervision.place import address, chosen, crumbs, tabs

EACH = 60
"""Schools on one page of the table; the picture has them all."""
FEW = "<"
"""Stands in a square of whose pupils no count is told."""


@require_GET
@door("supervision.see", Area.OFFICE)
def home(request: WebRequest) -> HttpResponse:
    """The board of the place of the role."""
    hat = request.visitor.hat
    if hat is None or hat.unit is None:
        raise NotFound("There is no place to look at.")
    return show(request, body=hat.unit)


@require_GET
@door("supervision.see", Area.OFFICE)
def show(request: WebRequest, body: UUID) -> HttpResponse:
    """The board of a place."""
    found = queries.board(by=actor_of(request), unit=body, choice=chosen(request), on=today(request.visitor))
    year, step = found.year, found.choice.step
    names = {one.unit.id: one.unit.name for one in found.parts}
    shown = Paginator(found.schools, EACH).get_page(request.GET.get("page"))
    return page(
        request,
        "web/supervision/board.html",
        board=found,
        place=found.place,
        crumbs=crumbs(request.visitor, found.place, year, found.way),
        tabs=tabs(found.place, year, "place", found.late),
        filters=_filters(found),
        facts=_facts(found),
        chart=_chart(found.total) if found.total.pupils else None,
        missing=words.missing_most(found.total),
        state=words.state_of(found.total),
        heads=[(words.SHORT[one], words.STEPS[one]) for one in STEPS],
        parts=[_row(one, year) for one in found.parts if one.unit.kind is UnitKind.OFFICE],
        schools=[_row(one, year, names.get(one.district, "") if one.district else "") for one in shown],
        shown=shown,
        districts=any(one.district for one in found.schools),
        picture=_picture(found) if found.schools else "",
        shares=_shares(step),
        empty=[(one.name, address("place", one.id, year=year)) for one in found.empty],
        classes=[_class(one) for one in found.classes],
    )


def _filters(found: Board) -> dict[str, Any]:
    """What can be chosen, and what is."""
    return {
        "years": found.years,
        "levels": found.levels,
        "steps": [("", _("The whole way")), *((one.value, words.STEPS[one]) for one in STEPS)],
        "orders": [(one.value, words.ORDERS[one]) for one in Order],
        "step": found.choice.step.value if found.choice.step else "",
        "order": found.choice.order.value,
    }


def _facts(found: Board) -> list[tuple[str, str]]:
    total = found.total
    part = len(found.schools) + len(found.empty)
    facts = [(_("Classes"), told(total.classes)), (_("Pupils"), pupils_text(total))]
    if found.place.kind is not UnitKind.SCHOOL and not found.choice.find:
        taking = f"{told(len(found.schools))} / {told(part)} ({share(len(found.schools), part)} %)"
        facts.insert(0, (_("Schools that take part"), taking))
    if not total.few:
        facts += [
            (_("Of the whole way"), f"{total.far} %"),
            (_("Rejected by the store"), told(total.rejected)),
        ]
    if found.plan is not None:
        facts.append((_("Classes beyond a date"), told(found.late)))
    return facts


def told(number: int) -> str:
    """A number, with its thousands apart."""
    return number_format(number, force_grouping=True)


def pupils_text(counts: Counts) -> str:
    """How many pupils, or that they are few."""
    return _("fewer than 5") if counts.few else told(counts.pupils)


def _chart(total: Counts) -> Chart | None:
    """Pupils by step."""
    if total.few:
        return None
    rows = [
        Bar(
            str(words.STEPS[step]),
            (Decimal(total.reached.get(step, 0)),),
            (f"{told(total.reached.get(step, 0))} ({total.percent(step)} %)",),
        )
        for step in STEPS
    ]
    return bars(
        _("Pupils who have reached each step"), rows, names=(_("Pupils"),), head=_("Step"), most=Decimal(total.pupils)
    )


def _row(line: Line, year: str, district: str = "") -> dict[str, Any]:
    """A place as a row: its name and its numbers; of few pupils none."""
    counts = line.counts
    return {
        "name": line.unit.name,
        "address": address("place", line.unit.id, year=year),
        "district": district,
        "classes": told(counts.classes),
        "pupils": pupils_text(counts),
        "few": counts.few,
        "steps": _steps(counts),
        "far": f"{counts.far} %",
        "rejected": told(counts.rejected),
        "state": "" if counts.few else words.state_of(counts),
    }


def _steps(counts: Counts) -> list[tuple[str, str]]:
    """Share and number for each step."""
    return [(f"{counts.percent(step)} %", told(counts.reached.get(step, 0))) for step in STEPS]


def _class(one: Standing) -> dict[str, Any]:
    counts = of_class(one)
    return {
        "name": one.code,
        "address": reverse("transcripts:class", args=[one.group]),
        "level": one.year_level,
        "pupils": pupils_text(counts),
        "few": counts.few,
        "steps": _steps(counts),
        "rejected": told(one.rejected),
        "state": words.state_of(counts),
        "missing": [] if counts.few else words.missing_most(counts, 3),
    }


def _shares(step: Step | None) -> str:
    return str(words.STEPS[step]) if step is not None else _("Of the whole way")


def _picture(found: Board) -> str:
    """One square for each school, those of a district together."""
    names = {one.unit.id: one.unit.name for one in found.parts}
    step = found.choice.step
    many = found.choice.order is Order.PLACE and any(one.district for one in found.schools)

    def name(line: Line) -> str:
        return names.get(line.district, "") if many and line.district else ""

    blocks = [
        Block(district, tuple(_square(one, step) for one in some)) for district, some in groupby(found.schools, name)
    ]
    return squares(_alternative(found.schools, step), blocks)


def _square(line: Line, step: Step | None) -> Square:
    if line.counts.few:
        return Square(line.unit.name, 0, FEW)
    percent = line.counts.percent(step)
    return Square(line.unit.name, percent, f"{percent} %")


def _alternative(lines: Sequence[Line], step: Step | None) -> str:
    """The picture in words: how many schools stand where."""
    done = sum(one.counts.percent(step) == 100 for one in lines)  # noqa: PLR2004 - percent
    half = sum(50 <= one.counts.percent(step) < 100 for one in lines)  # noqa: PLR2004 - percent
    rest = len(lines) - done - half
    schools = ngettext("%(n)d school", "%(n)d schools", len(lines)) % {"n": len(lines)}
    said = _(
        "%(done)d are at 100 %%, %(half)d at half or more, %(rest)d below half. The table beneath has the numbers."
    )
    return f"{_shares(step)}: {schools}. {said % {'done': done, 'half': half, 'rest': rest}}"
