"""The form of a week of care: one row for each open day, for families and for staff alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from testamur.schoolday.care.queries import CareWeek, FetchingView
from testamur.schoolday.care.rules import DayView, Hours, NewDay, Parity, Reason, Regular, in_force
from testamur.surfaces.web.family.leave import Time
from testamur.surfaces.web.forms import Day

REASONS = {
    Reason.FREE: gettext_lazy("No care: free"),
    Reason.ILL: gettext_lazy("No care: ill"),
    Reason.OTHER: gettext_lazy("No care: other"),
}
WEEKDAYS = {
    1: gettext_lazy("Monday"),
    2: gettext_lazy("Tuesday"),
    3: gettext_lazy("Wednesday"),
    4: gettext_lazy("Thursday"),
    5: gettext_lazy("Friday"),
    6: gettext_lazy("Saturday"),
    7: gettext_lazy("Sunday"),
}


PARITIES = {
    Parity.EVERY.value: gettext_lazy("Every week"),
    Parity.ODD.value: gettext_lazy("Odd weeks"),
    Parity.EVEN.value: gettext_lazy("Even weeks"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A day of the form; the fields are None where nothing can be written any more."""

    day: DayView
    today: bool
    wrote: str
    care: BoundField | None
    starts: BoundField | None
    ends: BoundField | None
    who: BoundField | None
    fetcher: str


