"""Reading forms, answers and consents."""

from __future__ import annotations

from testamur.schoolday.forms.queries.consents import consented, standings
from testamur.schoolday.forms.queries.family import FamilyLook, for_children, look
from testamur.schoolday.forms.queries.forms import (
    SEE,
    WRITE,
    due,
    form,
    forms_by_id,
    forms_seen,
    may_manage,
    targets,
    whole_forms,
)
from testamur.schoolday.forms.queries.notices import wanted
from testamur.schoolday.forms.queries.results import (
    ChildRow,
    Results,
    Room,
    SchoolCount,
    figures,
    overview,
    results,
    unanswered,
)
from testamur.schoolday.forms.queries.roster import roster
from testamur.schoolday.forms.queries.signing import Receipt, open_of, receipt, signing, unsettled

__all__ = [
    "SEE",
    "WRITE",
    "ChildRow",
    "FamilyLook",
    "Receipt",
    "Results",
    "Room",
    "SchoolCount",
    "consented",
    "due",
    "figures",
    "for_children",
    "form",
    "forms_by_id",
    "forms_seen",
    "look",
    "may_manage",
    "open_of",
    "overview",
    "receipt",
    "results",
    "roster",
    "signing",
    "standings",
    "targets",
    "unanswered",
    "unsettled",
    "wanted",
    "whole_forms",
]
