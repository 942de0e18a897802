"""The things of a diary in words, in the language that is active."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from testamur.exchange.notifications.rules.families import Thing
from testamur.schoolday.diary.rules.states import AbsenceKind, LeaveState, Part

LONGEST = 400


def counted(things: Sequence[Thing]) -> list[str]:
    """How many of what: ``3 new marks``, ``1 absence``; nothing else of them."""
    return [
        phrase(len(some)) % {"count": len(some)}
        for belongs, phrase in _PHRASES
        if (some := [thing for thing in things if belongs(thing)])
    ]


def detail(thing: Thing, *, short: bool) -> str:
    """The thing itself, in a word or two for a text message, else in a line; empty where it has to be read."""
    return _DETAILS[thing.part](thing, short)


def day(on: date) -> str:
    """``9.6.`` or as the language writes a day and a month."""
    return date_format(on, "SHORT_DATE_FORMAT")


_PHRASES: tuple[tuple[Callable[[Thing], bool], Callable[[int], str]], ...] = (
    (
        lambda t: t.part is Part.MARKS and not t.again,
        lambda n: ngettext("%(count)d new mark", "%(count)d new marks", n),
    ),
    (
        lambda t: t.part is Part.MARKS and t.again,
        lambda n: ngettext("%(count)d changed mark", "%(count)d changed marks", n),
    ),
    (
        lambda t: t.part is Part.ABSENCES and t.value == AbsenceKind.ABSENT and not t.again,
        lambda n: ngettext("%(count)d absence", "%(count)d absences", n),
    ),
    (
        lambda t: t.part is Part.ABSENCES and t.value != AbsenceKind.ABSENT and not t.again,
        lambda n: ngettext("%(count)d late arrival or early leaving", "%(count)d late arrivals or early leavings", n),
    ),
    (
        lambda t: t.part is Part.ABSENCES and t.again,
        lambda n: ngettext("%(count)d absence was decided", "%(count)d absences were decided", n),
    ),
    (
        lambda t: t.part is Part.REMARKS and not t.positive,
        lambda n: ngettext("%(count)d remark", "%(count)d remarks", n),
    ),
    (
        lambda t: t.part is Part.REMARKS and t.positive,
        lambda n: ngettext("%(count)d praise", "%(count)d praises", n),
    ),
    (lambda t: t.part is Part.HEALTH, lambda n: ngettext("%(count)d health note", "%(count)d health notes", n)),
    (
        lambda t: t.part is Part.ASSESSMENTS,
        lambda n: ngettext("%(count)d written assessment", "%(count)d written assessments", n),
    ),
    (
        lambda t: t.part is Part.RESULTS,
        lambda n: ngettext("%(count)d new result of the year", "%(count)d new results of the year", n),
    ),
    (
        lambda t: t.part is Part.HOMEWORK,
        lambda n: ngettext("homework in %(count)d lesson", "homework in %(count)d lessons", n),
    ),
    (
        lambda t: t.part is Part.LEAVE,
        lambda n: ngettext("%(count)d message about leave", "%(count)d messages about leave", n),
    ),
    (lambda t: t.part is Part.EVENTS, lambda n: ngettext("%(count)d event", "%(count)d events", n)),
    (
        lambda t: t.part is Part.LESSONS,
        lambda n: ngettext("%(count)d changed lesson", "%(count)d changed lessons", n),
    ),
    (
        lambda t: t.part is Part.MESSAGES and t.value == "correction",
        lambda n: ngettext(
            "%(count)d answer to a request for correction", "%(count)d answers to requests for correction", n
        ),
    ),
    (
        lambda t: t.part is Part.MESSAGES and t.value != "correction",
        lambda n: ngettext("%(count)d message", "%(count)d messages", n),
    ),
    (
        lambda t: t.part is Part.FORMS,
        lambda n: ngettext("%(count)d form to answer", "%(count)d forms to answer", n),
    ),
    (
        lambda t: t.part is Part.CARE,
        lambda n: ngettext("%(count)d notice about care", "%(count)d notices about care", n),
    ),
    (
        lambda t: t.part is Part.LEARNING,
        lambda n: ngettext("%(count)d plan or work", "%(count)d plans or works", n),
    ),
)
"""What is counted together, in the order in which it is told."""


def _mark(thing: Thing, _short: bool) -> str:  # noqa: FBT001 - one shape for all
    return f"{thing.subject} {thing.value}".strip()


def _result(thing: Thing, short: bool) -> str:  # noqa: FBT001 - one shape for all
    """Of a result of the year the moment alone, in the words of the law."""
    return "" if short else thing.subject


def _absence(thing: Thing, _short: bool) -> str:  # noqa: FBT001 - one shape for all
    said = {
        AbsenceKind.ABSENT.value: _("absent"),
        AbsenceKind.LATE.value: _("late"),
        AbsenceKind.LEFT_EARLY.value: _("left early"),
    }.get(thing.value, thing.value)
    minutes = _("%(minutes)d min") % {"minutes": thing.minutes} if thing.minutes is not None else ""
    return " ".join(part for part in (thing.subject, day(thing.on), said, minutes) if part)


def _remark(thing: Thing, short: bool) -> str:  # noqa: FBT001 - one shape for all
    return "" if short else _cut(thing.value)


def _homework(thing: Thing, short: bool) -> str:  # noqa: FBT001 - one shape for all
    return "" if short else f"{thing.subject} {day(thing.on)}: {_cut(thing.value)}"


def _leave(thing: Thing, short: bool) -> str:  # noqa: FBT001 - one shape for all
    if short:
        return ""
    said = {
        LeaveState.WAITING.value: _("waits for the other guardian"),
        LeaveState.ASKED.value: _("waits for the school"),
        LeaveState.GRANTED.value: _("granted"),
        LeaveState.REFUSED.value: _("refused"),
        LeaveState.WITHDRAWN.value: _("withdrawn"),
    }.get(thing.value, thing.value)
    return f"{day(thing.on)}: {said}"


def _event(thing: Thing, _short: bool) -> str:  # noqa: FBT001 - one shape for all
    said = f"{thing.subject}, {day(thing.on)}"
    return _("Called off: %(event)s") % {"event": said} if thing.off else said


def _titled(thing: Thing, short: bool) -> str:  # noqa: FBT001 - one shape for all
    """A title that names nobody and tells nothing of the child: of a message or a work, that there is one is enough."""
    return "" if short else _cut(thing.subject)


def _lesson(thing: Thing, _short: bool) -> str:  # noqa: FBT001 - one shape for all
    hours, room, so = [*thing.value.split("|"), "", "", ""][:3]
    said = " ".join(part for part in (thing.subject, day(thing.on), hours, room) if part)
    if thing.off:
        return _("Called off: %(event)s") % {"event": said}
    how = {"substitute": _("another teacher"), "given": _("as planned after all")}.get(so, _("moved"))
    return f"{said}: {how}"


def _care(thing: Thing, _short: bool) -> str:  # noqa: FBT001 - one shape for all
    """Of care: what is missing, closed or changed, and of a child that came or left the hour; no place and no name."""
    at = {"day": day(thing.on), "name": thing.subject, "hour": thing.value.partition("|")[2]}
    said = {
        "missing": _("hours of the week from %(day)s are missing"),
        "written": _("hours from %(day)s were changed"),
        "closing": _("open on %(day)s after all") if thing.off else _("closed on %(day)s: %(name)s"),
        "in": _("arrived at %(hour)s"),
        "out": _("left at %(hour)s"),
        "absent": _("noted as absent on %(day)s"),
    }.get(thing.value.partition("|")[0], "")
    return said % at


def _nothing(_thing: Thing, _short: bool) -> str:  # noqa: FBT001 - one shape for all
    return ""


def _cut(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= LONGEST else plain[: LONGEST - 1] + "…"


_DETAILS: Mapping[Part, Callable[[Thing, bool], str]] = {
    Part.MARKS: _mark,
    Part.ABSENCES: _absence,
    Part.REMARKS: _remark,
    Part.HEALTH: _nothing,
    Part.ASSESSMENTS: _mark,
    Part.RESULTS: _result,
    Part.HOMEWORK: _homework,
    Part.LEAVE: _leave,
    Part.EVENTS: _event,
    Part.LESSONS: _lesson,
    Part.MESSAGES: _titled,
    Part.FORMS: _titled,
    Part.CARE: _care,
    Part.LEARNING: _titled,
}
