"""The things of each part of pupils' diaries, as they are said: what is new, the last week, what comes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from testamur.exchange.notifications.rules import LANGUAGES, ZONES
from testamur.exchange.notifications.rules.families import Thing
from testamur.kernel.base.actor import Actor
from testamur.schoolday.diary.queries import pupil as diary
from testamur.schoolday.diary.rules.pupil import News, Schooling
from testamur.schoolday.diary.rules.states import AbsenceKind, LeaveState, Part
from testamur.schoolday.noticeboard import queries as board
from testamur.schoolday.results import families as results
from testamur.surfaces.phone.twiml import Said

WEEK, AHEAD = timedelta(days=7), timedelta(days=14)
LONG = timedelta(days=60)
LONGEST = 300
AS_NEW = frozenset({Part.ASSESSMENTS, Part.LEAVE})
"""Parts of which only the new is said; of the others also the last week, or what comes."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that can be said."""

    thing: Thing
    says: tuple[Said, ...]
    ref: UUID | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What all readers need: who asks, about whom, when, and in which language the service speaks."""

    by: Actor
    children: tuple[UUID, ...]
    of: Mapping[UUID, Schooling]
    now: datetime
    locale: str

    @property
    def on(self) -> date:
        """The day."""
        return self.now.date()

    def school(self, child: UUID) -> str:
        """The language of the child's school."""
        return LANGUAGES.get(self.country(child), "en")

    def country(self, child: UUID) -> str:
        """The country of the child's school, or nothing."""
        one = self.of[child].school
        return one.country if one is not None else ""

    def zone(self, child: UUID) -> ZoneInfo:
        """In which the hours of the child's school are told."""
        return ZoneInfo(ZONES.get(self.country(child), "UTC"))

    def day(self, child: UUID, at: datetime) -> date:
        """The day at the child's school."""
        return at.astimezone(self.zone(child)).date()

    def mine(self, *texts: str) -> Said:
        """Said in the listener's language."""
        return Said(_sentence(texts), self.locale)

    def theirs(self, child: UUID, *texts: str) -> Said:
        """Said in the school's language."""
        return Said(_sentence(texts), self.school(child))


Read = Callable[[Asked, Mapping[UUID, News]], dict[UUID, tuple[Item, ...]]]


def _marks(asked: Asked, news: Mapping[UUID, News]) -> dict[UUID, tuple[Item, ...]]:
    found = diary.marks(by=asked.by, pupils=asked.children, on=asked.on, of=asked.of)
    return {
        child: tuple(
            Item(
                Thing(Part.MARKS, line.on),
                (
                    asked.theirs(child, f"{asked.of[child].subject(line.subject)}: {line.value}", line.name),
                    asked.mine(day(line.on)),
                ),
                line.id,
            )
            for line in found[child].every
            if _told_still(asked, news[child], Part.MARKS, line.id, line.on)
        )
        for child in asked.children
    }


def _absences(asked: Asked, news: Mapping[UUID, News]) -> dict[UUID, tuple[Item, ...]]:
    found = diary.absences(
        by=asked.by, pupils=asked.children, first=asked.on - LONG, last=asked.on, on=asked.on, of=asked.of
    )
    return {
        child: tuple(
            Item(
                Thing(Part.ABSENCES, line.on, value=line.kind),
                (
                    asked.theirs(child, line.subject_name),
                    asked.mine(day(line.on), _kind(line.kind), _minutes(line.minutes), _decided(line.excused)),
                ),
                line.id,
            )
            for line in found[child].lines
            if _told_still(asked, news[child], Part.ABSENCES, line.id, line.on)
        )
        for child in asked.children
    }


def _remarks(asked: Asked, news: Mapping[UUID, News]) -> dict[UUID, tuple[Item, ...]]:
    found = diary.remarks(by=asked.by, pupils=asked.children, on=asked.on, of=asked.of)
    return {
        child: tuple(
            Item(
                Thing(Part.REMARKS, line.on, positive=line.positive),
                (
                    asked.mine(day(line.on)),
                    asked.theirs(child, line.kind_name, line.subject_name),
                    asked.theirs(child, line.text),
                ),
                line.id,
            )
            for line in found[child]
            if _told_still(asked, news[child], Part.REMARKS, line.id, line.on)
        )
        for child in asked.children
    }


def _assessments(asked: Asked, news: Mapping[UUID, News]) -> dict[UUID, tuple[Item, ...]]:
    found = diary.assessments(by=asked.by, pupils=asked.children, on=asked.on, of=asked.of)
    return {
        child: tuple(
            Item(
                Thing(Part.ASSESSMENTS, asked.day(child, line.at)),
                (asked.theirs(child, f"{line.subject_name}: {line.value_name or line.value}", line.text),),
                line.id,
            )
            for line in found[child]
            if _told_still(asked, news[child], Part.ASSESSMENTS, line.id, asked.day(child, line.at))
        )
        for child in asked.children
    }


