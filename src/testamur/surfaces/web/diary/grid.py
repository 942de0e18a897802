"""The mark grid: the page, the form of a browser without script, what is new, and the picture of the marks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound
from testamur.law.diary import MarkKind
from testamur.register.people import queries as people
from testamur.schoolday.diary import actions
from testamur.schoolday.diary.queries import marks as queries
from testamur.schoolday.diary.rules.marks import Entry, Grid, MarkCell, Outcome, State
from testamur.surfaces.web import sightings
from testamur.surfaces.web.diary import grid_shape as shape
from testamur.surfaces.web.diary.grid_forms import Change, NewColumn
from testamur.surfaces.web.diary.grid_tell import refusal, visitor_of
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import fragment, page

YEAR = "year"
"""In the address: the whole school year."""
SLACK = timedelta(seconds=20)
"""A colleague's mark bears the time at which the request began, and may come to stand a little later."""
_YEARS = range(2000, 2200)
_MOST = 200
"""Pupils or columns that a form may number."""
Answer = tuple[int, Entry, Outcome]
"""Number of the column, what was written, what became of it."""


def found(request: HttpRequest, group: UUID, subject: str) -> Grid:
    """The grid that an address is about: of a term by its code, or of the year; today's term where none is named."""
    visitor = visitor_of(request)
    asked, on = request.GET.get("term") or request.POST.get("term", ""), visitor.now.date()
    one = queries.grid(by=visitor.actor, group=group, subject=subject, on=on, year=asked == YEAR, code=asked)
    hidden = sightings.protected({row.pupil.id: row.pupil for row in one.rows})
    if hidden:
        sightings.note(visitor, visitor.actor, dict.fromkeys(hidden, one.room.path), "diary.grid")
    return one


@door("diary.home", Area.STAFF)
@require_GET
def grid(request: HttpRequest, group: UUID, subject: str) -> HttpResponse:
    """Pupils and columns of a group in a subject."""
    return _shown(request, found(request, group, subject))


@door("diary.home", Area.STAFF)
@require_POST
def save(request: HttpRequest, group: UUID, subject: str) -> HttpResponse:
    """The whole grid from a browser without script: what was touched is entered, what was not stays."""
    one = found(request, group, subject)
    wrong = entered(request)
    if wrong:
        return _shown(request, found(request, group, subject), wrong=wrong, status=422)
    return redirect(address(one))


@door("diary.home", Area.STAFF)
@require_GET
def fresh(request: HttpRequest, group: UUID, subject: str) -> HttpResponse:
    """What was written since the page last asked, for its program."""
    visitor = visitor_of(request)
    new = queries.fresh(
        by=visitor.actor, group=group, subject=subject, on=visitor.now.date(), since=asked_since(request)
    )
    return news(request, new)


def asked_since(request: HttpRequest) -> datetime:
    """From when on a page asks for what is new, with some slack."""
    return (_moment(request.GET.get("since", "")) or visitor_of(request).now) - SLACK


def news(request: HttpRequest, new: Mapping[tuple[UUID, UUID], MarkCell]) -> HttpResponse:
    """What was written, for the page's program."""
    visitor = visitor_of(request)
    writers = people.people(by=visitor.actor, ids={cell.by for cell in new.values()}, numbers=False) if new else {}
    marks = [
        {
            "task": str(task), "pupil": str(pupil), "mark": str(cell.id), "value": cell.value, "comment": cell.comment,
            "by": writers[cell.by].name if cell.by in writers else "", "mine": cell.by == visitor.actor.id,
        }
        for (task, pupil), cell in new.items()
    ]  # fmt: skip
    return JsonResponse({"at": visitor.now.isoformat(), "marks": marks})


def entered(request: HttpRequest) -> list[Answer]:
    """Enter what was touched in the columns that the form numbers; what was not stored, and why."""
    visitor = visitor_of(request)
    accept = request.POST.get("accept", "")
    outcomes: list[Answer] = []
    for number, task in _numbered(request, "t"):
        entries = _entries(request, number, accept=accept == str(number))
        if entries:
            results = actions.enter_marks(by=visitor.actor, task=task, entries=entries, now=visitor.now)
            outcomes += [(number, *pair) for pair in zip(entries, results, strict=True)]
    stored = sum(outcome.state is State.STORED for _number, _entry, outcome in outcomes)
    if stored:
        messages.success(request, ngettext("%(n)s mark saved.", "%(n)s marks saved.", stored) % {"n": stored})
    return [one for one in outcomes if one[2].state in {State.REFUSED, State.CONFLICT}]


