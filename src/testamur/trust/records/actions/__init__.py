"""The verbs of a record's life. Each is one transaction; the slow work between them is in `steps`."""

from testamur.trust.records.actions.common import BatchLost, NotReplaceable, NotYourTurn, WrongState
from testamur.trust.records.actions.declining import WhyNeeded, decline
from testamur.trust.records.actions.drafting import Drafted, annul, discard, draft, mark_ready, recall
from testamur.trust.records.actions.handing import (
    OpenedShare,
    Shared,
    ShareDays,
    ShareRefused,
    fetch,
    fetch_shared,
    open_share,
    revoke_share,
    share,
)
from testamur.trust.records.actions.issuing import Issued, claim, hold, note_sealed, publish, release_batch
from testamur.trust.records.actions.releasing import PlanInvalid, announce_release, plan_release, release
from testamur.trust.records.actions.retrying import retry_batch, retry_held, sign_again
from testamur.trust.records.actions.seeing import first_revision, note_sight, original
from testamur.trust.records.actions.signing import PostEnded, accept_signatures, release_ceremony, start_ceremony
from testamur.trust.records.actions.status import StatusListUnknown, draw_up_status_list, publish_status_list
from testamur.trust.records.actions.working import finish_work, start_work

__all__ = [
    "BatchLost",
    "Drafted",
    "Issued",
    "NotReplaceable",
    "NotYourTurn",
    "OpenedShare",
    "PlanInvalid",
    "PostEnded",
    "ShareDays",
    "ShareRefused",
    "Shared",
    "StatusListUnknown",
    "WhyNeeded",
    "WrongState",
    "accept_signatures",
    "announce_release",
    "annul",
    "claim",
    "decline",
    "discard",
    "draft",
    "draw_up_status_list",
    "fetch",
    "fetch_shared",
    "finish_work",
    "first_revision",
    "hold",
    "mark_ready",
    "note_sealed",
    "note_sight",
    "open_share",
    "original",
    "plan_release",
    "publish",
    "publish_status_list",
    "recall",
    "release",
    "release_batch",
    "release_ceremony",
    "retry_batch",
    "retry_held",
    "revoke_share",
    "share",
    "sign_again",
    "start_ceremony",
    "start_work",
]
