"""The class list of a lesson as a page shows it, and what a form says of each pupil."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from testamur.schoolday.diary.queries.lessons import Before, Register, RegisterRow
from testamur.schoolday.diary.rules.leaves import LeaveView
from testamur.schoolday.diary.rules.lessons import MOST_MINUTES, LessonView, Missing, minutes_between
from testamur.schoolday.diary.rules.states import AbsenceKind, LeaveKind, LeaveState
from testamur.surfaces.web.diary.moments import number
from testamur.surfaces.web.templatetags.web import icon

PRESENT = "present"
WORDS: dict[str, Promise] = {
    PRESENT: gettext_lazy("Present"),
    "absent": gettext_lazy("Absent"),
    "late": gettext_lazy("Late"),
    "left_early": gettext_lazy("Left early"),
}
ICONS = {PRESENT: "check", "absent": "x", "late": "clock", "left_early": "log-out"}
USUAL = 5
"""Minutes that are proposed where the clock says nothing."""
_KINDS = {kind.value: kind for kind in AbsenceKind}


@dataclass(frozen=True, slots=True)
class Row:
    """One pupil.

    Attributes:
        buttons: the states to choose from.
        theirs: what stands now, where it differs from what the visitor had chosen.
    """

    id: UUID
    name: str
    masked: bool
    state: str
    minutes: int | None
    told: str
    settled: bool
    before: str
    health: int
    buttons: SafeString
    theirs: str = ""


class _Buttons:
    """The states of one pupil as ready markup: a class has more than a hundred, and words and icons are always four."""

    def __init__(self) -> None:
        """In the visitor's language."""
        self._parts = [(state, icon(ICONS[state]), str(word)) for state, word in WORDS.items()]

    def of(self, pupil: UUID, chosen: str) -> SafeString:
        """One button for each state."""
        line = (
            '<label class="who-state" data-state="{0}"><input type="radio" name="p-{1}" value="{0}"{2}>'
            "{3}<span>{4}</span></label>"
        )
        checked = mark_safe(" checked")
        rows = ((s, pupil, checked if s == chosen else "", drawing, word) for s, drawing, word in self._parts)
        return format_html_join("", line, rows)


def rows_of(found: Register, mine: Sequence[Missing] | None) -> list[Row]:
    """The class list; with `mine` as the visitor had chosen it, beside what stands."""
    grounds = {one.code: one.name for one in found.room.pack.diary.grounds}
    wanted = {one.pupil: one for one in mine or ()}
    buttons = _Buttons()
    rows = []
    for row in found.rows:
        state, minutes = _state(row, found.lesson)
        theirs = ""
        if mine is not None:
            own = wanted.get(row.pupil.id)
            chosen = own.kind.value if own else PRESENT
            if found.lesson.taken and (chosen, own.minutes if own else None) != (state, minutes):
                theirs = _word(state, minutes)
            state, minutes = chosen, own.minutes if own else None
        granted = row.leave is not None and row.leave.state is LeaveState.GRANTED
        told = _told(row.leave, grounds) if row.leave is not None else ""
        rows.append(
            Row(
                row.pupil.id, row.pupil.name, row.pupil.masked, state, minutes, told, granted or bool(row.excused),
                _before(row.before, found.lesson.on), row.health,
                buttons.of(row.pupil.id, state), theirs,
            )
        )  # fmt: skip
    return rows


def parsed(sent: QueryDict, late: int) -> tuple[Missing, ...]:
    """Who was not there, from fields ``p-<pupil>`` and ``m-<pupil>``; `late` minutes where a field is left empty."""
    found = []
    for name in sent:
        kind = _KINDS.get(sent.get(name, "")) if name.startswith("p-") else None
        try:
            pupil = UUID(name[2:]) if kind is not None else None
        except ValueError:
            continue
        if kind is None or pupil is None:
            continue
        told = sent.get(f"m-{name[2:]}", "").strip()
        minutes = number(sent, f"m-{name[2:]}") if told else late
        found.append(Missing(pupil, kind, None if kind is AbsenceKind.ABSENT else (minutes or 0)))
    return tuple(found)


def late_now(view: LessonView, clock: datetime) -> int:
    """How late somebody is who comes now; the usual few minutes where the lesson does not run."""
    if view.on == clock.date() and view.starts <= clock.time() < view.ends:
        return min(MOST_MINUTES, minutes_between(view.starts, clock.time()))
    return USUAL


def _state(row: RegisterRow, lesson: LessonView) -> tuple[str, int | None]:
    """How a pupil stands; before attendance is registered, whoever has leave for the lesson is put down as absent."""
    if row.kind is not None:
        return row.kind.value, row.minutes
    if not lesson.taken and row.leave is not None and row.leave.state is LeaveState.GRANTED:
        return AbsenceKind.ABSENT.value, None
    return PRESENT, None


def _word(state: str, minutes: int | None) -> str:
    return f"{WORDS[state]} ({minutes} min)" if minutes else str(WORDS[state])


def _told(leave: LeaveView, grounds: dict[str, str]) -> str:
    ground = grounds.get(leave.ground, leave.ground)
    if leave.state is not LeaveState.GRANTED:
        return _("Asked for, not decided: %(ground)s") % {"ground": ground}
    if leave.kind is LeaveKind.REPORT:
        return _("Reported by the family: %(ground)s") % {"ground": ground}
    return _("Leave: %(ground)s") % {"ground": ground}


def _before(before: Before | None, on: date) -> str:
    if before is None:
        return ""
    word = str(WORDS[before.kind.value]).lower()
    if before.on == on:
        return _("Earlier today: %(state)s") % {"state": word}
    return f"{date_format(before.on, 'SHORT_DATE_FORMAT')}: {word}"
