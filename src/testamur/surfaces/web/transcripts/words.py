"""What the pages call the steps of the chain, and what may be missing."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from testamur.schoolday.transcripts.rules import Step

STEPS: Mapping[Step, str | Promise] = {
    Step.COMPLETE: pgettext_lazy("transcript", "Data complete"),
    Step.VERIFIED: pgettext_lazy("transcript", "Verified"),
    Step.MADE: pgettext_lazy("transcript", "Made"),
    Step.TEACHER: pgettext_lazy("transcript", "Class teacher signed"),
    Step.PRINCIPAL: pgettext_lazy("transcript", "Principal signed"),
    Step.SEALED: pgettext_lazy("transcript", "School's seal set"),
    Step.DELIVERED: pgettext_lazy("transcript", "Delivered"),
}
MISSING: Mapping[str, str | Promise] = {
    "missing.person": _("Identity number or date of birth"),
    "missing.level": _("Level in a subject or activity"),
    "missing.test": _("Year-end test"),
    "missing.trait": _("Qualities and competences"),
    "missing.year_result": _("Result of the year"),
    "year_result.differs": _("The result is not the one that follows"),
    "comment_too_long": _("A comment is too long for the form"),
}
COLOURS: Mapping[Step | None, str] = {
    None: "warning",
    Step.COMPLETE: "neutral",
    Step.VERIFIED: "neutral",
    Step.MADE: "info",
    Step.TEACHER: "info",
    Step.PRINCIPAL: "info",
    Step.SEALED: "success",
    Step.DELIVERED: "success",
}


def step(found: Step | None) -> str:
    """What the step is called; before the first one data are missing."""
    return str(STEPS[found]) if found is not None else str(_("Data missing"))


def missing(code: str) -> str:
    """What is missing, in words; a code that is not here stands as it is."""
    return str(MISSING.get(code, code))
