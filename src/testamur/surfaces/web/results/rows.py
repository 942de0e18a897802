"""What is typed into a list: saved cell by cell by the page's program, or all at once by its form."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound
from testamur.register.people.rules import PersonView
from testamur.schoolday.reporting import actions
from testamur.schoolday.reporting.queries import lists
from testamur.schoolday.reporting.rules.views import Entry, Faulty, ListView, RowView, Saved
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.requests import Visitor
from testamur.surfaces.web.results import common, shape
from testamur.surfaces.web.results.lists import ordered, people_of, preference, shown, unregistered

MOST = 2000
"""Rows that one call or form may hold."""
CHANGED = "reporting.row.changed"


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form says: entries that were touched, the revision that was on the page."""

    entries: list[Entry]
    revision: int


@require_http_methods(["GET", "POST"])
@door("results.home", Area.RESULTS)
def rows(request: HttpRequest, result_list: UUID) -> HttpResponse:
    """GET ``?since=``: what was written since, and all remarks, for the page's program.

    POST of JSON ``{entries: [{row, value, examined_on, points, leaves, revision}], since}``: the same after saving,
    with what was not saved and why; 400 for what is no such JSON. POST of a form: the whole list from a browser
    without script.
    """
    visitor = common.visitor_of(request)
    head = lists.head(by=visitor.actor, list=result_list)
    if request.method == "GET":
        return _fresh(request, result_list, _whole(request.GET.get("since", "")))
    if request.content_type != "application/json":
        return _form(request, visitor, result_list)
    sent = _sent(request)
    if sent is None:
        visitor.actor.must(common.WRITE, head.path)
        return HttpResponseBadRequest()
    by_revision, since = sent
    saved = [_save(visitor, result_list, some, revision) for revision, some in by_revision.items()]
    return _fresh(request, result_list, since, saved, {one.row for some in by_revision.values() for one in some})


def _save(visitor: Visitor, result_list: UUID, entries: Sequence[Entry], revision: int) -> Saved:
    return actions.save_rows(by=visitor.actor, list=result_list, entries=entries, revision=revision, now=visitor.now)


def _fresh(
    request: HttpRequest,
    result_list: UUID,
    since: int,
    saved: Sequence[Saved] = (),
    touched: Iterable[UUID] = (),
) -> JsonResponse:
    """The rows that were touched or changed since, every remark, the summary and the buttons below the grid."""
    visitor = common.visitor_of(request)
    view = lists.view(by=visitor.actor, list=result_list, now=visitor.now)
    persons = people_of(visitor, view)
    wanted = set(touched)
    by_row = shape.remarks(view)
    in_order = ordered(visitor, view.rows, preference(visitor).sort)
    found = shape.findings(in_order, view, persons)
    parts = {
        "findings": found,
        "count": len(view.rows),
        "unregistered": unregistered(view),
        "head": view.head,
        "view": view,
        "may": {"reveal": common.writable(visitor, view.head) and shape.can_be_revealed(view)},
    }
    current = {row.id: row for row in view.rows}
    return JsonResponse(
        {
            "revision": view.head.revision,
            "rows": [_row(row, persons, visitor) for row in view.rows if row.revision > since or row.id in wanted],
            "faulty": [_faulty(one, current, persons, visitor) for some in saved for one in some.faulty],
            "left": sum(some.left for some in saved),
            "here": [str(row.id) for row in view.rows],
            "remarks": {
                str(row): {"html": shape.remarks_of(some), "stops": any(one.stops for one in some)}
                for row, some in by_row.items()
            },
            "parts": {
                part: render_to_string(f"web/results/list.html#{part}", parts, request=request)
                for part in ("summary", "saving", "standing")
            },
        }
    )


def _row(row: RowView, persons: Mapping[UUID, PersonView], visitor: Visitor) -> dict[str, Any]:
    return {
        "row": str(row.id),
        "revision": row.revision,
        "value": row.value,
        "examined_on": row.examined_on.isoformat() if row.examined_on else "",
        "points": row.points,
        "by": common.name_of(persons, row.graded_by),
        "mine": row.graded_by == visitor.actor.id,
    }


def _faulty(
    one: Faulty, current: Mapping[UUID, RowView], persons: Mapping[UUID, PersonView], visitor: Visitor
) -> dict[str, Any]:
    row = current.get(one.row)
    return {
        "row": str(one.row),
        "field": one.field,
        "conflict": one.code == CHANGED,
        "message": said(one, row, persons),
        "now": _row(row, persons, visitor) if row is not None else None,
    }


