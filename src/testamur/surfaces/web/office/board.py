"""The readiness board: what is done and what is missing at a school, class by class; and the authority's overview."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.actor import Actor, Grant
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import TermView
from testamur.schoolday.results import steps as results
from testamur.schoolday.results import tasks
from testamur.schoolday.results.steps import Cell
from testamur.schoolday.transcripts import queries as transcripts
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office import words
from testamur.surfaces.web.office.scope import actor_of, place_of, visitor_of
from testamur.surfaces.web.pages import page
from testamur.trust.records import actions
from testamur.trust.records import queries as records
from testamur.trust.records.queries import finding
from testamur.trust.records.rules import State

PAGES_A_DOCUMENT = 2
"""A term report is one or two pages; saved paper is reckoned with two and an envelope."""


@dataclass(frozen=True, slots=True)
class Part:
    """One stretch of a cell's bar."""

    state: str
    word: str
    count: int
    x: float
    width: float


def reader(by: Actor) -> Actor:
    """The visitor, for reckoning what is due: signers and deciders may be kept at another school of the body.

    What is reckoned holds ids and reasons; names are asked for as the visitor alone.
    """
    return replace(by, grants=(*by.grants, Grant("readiness", "/", ("people.legal_name.read",))))


def day_of(term: TermView, today: date) -> date:
    """The date on documents that are made now: today, within the term."""
    return min(max(today, term.starts), term.ends)


def bar(counts: Mapping[str, int]) -> list[Part]:
    """The stretches of a bar of width 100, in the order of a document's life."""
    total, x, parts = sum(counts.get(s, 0) for s in words.BAR), 0.0, []
    for state in words.BAR:
        if count := counts.get(state, 0):
            width = 100 * count / total
            parts.append(Part(state, words.word(words.STATES, state), count, round(x, 3), round(width, 3)))
            x += width
    return parts


def counts_of(cell: Cell) -> dict[str, int]:
    """The numbers of a cell by state."""
    return {s: sum(cell.missing.values()) if s == "missing" else getattr(cell, s) for s in words.BAR}


@door("office.home", Area.OFFICE)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The board of one school and term."""
    place, by = place_of(request), actor_of(request)
    now = visitor_of(request).now
    term = place.term(request.GET.get("term", ""), now.date())
    if place.school is None or term is None:
        return page(request, "web/office/home.html", place=place, term=None, terms=(), empty=True)
    if not by.may("results.decision.read", place.one.path):
        return redirect("office:documents")
    try:
        board = results.readiness(
            by=reader(by),
            school=place.one.id,
            school_year=term.school_year_code,
            term=term.code,
            issued_on=day_of(term, now.date()),
            now=now,
        )
    except results.NoPack as refused:
        return page(
            request,
            "web/office/home.html",
            place=place,
            term=term,
            terms=place.terms,
            empty=True,
            chosen_school=place.one.id,
            why=refusals.sentence(refused),
        )
    kinds = [kind for kind in board.documents if any(cell.short == kind[0] for cell in board.cells)]
    total: Counter[str] = Counter()
    for cell in board.cells:
        total.update(counts_of(cell))
    issued, size = finding.issued_totals(by=by, path=place.one.path)
    return page(
        request,
        "web/office/home.html",
        place=place,
        term=term,
        terms=place.terms,
        chosen_school=place.one.id,
        board=board,
        kinds=kinds,
        rows=_rows(board.cells, [kind[0] for kind in kinds]),
        total=_listed(total),
        total_bar=bar(total),
        changed=sum(cell.changed for cell in board.cells),
        saved={"documents": issued, "pages": issued * PAGES_A_DOCUMENT, "size": size},
        may_make=by.may("records.record.draft", place.one.path),
        may_ready=by.may("records.record.ready", place.one.path),
        makeable=total["not_made"] + sum(cell.changed for cell in board.cells),
        drafts=total["drafted"],
        now=now,
    )


def _rows(cells: tuple[Cell, ...], kinds: list[str]) -> list[dict[str, object]]:
    """The classes with their cells in the order of the columns; None where a document is not due."""
    by_group: dict[str, dict[str, Cell]] = {}
    for cell in cells:
        by_group.setdefault(cell.group, {})[cell.short] = cell
    return [
        {"group": group, "cells": [_cell(of_kind.get(kind)) for kind in kinds]}
        for group, of_kind in sorted(by_group.items())
    ]


def _cell(cell: Cell | None) -> dict[str, object] | None:
    if cell is None:
        return None
    counts = counts_of(cell)
    return {
        "cell": cell,
        "bar": bar(counts),
        "done": cell.released + cell.published,
        "listed": _listed(counts),
        "reasons": [(words.reason(code), n) for code, n in sorted({**cell.missing, **cell.held_because}.items())],
    }


def _listed(counts: Mapping[str, int]) -> list[dict[str, object]]:
    return [
        {"state": s, "word": words.word(words.STATES, s), "count": counts[s], "colour": words.TAGS[s]}
        for s in words.BAR
        if counts.get(s)
    ]


@door("office.home", Area.OFFICE)
@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """For a whole school: make what can be made, or mark every draft ready."""
    place, by, now = place_of(request, request.POST.get("school", "")), actor_of(request), visitor_of(request).now
    term = place.term(request.POST.get("term", ""), now.date())
    back = f"{reverse('office:home')}?school={place.one.id}&term={term.label if term else ''}"
    if term is None:
        return redirect(back)
    try:
        if request.POST.get("act") == "make":
            work = tasks.request(
                by=by,
                school=place.one.id,
                school_year=term.school_year_code,
                term=term.code,
                documents=[],
                groups=[],
                pupils=[],
                issued_on=day_of(term, now.date()),
                now=now,
            )
            return redirect("office:work", work)
        by.must("records.record.ready", place.one.path)
        found = finding.ids(by=by, path=place.one.path, unit=place.one.id, period=term.label, state=State.DRAFTED)
        held = transcripts.unverified(records.by_ids(by=by, records=found), now=now)
        drafts = [record for record in found if record not in held]
        if held:
            said = ngettext(
                "%(n)s document waits until its class is verified.",
                "%(n)s documents wait until their classes are verified.",
                len(held),
            )
            messages.warning(request, said % {"n": len(held)})
        if drafts:
            actions.mark_ready(by=by, path=place.one.path, records=drafts, now=now)
    except actions.WrongState as refused:
        messages.error(request, refusals.sentence(refused))
    else:
        told = ngettext("%(n)s document is ready to sign.", "%(n)s documents are ready to sign.", len(drafts))
        messages.success(request, told % {"n": len(drafts)} if drafts else _("There was no draft to mark."))
    return redirect(back)


@door("office.home", Area.OFFICE)
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Every school of the body: how far its documents of the term have come."""
    place, by, now = place_of(request), actor_of(request), visitor_of(request).now
    by.must("records.record.read", place.unit.path)
    term = place.term(request.GET.get("term", ""), now.date())
    counts = finding.by_unit(by=by, path=place.unit.path, period=term.label, now=now) if term else {}
    pupils = schools.pupil_counts(path=place.unit.path, on=min(now.date(), term.ends) if term else now.date())
    cards = [
        {
            "school": one,
            "pupils": pupils.get(one.id, 0),
            "total": sum(of_one.values()),
            "done": of_one.get("released", 0) + of_one.get("published", 0),
            "bar": bar(of_one),
            "listed": _listed(of_one),
        }
        for one in place.schools
        for of_one in (counts.get(one.id, {}),)
    ]
    return page(request, "web/office/overview.html", place=place, term=term, terms=place.terms, cards=cards)
