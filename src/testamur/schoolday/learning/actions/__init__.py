"""The verbs of learning. One file per family of verbs; callers import them from here."""

from __future__ import annotations

from testamur.schoolday.learning.actions.development import (
    Signing,
    confirm_development,
    demand_eid,
    draft_development,
    freeze_development,
    write_ahead,
)
from testamur.schoolday.learning.actions.matrix import (
    state,
)
from testamur.schoolday.learning.actions.plans import (
    change_plan,
    copy_plan,
    publish_plan,
    share_plan,
    show_matrix,
    withdraw_plan,
    write_plan,
)
from testamur.schoolday.learning.actions.portfolio import (
    add_entry,
    add_picture,
    add_work,
    publish_entry,
    remove_picture,
    withdraw_entry,
)
from testamur.schoolday.learning.actions.rewriting import change_entry, withdraw_work
from testamur.schoolday.learning.actions.signing import (
    settle_signature,
    start_signature,
)
from testamur.schoolday.learning.actions.talks import (
    call_off_talk,
    change_talk,
    follow_up,
    plan_talk,
    prepare_talk,
    write_minutes,
)

__all__ = [
    "Signing",
    "add_entry",
    "add_picture",
    "add_work",
    "call_off_talk",
    "change_entry",
    "change_plan",
    "change_talk",
    "confirm_development",
    "copy_plan",
    "demand_eid",
    "draft_development",
    "follow_up",
    "freeze_development",
    "plan_talk",
    "prepare_talk",
    "publish_entry",
    "publish_plan",
    "remove_picture",
    "settle_signature",
    "share_plan",
    "show_matrix",
    "start_signature",
    "state",
    "withdraw_entry",
    "withdraw_plan",
    "withdraw_work",
    "write_ahead",
    "write_minutes",
    "write_plan",
]
