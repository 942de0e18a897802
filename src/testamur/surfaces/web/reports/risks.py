"""The list of pupils who may need help, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from testamur.register.people.rules import PersonView
from testamur.register.schools.rules import GroupView
from testamur.schoolday.diary.queries.reporting import Frame
from testamur.schoolday.diary.rules.reports import Risk, Sign
from testamur.surfaces.web.tabular import Cell, Table, counted, hundredths, word

SIGNS: Mapping[Sign, str | Promise] = {
    Sign.CLOSED_FAILED: gettext_lazy("closed with a failing mark"),
    Sign.FAILING: gettext_lazy("failing in a subject"),
    Sign.UNEXCUSED: gettext_lazy("many unexcused absences"),
    Sign.FALLING: gettext_lazy("marks fall"),
}


def table(frame: Frame, rows: Sequence[tuple[PersonView, GroupView, Risk]], *, classes: bool) -> Table:
    """The list; with the class of each pupil where there are several."""
    head = [_("Pupil"), *([_("Class")] if classes else []), _("Signs"), _("Subjects"), _("Unexcused")]
    if frame.scale.averages:
        head += [_("Average success"), _("Fall of the last six weeks")]
    return Table(_("Pupils who may need help"), tuple(head), tuple(_row(frame, *row, classes=classes) for row in rows))


def _row(frame: Frame, pupil: PersonView, group: GroupView, risk: Risk, *, classes: bool) -> tuple[Cell, ...]:
    diary = frame.pack.diary
    row = [
        word(pupil.name, reverse("reports:pupil", args=[pupil.id])),
        *([word(group.code)] if classes else []),
        word("; ".join(str(SIGNS[sign]) for sign in risk.signs)),
        word(", ".join(frame.subject(code) for code in risk.subjects)),
        counted(risk.unexcused, diary.show_count(risk.unexcused)),
    ]
    if frame.scale.averages:
        row += [hundredths(risk.average), hundredths(risk.fall)]
    return tuple(row)
