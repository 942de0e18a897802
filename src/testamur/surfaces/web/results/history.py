"""What was done with a list, by whom and when, in words (row B26)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import Area
from testamur.kernel.journal.rules import EntryView
from testamur.register.curriculum import queries as curriculum
from testamur.register.people import queries as people
from testamur.schoolday.reporting.queries import lists, versions
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.results import common, shape

_WORDS: Mapping[str, tuple[str | Promise, str]] = {
    "opened": (gettext_lazy("The list was opened."), "list-plus"),
    "students_added": (gettext_lazy("Students came into the list."), "user-plus"),
    "saved": (gettext_lazy("The draft was saved."), "save"),
    "titled": (gettext_lazy("The title was set."), "type"),
    "revealed": (gettext_lazy("The names were shown."), "eye"),
    "commented": (gettext_lazy("A comment was written."), "message-square"),
    "grader_added": (gettext_lazy("A colleague was let in to grade."), "user-plus"),
    "grader_removed": (gettext_lazy("A colleague grades here no more."), "user-minus"),
    "sent": (gettext_lazy("The list was sent to the examiner."), "send"),
    "recalled": (gettext_lazy("The list was taken back."), "undo-2"),
    "returned": (gettext_lazy("The examiner returned the list."), "undo-2"),
    "prepared": (gettext_lazy("The documents were made."), "files"),
    "signed": (gettext_lazy("The examiner signed the list: the grades are decided."), "pen-line"),
    "entered": (gettext_lazy("The list was definitively entered."), "circle-check"),
    "discarded": (gettext_lazy("The draft was discarded."), "trash-2"),
    "unregistered_mailed": (gettext_lazy("The students without registration were mailed to whoever asked."), "mail"),
}
"""Kind of a journal entry (without its package and version) → sentence and icon."""


class Deed:
    """One entry of the history."""

    def __init__(self, at: datetime, who: str, text: str, icon: str, changes: list[tuple[str, str, str, str]]) -> None:
        """`changes`: student, grade, date and points that were written."""
        self.at, self.who, self.text, self.icon, self.changes = at, who, text, icon, changes


@require_GET
@door("results.home", Area.RESULTS)
def history(request: HttpRequest, result_list: UUID) -> HttpResponse:
    """Every act, newest first, each with the grades that it wrote; and the versions that were frozen."""
    visitor = common.visitor_of(request)
    view = lists.view(by=visitor.actor, list=result_list, now=visitor.now)
    entries = lists.history(by=visitor.actor, list=result_list)
    frozen = versions.versions(by=visitor.actor, list=result_list)
    head = view.head
    staff = {entry.actor for entry in entries} | {one.made_by for one in frozen} | {head.made_by}
    names = people.people(by=visitor.actor, ids=staff, numbers=False)
    seen = common.seen(visitor, (row.person for row in view.rows), "results.history", head.path)
    labels = {str(row.id): shape.label(row, seen.get(row.person)) for row in view.rows}
    deeds = [_deed(entry, common.name_of(names, entry.actor), labels) for entry in entries]
    return page(
        request,
        "web/results/history.html",
        head=head,
        line=common.line(head, curriculum.courses([head.course]).get(head.course), names),
        deeds=sorted(deeds, key=lambda deed: deed.at, reverse=True),
        versions=[(one, common.name_of(names, one.made_by)) for one in frozen],
    )


def _deed(entry: EntryView, who: str, labels: Mapping[str, str]) -> Deed:
    kind = entry.kind.rpartition("/")[0].rpartition(".")[2]
    words, icon = _WORDS.get(kind, (kind.replace("_", " "), "circle"))
    told = _TOLD.get(kind)
    text = f"{words} {told(entry.refs)}".strip() if told else str(words)
    return Deed(entry.at, who or _("the system"), text, icon, _changes(entry.refs.get("cells", ()), labels))


def _changes(cells: Any, labels: Mapping[str, str]) -> list[tuple[str, str, str, str]]:
    """The cells that an entry of kind ``saved`` holds: row, grade, date, points."""
    found = []
    for cell in cells if isinstance(cells, (list, tuple)) else ():
        row, *values = map(_text, cell)
        texts = [*values, "", "", ""]
        found.append((labels.get(row, _("a student who has left")), texts[0], texts[1], texts[2]))
    return found


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _students(refs: Mapping[str, Any]) -> str:
    n = len(refs.get("rows", ()))
    return ngettext("%(n)s student.", "%(n)s students.", n) % {"n": n}


def _left(refs: Mapping[str, Any]) -> str:
    n = len(refs.get("left", ()))
    return ngettext("%(n)s student left the list.", "%(n)s students left the list.", n) % {"n": n} if n else ""


def _control(refs: Mapping[str, Any]) -> str:
    number = refs.get("control_number") or refs.get("control")
    return _("Control number %(n)s.") % {"n": number} if number else ""


_TOLD: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "students_added": _students,
    "saved": _left,
    "entered": _control,
    "signed": _control,
}
"""Kind → what its entry adds to the sentence."""
