"""Pure rules of remarks and praise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from testamur.kernel.base.refused import NotFound, Refused
from testamur.law.diary import RemarkKind

LONGEST_TEXT = 2000
LONGEST_WHY = 400
LONGEST_SUBJECT = 40
WITHDRAW_ANY = "diary.class.withdraw_remark"
"""Who holds this takes back other people's remarks too: the class teacher in the class, the head at the school."""
OWN_WITHDRAWAL = timedelta(hours=24)
"""How long whoever wrote a remark may take it back; after that a class teacher or the head has to."""


class RemarkKindUnknown(Refused):
    """The jurisdiction knows no such kind of remark."""

    code = "diary.remark.kind"


class RemarkTextMissing(Refused):
    """A remark says something."""

    code = "diary.remark.text_missing"


class RemarkTextTooLong(Refused):
    """A remark is a note, no essay."""

    code = "diary.remark.text_too_long"


class NobodyChosen(Refused):
    """A remark is about somebody."""

    code = "diary.remark.nobody"


class RemarkOver(Refused):
    """The remark is withdrawn already."""

    code = "diary.remark.withdrawn"


class RemarkTooOld(Refused):
    """The day on which one may take back one's own remark is over."""

    code = "diary.remark.too_old"


class WhyMissing(Refused):
    """Taking something back needs a reason."""

    code = "diary.remark.why"


class NotInGroup(Refused):
    """The pupil does not belong to the group on that day."""

    code = "diary.not_in_group"


@dataclass(frozen=True, slots=True)
class RemarkView:
    """A remark about a pupil. `positive`: praise. `why`: the reason for which it was withdrawn."""

    id: UUID
    pupil: UUID
    group: UUID | None
    path: str
    subject: str
    lesson: UUID | None
    kind: str
    positive: bool
    text: str
    on: date
    made_by: UUID
    made_at: datetime
    withdrawn_at: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class Snippet:
    """A text that somebody wrote before and may use again."""

    kind: str
    text: str


def check_subject(subject: str) -> str:
    """The code of a subject. Raises NotFound for what cannot be one."""
    if len(subject) > LONGEST_SUBJECT:
        raise NotFound("There is no such subject.", field="subject")
    return subject


def check_text(text: str) -> str:
    """The text without white space around it. Raises `RemarkTextMissing`, `RemarkTextTooLong`."""
    said = text.strip()
    if not said:
        raise RemarkTextMissing("Write what the remark is about.", field="text")
    if len(said) > LONGEST_TEXT:
        raise RemarkTextTooLong(f"A remark has at most {LONGEST_TEXT} characters.", field="text", longest=LONGEST_TEXT)
    return said


def check_why(why: str) -> str:
    """The reason. Raises `WhyMissing`."""
    said = " ".join(why.split())
    if not said:
        raise WhyMissing("Say why the remark is withdrawn.", field="why")
    return said[:LONGEST_WHY]


def kind_of(kinds: Sequence[RemarkKind], code: str) -> RemarkKind:
    """The pack's kind with that code. Raises `RemarkKindUnknown`."""
    found = next((kind for kind in kinds if kind.code == code), None)
    if found is None:
        accepted = [kind.code for kind in kinds]
        raise RemarkKindUnknown("There is no such kind of remark.", field="kind", kind=code, accepted=accepted)
    return found


def is_fresh(made_at: datetime, now: datetime) -> bool:
    """Whether whoever wrote it may still take it back."""
    return now - made_at <= OWN_WITHDRAWAL
