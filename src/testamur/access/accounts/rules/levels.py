"""Levels of assurance and the one table of what each may do.

Sources: Regulation (EU) 910/2014 article 8 and (EU) 2015/1502 (low, substantial, high); the Swedish supervisory
authority's practice that judgements about pupils on the Internet need strong authentication (two factors: substantial).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from testamur.kernel.base.refused import Refused


class Level(IntEnum):
    """How well a person was identified; higher includes lower."""

    LOW = 1
    """One factor that the school vouches for: a code by SMS to the number in the register."""
    SUBSTANTIAL = 2
    """Two factors: passkey with user verification, password and TOTP at a trusted provider, e-ID at LOA 2."""
    HIGH = 3
    """An e-ID at LOA 3: BankID, Freja eID Plus."""


class LevelTooLow(Refused):
    """The login's level of assurance is too low for this; another way to log in is needed."""

    code = "accounts.level.too_low"


class ConfirmAgain(Refused):
    """The person identified too long ago for an act of this weight, and has to do it again."""

    code = "accounts.confirm_again"


@dataclass(frozen=True, slots=True)
class Need:
    """What an act needs: a level, and (where given) an identification no older than `fresh`."""

    level: Level
    fresh: timedelta | None = None


STEP_UP = timedelta(minutes=10)
"""How long an identification counts as just made."""

NEEDED: Mapping[str, Need] = {
    "family.home": Need(Level.LOW),  # what is new, by number only: no grade, no judgement
    "family.records": Need(Level.SUBSTANTIAL),
    "family.share": Need(Level.SUBSTANTIAL, STEP_UP),
    "family.notices": Need(Level.SUBSTANTIAL),  # what may stand in messages
    "family.address": Need(Level.SUBSTANTIAL, STEP_UP),  # where messages go; the PIN of the telephone
    "notices.registrations": Need(Level.SUBSTANTIAL),
    "staff.home": Need(Level.SUBSTANTIAL),
    "staff.sign": Need(Level.SUBSTANTIAL, STEP_UP),  # the signature itself is an e-ID ceremony of its own
    "diary.home": Need(Level.SUBSTANTIAL),
    "reports.see": Need(Level.SUBSTANTIAL),
    "transcripts.see": Need(Level.SUBSTANTIAL),
    "transcripts.correct": Need(Level.SUBSTANTIAL, STEP_UP),
    "handover.home": Need(Level.SUBSTANTIAL),
    "results.home": Need(Level.SUBSTANTIAL),
    "results.sign": Need(Level.SUBSTANTIAL),  # a ceremony of its own follows: e-ID, or a code to the work phone
    "results.admin": Need(Level.SUBSTANTIAL, STEP_UP),
    "family.results": Need(Level.SUBSTANTIAL),
    "messages.home": Need(Level.SUBSTANTIAL),
    "forms.home": Need(Level.SUBSTANTIAL),
    "forms.sign": Need(Level.SUBSTANTIAL, STEP_UP),
    "care.home": Need(Level.SUBSTANTIAL),
    "learning.home": Need(Level.SUBSTANTIAL),
    "learning.sign": Need(Level.SUBSTANTIAL, STEP_UP),  # where the school asks for it, an e-ID ceremony follows
    "timetable.home": Need(Level.SUBSTANTIAL),
    "menus.edit": Need(Level.SUBSTANTIAL),
    "mine.extract": Need(Level.SUBSTANTIAL, STEP_UP),  # everything that is held of a person
    "mine.requests": Need(Level.SUBSTANTIAL),
    "app.home": Need(Level.LOW),  # numbers and lessons; more once the app is unlocked
    "app.report": Need(Level.LOW),  # an absence of today or to come: no judgement, and the school asks back
    "mine.app": Need(Level.SUBSTANTIAL, STEP_UP),
    "custody.home": Need(Level.SUBSTANTIAL),
    "keeping.lists": Need(Level.SUBSTANTIAL, STEP_UP),
    "support.ask": Need(Level.SUBSTANTIAL),
    "support.answer": Need(Level.SUBSTANTIAL),
    "search.home": Need(Level.SUBSTANTIAL),
    "supervision.see": Need(Level.SUBSTANTIAL),
    "supervision.close": Need(Level.SUBSTANTIAL, STEP_UP),  # a closed report is never changed again
    "office.home": Need(Level.SUBSTANTIAL),
    "office.correct": Need(Level.SUBSTANTIAL, STEP_UP),
    "office.keys": Need(Level.SUBSTANTIAL, STEP_UP),
    "office.export": Need(Level.SUBSTANTIAL, STEP_UP),  # everything that a school owns, in one file
    "office.release": Need(Level.SUBSTANTIAL),
    "office.protected": Need(Level.SUBSTANTIAL, STEP_UP),
    "account.sessions": Need(Level.LOW),
    "account.consent": Need(Level.SUBSTANTIAL, STEP_UP),
    "account.methods": Need(Level.SUBSTANTIAL, STEP_UP),
}
"""Act → what it needs. The one table; `docs/security.md` shows it and a test drives it."""


def must_reach_level(act: str, level: Level) -> None:
    """Raise `LevelTooLow` when a login of `level` may not do `act`."""
    need = NEEDED[act]
    if level < need.level:
        raise LevelTooLow(
            "This needs a stronger way to log in.", act=act, level=level.name.lower(), needed=need.level.name.lower()
        )


def must_be_confirmed(act: str, confirmed_at: datetime, now: datetime) -> None:
    """Raise `ConfirmAgain` when the last identification is too old for `act`."""
    fresh = NEEDED[act].fresh
    if fresh is not None and now - confirmed_at > fresh:
        raise ConfirmAgain("Please identify yourself again before this.", act=act)