def told(
    wrong: Iterable[Answer], names: Mapping[UUID, str], titles: Mapping[str, str]
) -> list[tuple[str, str, str, str]]:
    """Pupil, column, what was written and why it was not saved."""
    return [
        (names.get(entry.pupil, ""), titles.get(str(number), ""), entry.value, refusal(outcome))
        for number, entry, outcome in wrong
    ]


def address(one: Grid) -> str:
    """Where that grid is."""
    where = reverse("diary:grid", args=[one.room.group.id, one.subject])
    code = next((term.code for term in one.room.year.terms if term.id == one.term), YEAR)
    return f"{where}?{urlencode({'term': code})}"


def _shown(request: HttpRequest, one: Grid, *, wrong: list[Answer] | None = None, status: int = 200) -> HttpResponse:
    names = {row.pupil.id: row.pupil.name for row in one.rows}
    heads, bars = shape.heads(one, address(one)), shape.bars(one)
    named = {"group": one.room.group.id, "subject": one.subject}
    titles = {head.number: head.title for head in heads}
    column = next((h for h in heads if str(h.column.task.id) == request.GET.get("column")), None)
    context = {
        "grid": one,
        "subject": shape.subject_name(one.room.pack, one.subject),
        "heads": heads,
        "lines": shape.lines(one),
        "average": any(row.average is not None for row in one.rows),
        "terms": _terms(one),
        "here": address(one),
        "at": visitor_of(request).now.isoformat(),
        "program": json.dumps(shape.program(one)),
        "zero": UUID(int=0),
        "new": NewColumn(kinds=one.kinds, initial={"on": visitor_of(request).now.date()}) if one.writable else None,
        "closing": _closing(one),
        "column": column,
        "change": Change.of(column.column.task) if column and one.writable else None,
        "bars": bars,
        "wide": len(bars) * (shape.BAR + 8) + 8,
        "counts": shape.counts(one, bars),
        "numbered": shape.numbered(one),
        "wrong": told(wrong or (), names, titles),
        "save_address": reverse("diary:grid_save", kwargs=named),
        "fresh_address": reverse("diary:fresh", kwargs=named),
        "shown_term": next((term.code for term in one.room.year.terms if term.id == one.term), YEAR),
    }
    if status != 200:  # noqa: PLR2004 - the status of a page
        return page(request, "web/diary/grid.html", status=status, **context)
    return fragment(request, "web/diary/grid.html", "picture", **context)


def _closing(one: Grid) -> list[MarkKind]:
    """Kinds that close what is shown and have no column yet; a year is closed in its last term."""
    there = {column.task.kind for column in one.columns}
    last = one.term is None or one.term == one.room.year.terms[-1].id
    return [kind for kind in one.kinds if kind.code not in there and (kind.closes == "term" or (kind.closes and last))]


def _terms(one: Grid) -> list[dict[str, object]]:
    where = reverse("diary:grid", args=[one.room.group.id, one.subject])
    tabs: list[dict[str, object]] = [
        {"label": term.code, "address": f"{where}?{urlencode({'term': term.code})}", "current": term.id == one.term}
        for term in one.room.year.terms
    ]
    return [*tabs, {"label": _("Whole year"), "address": f"{where}?term={YEAR}", "current": one.term is None}]


def _numbered(request: HttpRequest, letter: str) -> list[tuple[int, UUID]]:
    """The columns (``t``) or pupils (``p``) that a form numbers."""
    numbered = []
    for number in range(_MOST):
        text = request.POST.get(f"{letter}.{number}")
        if text is None:
            break
        try:
            numbered.append((number, UUID(text)))
        except ValueError:
            raise NotFound("There is no such column or pupil.") from None
    return numbered


def _entries(request: HttpRequest, column: int, *, accept: bool) -> list[Entry]:
    """What was touched in a column: a cell whose text is another than the one that was shown."""
    entries = []
    for number, pupil in _numbered(request, "p"):
        name = f"{column}.{number}"
        mark, _space, shown = request.POST.get(f"s.{name}", "").partition(" ")
        typed = request.POST.get(f"v.{name}", shown).strip()
        if accept and not typed:
            typed = request.POST.get(f"q.{name}", "")
        if typed != shown:
            entries.append(Entry(pupil, typed, seen=_id(mark)))
    return entries


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFound("There is no such mark.") from None


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None and moment.year in _YEARS else None
