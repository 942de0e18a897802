"""What is held of me or my child: the purposes, and everything in one file (row C18; GDPR articles 13 to 15)."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts.rules import SELF, Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.schoolday.keeping import actions, queries
from testamur.schoolday.keeping.rules import HELD, Omitted, Topic
from testamur.schoolday.keeping.tasks import make_extract
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.family import reach
from testamur.surfaces.web.files import attachment
from testamur.surfaces.web.mine import paper, words
from testamur.surfaces.web.mine.columns import TABLES, word
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest

_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d):[\d.]+\+00:00\Z")
"""An instant as JSON has it; a reader is shown day and minute, in UTC."""


def topics() -> list[dict[str, Any]]:
    """The table of what is held, in the reader's words."""
    return [
        {
            "name": words.TOPICS[one.topic],
            "why": words.WHY[one.topic],
            "ground": words.GROUNDS[one.ground],
            "receivers": [words.RECEIVERS[receiver] for receiver in one.receivers],
            "span": words.SPANS[one.span],
        }
        for one in HELD
    ]


@door("mine.requests", Area.FAMILY)
@require_GET
def overview(request: WebRequest) -> HttpResponse:
    """What is held and why, for whom an extract can be made, and those that are made."""
    visitor = request.visitor
    seen = reach.persons(visitor, "mine.held")
    made = [one for one in queries.extracts(by=visitor.actor, now=visitor.now) if one.person in seen]
    return page(
        request,
        "web/mine/held.html",
        topics=topics(),
        people=[(key, person.given or person.name) for key, person in seen.items()],
        oneself=visitor.hat is not None and visitor.hat.key == SELF,
        extracts=[(one, seen[one.person].given or seen[one.person].name) for one in made],
    )


@door("mine.extract", Area.FAMILY)
@require_POST
def ask(request: WebRequest, subject: UUID) -> HttpResponse:
    """Have everything gathered into one file."""
    visitor = request.visitor
    _reached(request, subject)
    try:
        made = actions.ask_extract(
            by=visitor.actor, person=subject, locale=request.LANGUAGE_CODE or "", now=visitor.now
        )
    except Refused as refused:
        messages.error(request, refusals.sentence(refused))
    else:
        make_extract.enqueue(str(made))
        messages.success(request, _("It is being gathered. Look here again in a minute; it is kept for two days."))
    return SeeOther(reverse("mine:held"))


@door("mine.extract", Area.FAMILY)
@require_GET
def show(request: WebRequest, extract: UUID) -> HttpResponse:
    """The extract as a page."""
    return page(request, "web/mine/extract.html", **_read(request, extract))


@door("mine.extract", Area.FAMILY)
@require_GET
def fetch(request: WebRequest, extract: UUID) -> HttpResponse:
    """The file: JSON for programs, a page and a PDF to read."""
    facts = _read(request, extract)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", facts["data"])
        archive.writestr("read-me.html", render_to_string("web/mine/extract_file.html", facts, request))
        archive.writestr("read-me.pdf", paper.pdf(facts["name"], facts["parts"], now=request.visitor.now))
    answer = HttpResponse(packed.getvalue(), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="testamur-{slugify(facts["name"]) or "extract"}.zip"'
    return answer


@door("mine.extract", Area.FAMILY)
@require_GET
def printed(request: WebRequest, extract: UUID) -> HttpResponse:
    """The extract as a PDF in the reader's language."""
    facts = _read(request, extract)
    made = paper.pdf(facts["name"], facts["parts"], now=request.visitor.now)
    answer = attachment(made, f"testamur-{slugify(facts['name']) or 'extract'}.pdf", "application/pdf")
    answer["Cache-Control"] = "no-store"
    return answer


def _reached(request: WebRequest, subject: UUID) -> None:
    if subject not in reach.subjects(request.visitor):
        raise NotFound("There is no such person.", subject=str(subject))


def _read(request: WebRequest, extract: UUID) -> dict[str, Any]:
    visitor = request.visitor
    data = actions.fetch_extract(by=visitor.actor, extract=extract, now=visitor.now).read_bytes()
    content = json.loads(data)
    person = visitor.persons[UUID(content["person"])]
    units = content["units"]
    return {
        "extract": extract,
        "data": data,
        "name": person.name,
        "made_at": content["made_at"],
        "parts": [_part(one, units) for one in content["parts"]],
    }


def _part(one: dict[str, Any], units: dict[str, str]) -> dict[str, Any]:
    held = next(each for each in HELD if each.topic == one["held"]["topic"])
    tables = [
        {
            "name": TABLES.get(table["name"], table["name"]),
            "columns": [word(table["name"], column) for column in table["columns"]],
            "rows": [[_cell(cell, units) for cell in row] for row in table["rows"]],
        }
        for table in one["tables"]
        if table["rows"]
    ]
    return {
        "name": words.TOPICS[Topic(held.topic)],
        "why": words.WHY[held.topic],
        "ground": words.GROUNDS[held.ground],
        "receivers": [words.RECEIVERS[receiver] for receiver in held.receivers],
        "span": words.SPANS[held.span],
        "tables": tables,
        "omitted": [words.OMITTED[Omitted(each)] for each in one["omitted"]],
    }


def _cell(cell: Any, units: dict[str, str]) -> Any:
    """What stands in a cell: schools by their names, lists and answers in one line."""
    if isinstance(cell, list):
        return ", ".join(str(_cell(each, units)) for each in cell)
    if isinstance(cell, dict):
        return "; ".join(f"{key}: {_cell(each, units)}" for key, each in cell.items())
    if not isinstance(cell, str):
        return cell
    instant = _INSTANT.match(cell)
    return f"{instant[1]} {instant[2]}" if instant else units.get(cell, cell)