def said(one: Faulty, row: RowView | None, persons: Mapping[UUID, PersonView]) -> str:
    """Why one cell was not saved, and what would be."""
    if row is None:
        return _("Somebody took this student out of the list in the meantime.")
    if one.code == CHANGED:
        who, stands = common.name_of(persons, one.by), " ".join(filter(None, one.stands)) or "–"
        if who:
            text = _("%(who)s wrote %(value)s in the meantime. Nothing was saved here.")
            return text % {"who": who, "value": stands}
        return _("Somebody else wrote %(value)s in the meantime. Nothing was saved here.") % {"value": stands}
    if one.field == "value" and one.accepted:
        return _("That is not a grade here. Possible: %(steps)s.") % {"steps": ", ".join(one.accepted)}
    known = refusals.SENTENCES.get(one.code)
    return str(known) if known is not None else one.message


# --- the form of a browser without script --------------------------------------------------------


def _form(request: HttpRequest, visitor: Visitor, result_list: UUID) -> HttpResponse:
    """What was touched is saved; what was refused is told above the list, and everything else stands."""
    typed = _typed(request)
    saved = _save(visitor, result_list, typed.entries, typed.revision)
    if saved.changed:
        messages.success(
            request, ngettext("%(n)s student saved.", "%(n)s students saved.", saved.changed) % {"n": saved.changed}
        )
    if saved.left:
        text = ngettext("%(n)s student left the list.", "%(n)s students left the list.", saved.left)
        messages.success(request, text % {"n": saved.left})
    if saved.faulty:
        view = lists.view(by=visitor.actor, list=result_list, now=visitor.now)
        return shown(request, result_list, status=422, wrong=_told(visitor, view, saved.faulty))
    if not (saved.changed or saved.left):
        messages.info(request, _("Nothing was changed; the draft is kept as it is."))
    return redirect("results:list", result_list)


def _told(visitor: Visitor, view: ListView, faulty: Sequence[Faulty]) -> list[tuple[str, str, str]]:
    persons = people_of(visitor, view)
    current = {row.id: row for row in view.rows}
    return [
        (
            shape.label(current[one.row], persons.get(current[one.row].person)) if one.row in current else "",
            shape.explain(one.field),
            said(one, current.get(one.row), persons),
        )
        for one in faulty
    ]


def _typed(request: HttpRequest) -> Typed:
    """The rows of a form whose texts are others than those that were shown.

    ``same``: the day in ``same_date`` goes to every row of the form that has none.
    """
    same = request.POST.get("same_date", "").strip() if "same" in request.POST else ""
    entries = []
    for n in range(MOST):
        kept = request.POST.get(f"r.{n}")
        if kept is None:
            break
        row, _space, texts = kept.partition(" ")
        before = dict(zip(shape.FIELDS, [*texts.split("|"), "", "", ""], strict=False))
        now = {field: request.POST.get(f"{shape.LETTERS[field]}.{n}", before[field]).strip() for field in shape.FIELDS}
        if same and not now["examined_on"]:
            now["examined_on"] = same
        changed: dict[str, Any] = {field: text for field, text in now.items() if text != before[field]}
        if request.POST.get(f"l.{n}"):
            changed["leaves"] = True
        if changed:
            entries.append(Entry(row=_id(row), **changed))
    return Typed(entries, _whole(request.POST.get("revision", "")))


# --- the page's program --------------------------------------------------------------------------


def _sent(request: HttpRequest) -> tuple[dict[int, list[Entry]], int] | None:
    """Entries by the revision at which their row was seen; None for what is no such JSON."""
    try:
        told = json.loads(request.body)
        found: dict[int, list[Entry]] = {}
        for one in told["entries"]:
            found.setdefault(int(one["revision"]), []).append(
                Entry(
                    row=UUID(_text(one["row"])),
                    leaves=True if one.get("leaves") is True else None,
                    **{field: _text(one[field]) for field in shape.FIELDS if field in one},
                )
            )
        if sum(map(len, found.values())) > MOST:
            return None
        return dict(sorted(found.items(), reverse=True)), int(told["since"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError):
        return None


def _text(value: object) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise TypeError("a text is needed")
    return value


def _whole(text: str) -> int:
    """A revision; 0 for what is none, so that every row is newer."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < common.LONG else 0


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("There is no such row.") from None
