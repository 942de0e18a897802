"""What came in to a form: by class, child and question; who is missing; reminding, closing, replacing, tables."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.base.text import file_stem
from testamur.register.people import queries as people
from testamur.register.people.rules import PersonView
from testamur.register.schools import queries as schools
from testamur.schoolday.forms import actions, queries
from testamur.schoolday.forms.queries import ChildRow, Results, Room
from testamur.schoolday.forms.rules import AnswerView, Consent, FormView, Kept, Kind, Standing, Word
from testamur.surfaces.web import refusals, sightings
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.asking.making import Maker, maker_of
from testamur.surfaces.web.asking.words import CONSENTS, KEPT, NEEDS, PURPOSES, SAID, STANDINGS, STATES, answered
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.files import attachment
from testamur.surfaces.web.office.scope import ids_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest
from testamur.surfaces.web.spreadsheets import KIND, xlsx
from testamur.surfaces.web.tabular import Report, Table, word

CSV, XLSX = "csv", "xlsx"
_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
_INSIDE = re.compile(r"(?<=[;\t])(?=[=+\-@])")


@dataclass(frozen=True, slots=True)
class Spoken:
    """What one person said last; `receipt`: the answer whose evidence the visitor may fetch."""

    who: PersonView | None
    oneself: bool
    said: str | Promise
    at: Any
    values: tuple[tuple[str, str], ...]
    signed: bool
    receipt: UUID | None


@dataclass(frozen=True, slots=True)
class ChildLine:
    """A child with what was said for it, and how many of those who have to answer have not."""

    child: PersonView
    state: str | Promise
    colour: str
    spoken: tuple[Spoken, ...]
    waiting: int


@dataclass(frozen=True, slots=True)
class RoomLine:
    """A class in the summary."""

    key: str
    name: str
    pupils: int
    answered: int
    counts: tuple[tuple[str | Promise, int], ...]
    current: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """A question with how often each answer was given, or the texts that were written."""

    label: str
    rows: tuple[tuple[str, int], ...]
    texts: tuple[str, ...]
    total: int


@door("forms.home", Area.STAFF, Area.OFFICE)
@require_POST
def remind(request: WebRequest, form: UUID) -> HttpResponse:
    """Tell the families again whose answer is still to come."""
    maker_of(request.visitor).managed(form)
    try:
        n = actions.remind_form(by=request.visitor.actor, form=form, now=request.visitor.now)
    except Refused as refused:
        messages.warning(request, refusals.sentence(refused))
    else:
        told = ngettext(
            "Reminded of %(n)d pupil's answer.", "Reminded of %(n)d pupils' answers.", n
        )  # fmt: skip
        messages.success(request, told % {"n": n})
    return SeeOther(reverse("forms:form", args=[form]))


@door("forms.home", Area.STAFF, Area.OFFICE)
@require_POST
def close(request: WebRequest, form: UUID) -> HttpResponse:
    """End a form before its last day."""
    maker_of(request.visitor).managed(form)
    actions.close_form(by=request.visitor.actor, form=form, now=request.visitor.now)
    messages.success(request, _("The form is closed. Consents that were given go on."))
    return SeeOther(reverse("forms:form", args=[form]))


@door("forms.home", Area.STAFF, Area.OFFICE)
@require_POST
def replace(request: WebRequest, form: UUID) -> HttpResponse:
    """Begin a form in the place of one that is published."""
    maker_of(request.visitor).managed(form)
    new = actions.replace_form(by=request.visitor.actor, form=form, now=request.visitor.now)
    messages.success(request, _("A draft with the same content. When it is published, the former form is closed."))
    return SeeOther(reverse("forms:form", args=[new]))


@door("forms.home", Area.STAFF, Area.OFFICE)
@require_safe
def table(request: WebRequest, form: UUID, kind: str) -> HttpResponse:
    """What came in as a table, ``csv`` or ``xlsx``; names only where the form has them."""
    maker = maker_of(request.visitor)
    found = maker.form(form)
    result = _results(request, maker, found)
    if result is None or kind not in {CSV, XLSX}:
        raise NotFound("There is no such table.", form=str(form))
    names = _names(maker, result.rooms, "forms.table", request)
    head, rows = _rows(result, names)
    title = found.content.title(get_language() or "")
    stem = f"{file_stem(title)} {timezone.localtime(request.visitor.now):%Y-%m-%d}"
    if kind == XLSX:
        report = Report(
            stem, title, whom(maker, found), tables=(Table(title, head, tuple(tuple(map(word, row)) for row in rows)),)
        )
        answer = attachment(xlsx(report, made=request.visitor.now), f"{stem}.xlsx", KIND)
    else:
        out = io.StringIO()
        csv.writer(out).writerows(tuple(map(_harmless, row)) for row in (head, *rows))
        answer = attachment(("\ufeff" + out.getvalue()).encode(), f"{stem}.csv", "text/csv; charset=utf-8")
    answer["Cache-Control"] = "no-store"
    return answer


def shown(request: WebRequest, maker: Maker, found: FormView) -> HttpResponse:
    """The page of a form that is published."""
    result = _results(request, maker, found)
    language = found.content.language(get_language() or "")
    overview = queries.overview(by=maker.by, form=found, on=maker.on) if result is None else ()
    room = _chosen(request, result) if result is not None else None
    names = _names(maker, (room,) if room is not None else (), "forms.form", request)
    state, colour = STATES[found.state]
    return page(
        request,
        "web/asking/form.html",
        maker=maker,
        found=found,
        title=found.content.title(language),
        text=found.content.text(language),
        state=state,
        colour=colour,
        open=found.is_open(maker.on),
        whom=whom(maker, found),
        kind=CONSENTS[found.consent],
        consent=found.consent is not Consent.NONE,
        purpose=PURPOSES.get(found.purpose, ""),
        needs=NEEDS[found.needs],
        result=result,
        share=100 * (result.pupils - result.missing) // result.pupils if result is not None and result.pupils else 0,
        answered=result.pupils - result.missing if result is not None else 0,
        counts=_counts(result.counts) if result is not None else (),
        rooms=_rooms(result, room) if result is not None else (),
        room=room,
        room_name=_name(room) if room is not None else "",
        pupils=_children(maker, found, room, names) if room is not None else (),
        figures=_figures(result) if _tells(result) and result is not None else (),
        kept=KEPT[result.kept] if result is not None and result.kept is not None else "",
        schools=overview,
        school=request.GET.get("school", ""),
        manages=maker.manages(found),
        tables=(CSV, XLSX) if _tells(result) else (),
    )


def whom(maker: Maker, form: FormView) -> str:
    """To whom a form goes."""
    if form.groups:
        return ", ".join(one.code for one in queries.targets(form))
    if form.unit == maker.unit.id:
        return maker.unit.name
    unit = schools.unit(form.unit)
    return unit.name if unit is not None else ""


def _tells(result: Results | None) -> bool:
    """Whether there are answers that may be told."""
    return result is not None and result.kept not in {Kept.OPEN, Kept.FEW}


def _results(request: WebRequest, maker: Maker, found: FormView) -> Results | None:
    """What came in at the visitor's school; None for a form of a body until one of its schools is chosen."""
    if found.groups:
        return queries.results(by=maker.by, form=found, on=maker.on)
    if maker.is_school:
        return queries.results(by=maker.by, form=found, on=maker.on, school=maker.unit.id)
    wanted = ids_of([request.GET.get("school", "")])
    school = schools.unit(wanted[0]) if wanted else None
    if school is None and found.unit != maker.unit.id:
        school = schools.unit(found.unit)  # a school's own form, seen by its body
    if school is None or not school.path.startswith(found.path):
        return None
    return queries.results(by=maker.by, form=found, on=maker.on, school=school.id)