class WeekForm(forms.Form):
    """Hours, reasons and who fetches, day by day.

    Fields end in the number of the weekday: ``care_1``, ``starts_1``, ``ends_1``, ``who_1``. `staff` may write what is
    locked; a family may then still say that the child does not come, and who fetches it.
    """

    def __init__(
        self,
        week: CareWeek,
        data: Any = None,
        *,
        regulars: Sequence[Regular] = (),
        fetchers: Mapping[date, Sequence[tuple[str, str]]],
        today: date,
        staff: bool = False,
    ) -> None:
        """With what stands."""
        super().__init__(data)
        self.week, self.today, self.staff = week, today, staff
        self.fetchers = fetchers
        self.usual = {day.on: _usual(regulars, day.on) for day in week.days}
        for day in week.days:
            if day.is_open and (staff or day.on >= today):
                self._add(day)

    def _add(self, day: DayView) -> None:
        n, name = day.on.isoweekday(), str(WEEKDAYS[day.on.isoweekday()])
        comes = _("Comes as planned") if self._only_reason(day) else _("Comes")
        self.fields[f"care_{n}"] = forms.ChoiceField(
            label=_("%(day)s: care") % {"day": name},
            choices=[("", comes), *((reason.value, text) for reason, text in REASONS.items())],
            required=False,
            initial=day.reason.value if day.reason is not None else "",
        )
        if not self._only_reason(day):
            self.fields[f"starts_{n}"] = forms.TimeField(
                label=_("%(day)s: comes at") % {"day": name}, required=False, widget=Time(),
                initial=day.hours.starts if day.hours is not None else None,
            )  # fmt: skip
            self.fields[f"ends_{n}"] = forms.TimeField(
                label=_("%(day)s: leaves at") % {"day": name}, required=False, widget=Time(),
                initial=day.hours.ends if day.hours is not None else None,
            )  # fmt: skip
        if day.on >= self.today:
            self.fields[f"who_{n}"] = forms.ChoiceField(
                label=_("%(day)s: fetched by") % {"day": name},
                choices=[("", _("Not said")), *self.fetchers.get(day.on, ())],
                required=False,
                initial=fetcher_key(self.week.fetching.get(day.on)),
            )

    def _only_reason(self, day: DayView) -> bool:
        return day.locked and not self.staff

    def clean(self) -> dict[str, Any]:
        """Both hours or none."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        for n in WEEKDAYS:
            starts, ends = told.get(f"starts_{n}"), told.get(f"ends_{n}")
            missing = f"ends_{n}" if starts is not None and ends is None else f"starts_{n}"
            if (starts is None) is not (ends is None) and missing not in self.errors and not told.get(f"care_{n}"):
                self.add_error(missing, _("Write both hours, or none."))
        return told

    def days(self) -> list[NewDay]:
        """What was written, of the days that can be; a day as the regular week has it is left to that."""
        found = []
        for day in self.week.days:
            n = day.on.isoweekday()
            if f"care_{n}" not in self.fields:
                continue
            reason = Reason(told) if (told := self.cleaned_data[f"care_{n}"]) else None
            if reason is not None:
                found.append(NewDay(day.on, None, reason))
            elif not self._only_reason(day):
                hours = _hours(self.cleaned_data.get(f"starts_{n}"), self.cleaned_data.get(f"ends_{n}"))
                found.append(NewDay(day.on, None if hours == self.usual[day.on] else hours))
        return found

    def chosen(self) -> list[tuple[date, UUID | None, UUID | None]]:
        """(day, guardian, collector) of the days on which somebody else fetches than before."""
        found = []
        for day in self.week.days:
            name = f"who_{day.on.isoweekday()}"
            if name not in self.fields:
                continue
            told = self.cleaned_data[name]
            if told != fetcher_key(self.week.fetching.get(day.on)):
                found.append((day.on, *fetcher_of(told)))
        return found

    def rows(self, names: Mapping[UUID, str], called: Mapping[str, str]) -> list[Row]:
        """The days with their fields; `names` of who wrote, `called` of who fetches."""
        found = []
        for day in self.week.days:
            if day.opening is None:
                continue
            n = day.on.isoweekday()
            fetcher = called.get(fetcher_key(self.week.fetching.get(day.on)), "")
            wrote = names.get(day.by, "") if day.by is not None else ""
            care, starts, ends, who = (self._field(kind, n) for kind in ("care", "starts", "ends", "who"))
            found.append(Row(day, day.on == self.today, wrote, care, starts, ends, who, fetcher))
        return found

    def _field(self, kind: str, n: int) -> BoundField | None:
        return self[f"{kind}_{n}"] if f"{kind}_{n}" in self.fields else None


class RegularForm(forms.Form):
    """A regular week: from when on, in which weeks, and hours for each weekday on which the unit is open."""

    valid_from = forms.DateField(label=gettext_lazy("From which day on?"), widget=Day())
    parity = forms.ChoiceField(
        label=gettext_lazy("In which weeks?"),
        required=False,
        choices=list(PARITIES.items()),
        help_text=gettext_lazy("For a child with two homes: write odd and even weeks separately."),
    )

    def __init__(self, opening: Mapping[int, Hours], *args: Any, **kwargs: Any) -> None:
        """With a pair of hours for each of the unit's weekdays."""
        super().__init__(*args, **kwargs)
        self.opening = opening
        for n in sorted(opening):
            for kind, text in (("starts", _("%(day)s: comes at")), ("ends", _("%(day)s: leaves at"))):
                self.fields[f"{kind}_{n}"] = forms.TimeField(
                    label=text % {"day": WEEKDAYS[n]}, required=False, widget=Time()
                )

    def clean(self) -> dict[str, Any]:
        """Both hours or none."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        for n in self.opening:
            starts, ends = told.get(f"starts_{n}"), told.get(f"ends_{n}")
            if (starts is None) is not (ends is None):
                missing = f"ends_{n}" if ends is None else f"starts_{n}"
                if missing not in self.errors:
                    self.add_error(missing, _("Write both hours, or none."))
        return told

    def days(self) -> dict[int, Hours]:
        """Weekday → hours."""
        told = {n: _hours(self.cleaned_data[f"starts_{n}"], self.cleaned_data[f"ends_{n}"]) for n in self.opening}
        return {n: hours for n, hours in told.items() if hours is not None}

    def rows(self) -> list[tuple[str, BoundField, BoundField]]:
        """Weekday and its fields."""
        return [(str(WEEKDAYS[n]), self[f"starts_{n}"], self[f"ends_{n}"]) for n in sorted(self.opening)]


def regular_initial(regular: Regular | None) -> dict[str, time]:
    """What stands, as the form of a regular week takes it."""
    found: dict[str, time] = {}
    for n, hours in regular.days.items() if regular is not None else ():
        found |= {f"starts_{n}": hours.starts, f"ends_{n}": hours.ends}
    return found


def fetcher_key(fetching: FetchingView | None) -> str:
    """Who fetches, as a form sends it: ``p`` or ``c`` and an id, or nothing."""
    if fetching is None:
        return ""
    return f"p{fetching.person}" if fetching.person is not None else f"c{fetching.collector}"


def fetcher_of(told: str) -> tuple[UUID | None, UUID | None]:
    """(guardian, collector) of what a form sent; neither for anything else."""
    try:
        key = UUID(told[1:])
    except ValueError:
        return None, None
    return (key, None) if told[0] == "p" else (None, key) if told[0] == "c" else (None, None)


def _usual(regulars: Iterable[Regular], on: date) -> Hours | None:
    regular = in_force(regulars, on)
    return regular.days.get(on.isoweekday()) if regular is not None else None


def _hours(starts: time | None, ends: time | None) -> Hours | None:
    return Hours(starts, ends) if starts is not None and ends is not None else None
