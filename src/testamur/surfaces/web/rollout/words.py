"""Words for what plans hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from testamur.schoolday.rollout.rules import Mark, PlanState, Reach

STATES: Mapping[PlanState, tuple[str | Promise, str]] = {
    PlanState.DRAFT: (pgettext_lazy("of a plan", "Draft"), "neutral"),
    PlanState.IN_FORCE: (pgettext_lazy("of a plan", "In force"), "success"),
    PlanState.CLOSED: (pgettext_lazy("of a plan", "Closed"), "info"),
}
MARKS: Mapping[Mark, str | Promise] = {
    Mark.TRAINING_FROM: _("Training begins"),
    Mark.TRAINING_TO: _("Training ends"),
    Mark.ENTRY: _("Everything is entered"),
    Mark.VERIFICATION: _("The data are verified"),
    Mark.SIGNING: _("Signed and sealed"),
    Mark.DELIVERY: _("Delivered to the ministry"),
    Mark.SUMMING_UP: _("Summing up and evaluation"),
}
REACHES: Mapping[Reach, str | Promise] = {
    Reach.ALL: _("All schools"),
    Reach.DISTRICTS: _("Schools of the chosen districts"),
    Reach.CHOSEN: _("Chosen schools"),
}


def grades(some: Sequence[int]) -> str:
    """`Grades 1–4`, `Grade 5`, `Grades 1, 3`."""
    if len(some) > 1 and list(some) == list(range(some[0], some[-1] + 1)):
        text = f"{some[0]}\N{EN DASH}{some[-1]}"
    else:
        text = ", ".join(str(one) for one in some)
    return ngettext("Grade %(grades)s", "Grades %(grades)s", len(some)) % {"grades": text}
