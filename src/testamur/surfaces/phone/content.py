"""What is read out of pupils' diaries: what is new, and the last week; events of the next two.

The telephone is no strong way to log in: things themselves are told only of parts for which the listener chose the
telephone, else how many there are. Of a pupil whose identity is protected neither name nor thing is ever said. Health
notes are counted only, and of results of the year the moment is told, never what was decided. What teachers wrote is
said in the school's language, the rest in the listener's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from testamur.exchange.notifications.queries import choices as notices
from testamur.exchange.notifications.rules.families import Thing, Way
from testamur.exchange.notifications.words.things import counted
from testamur.kernel.base.actor import Actor
from testamur.register.people import queries as people
from testamur.register.people.rules import Protection
from testamur.schoolday.diary.queries import pupil as diary
from testamur.schoolday.diary.rules.pupil import News
from testamur.schoolday.diary.rules.states import Part
from testamur.surfaces.phone.flow import Subject
from testamur.surfaces.phone.readers import READERS, Asked, Item
from testamur.surfaces.phone.twiml import Said

MOST_LINES = 8
"""So many things of one part are said; the rest is for the web."""

PARTS: Mapping[Subject, tuple[Part, ...]] = {
    Subject.NEW: (Part.MARKS, Part.ABSENCES, Part.REMARKS, Part.ASSESSMENTS, Part.RESULTS, Part.LEAVE, Part.HEALTH),
    Subject.MARKS: (Part.MARKS,),
    Subject.ABSENCES: (Part.ABSENCES,),
    Subject.REMARKS: (Part.REMARKS,),
    Subject.EVENTS: (Part.EVENTS,),
    Subject.OTHER: (Part.HOMEWORK, Part.ASSESSMENTS, Part.RESULTS, Part.LEAVE, Part.HEALTH),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What is said, and which parts of whose diaries the listener has heard whole."""

    says: tuple[Said, ...]
    heard: tuple[tuple[UUID, Part], ...] = ()


def names(*, by: Actor, children: Sequence[UUID]) -> tuple[str, ...]:
    """The given name of each child; empty for one whose identity is protected."""
    views = people.people(by=by, ids=children, numbers=False)
    shown = (views.get(child) for child in children)
    return tuple((v.preferred or v.given) if v is not None and v.protection is Protection.NONE else "" for v in shown)


def in_order(*, by: Actor, children: Sequence[UUID]) -> tuple[UUID, ...]:
    """The children in the order in which they are offered: by given name, without one at the end."""
    called = dict(zip(children, names(by=by, children=children), strict=True))
    return tuple(sorted(children, key=lambda child: (not called[child], called[child], child)))


def told(*, by: Actor, children: Sequence[UUID], subject: Subject, locale: str, now: datetime) -> Told:
    """That subject for these children, in order; as many queries for one child as for eight.

    Raises NotAllowed without ``diary.family.see`` for every one of them.
    """
    of = diary.schoolings(by=by, pupils=children, on=now.date())
    asked = Asked(by, tuple(children), of, now, locale)
    with translation.override(locale):
        return _told(asked, subject)


def _told(asked: Asked, subject: Subject) -> Told:
    called = names(by=asked.by, children=asked.children)
    news = diary.news(by=asked.by, pupils=asked.children, now=asked.now)
    chosen = notices.choices(person=asked.by.id, children=asked.children)
    stopped = Way.PHONE in notices.settings_of(asked.by.id).stopped
    items = {part: READERS[part](asked, news) for part in PARTS[subject] if part in READERS}
    says: list[Said] = []
    heard: list[tuple[UUID, Part]] = []
    for number, (child, name) in enumerate(zip(asked.children, called, strict=True), start=1):
        if len(asked.children) > 1:
            says.append(asked.mine(name or _("Child number %(number)d") % {"number": number}))
        before = len(says)
        for part in PARTS[subject]:
            fresh = {item.ref for item in news[child].of(part)}
            known = subject is Subject.NEW and part in _COUNTED
            mine = [i for i in items.get(part, {}).get(child, ()) if not known or i.ref in fresh]
            opted = not stopped and Way.PHONE in chosen[child][part].ways
            if name and part in items and (opted or part is Part.EVENTS):
                says += _listed(asked, part, mine)
                whole = len(mine) <= MOST_LINES and subject is not Subject.NEW and part is not Part.RESULTS
                heard += [(child, part)] if whole else []
            else:
                things = [i.thing for i in mine] if part not in _COUNTED else _new(asked, news[child], part)
                says += _numbers(asked, things, name=name)
        if len(says) == before:
            says.append(asked.mine(_("Nothing new") if subject is Subject.NEW else _("There is nothing")))
    return Told(tuple(says), tuple(heard))


def _listed(asked: Asked, part: Part, items: Sequence[Item]) -> list[Said]:
    if not items:
        return []
    says = [asked.mine(_titles()[part])]
    for item in items[:MOST_LINES]:
        says += item.says
    rest = len(items) - MOST_LINES
    if rest > 0:
        says.append(
            asked.mine(ngettext("%(n)d more stands on the web", "%(n)d more stand on the web", rest) % {"n": rest})
        )
    return says


def _numbers(asked: Asked, things: Sequence[Thing], *, name: str) -> list[Said]:
    if not things:
        return []
    said = [asked.mine(", ".join(counted(things)))]
    if name and things[0].part is not Part.HEALTH:
        said.append(asked.mine(_("To hear more, log in on the web and choose the telephone for this")))
    else:
        said.append(asked.mine(_("Log in on the web to read more")))
    return said


_COUNTED = frozenset({Part.MARKS, Part.ABSENCES, Part.REMARKS, Part.ASSESSMENTS, Part.LEAVE, Part.HEALTH})
"""Parts of which the diary knows what is new to whom."""


def _new(asked: Asked, news: News, part: Part) -> list[Thing]:
    pack = asked.of[news.pupil].pack
    praise = {kind.code for kind in (pack.diary.remarks if pack is not None else ()) if kind.positive}
    return [
        Thing(
            part,
            timezone.localdate(item.at),
            value=item.value,
            positive=part is Part.REMARKS and item.value in praise,
        )
        for item in news.of(part)
    ]


def _titles() -> dict[Part, str]:
    return {
        Part.MARKS: _("Marks"),
        Part.ABSENCES: _("Absences"),
        Part.REMARKS: _("Remarks"),
        Part.EVENTS: _("Events"),
        Part.HOMEWORK: _("Homework"),
        Part.ASSESSMENTS: _("Assessments"),
        Part.RESULTS: _("Results of the year"),
        Part.LEAVE: _("Leave"),
    }
