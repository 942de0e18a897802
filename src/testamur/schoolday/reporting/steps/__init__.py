"""Background steps of the result lists: documents made, signatures taken in, subscribers' students found.

`prepare` makes the documents of a sent list, `settle` turns signed ones into decisions, `find_announced` looks for
those who can get a final grade, `prepare_process` and `put_in_force` serve decisions about how results are signed,
`void_refused` declares certificates void whose result the law refused.
"""

from testamur.schoolday.reporting.steps.finding import find_announced
from testamur.schoolday.reporting.steps.preparing import Press, prepare
from testamur.schoolday.reporting.steps.process import prepare_process, put_in_force
from testamur.schoolday.reporting.steps.settling import settle, settle_one
from testamur.schoolday.reporting.steps.voiding import void_refused

__all__ = [
    "Press",
    "find_announced",
    "prepare",
    "prepare_process",
    "put_in_force",
    "settle",
    "settle_one",
    "void_refused",
]