def _chosen(request: WebRequest, result: Results) -> Room | None:
    """The class whose children are shown: the one asked for, or the only one; none where the form counts only."""
    if not result.form.named:
        return None
    if len(result.rooms) == 1:
        return result.rooms[0]
    wanted = request.GET.get("group", "")
    return next((room for room in result.rooms if _key(room) == wanted), None)


def _names(maker: Maker, rooms: Iterable[Room], where: str, request: WebRequest) -> dict[UUID, PersonView]:
    """Those whom the page names, as the visitor may see them; a sight of a protected one is written down."""
    ids = {one for room in rooms for row in room.rows for one in (row.child, *row.looked.deciders)}
    ids |= {one.person for room in rooms for row in room.rows for one in row.looked.answers}
    names = people.people(by=maker.by, ids=ids, numbers=False)
    hidden = sightings.protected(names)
    sightings.note(request.visitor, maker.by, {key: names[key].path or maker.unit.path for key in hidden}, where)
    return names


def _rooms(result: Results, current: Room | None) -> list[RoomLine]:
    return [
        RoomLine(_key(one), _name(one), one.pupils, one.pupils - one.missing, _counts(one.counts), one is current)
        for one in result.rooms
    ]


def _key(room: Room) -> str:
    return str(room.group.id) if room.group is not None else "none"


