"""The table of a list: one row for each student. Built by hand: templates would take longer for four hundred rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from testamur.law.results import ModuleResult
from testamur.register.people.rules import PersonView, Protection
from testamur.schoolday.reporting.rules.states import ListState
from testamur.schoolday.reporting.rules.views import Check, ListView, RowView, Severity
from testamur.surfaces.web.results import common
from testamur.surfaces.web.results.words import FINAL, SOURCES, Remark, group_of, remark

FIELDS = ("value", "examined_on", "points")
LETTERS = {"value": "v", "examined_on": "d", "points": "p"}
"""Field of a row → letter of its input's name."""
NAMED = 4
"""So many students are named in a line of the summary."""
_QUIET = "value_missing"
"""What an empty row shows by being empty."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns a list has."""

    names: bool
    codes: bool
    course: bool
    correction: bool
    writable: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the summary: what is found, about whom (anchor, name), and how many more."""

    text: str
    stops: bool
    whom: tuple[tuple[str, str], ...]
    more: int
    last: bool = False


def columns(view: ListView, *, writable: bool) -> Columns:
    """The columns of that list."""
    rows = view.rows
    hidden = any(row.person == common.HIDDEN for row in rows)
    return Columns(
        names=not hidden,
        codes=any(row.anonymous_code for row in rows),
        course=common.whole_course(view.head),
        correction=any(row.corrects is not None for row in rows),
        writable=writable,
    )


def table(
    rows: Sequence[RowView], view: ListView, persons: Mapping[UUID, PersonView], shown: Columns
) -> list[SafeString]:
    """The rows in the order given."""
    by_row = remarks(view)
    said = {comment.row for comment in view.comments if comment.row is not None}
    done = view.head.state in {ListState.SIGNED, ListState.ENTERED}
    return [
        _row(n, row, persons.get(row.person), shown, by_row.get(row.id, ()), commented=row.id in said, done=done)
        for n, row in enumerate(rows)
    ]


def remarks(view: ListView) -> dict[UUID, tuple[Remark, ...]]:
    """What the checks say beside each student; but not that the grade is missing, which is plain to see."""
    found: dict[UUID, list[Remark]] = {}
    for check in view.checks:
        if check.row is not None and check.code != _QUIET:
            found.setdefault(check.row, []).append(remark(check))
    return {row: tuple(sorted(some, key=lambda one: not one.stops)) for row, some in found.items()}


def can_be_revealed(view: ListView) -> bool:
    """Whether everybody of an anonymous list has a grade, so that the names may be shown."""
    return view.head.anonymous and bool(view.rows) and all(row.value for row in view.rows)


def spread(view: ListView) -> str:
    """How often each step of the scale stands in the list: ``U 4, G 31``; steps that nobody has are left out."""
    found = Counter(row.value for row in view.rows if row.value)
    return ", ".join(
        f"{one.value}\N{NO-BREAK SPACE}{found[one.value]}" for one in view.scale.values if found[one.value]
    )


def findings(rows: Sequence[RowView], view: ListView, persons: Mapping[UUID, PersonView]) -> tuple[Finding, ...]:
    """The checks as a list above the table: what stops the list first, each with links to the students."""
    labels = {row.id: label(row, persons.get(row.person)) for row in rows}
    order = {row.id: n for n, row in enumerate(rows)}
    grouped: dict[tuple[str, bool], list[Check]] = {}
    for check in view.checks:
        grouped.setdefault((check.code, check.severity is Severity.STOP), []).append(check)
    if any(code == "empty_list" for code, _stops in grouped):  # nobody has a grade: said once
        grouped = {key: some for key, some in grouped.items() if key[0] != _QUIET}
    found = []
    for (code, stops), some in grouped.items():
        whom = sorted((one.row for one in some if one.row in order), key=lambda row: order[row])
        text = group_of(code, len(whom)) if whom else remark(some[0]).text
        if code == _QUIET:
            found.append(Finding(text, stops=False, whom=(), more=0, last=True))
            continue
        named = tuple((f"x{order[row]}", labels[row]) for row in whom[:NAMED])
        found.append(Finding(text, stops, named, len(whom) - len(named)))
    return tuple(sorted(found, key=lambda one: (one.last, not one.stops)))


def label(row: RowView, person: PersonView | None) -> str:
    """How a row is named in a sentence."""
    return person.name if person is not None else row.anonymous_code or _("a student")


def remarks_of(some: Iterable[Remark]) -> SafeString:
    """The remarks of one row."""
    return mark_safe(  # noqa: S308 - every text is escaped
        "".join(
            f'<span class="list-remark"{" data-stops" if one.stops else ""}>{escape(one.text)}</span>' for one in some
        )
    )


def finished(modules: Sequence[ModuleResult]) -> SafeString:
    """Finished modules with grade and day, one under the other (row B39): ``1405 G 2026-10-28``."""
    return format_html_join(
        "",
        "<span>{} <strong>{}</strong> {}</span>",
        (
            (one.code, one.value or _("credited"), one.examined_on.isoformat() if one.examined_on else "")
            for one in modules
            if one.value or one.credited
        ),
    )


def reason(row: RowView) -> str:
    """Why a final grade is proposed, or is not."""
    final = row.final
    if final is None:
        return ""
    text = str(FINAL.get(final.reason, final.reason))
    return f"{text}: {', '.join(final.missing)}" if final.missing else text


def _row(
    n: int,
    row: RowView,
    person: PersonView | None,
    shown: Columns,
    some: Sequence[Remark],
    *,
    commented: bool,
    done: bool,
) -> SafeString:
    """One student."""
    cells = [_who(n, row, person, shown)]
    if shown.correction:
        cells.append(f'<td role="cell" class="list-before">{escape(row.before)}</td>')
    cells += [_cell(n, row, field, shown) for field in FIELDS]
    if shown.course:
        cells.append(_course(n, row, shown))
    note = format_html(
        '<a class="list-say" href="?about={}#comments" aria-label="{}"{}></a>',
        row.id,
        _("Comment on %(name)s") % {"name": label(row, person)},
        mark_safe(" data-said") if commented else "",
    )
    hidden = ""
    if shown.writable:
        kept = "|".join((row.value, row.examined_on.isoformat() if row.examined_on else "", row.points))
        hidden = f'<input type="hidden" name="r.{n}" value="{row.id} {escape(kept)}">'
    stops = " data-stops" if any(one.stops for one in some) and not done else ""
    cells.append(f'<td role="cell" class="list-remarks"><div data-remarks>{remarks_of(some)}</div>{note}{hidden}</td>')
    head = f'<tr role="row" id="x{n}" data-row="{row.id}"{stops}>'
    return mark_safe(f"{head}{''.join(cells)}</tr>\n")  # noqa: S308 - every text is escaped


def _who(n: int, row: RowView, person: PersonView | None, shown: Columns) -> str:
    """Family name, given name and number; or the code, while the list is anonymous."""
    source = escape(str(SOURCES.get(row.source, "")))
    code = f'<td role="cell" class="list-code">{escape(row.anonymous_code)}</td>'
    if not shown.names:
        start = f'<th scope="row" role="rowheader" class="list-family" id="n{n}" title="{source}">'
        return f"{start}{escape(row.anonymous_code)}</th>"
    family, given = ("", "") if person is None else (person.family, person.given)
    name = escape(family or (person.name if person else "–"))
    if person is not None and (person.masked or person.protection is not Protection.NONE):
        chip = {"name": person.name if person.masked else family, "masked": person.masked, "protected": True}
        name, given = render_to_string("web/components/person.html", chip), "" if person.masked else given
    return (
        f'<th scope="row" role="rowheader" class="list-family" id="n{n}" title="{source}">{name}</th>'
        f'<td role="cell" class="list-given" id="g{n}">{escape(given)}</td>'
        f'<td role="cell" class="list-number">{escape(common.number_of(person))}</td>' + (code if shown.codes else "")
    )


def _cell(n: int, row: RowView, field: str, shown: Columns) -> str:
    """Grade, examination date or points."""
    found = getattr(row, field)
    value = found.isoformat() if field == "examined_on" and found else str(found or "")
    if not shown.writable:
        text = date_format(found, "Y-m-d") if field == "examined_on" and found else value
        return f'<td role="cell" class="list-{field}" data-label="{escape(explain(field))}">{escape(text) or "–"}</td>'
    letter = LETTERS[field]
    extra = ""
    if field == "examined_on":
        extra = ' placeholder="YYYY-MM-DD" inputmode="numeric"'
    elif field == "points":
        extra = ' inputmode="decimal"'
    elif shown.course and not value and row.final is not None and row.final.value:
        extra = f' placeholder="{escape(row.final.value)}"'
    names = f"n{n} g{n} h{letter}" if shown.names else f"n{n} h{letter}"
    automatic = f' data-automatic title="{escape(reason(row))}"' if field == "value" and row.automatic and value else ""
    return (
        f'<td role="cell" class="list-{field}" data-label="{escape(explain(field))}"{automatic}>'
        f'<input name="{letter}.{n}" value="{escape(value)}" aria-labelledby="{names}" maxlength="20"'
        f' autocomplete="off" spellcheck="false"{extra}></td>'
    )


def _course(n: int, row: RowView, shown: Columns) -> str:
    """Finished modules; what follows from them and why; the mark of who leaves at the next save (rows B39, B40)."""
    value = row.final.value if row.final is not None else ""
    proposed = f"<strong>{escape(value)}</strong> " if value else ""
    leaves = ""
    if shown.writable:
        checked = " checked" if row.leaves else ""
        leaves = (
            f'<td role="cell" class="list-leaves" data-label="{escape(_("Leave out"))}">'
            f'<input class="ds-input" type="checkbox" name="l.{n}" value="1"'
            f'{checked} aria-labelledby="hl n{n} g{n}"></td>'
        )
    return (
        f'<td role="cell" class="list-finished">{finished(row.finished)}</td>'
        f'<td role="cell" class="list-final">{proposed}<span class="muted">{escape(reason(row))}</span></td>{leaves}'
    )


def explain(field: str) -> str:
    """Name of a field of a row."""
    return {"value": _("Grade"), "examined_on": _("Examination date"), "points": _("Points")}.get(field, field)
