"""From decisions to the documents of a term: gathers facts, lets the pack make the content, names the signers.

`plan` is the door. What is issued already and has not changed is left alone; what has changed becomes a new version
that names the former one; what a former run left half done is taken up.
"""

from testamur.schoolday.results.steps.gathering import PURPOSE, NoPack, authority_of, last_day
from testamur.schoolday.results.steps.making import Made, make
from testamur.schoolday.results.steps.planning import ISSUED_ALREADY, Item, Plan, Skipped, plan
from testamur.schoolday.results.steps.readiness import Cell, Readiness, Row, readiness, readiness_of
from testamur.schoolday.results.steps.signers import NobodySigns

__all__ = [
    "ISSUED_ALREADY",
    "PURPOSE",
    "Cell",
    "Item",
    "Made",
    "NoPack",
    "NobodySigns",
    "Plan",
    "Readiness",
    "Row",
    "Skipped",
    "authority_of",
    "last_day",
    "make",
    "plan",
    "readiness",
    "readiness_of",
]
