"""One class and one kind of document: pupil by pupil, with what can be done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound, Refused
from testamur.register.people.rules import Protection
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupView, TermView, UnitView
from testamur.schoolday.results import steps as results
from testamur.schoolday.results import tasks
from testamur.schoolday.results.steps import Row
from testamur.schoolday.transcripts import queries as transcripts
from testamur.schoolday.transcripts.rules import NotVerified
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office import persons, words
from testamur.surfaces.web.office.board import bar, day_of, reader
from testamur.surfaces.web.office.scope import actor_of, ids_of, place_of, visitor_of
from testamur.surfaces.web.pages import page
from testamur.trust.records import actions, queries
from testamur.trust.records.rules import State

SHOWN_CHANGES = 6
"""Differences told per document; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the class page: the document, whose it is, its state as a tag, and why it is where it is."""

    row: Row
    name: str
    sort: str
    hidden: bool
    protected: bool
    state: dict[str, str]
    why: str
    signers: str
    changes: tuple[tuple[str, str, str], ...]
    more_changes: int


@dataclass(frozen=True, slots=True)
class Asked:
    """Which class, school, term and document a page is about."""

    group: GroupView
    school: UnitView
    term: TermView
    short: str


def asked(request: HttpRequest, group: UUID) -> Asked:
    """From the address. Raises NotFound for a class that the hat does not reach."""
    told = request.POST if request.method == "POST" else request.GET
    found = schools.group(group)
    place = place_of(request, str(found.school) if found else "none")
    assert found is not None  # place_of refuses "none"
    term = place.term(told.get("term", ""), visitor_of(request).now.date())
    if term is None:
        raise NotFound("There is no term here yet.")
    return Asked(found, place.one, term, told.get("document", ""))


@door("office.home", Area.OFFICE)
@require_GET
def group(request: HttpRequest, group: UUID) -> HttpResponse:
    """The class page."""
    told, by, now = asked(request, group), actor_of(request), visitor_of(request).now
    rows = results.readiness_of(
        by=reader(by),
        school=told.school.id,
        school_year=told.term.school_year_code,
        term=told.term.code,
        group=told.group.id,
        document=told.short,
        issued_on=day_of(told.term, now.date()),
        now=now,
    )
    lines = _lines(request, rows)
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.state] = counts.get(row.state, 0) + 1
    path = told.school.path
    return page(
        request,
        "web/office/group.html",
        asked=told,
        lines=lines,
        bar=bar(counts),
        total=len(rows),
        title=_title(told, rows, by),
        counts=[(words.word(words.STATES, s), n) for s, n in counts.items()],
        drafts=counts.get("drafted", 0) + counts.get("declined", 0),
        ready=counts.get("ready", 0),
        makeable=counts.get("not_made", 0) + sum(bool(line.changes or line.row.other_signers) for line in lines),
        may_make=by.may("records.record.draft", path),
        may_ready=by.may("records.record.ready", path),
    )


def _title(told: Asked, rows: Sequence[Row], by: Actor) -> str:
    """The document's legal name: from a record of it, else its short name."""
    made = [row.record for row in rows if row.record][:1]
    if rows and rows[0].subject_kind == "pupil" and made:
        return queries.by_ids(by=by, records=made)[0].title
    return told.short.replace("_", " ").capitalize()


def _lines(request: HttpRequest, rows: Sequence[Row]) -> list[Line]:
    """Rows with names, in the order of the class list."""
    by = actor_of(request)
    pupils = [row.subject for row in rows if row.subject_kind == "pupil"]
    signers = [person for row in rows for _order, _role, person in row.signers]
    names = persons.shown(request, [*pupils, *signers], "office.group")
    titles = {v.id: v.title for v in queries.by_ids(by=by, records=[r.record for r in rows if r.record])}
    lines = []
    for row in rows:
        view = names.get(row.subject)
        name = (
            view.name
            if view
            else titles.get(row.record, _("Document of the class"))
            if row.record
            else _("Document of the class")
        )
        hidden = view is not None and view.masked
        changes = () if hidden else tuple((c.path, c.old, c.new) for c in row.changes)
        lines.append(
            Line(
                row=row,
                name=name,
                sort=view.sort_key if view else name,
                hidden=hidden,
                protected=view is not None and view.protection not in {None, Protection.NONE},
                state={"word": words.word(words.STATES, row.state), "colour": words.TAGS[row.state]},
                why=words.reason(row.code, row.message) if row.code else "",
                signers=", ".join(
                    f"{names[p].name if p in names else ''} ({words.word(words.ROLES, role)})"
                    for _o, role, p in row.signers
                ),
                changes=changes[:SHOWN_CHANGES],
                more_changes=max(0, len(changes) - SHOWN_CHANGES),
            )
        )
    return sorted(lines, key=lambda line: (line.sort, str(line.row.subject)))


