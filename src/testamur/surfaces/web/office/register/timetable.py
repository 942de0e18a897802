"""The week of a class: lessons added and ended, and where a teacher or a room is wanted twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.register.schools import actions
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupKind, GroupView, NewSlot, SlotView, Week
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.forms import Day
from testamur.surfaces.web.office.register.desk import (
    Desk,
    back,
    desk_of_group,
    one_day,
    one_id,
    staff,
    subject_name,
    subjects,
)
from testamur.surfaces.web.office.scope import visitor_of
from testamur.surfaces.web.pages import page

HERE = "office.register.timetable"
WEEKS = (
    (Week.EVERY.value, gettext_lazy("Every week")),
    (Week.ODD.value, gettext_lazy("Odd weeks")),
    (Week.EVEN.value, gettext_lazy("Even weeks")),
)
HOURS = {"type": "time"}


class SlotForm(forms.Form):
    """A weekly lesson, on one or several days at the same hour."""

    days = forms.MultipleChoiceField(
        label=gettext_lazy("Days"),
        choices=[(str(n + 1), name) for n, name in WEEKDAYS.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    number = forms.IntegerField(
        label=gettext_lazy("Which lesson of the day"), min_value=0, max_value=20, required=False
    )
    starts = forms.TimeField(label=gettext_lazy("Begins"), widget=forms.TimeInput(attrs=HOURS, format="%H:%M"))
    ends = forms.TimeField(label=gettext_lazy("Ends"), widget=forms.TimeInput(attrs=HOURS, format="%H:%M"))
    subject = forms.ChoiceField(label=gettext_lazy("Subject"))
    teacher = forms.ChoiceField(label=gettext_lazy("Teacher"), required=False)
    room = forms.CharField(label=gettext_lazy("Room"), max_length=40, required=False)
    week = forms.ChoiceField(label=gettext_lazy("Weeks"), choices=WEEKS, required=False)
    since = forms.DateField(
        label=gettext_lazy("From"),
        required=False,
        widget=Day(),
        help_text=gettext_lazy("Empty: from the first day of the school year."),
    )

    def __init__(self, data: Any, known: Sequence[tuple[str, str]], teachers: Sequence[tuple[str, str]]) -> None:
        """The subjects of the class and the teachers of the school are the choices."""
        super().__init__(data)
        self.fields["subject"].choices = known  # type: ignore[attr-defined]
        self.fields["teacher"].choices = [("", "–"), *teachers]  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Cell:
    """A lesson as the grid shows it, with the sentences about what is wanted twice."""

    slot: SlotView
    subject: str
    teacher: str
    week: str
    twice: tuple[str, ...]


@door("office.home", Area.OFFICE)
@require_http_methods(["GET", "POST"])
def timetable(request: HttpRequest, group: UUID) -> HttpResponse:
    """The week, and a form for another lesson."""
    desk, one = desk_of_group(request, group)
    teachers = staff(request, desk, HERE)
    form = SlotForm(request.POST or None, _subjects(desk, one), teachers)
    warned: tuple[str, ...] = ()
    if request.method == "POST":
        desk.by.must("schools.timetable.add", one.path)
        if form.is_valid() and not request.POST.get("sure"):
            warned = _wanted_twice(desk, one, _new(one, form))
        if form.is_valid() and not warned:
            try:
                added = actions.add_slots(by=desk.by, slots=_new(one, form), now=visitor_of(request).now)
            except Refused as refused:
                refusals.into(form, refused)
            else:
                n = len(added)
                messages.success(request, ngettext("%(n)s lesson added.", "%(n)s lessons added.", n) % {"n": n})
                return back("office:register_timetable", one.id)
    days, rows = _grid(desk, one, dict(teachers))
    return page(
        request,
        "web/office/register/timetable.html",
        status=422 if form.errors or warned else 200,
        desk=desk,
        group=one,
        warned=warned,
        weekdays=[(n + 1, name) for n, name in WEEKDAYS.items()],
        days=[WEEKDAYS[day - 1] for day in days],
        rows=rows,
        twice=sum(len(cell.twice) for _hours, cells in rows for some in cells for cell in some),
        form=form,
        may=desk.by.may("schools.timetable.add", one.path),
    )


def _subjects(desk: Desk, one: GroupView) -> list[tuple[str, str]]:
    if one.kind is not GroupKind.CLASS and one.subject:
        return [(one.subject, subject_name(desk.pack, one.subject))]
    found = subjects(desk.pack, one.year_level, desk.day)
    also = (
        {t.subject for t in schools.teachers_of(groups=[one.id], on=desk.day)} - {code for code, _name in found} - {""}
    )
    return [*found, *((code, subject_name(desk.pack, code)) for code in sorted(also))]


def _new(one: GroupView, form: SlotForm) -> list[NewSlot]:
    told = form.cleaned_data
    return [
        NewSlot(
            one.id,
            int(day),
            told["starts"],
            told["ends"],
            subject=told["subject"],
            teacher=UUID(told["teacher"]) if told["teacher"] else None,
            week=Week(told["week"]),
            number=told["number"],
            room=told["room"],
            valid_from=told["since"],
        )
        for day in told["days"]
    ]


def _grid(
    desk: Desk, one: GroupView, names: dict[str, str]
) -> tuple[list[int], list[tuple[tuple[time, time], list[list[Cell]]]]]:
    """The weekdays that are shown, and for each hour the lessons day by day."""
    week = (desk.day, desk.day + timedelta(days=6))
    everything = schools.slots(on=week, school=desk.school.id)
    mine = [slot for slot in everything if slot.group == one.id]
    codes = {g.id: g.code for g in schools.groups_by_id({slot.group for slot in everything}).values()}
    days = sorted({1, 2, 3, 4, 5} | {slot.weekday for slot in mine})
    cells: dict[tuple[time, time], dict[int, list[Cell]]] = defaultdict(lambda: defaultdict(list))
    by_day: dict[int, list[SlotView]] = defaultdict(list)
    for slot in everything:
        by_day[slot.weekday].append(slot)
    pack, words = desk.pack, dict(WEEKS)
    for slot in mine:
        cells[slot.starts, slot.ends][slot.weekday].append(
            Cell(
                slot,
                subject_name(pack, slot.subject),
                names.get(str(slot.teacher), ""),
                str(words[slot.week.value]) if slot.week is not Week.EVERY else "",
                tuple(_twice(slot, by_day[slot.weekday], codes)),
            )
        )
    return days, [(hours, [cells[hours][day] for day in days]) for hours in sorted(cells)]


def _twice(slot: SlotView, others: Iterable[SlotView], codes: dict[UUID, str]) -> Iterable[str]:
    """Who or what is wanted elsewhere at the same hour; it is shown, and not forbidden."""
    for other in others:
        if other.id == slot.id or not _meet(slot, other):
            continue
        if slot.teacher is not None and other.teacher == slot.teacher:
            yield _("The teacher is in %(name)s too") % {"name": codes[other.group]}
        if slot.room and other.room.casefold() == slot.room.casefold():
            yield _("The room is wanted by %(name)s too") % {"name": codes[other.group]}


def _wanted_twice(desk: Desk, one: GroupView, new: Iterable[NewSlot], but: UUID | None = None) -> tuple[str, ...]:
    """Sentences about lessons that want the same class, pupils, teacher or room at the hours of new ones."""
    year = desk.year
    first, last = (year.starts, year.ends) if year is not None else (desk.day, desk.day)
    there = [
        slot
        for slot in schools.slots(on=(desk.day, max(last, desk.day + timedelta(days=6))), school=one.school)
        if slot.id != but
    ]
    codes = {g.id: g.code for g in schools.groups_by_id({slot.group for slot in there}).values()}
    inside = schools.members_of(groups={one.id, *codes}, on=desk.day)
    mine = {row.person for row in inside[one.id]}
    found: dict[str, None] = {}
    for wanted in new:
        slot = SlotView(
            UUID(int=0), one.school, one.id, one.path, wanted.subject, wanted.teacher, wanted.weekday, wanted.week,
            wanted.number, wanted.starts, wanted.ends, wanted.room, wanted.valid_from or max(first, desk.day),
            wanted.valid_to or last,
        )  # fmt: skip
        for other in (each for each in there if each.weekday == slot.weekday and _meet(slot, each)):
            if other.group == one.id:
                found[_("The class has another lesson at that hour")] = None
            elif shared := len(mine & {row.person for row in inside[other.group]}):
                name = codes[other.group]
                found[_("%(n)s of the pupils have a lesson with %(name)s") % {"n": shared, "name": name}] = None
            found.update(dict.fromkeys(_twice(slot, [other], codes)))
    return tuple(found)


def _meet(a: SlotView, b: SlotView) -> bool:
    """Whether two lessons of a weekday are ever at the same time."""
    weeks = a.week is b.week or Week.EVERY in {a.week, b.week}
    return (
        weeks and a.starts < b.ends and b.starts < a.ends and a.valid_from <= b.valid_to and b.valid_from <= a.valid_to
    )


class MoveForm(forms.Form):
    """Another hour or room of a weekly lesson, from a day on."""

    day = forms.ChoiceField(choices=[(str(n + 1), name) for n, name in WEEKDAYS.items()])
    starts = forms.TimeField()
    ends = forms.TimeField()
    room = forms.CharField(max_length=40, required=False)
    since = forms.DateField()


@door("office.home", Area.OFFICE)
@require_POST
def move(request: HttpRequest, group: UUID) -> HttpResponse:
    """Let a weekly lesson be at another hour or in another room from a day on; with ``sure`` whatever else is there."""
    desk, one = desk_of_group(request, group, "schools.timetable.end")
    wanted = one_id(request.POST.get("slot", ""), "slot")
    slot = schools.slots_by_id([wanted]).get(wanted)
    if slot is None or slot.group != one.id:
        raise NotFound("There is no such lesson in the timetable.")
    form = MoveForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say on which day, from when until when, and from which date."))
        return back("office:register_timetable", one.id)
    told = form.cleaned_data
    to = NewSlot(
        one.id, int(told["day"]), told["starts"], told["ends"], slot.subject, slot.teacher, slot.week, slot.number,
        told["room"], told["since"], slot.valid_to,
    )  # fmt: skip
    twice = () if request.POST.get("sure") else _wanted_twice(desk, one, [to], slot.id)
    if twice:
        messages.error(request, _("Not moved: %(why)s.") % {"why": "; ".join(twice)})
        return back("office:register_timetable", one.id)
    try:
        actions.move_slot(by=desk.by, slot=slot.id, to=to, since=told["since"], now=visitor_of(request).now)
    except Refused as refused:
        if refused.code in {"not_allowed", "not_found"}:
            raise
        messages.error(request, refusals.sentence(refused))
    else:
        messages.success(request, _("Kept."))
    return back("office:register_timetable", one.id)


@door("office.home", Area.OFFICE)
@require_POST
def end(request: HttpRequest, group: UUID) -> HttpResponse:
    """Say which day a lesson is on for the last time; a day before its first takes it away."""
    desk, one = desk_of_group(request, group, "schools.timetable.end")
    wanted = one_id(request.POST.get("slot", ""), "slot")
    slot = schools.slots_by_id([wanted]).get(wanted)
    if slot is None or slot.group != one.id:
        raise NotFound("There is no such lesson in the timetable.")
    last = one_day(request.POST.get("ends", ""))
    if last is None:
        messages.error(request, _("Write the last day as 2026-06-30."))
    else:
        actions.end_slots(by=desk.by, ends={slot.id: last}, now=visitor_of(request).now)
        messages.success(request, _("Kept."))
    return back("office:register_timetable", one.id)
