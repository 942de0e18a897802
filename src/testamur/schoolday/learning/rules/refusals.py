"""Why something about learning is refused."""

from __future__ import annotations

from testamur.kernel.base.refused import Refused


class TextMissing(Refused):
    """A title or text is needed."""

    code = "learning.text.missing"


class TextTooLong(Refused):
    """A text is longer than is kept."""

    code = "learning.text.too_long"


class PeriodInvalid(Refused):
    """A plan ends before it begins, or holds more than a school year and a half."""

    code = "learning.plan.period"


class GoalUsed(Refused):
    """A goal about which something is stated cannot be taken away or put in other words."""

    code = "learning.goal.used"


class GoalsInvalid(Refused):
    """Too many goals, or one twice."""

    code = "learning.goal.invalid"


class LevelInvalid(Refused):
    """A matrix has 2 to 6 levels with names of their own, and a statement names one of them."""

    code = "learning.level.invalid"


class NotPublished(Refused):
    """What families shall see has to be published before."""

    code = "learning.not_published"


class NotInGroup(Refused):
    """The pupil does not belong to the group on that day."""

    code = "learning.not_in_group"


class NotYourPupil(Refused):
    """Somebody else teaches the subject there."""

    code = "learning.not_your_pupil"


class Changed(Refused):
    """Somebody else wrote there meanwhile; nothing was overwritten."""

    code = "learning.changed"


class Frozen(Refused):
    """A development plan that was handed over to be confirmed does not change; a new version takes its place."""

    code = "learning.development.frozen"


class NothingToFreeze(Refused):
    """A development plan needs what the pupil shall work on next."""

    code = "learning.development.empty"


class NoPlanYear(Refused):
    """There is no development plan in that year level, or no school year."""

    code = "learning.development.none"


class SignedAlready(Refused):
    """The person has confirmed that version already."""

    code = "learning.development.signed"


class NeedsEid(Refused):
    """The school asks for a signature with an e-ID."""

    code = "learning.development.eid"


class NotAWitness(Refused):
    """What was signed is another document than the one that stands."""

    code = "learning.development.other_document"


class TalkOver(Refused):
    """The talk has been held, or called off."""

    code = "learning.talk.over"


class TimeElsewhere(Refused):
    """The booked time is of another child, or has a talk already."""

    code = "learning.talk.time"


class DateInvalid(Refused):
    """A day that no calendar of the school holds."""

    code = "learning.date.invalid"


class PictureInvalid(Refused):
    """The file is no picture that is taken: JPEG, PNG or WebP, whole, and not larger than is read."""

    code = "learning.picture.invalid"


class TooManyPictures(Refused):
    """An entry holds only so many pictures."""

    code = "learning.picture.too_many"


class AltMissing(Refused):
    """A picture needs words for those who do not see it."""

    code = "learning.picture.alt"


class NoConsent(Refused):
    """A child in the picture may not be shown: no consent stands, or the identity is protected."""

    code = "learning.picture.consent"


class NobodyAbout(Refused):
    """An entry is about at least one child."""

    code = "learning.entry.nobody"