@door("office.home", Area.OFFICE)
@require_POST
def act(request: HttpRequest, group: UUID) -> HttpResponse:
    """What the buttons of the class page do, for the chosen documents or for all."""
    told, by = asked(request, group), actor_of(request)
    by.must(_VERBS.get(request.POST.get("act", ""), "records.record.read"), told.school.path)
    query = urlencode({"term": told.term.label, "document": told.short})
    back = f"{reverse('office:group', args=[group])}?{query}"
    what = request.POST.get("act", "")
    try:
        if what in {"make", "remake"}:
            return redirect("office:work", _make(request, told, again=what == "remake"))
        if what not in _MOVES:
            raise NotFound("There is no such button.")
        _move(request, told, what)
    except (actions.WrongState, NothingChosen, NotVerified) as refused:
        messages.error(request, refusals.sentence(refused))
    return redirect(back)


class NothingChosen(Refused):
    """A button was pressed and no document was chosen."""

    code = "web.office.nothing_chosen"


def _chosen(request: HttpRequest, told: Asked, states: frozenset[State]) -> tuple[list[UUID], int]:
    """The chosen documents of the school that are in one of `states`, and how many others were chosen."""
    by, wanted = actor_of(request), ids_of(request.POST.getlist("records"))
    views = queries.by_ids(by=by, records=wanted)
    mine = [v.id for v in views if v.state in states and v.unit == told.school.id]
    return mine, len(wanted) - len(mine)


def _move(request: HttpRequest, told: Asked, what: str) -> None:
    verb, states, say = _MOVES[what]
    by, path = actor_of(request), told.school.path
    records, others = _chosen(request, told, states)
    if not records:
        raise NothingChosen(_("Choose documents that this can be done with."))
    if what == "ready" and transcripts.unverified(queries.by_ids(by=by, records=records), now=visitor_of(request).now):
        raise NotVerified("The class is not verified, or its data have changed since.", field="records")
    verb(by=by, path=path, records=records, now=visitor_of(request).now)
    text = say(len(records))
    if others:
        text += " " + ngettext("%(n)s other was left as it is.", "%(n)s others were left as they are.", others) % {
            "n": others
        }
    messages.success(request, text)


def _make(request: HttpRequest, told: Asked, *, again: bool) -> UUID:
    """Ask for the documents of the class; `again` throws the chosen drafts away first. Returns the work."""
    by, now = actor_of(request), visitor_of(request).now
    pupils = ids_of(request.POST.getlist("pupils"))
    if again:
        records, _others = _chosen(request, told, frozenset({State.DRAFTED}))
        if not records:
            raise NothingChosen(_("Choose drafts to make again."))
        actions.discard(by=by, path=told.school.path, records=records, now=now)
        views = queries.by_ids(by=by, records=records)
        pupils = [v.subject for v in views if v.subject_kind == "pupil"]
    return tasks.request(
        by=by,
        school=told.school.id,
        school_year=told.term.school_year_code,
        term=told.term.code,
        documents=[told.short],
        groups=[told.group.id],
        pupils=pupils,
        issued_on=day_of(told.term, now.date()),
        now=now,
    )


def _say_ready(n: int) -> str:
    return ngettext("%(n)s document is ready to sign.", "%(n)s documents are ready to sign.", n) % {"n": n}


def _say_recalled(n: int) -> str:
    return ngettext("%(n)s document is a draft again.", "%(n)s documents are drafts again.", n) % {"n": n}


def _say_discarded(n: int) -> str:
    return ngettext("%(n)s draft was discarded.", "%(n)s drafts were discarded.", n) % {"n": n}


_MOVES: dict[str, tuple[Callable[..., None], frozenset[State], Callable[[int], str]]] = {
    "ready": (actions.mark_ready, frozenset({State.DRAFTED}), _say_ready),
    "recall": (actions.recall, frozenset({State.READY}), _say_recalled),
    "discard": (actions.discard, frozenset({State.DRAFTED}), _say_discarded),
}
_VERBS = {
    "make": "records.record.draft",
    "remake": "records.record.draft",
    "discard": "records.record.draft",
    "ready": "records.record.ready",
    "recall": "records.record.ready",
}
"""Button → what it needs at the school."""