def _results(asked: Asked, news: Mapping[UUID, News]) -> dict[UUID, tuple[Item, ...]]:
    """Of results that were decided and not read yet the moment and its day; what they say stands on the web."""
    mine = {key: one for key, one in asked.of.items() if one.pack is not None and one.pack.year_end is not None}
    since = {key: news[key].since[Part.RESULTS] for key in mine}
    found = results.fresh(by=asked.by, since=since, paths={key: one.path for key, one in mine.items()})
    return {
        child: tuple(
            Item(
                Thing(Part.RESULTS, on, one.moment),
                (*([asked.theirs(child, one.moment)] if one.moment else []), asked.mine(day(on))),
            )
            for one in some
            for on in [asked.day(child, one.at)]
        )
        for child, some in found.items()
    }


def _leaves(asked: Asked, news: Mapping[UUID, News]) -> dict[UUID, tuple[Item, ...]]:
    """Decisions about leave that are new; which one it was stands on the web."""
    said = {
        LeaveState.GRANTED.value: _("granted"),
        LeaveState.REFUSED.value: _("refused"),
        LeaveState.WITHDRAWN.value: _("withdrawn"),
    }
    return {
        child: tuple(
            Item(
                Thing(Part.LEAVE, asked.day(child, item.at), value=item.value),
                (asked.mine(day(asked.day(child, item.at)), said.get(item.value, "")),),
                item.ref,
            )
            for item in news[child].of(Part.LEAVE)
        )
        for child in asked.children
    }


def _homework(asked: Asked, _news: Mapping[UUID, News]) -> dict[UUID, tuple[Item, ...]]:
    found = diary.homework(by=asked.by, pupils=asked.children, on=asked.on)
    return {
        child: tuple(
            Item(
                Thing(Part.HOMEWORK, task.due or task.given),
                (
                    asked.theirs(child, task.subject_name, task.text),
                    asked.mine(_("For %(day)s") % {"day": day(task.due)} if task.due else _("For the next lesson")),
                ),
                task.lesson,
            )
            for task in found[child]
        )
        for child in asked.children
    }


def _events(asked: Asked, _news: Mapping[UUID, News]) -> dict[UUID, tuple[Item, ...]]:
    found = board.events_for(children=asked.children, on=asked.on, starts_at=asked.now, ends_at=asked.now + AHEAD)
    items: dict[UUID, tuple[Item, ...]] = {}
    for child in asked.children:
        starts = [(one, one.starts_at.astimezone(asked.zone(child))) for one in found.get(child, ())]
        items[child] = tuple(
            Item(
                Thing(Part.EVENTS, at.date(), subject=one.title),
                (asked.mine(day(at.date()), time_format(at, "G:i")), asked.theirs(child, one.title, one.place)),
                one.id,
            )
            for one, at in starts
        )
    return items


READERS: Mapping[Part, Read] = {
    Part.MARKS: _marks,
    Part.ABSENCES: _absences,
    Part.REMARKS: _remarks,
    Part.ASSESSMENTS: _assessments,
    Part.RESULTS: _results,
    Part.LEAVE: _leaves,
    Part.HOMEWORK: _homework,
    Part.EVENTS: _events,
}


def day(on: date) -> str:
    """A day and its month in words, as they are spoken."""
    return date_format(on, "MONTH_DAY_FORMAT")


def _told_still(asked: Asked, news: News, part: Part, ref: UUID, on: date) -> bool:
    fresh = any(item.ref == ref for item in news.of(part))
    return fresh or (part not in AS_NEW and asked.on - WEEK <= on <= asked.on)


def _kind(kind: str) -> str:
    said = {
        AbsenceKind.ABSENT.value: _("absent"),
        AbsenceKind.LATE.value: _("late"),
        AbsenceKind.LEFT_EARLY.value: _("left early"),
    }
    return said.get(kind, kind)


def _minutes(minutes: int | None) -> str:
    if not minutes:
        return ""
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}


def _decided(excused: bool | None) -> str:  # noqa: FBT001 - the three answers of one column
    if excused is None:
        return _("nobody has decided about it yet")
    return _("excused") if excused else _("not excused")


def _sentence(texts: Iterable[str]) -> str:
    said = ", ".join(" ".join(text.split()) for text in texts if text.strip())
    said = said if len(said) <= LONGEST else said[: LONGEST - 1] + "…"
    return said if not said or said[-1] in ".!?…:" else f"{said}."
