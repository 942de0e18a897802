"""From content to published record: `prepare`, then (when signed) `issue_next`; `tidy` afterwards.

Every stage is durable before the next begins, and each can be done again: a worker that dies anywhere leaves a batch
that the next one finishes with the very same bytes. Nothing is sealed, logged or archived twice.
"""

from testamur.trust.records.steps.costs import Costs
from testamur.trust.records.steps.issuing import BATCH, Clock, issue, issue_next, tidy
from testamur.trust.records.steps.preparing import prepare
from testamur.trust.records.steps.settling import announce, settle, settle_one
from testamur.trust.records.steps.status import publish_all_status, publish_status
from testamur.trust.records.steps.working import advance, begin

__all__ = [
    "BATCH",
    "Clock",
    "Costs",
    "advance",
    "announce",
    "begin",
    "issue",
    "issue_next",
    "prepare",
    "publish_all_status",
    "publish_status",
    "settle",
    "settle_one",
    "tidy",
]
