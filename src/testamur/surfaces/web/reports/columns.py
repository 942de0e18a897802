"""Columns and charts that reports share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from testamur.schoolday.diary.queries.reporting import Frame
from testamur.schoolday.diary.rules.reports import Figures, Missed, Scale
from testamur.surfaces.web.charts import Bar, bars
from testamur.surfaces.web.tabular import HIDDEN, NONE, Cell, Picture, counted, hundredths, whole

_HUNDRED = Decimal(100)


def head(frame: Frame, first: str, *, pupils: bool = True, absences: bool = True) -> tuple[str, ...]:
    """The heads of `cells`."""
    names = [first, *([_("Pupils")] if pupils else []), _("Marks"), *frame.scale.values]
    if frame.scale.averages:
        names.append(_("Average success"))
    if frame.scale.failing:
        names.append(_("Failing marks"))
    if absences:
        names += [_("Excused"), _("Unexcused"), _("Not decided"), _("Late"), _("Remarks"), _("Praise")]
    return tuple(names)


def cells(frame: Frame, first: Cell, of: Figures, *, pupils: bool = True, absences: bool = True) -> tuple[Cell, ...]:
    """One row of figures."""
    if of.hidden:
        return (first, *[HIDDEN] * (len(head(frame, "", pupils=pupils, absences=absences)) - 1))
    row = [first, *([whole(of.pupils)] if pupils else []), whole(of.marks), *map(whole, of.counts)]
    if frame.scale.averages:
        row.append(hundredths(of.average))
    if frame.scale.failing:
        row.append(whole(of.failing))
    if absences:
        row += [
            *missed(frame, Missed(of.excused, of.unexcused, of.undecided, of.late)),
            whole(of.remarks),
            whole(of.praise),
        ]
    return tuple(row)


def missed(frame: Frame, of: Missed) -> list[Cell]:
    """Absences as the law counts them."""
    diary = frame.pack.diary
    sums = (diary.count([weight]) for weight in (of.excused, of.unexcused, of.undecided))
    return [*(counted(one, diary.show_count(one)) for one in sums), whole(of.late)]


def facts(frame: Frame, of: Figures) -> tuple[tuple[str, Cell], ...]:
    """The figures on top of a report."""
    if of.hidden:
        return ()
    names = head(frame, "")
    values = cells(frame, NONE, of)
    skipped = set(frame.scale.values) | {""}
    return tuple((name, cell) for name, cell in zip(names, values, strict=True) if name not in skipped)


def distribution(title: str, scale: Scale, counts: Sequence[int]) -> list[Picture]:
    """How many marks of each value; nothing where there are none."""
    every = sum(counts)
    if not every:
        return []
    rows = [
        Bar(value, (Decimal(count),), (f"{number_format(count)} ({_share(count, every)} %)",))
        for value, count in zip(scale.values, counts, strict=True)
    ]
    return [Picture(bars(title, rows, names=(_("Marks"),), head=_("Mark"), most=Decimal(max(counts))))]


def averages(title: str, frame: Frame, some: Iterable[tuple[str, Decimal | None]], first: str) -> list[Picture]:
    """Averages beside one another; nothing where the law knows none or there are fewer than two."""
    rows = [Bar(name, (value,), (hundredths(value).text,)) for name, value in some if value is not None]
    if not frame.scale.averages or len(rows) < 2:  # noqa: PLR2004 - one is no comparison
        return []
    most = max(frame.scale.points.values())
    return [Picture(bars(title, rows, names=(_("Average success"),), head=first, most=most))]


def absences(title: str, some: Iterable[tuple[str, Figures]], first: str) -> list[Picture]:
    """Absences excused and not, for each pupil on average."""
    told = [(name, of) for name, of in some if of.pupils and not of.hidden]
    rows = [
        Bar(name, each, tuple(number_format(one, decimal_pos=1) for one in each))
        for name, of in told
        for each in [(of.excused / of.pupils, of.unexcused / of.pupils)]
    ]
    most = max((one for row in rows for one in row.values if one is not None), default=Decimal(0))
    if not most:
        return []
    names = (_("Excused"), _("Unexcused"))
    return [Picture(bars(title, rows, names=names, head=first, most=most), names)]


def _share(part: int, every: int) -> str:
    return number_format(round(_HUNDRED * part / every))
