"""Refusals of the verbs about lists, and the plain texts that they take. Pure."""

from __future__ import annotations

from testamur.kernel.base.refused import Refused

TITLE = 400
"""Characters of a degree project's title."""
COMMENT = 1000
"""Characters of a remark, and of the reason for which a list is returned."""
AT_ONCE = 5000
"""Students that one call brings into a list, and rows that one call saves."""


class ListFrozen(Refused):
    """Only a draft is changed: the list was sent, signed, entered or discarded."""

    code = "reporting.list.frozen"


class ListNotSent(Refused):
    """The list does not wait for a signature."""

    code = "reporting.list.not_sent"


class ListChanged(Refused):
    """Somebody changed the list since it was looked at."""

    code = "reporting.list.changed"


class ListNotReady(Refused):
    """A check stops the list from being sent."""

    code = "reporting.list.not_ready"


class NotExaminer(Refused):
    """The person is no examiner of that course at that department today."""

    code = "reporting.list.not_examiner"


class NotSender(Refused):
    """A list is taken back by who sent it."""

    code = "reporting.list.not_sender"


class NoResults(Refused):
    """The rules of that unit know no result lists, or the course has no scale of theirs."""

    code = "reporting.list.no_results"


class WrongExam(Refused):
    """The exam or the occasion is one of another course or module."""

    code = "reporting.list.wrong_exam"


class Anonymous(Refused):
    """Who is behind a code is not told, and nobody comes without one, until all are graded and names are shown."""

    code = "reporting.list.anonymous"


class CorrectionsAlone(Refused):
    """Nobody comes into a list of corrections but by a correction."""

    code = "reporting.list.corrections_alone"


class NotGraded(Refused):
    """Names are shown when everybody has a grade."""

    code = "reporting.list.ungraded"


class TitleInvalid(Refused):
    """A title is too long, belongs to no degree project, or an English one stands alone."""

    code = "reporting.list.title"


class CommentInvalid(Refused):
    """A remark says something, and not too much."""

    code = "reporting.comment.text"


class WhyNeeded(Refused):
    """Who returns a list says why."""

    code = "reporting.list.why"


class GraderInvalid(Refused):
    """Who grades holds a post as teacher or examiner at the same university."""

    code = "reporting.grader.no_post"


class NobodyUnregistered(Refused):
    """All students of the list are registered."""

    code = "reporting.list.all_registered"


class NoAddress(Refused):
    """The one who asked has no e-mail address to be written to."""

    code = "reporting.list.no_address"


class TooMany(Refused):
    """More students than one call takes."""

    code = "reporting.list.too_many"


def one_line(text: str) -> str:
    """`text` on one line, without spaces at its ends."""
    return " ".join(text.split())


def check_titles(title: str, title_en: str) -> tuple[str, str]:
    """Both titles on one line each; raises `TitleInvalid`."""
    first, second = one_line(title), one_line(title_en)
    for name, text in (("title", first), ("title_en", second)):
        if len(text) > TITLE:
            raise TitleInvalid(f"A title has at most {TITLE} characters.", field=name)
    if second and not first:
        raise TitleInvalid("The title in the original language comes first.", field="title")
    return first, second


def check_comment(text: str) -> str:
    """The remark without spaces at its ends; raises `CommentInvalid`."""
    said = text.strip()
    if not said or len(said) > COMMENT:
        raise CommentInvalid(f"Write something, with at most {COMMENT} characters.", field="text")
    return said


def check_why(text: str) -> str:
    """The reason without spaces at its ends; raises `WhyNeeded`."""
    said = text.strip()
    if not said or len(said) > COMMENT:
        raise WhyNeeded(f"Say why, with at most {COMMENT} characters.", field="why")
    return said
