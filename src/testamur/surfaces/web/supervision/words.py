"""What supervision calls steps, those whom they wait for, and dates of a plan."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from testamur.schoolday.rollout.rules import Mark
from testamur.schoolday.supervision.rules import Counts, Order, Waits
from testamur.schoolday.transcripts.rules import Step
from testamur.surfaces.web.transcripts.words import STEPS, missing

Words = Mapping[Step, str | Promise]

SHORT: Words = {
    Step.COMPLETE: pgettext_lazy("short step", "Complete"),
    Step.VERIFIED: pgettext_lazy("short step", "Verified"),
    Step.MADE: pgettext_lazy("short step", "Made"),
    Step.TEACHER: pgettext_lazy("short step", "Class teacher"),
    Step.PRINCIPAL: pgettext_lazy("short step", "Principal"),
    Step.SEALED: pgettext_lazy("short step", "Seal"),
    Step.DELIVERED: pgettext_lazy("short step", "Delivered"),
}
"""The same as heads of narrow columns."""
WAITING: Words = {
    Step.COMPLETE: gettext_lazy("Data are missing"),
    Step.VERIFIED: gettext_lazy("Waits to be verified"),
    Step.MADE: gettext_lazy("Documents are not made"),
    Step.TEACHER: gettext_lazy("Waits for the class teacher's signature"),
    Step.PRINCIPAL: gettext_lazy("Waits for the principal's signature"),
    Step.SEALED: gettext_lazy("Waits for the school's seal"),
    Step.DELIVERED: gettext_lazy("Waits for the ministry's receipt"),
}
"""What a place or a class waits for."""
WAITS: Mapping[Waits, str | Promise] = {
    Waits.CLASS_TEACHER: gettext_lazy("Class teacher"),
    Waits.PRINCIPAL: gettext_lazy("Principal"),
    Waits.OFFICE: gettext_lazy("School office"),
    Waits.STORE: gettext_lazy("The ministry's store"),
}
ORDERS: Mapping[Order, str | Promise] = {
    Order.PLACE: gettext_lazy("By place"),
    Order.FAR: gettext_lazy("Farthest to go first"),
}
MARKS: Mapping[Mark, str | Promise] = {
    Mark.TRAINING_FROM: gettext_lazy("Training begins"),
    Mark.TRAINING_TO: gettext_lazy("Training ends"),
    Mark.ENTRY: pgettext_lazy("last day", "Data complete by"),
    Mark.VERIFICATION: pgettext_lazy("last day", "Verified by"),
    Mark.SIGNING: pgettext_lazy("last day", "Signed and sealed by"),
    Mark.DELIVERY: pgettext_lazy("last day", "Delivered by"),
    Mark.SUMMING_UP: pgettext_lazy("last day", "Summing-up by"),
}


__all__ = ["MARKS", "ORDERS", "SHORT", "STEPS", "WAITING", "WAITS", "missing", "missing_most", "state_of"]


def missing_most(counts: Counts, most: int = 5) -> list[tuple[str, int]]:
    """The reasons for which most documents cannot be made, in words, with how many pupils."""
    found = sorted(counts.missing.items(), key=lambda one: (-one[1], one[0]))[:most]
    return [(missing(code), n) for code, n in found if n]


def state_of(counts: Counts) -> str:
    """What a place waits for."""
    step = counts.next
    return str(WAITING[step]) if step is not None else _("All is delivered")