def _name(room: Room) -> str:
    return room.group.code if room.group is not None else _("In no class")


def _counts(counts: Mapping[Standing, int]) -> tuple[tuple[str | Promise, int], ...]:
    return tuple((STANDINGS[one][0], counts[one]) for one in Standing if counts.get(one))


def _children(maker: Maker, form: FormView, room: Room, names: Mapping[UUID, PersonView]) -> list[ChildLine]:
    """The children of a class in order of their names."""
    language = form.content.language(get_language() or "")
    office = maker.by.may(queries.SEE, maker.unit.path) and maker.is_school
    lines = []
    for row in room.rows:
        if row.child not in names:
            continue
        spoken = tuple(_spoken(form, row, one, names, language, office=office) for one in row.looked.answers)
        waiting = len(row.looked.deciders - {one.person for one in row.looked.answers})
        lines.append(ChildLine(names[row.child], *STANDINGS[row.looked.standing], spoken, waiting))
    return sorted(lines, key=lambda one: (one.child.sort_key, one.child.id))


def _spoken(
    form: FormView, row: ChildRow, one: AnswerView, names: Mapping[UUID, PersonView], language: str, *, office: bool
) -> Spoken:
    # a guardian's name would tell the name of a child that is hidden
    who = names.get(one.person) if not names[row.child].masked else None
    masked = who is None or who.masked
    return Spoken(
        who,
        one.person == row.child,
        SAID[one.word],
        one.at,
        tuple(
            (question.label(language), answered(question, one.values.get(question.key), language))
            for question in form.content.questions
            if question.key in one.values
        ),
        one.signed,
        one.id if one.signed and office and not masked else None,
    )


def _figures(result: Results) -> list[Figure]:
    language = result.form.content.language(get_language() or "")
    counted = queries.figures(result)
    found = []
    for one in result.form.content.questions:
        given = [values[one.key] for values in result.values if one.key in values]
        rows: tuple[tuple[str, int], ...] = ()
        texts: tuple[str, ...] = ()
        if one.kind is Kind.YES_NO:
            rows = ((_("Yes"), counted[one.key][True]), (_("No"), counted[one.key][False]))
        elif one.kind in {Kind.ONE, Kind.SEVERAL}:
            rows = tuple((text, counted[one.key][n]) for n, text in enumerate(one.choices(language)))
        elif not result.form.named:
            texts = tuple(answered(one, value, language) for value in given)
        found.append(Figure(one.label(language), rows, texts, len(given)))
    return found


def _rows(result: Results, names: Mapping[UUID, PersonView]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Head and rows: a row for each answer, and one for each child without; answers alone where nobody is named."""
    form = result.form
    language = form.content.language(get_language() or "")
    questions = form.content.questions
    labels = tuple(one.label(language) for one in questions)
    if not form.named:
        return labels, [
            tuple(answered(one, values.get(one.key), language) for one in questions) for values in result.values
        ]
    head = (_("Class"), _("Pupil"), _("State"), _("From whom"), _("Answer"), _("When"), _("Signed"), *labels)
    rows: list[tuple[str, ...]] = []
    for room in result.rooms:
        known = [row for row in room.rows if row.child in names]
        for row in sorted(known, key=lambda one: (names[one.child].sort_key, one.child)):
            begin = (_name(room), names[row.child].name, str(STANDINGS[row.looked.standing][0]))
            if not row.looked.answers:
                rows.append((*begin, "", "", "", "", *("" for _one in questions)))
            shown = names if not names[row.child].masked else {}
            rows += [(*begin, *_told(one, shown, questions, language)) for one in row.looked.answers]
    return head, rows


def _told(
    one: AnswerView, names: Mapping[UUID, PersonView], questions: Sequence[Any], language: str
) -> tuple[str, ...]:
    return (
        names[one.person].name if one.person in names else "",
        str(SAID[one.word]),
        date_format(timezone.localtime(one.at), "Y-m-d H:i"),
        _("with an e-ID") if one.signed else "",
        *(answered(q, one.values.get(q.key), language) if one.word is not Word.REFUSED else "" for q in questions),
    )


def _harmless(text: str) -> str:
    """No spreadsheet takes it for a formula, nor what stands behind a semicolon, which ends a cell for many."""
    safe = _INSIDE.sub("'", text)
    return f"'{safe}" if safe[:1] in _FORMULA and safe else safe
