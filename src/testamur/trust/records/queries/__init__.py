"""Reading records: lists, what waits, what the office follows, what citizens and strangers may know."""

from testamur.trust.records.queries.listing import (
    BatchRecord,
    BatchView,
    IssueView,
    Latest,
    RecordView,
    batch,
    by_ids,
    counts,
    is_done,
    latest,
    published,
    records,
    signers_of,
    spent_packs,
)
from testamur.trust.records.queries.status import (
    StatusListView,
    WaitingStatusList,
    status_file,
    status_list,
    waiting_status_list,
)
from testamur.trust.records.queries.waiting import WaitingDocument, next_for, waiting, waiting_for

__all__ = [
    "BatchRecord",
    "BatchView",
    "IssueView",
    "Latest",
    "RecordView",
    "StatusListView",
    "WaitingDocument",
    "WaitingStatusList",
    "batch",
    "by_ids",
    "counts",
    "is_done",
    "latest",
    "next_for",
    "published",
    "records",
    "signers_of",
    "spent_packs",
    "status_file",
    "status_list",
    "waiting",
    "waiting_for",
    "waiting_status_list",
]
