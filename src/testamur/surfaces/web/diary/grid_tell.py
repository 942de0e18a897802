"""What the pages of the mark grid say about an entry that was refused or met another's mark."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from testamur.kernel.base.refused import Refused
from testamur.schoolday.diary.rules.marks import Outcome, State
from testamur.surfaces.web import refusals
from testamur.surfaces.web.requests import Visitor


def visitor_of(request: HttpRequest) -> Visitor:
    """Who looks."""
    visitor: Visitor = request.visitor  # type: ignore[attr-defined]  # set by VisitorMiddleware
    return visitor


def refusal(outcome: Outcome, *, by: str = "") -> str:
    """One sentence: why nothing was stored, and what would be."""
    if outcome.state is State.CONFLICT:
        return _conflict(outcome, by)
    if outcome.accepted:
        return _("That is not a mark here. Possible: %(steps)s.") % {"steps": ", ".join(outcome.accepted)}
    known = refusals.SENTENCES.get(outcome.code)
    return str(known) if known is not None else outcome.message


def _conflict(outcome: Outcome, by: str) -> str:
    if not outcome.value:
        return _("Somebody else took the mark back in the meantime. Nothing was saved here.")
    if by:
        return _("%(who)s wrote %(value)s in the meantime. Nothing was saved here.") % {
            "who": by,
            "value": outcome.value,
        }
    return _("Somebody else wrote %(value)s in the meantime. Nothing was saved here.") % {"value": outcome.value}


def sentence(refused: Refused) -> str:
    """A refusal of the whole call."""
    return refusals.sentence(refused)
