"""The absences of a class: what nobody has decided about, excused in bulk by the class teacher."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.schoolday.diary import actions
from testamur.schoolday.diary.queries import absences as queries
from testamur.schoolday.diary.rules.absences import AbsenceView, Sums, may_state
from testamur.surfaces.web import refusals
from testamur.surfaces.web.diary.about import Class, class_of
from testamur.surfaces.web.diary.attendance_rows import ICONS, WORDS
from testamur.surfaces.web.diary.moments import a_day
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office.scope import ids_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest

EXCUSE = "diary.absence.excuse"
BACK = timedelta(days=30)
_EXCUSED: Mapping[str, bool | None] = {"yes": True, "no": False, "open": None}


@dataclass(frozen=True, slots=True)
class Line:
    """One absence."""

    of: AbsenceView
    subject: str
    word: object
    icon: str
    ground: str


@dataclass(frozen=True, slots=True)
class Pupil:
    """A pupil with absences, and the sums of the school year as the law writes them."""

    id: UUID
    name: str
    masked: bool
    lines: tuple[Line, ...]
    excused: str
    unexcused: str
    undecided: str
    late: int


@require_GET
@door("diary.home", Area.STAFF, Area.OFFICE)
def absences(request: WebRequest, group: UUID) -> HttpResponse:
    """By pupil; those that wait for a decision, or all of a period."""
    of = class_of(request.visitor, group, "diary.absences")
    every = request.GET.get("show") == "all"
    last = a_day(request.GET.get("last", "")) or of.on
    first = a_day(request.GET.get("first", "")) or (last - BACK if every else of.room.year.starts)
    found = queries.of_class(by=of.by, group=group, on=of.on, first=min(first, last), last=last, undecided=not every)
    sums = queries.sums(pack=of.room.pack, pupils=of.pupils.keys(), first=of.room.year.starts, last=of.room.year.ends)
    return page(
        request,
        "web/diary/absences.html",
        of=of,
        tabs=of.tabs("diary:absences"),
        pupils=[_pupil(of, key, found.get(key, ()), sums[key]) for key in of.pupils if found.get(key) or every],
        every=every,
        first=min(first, last),
        last=last,
        grounds=_grounds(of),
        may_excuse=of.may(EXCUSE),
        waiting=sum(len(some) for some in found.values()),
    )


@require_POST
@door("diary.home", Area.STAFF, Area.OFFICE)
def excuse(request: WebRequest, group: UUID) -> HttpResponse:
    """Excuse those that are chosen, or say that they are not excused; or open them again."""
    visitor, sent = request.visitor, request.POST
    of, by, what = class_of(visitor, group, "diary.absences"), visitor.actor, sent.get("excused", "")
    by.must(EXCUSE, of.room.path, group=group)
    ids = list(dict.fromkeys([*ids_of(sent.getlist("absence")), *_open_of(of, ids_of(sent.getlist("pupil")))]))
    try:
        if not ids or what not in _EXCUSED:
            messages.error(request, _("Choose absences first."))
        else:
            actions.excuse_absences(
                by=by, group=group, absences=ids, excused=_EXCUSED[what], ground=sent.get("ground", ""),
                now=visitor.now,
            )  # fmt: skip
            told = {
                "yes": ngettext("%(n)s absence is excused.", "%(n)s absences are excused.", len(ids)),
                "no": ngettext("%(n)s absence is not excused.", "%(n)s absences are not excused.", len(ids)),
                "open": ngettext("%(n)s absence is open again.", "%(n)s absences are open again.", len(ids)),
            }[what]
            messages.success(request, told % {"n": len(ids)})
    except (NotAllowed, NotFound):
        raise
    except Refused as refused:
        messages.error(request, refusals.sentence(refused))
    answer = redirect("diary:absences", group)
    if sent.get("show") == "all":
        answer["Location"] += "?show=all"
    return answer


def _open_of(of: Class, pupils: Collection[UUID]) -> list[UUID]:
    """The undecided absences of pupils who are chosen as a whole."""
    if not pupils:
        return []
    first = of.room.year.starts
    found = queries.of_class(by=of.by, group=of.id, on=of.on, first=first, last=of.on, undecided=True)
    return [one.id for pupil in pupils for one in found.get(pupil, ())]


def _grounds(of: Class) -> list[tuple[str, str]]:
    """The grounds that the visitor may state: (code, name)."""
    roles = {grant.role for grant in of.by.grants if grant.covers(EXCUSE, of.room.path, group=of.id)}
    return [(one.code, one.name) for one in of.room.pack.diary.grounds if may_state(one, roles)]


def _pupil(of: Class, pupil: UUID, some: Sequence[AbsenceView], sums: Sums) -> Pupil:
    names = {one.code: one.name for one in of.room.pack.diary.grounds}
    law = of.room.pack.diary
    lines = tuple(
        Line(
            one, of.subject_name(one.subject), WORDS[one.kind.value], ICONS[one.kind.value],
            names.get(one.ground, one.ground),
        )
        for one in some
    )  # fmt: skip
    person = of.pupils[pupil]
    return Pupil(
        pupil, person.name, person.masked, lines, law.show_count(sums.excused), law.show_count(sums.unexcused),
        law.show_count(sums.undecided), sums.late,
    )  # fmt: skip
