"""The log of result reporting, read from the log database alone: search, export, and the check of its head (B26)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from testamur.access.accounts.rules import Area
from testamur.kernel.base.clock import stamp
from testamur.kernel.base.refused import Refused
from testamur.kernel.journal import queries as journal
from testamur.kernel.journal import steps as keeping
from testamur.kernel.journal.searching import Logged, search_log
from testamur.register.people import queries as people
from testamur.register.people.rules import PersonView
from testamur.schoolday.reporting.queries import lists
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.files import attachment
from testamur.surfaces.web.forms import Day
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor
from testamur.surfaces.web.results import common, log_words, office_common
from testamur.surfaces.web.spreadsheets import KIND, xlsx
from testamur.surfaces.web.tabular import Cell, Report, Table, word

SIZE = 50
MOST = 20_000
"""Entries of one export."""
MINUTE = 60
LATE = 5 * MINUTE
"""Seconds after which the log database is told to lag."""
DIGITS = 18
PERSON = 80
"""Characters of a person's id or number that is searched for."""


class SearchForm(forms.Form):
    """What is looked for; everything may be left out."""

    number = forms.CharField(
        label=gettext_lazy("List number"),
        required=False,
        max_length=DIGITS,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(label=gettext_lazy("What was done"), required=False)
    person = forms.CharField(
        label=gettext_lazy("Student or member of staff"),
        help_text=gettext_lazy("Name or personal number, whole."),
        required=False,
        max_length=PERSON,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    first = forms.DateField(label=gettext_lazy("From"), required=False, widget=Day())
    last = forms.DateField(label=gettext_lazy("To"), required=False, widget=Day())
    mine = forms.BooleanField(label=gettext_lazy("Only what I did myself"), required=False)

    def __init__(self, data: Any) -> None:
        """With the kinds that there are."""
        super().__init__(data)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            ("", _("Everything")), *((key, text) for key, (text, _icon) in log_words.KINDS.items()),
        ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """A search in ids. `nothing`: what was asked for is not there, so that nothing is found."""

    kinds: tuple[str, ...]
    naming: tuple[str, ...]
    actor: UUID | None
    first: datetime | None
    last: datetime | None
    nothing: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One entry in words. `changes`: how many rows it holds."""

    seq: int
    at: datetime
    text: str
    icon: str
    who: str
    way: str
    number: str
    address: UUID | None
    changes: int


@require_http_methods(["GET", "POST"])
@door("results.home", Area.RESULTS)
def log(request: HttpRequest) -> HttpResponse:
    """Search; the head with its size, and how far the log is behind. A POST has the whole log checked."""
    visitor = common.visitor_of(request)
    by, path = visitor.actor, office_common.place(visitor)
    by.must("reporting.log.read", path)
    form = SearchForm(request.GET or None)
    asked = _asked(visitor, form, path)
    before = request.GET.get("before", "")
    at = int(before) if before.isascii() and before.isdigit() and len(before) < DIGITS else None
    found = _found(visitor, path, asked, before=at, limit=SIZE + 1)
    more = len(found) > SIZE
    lag = journal.lag(visitor.now)
    kept = [(name, value) for name, value in request.GET.items() if name != "before" and value]
    return page(
        request,
        "web/results/office/log.html",
        status=422 if form.errors else 200,
        form=form,
        lines=_lines(visitor, found[:SIZE]),
        older=f"?{urlencode([*kept, ('before', found[SIZE - 1].seq)])}" if more else "",
        newest=f"?{urlencode(kept)}" if at is not None else "",
        query=urlencode(kept),
        head=journal.head(),
        lag=_span(lag),
        late=lag > LATE,
        audit=keeping.audit() if request.method == "POST" else None,
    )


@require_GET
@door("results.admin", Area.RESULTS)
def export(request: HttpRequest) -> HttpResponse:
    """What the search finds as CSV or (``?as=xlsx``) as a spreadsheet, with the head of the log at its end."""
    visitor = common.visitor_of(request)
    path = office_common.place(visitor)
    visitor.actor.must("reporting.log.read", path)
    found = _found(visitor, path, _asked(visitor, SearchForm(request.GET or None), path), limit=MOST)
    names = people.people(by=visitor.actor, ids={one.entry.actor for one in found}, numbers=False)
    head = (
        _("Place in the log"), _("Instant (UTC)"), _("Kind"), _("List"), _("Who"), _("Id of who"), _("Identified by"),
        _("On behalf of"), _("Place"), _("Facts"),
    )  # fmt: skip
    rows = [_cells(one, names) for one in found]
    top, name = journal.head(), f"{_('log')} {office_common.today(visitor):%Y-%m-%d}"
    note = _("Head of the log: %(n)s entries, root %(root)s, %(at)s.") % (
        {"n": top.size, "root": top.root, "at": stamp(top.at)} if top else {"n": 0, "root": "–", "at": "–"}
    )
    if request.GET.get("as") == "xlsx":
        table = Table(_("Entries"), head, tuple(tuple(map(word, row)) for row in rows), note)
        report = Report(name, _("Log of result reporting"), path, ((_("Entries"), Cell(str(len(rows)), len(rows))),),
                        (), (table,), (note,))  # fmt: skip
        answer = attachment(xlsx(report, made=visitor.now), f"{name}.xlsx", KIND)
    else:
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerows([head, *(map(_harmless, row) for row in rows), [note]])
        answer = attachment(("\ufeff" + out.getvalue()).encode(), f"{name}.csv", "text/csv; charset=utf-8")
    answer["Cache-Control"] = "no-store"
    return answer


def _span(seconds: float) -> str:
    """A time in words, no finer than it matters."""
    n = round(seconds)
    if n < 2 * MINUTE:
        return ngettext("%(n)s second", "%(n)s seconds", n) % {"n": n}
    if n < 2 * MINUTE * MINUTE:
        return ngettext("%(n)s minute", "%(n)s minutes", n // MINUTE) % {"n": n // MINUTE}
    hours = n // (MINUTE * MINUTE)
    return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}


def _found(visitor: Visitor, path: str, asked: Asked, *, before: int | None = None, limit: int) -> tuple[Logged, ...]:
    if asked.nothing:
        return ()
    return search_log(
        by=visitor.actor,
        path=path,
        kinds=asked.kinds,
        naming=asked.naming,
        actor=asked.actor,
        first=asked.first,
        last=asked.last,
        before=before,
        limit=limit,
    )


def _asked(visitor: Visitor, form: SearchForm, path: str) -> Asked:
    """What is searched for, as ids; a number or a name that nobody here has finds nothing."""
    told: Mapping[str, Any] = form.cleaned_data if form.is_valid() else {}
    naming, nothing = [], form.is_bound and not form.is_valid()
    if told.get("number"):
        found = _list(visitor, told["number"])
        nothing = nothing or found is None
        naming.append(str(found))
    actor = visitor.actor.id if told.get("mine") else None
    if told.get("person"):
        person = _person(visitor, told["person"], path)
        nothing = nothing or person is None
        naming.append(str(person))
    kind = told.get("kind") or ""
    return Asked(
        kinds=(f"{kind}/",) if kind else log_words.ALL,
        naming=tuple(naming),
        actor=actor,
        first=_instant(told.get("first")),
        last=_instant(told.get("last"), days=1),
        nothing=nothing,
    )


def _list(visitor: Visitor, number: str) -> UUID | None:
    plain = number.strip().lstrip("#")
    if not (plain.isascii() and plain.isdigit()):
        return None
    try:
        return lists.by_number(by=visitor.actor, number=int(plain)).id
    except Refused:
        return None


def _person(visitor: Visitor, text: str, path: str) -> UUID | None:
    """The one person with that id, name or number; nobody when there are several."""
    try:
        return UUID(text.strip())
    except ValueError:
        pass
    try:
        found = people.search(by=visitor.actor, text=text, path="/" + path.split("/")[1] + "/", limit=2)
    except Refused:
        return None
    return found[0].id if len(found) == 1 else None


def _instant(day: date | None, *, days: int = 0) -> datetime | None:
    if day is None or day.year >= date.max.year:
        return None
    return timezone.make_aware(datetime.combine(day + timedelta(days=days), time()))


def _lines(visitor: Visitor, found: Sequence[Logged]) -> list[Line]:
    names = people.people(by=visitor.actor, ids={one.entry.actor for one in found}, numbers=False)
    return [_line(one, names) for one in found]


def _line(one: Logged, names: Mapping[UUID, PersonView]) -> Line:
    entry, refs = one.entry, one.entry.refs
    text, icon = log_words.told(entry.kind)
    number, key = entry.refs.get("number", ""), entry.refs.get("list")
    return Line(
        seq=one.seq,
        at=entry.at,
        text=str(text),
        icon=icon,
        who=common.name_of(names, entry.actor) or _("the system"),
        way=str(log_words.WAYS.get(entry.identified_by, entry.identified_by)),
        number=str(number),
        address=_id(key),
        changes=max(len(refs[name]) if _many(refs.get(name)) else 0 for name in ("cells", "rows")),
    )


def _many(value: object) -> bool:
    return isinstance(value, (list, tuple))


def _id(text: object) -> UUID | None:
    try:
        return UUID(str(text)) if text else None
    except ValueError:
        return None


def _cells(one: Logged, names: Mapping[UUID, PersonView]) -> tuple[str, ...]:
    entry = one.entry
    return (
        str(one.seq), stamp(entry.at), entry.kind, str(entry.refs.get("number", "")),
        common.name_of(names, entry.actor), str(entry.actor), entry.identified_by, str(entry.on_behalf_of or ""),
        entry.path, json.dumps(_facts(entry.refs), ensure_ascii=False, sort_keys=True),
    )  # fmt: skip


def _facts(refs: Mapping[str, Any]) -> dict[str, Any]:
    """What an entry holds, without whom its rows are about: a file goes further than a page, and lists are anonymous.

    Rows keep their own ids, by which the list tells who it is to those who may see it.
    """
    told = dict(refs)
    for name in ("rows", "left"):
        if _many(told.get(name)):
            told[name] = [pair[0] if _many(pair) and pair else pair for pair in told[name]]
    return told


def _harmless(text: str) -> str:
    """No spreadsheet takes it for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
