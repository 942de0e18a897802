"""What a family reads of its child's school year: everything that is decided, moment by moment, of that child alone.

Nothing is told before it is decided: the class teacher decides a moment by closing it. No pupil is set beside another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.law.contract import Pack
from testamur.law.tables import PACKS
from testamur.law.year import YearEnd
from testamur.register.people.queries import chunks
from testamur.schoolday.diary.queries.schooling import SEE
from testamur.schoolday.results.models import Decision
from testamur.schoolday.results.queries import DecisionRow, facts_of, values_of
from testamur.schoolday.results.rules import Reason

_SUBJECT = frozenset({"level", "test", "comment"})


@dataclass(frozen=True, slots=True)
class Said:
    """One decided value in the words of the law, and in English.

    Attributes:
        comment: what the teacher wrote beside it.
        former: the value that a correction took the place of; empty when it was none.
        again: it was assessed again after help.
    """

    kind: str
    code: str
    name: str
    english: str
    value: str
    word: str
    word_english: str
    comment: str
    former: str = ""
    again: bool = False


@dataclass(frozen=True, slots=True)
class SubjectPart:
    """A subject at a moment: level, periodic test, comments of the term."""

    code: str
    name: str
    english: str
    level: Said | None
    test: Said | None
    comments: tuple[str, ...]

    @property
    def said(self) -> tuple[Said, ...]:
        """The level, then the test, where they are."""
        return tuple(one for one in (self.level, self.test) if one is not None)


@dataclass(frozen=True, slots=True)
class MomentPart:
    """What was decided at one moment of the year; `on`: the last day on which something of it was."""

    code: str
    name: str
    english: str
    on: date | None
    subjects: tuple[SubjectPart, ...]
    qualities: tuple[Said, ...]
    competences: tuple[Said, ...]
    facts: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class ChildYear:
    """A child's school year, the latest moment first.

    Attributes:
        years: the school years of which something is decided, the latest first.
        school_year: the one that this is about; empty when there is none.
        follows: what follows from the result, in the language of the law; empty while it is not decided.
    """

    years: tuple[str, ...]
    school_year: str = ""
    level: int = 0
    result: Said | None = None
    awards: tuple[Said, ...] = ()
    promotion: Said | None = None
    follows: str = ""
    moments: tuple[MomentPart, ...] = ()


@dataclass(frozen=True, slots=True)
class Fresh:
    """A moment of which something was decided lately; an empty name stands for what is about the whole year."""

    moment: str
    at: datetime


def year_of(*, by: Actor, pupil: UUID, path: str, school_year: str = "") -> ChildYear:
    """What is decided about a child in a school year, the latest one unless named; an unknown year is the latest.

    Years at a former school are the child's too. Needs ``diary.family.see`` for the child; `path` is where it goes to
    school. Three queries at the most.
    """
    by.must(SEE, path, person=pupil)
    packs = [code for code, one in PACKS.items() if one.year_end is not None]
    mine = Decision.objects.filter(pupil=pupil, pack__in=packs, replaced_by__isnull=True)
    years = tuple(sorted(mine.order_by().values_list("school_year", flat=True).distinct(), reverse=True))
    if not years:
        return ChildYear(())
    chosen = school_year if school_year in years else years[0]
    rows = tuple(map(facts_of, mine.filter(school_year=chosen).order_by("decided_on", "made_at", "id")))
    pack = PACKS[rows[-1].pack]
    rules = pack.year_end
    assert rules is not None
    former = values_of(row.replaces for row in rows if row.replaces and row.facts.reason == Reason.RECTIFICATION)
    told = [(row, _said(rules, row, former)) for row in rows]
    result = _last(told, rules.result[0])
    level = rows[-1].facts.year_level
    return ChildYear(
        years,
        chosen,
        level,
        result,
        tuple(said for row, said in told if row.facts.kind == rules.award[0]),
        _last(told, rules.promotion[0]),
        rules.propose([row.facts for row in rows], level).follows if result is not None else "",
        _moments(pack, rules, told),
    )


def named(ids: Iterable[UUID]) -> dict[UUID, tuple[date, str]]:
    """Decisions → the day on which each was made and the name of its moment, empty for one about the whole year.

    For messages to families: no value is read. What was put right meanwhile is told all the same.
    """
    found: dict[UUID, tuple[date, str]] = {}
    fields = ("id", "pack", "kind", "term", "occasion", "decided_on")
    for some in chunks(dict.fromkeys(ids)):
        for key, pack, kind, term, occasion, on in Decision.objects.filter(id__in=some).values_list(*fields):
            found[key] = (on, _moment_name(PACKS[pack], kind, term, occasion))
    return found


def fresh(*, by: Actor, since: Mapping[UUID, datetime], paths: Mapping[UUID, str]) -> dict[UUID, tuple[Fresh, ...]]:
    """Pupil → the moments of which something was decided after that pupil's instant, each once, the latest first.

    Needs ``diary.family.see`` for each pupil; `paths`: where they go to school. One query.
    """
    for pupil in since:
        by.must(SEE, paths[pupil], person=pupil)
    if not since:
        return {}
    packs = [code for code, one in PACKS.items() if one.year_end is not None]
    rows = Decision.objects.filter(pupil__in=since, pack__in=packs, made_at__gt=min(since.values()))
    fields = ("pupil", "pack", "kind", "term", "occasion", "made_at")
    found: dict[UUID, dict[str, Fresh]] = defaultdict(dict)
    for pupil, pack, kind, term, occasion, at in rows.order_by("-made_at", "id").values_list(*fields):
        if at > since[pupil]:
            name = _moment_name(PACKS[pack], kind, term, occasion)
            found[pupil].setdefault(name, Fresh(name, at))
    return {pupil: tuple(moments.values()) for pupil, moments in found.items()}


def _moment_name(pack: Pack, kind: str, term: str, occasion: str) -> str:
    rules = pack.year_end
    if rules is None or kind in {rules.result[0], rules.award[0], rules.promotion[0]}:
        return ""
    here = (term or pack.terms[-1], occasion)
    return next((one.name for one in pack.occasions if (one.term, one.code) == here), "")


def _said(rules: YearEnd, row: DecisionRow, former: dict[UUID, str]) -> Said:
    one = row.facts
    before = former.get(row.replaces, "") if row.replaces is not None else ""
    return Said(
        one.kind, one.code, rules.name(one.kind, one.code), rules.english(one.kind, one.code), one.value,
        rules.value(one.kind, one.value), rules.english_value(one.kind, one.value), one.comment,
        rules.value(one.kind, before) if before else "", one.reason == Reason.RE_EXAMINATION,
    )  # fmt: skip


def _last(told: Sequence[tuple[DecisionRow, Said]], kind: str) -> Said | None:
    return next((said for row, said in reversed(told) if row.facts.kind == kind), None)


def _moments(pack: Pack, rules: YearEnd, told: Iterable[tuple[DecisionRow, Said]]) -> tuple[MomentPart, ...]:
    """By moment, the latest first; what belongs to no term belongs to the end of the last one."""
    ends, whole = pack.terms[-1], {rules.result[0], rules.award[0], rules.promotion[0]}
    by_moment: dict[tuple[str, str], list[tuple[DecisionRow, Said]]] = defaultdict(list)
    for row, said in told:
        if row.facts.kind not in whole:
            by_moment[row.facts.period.term or ends, row.facts.occasion].append((row, said))
    return tuple(
        _moment(pack, rules, f"{one.term} {one.code}".strip(), one.name, by_moment[one.term, one.code])
        for one in reversed(pack.occasions)
        if by_moment[one.term, one.code]
    )


def _moment(
    pack: Pack, rules: YearEnd, code: str, name: str, told: Sequence[tuple[DecisionRow, Said]]
) -> MomentPart:  # fmt: skip
    latest = {(said.kind, said.code): said for _row, said in told}
    order = {one.code: one.order for one in pack.subjects}
    first = told[0][0].facts
    whole = pack.diary.class_kinds(first.year_level, first.period.ends)
    places = {code: n for n, code in enumerate(dict.fromkeys(code for kind in whole for code in kind.subjects))}
    subjects = sorted({c for kind, c in latest if kind in _SUBJECT}, key=lambda c: (order.get(c, 10_000), c))

    def of(kind: str) -> tuple[Said, ...]:
        mine = (said for said in latest.values() if said.kind == kind)
        return tuple(sorted(mine, key=lambda said: (places.get(said.code, len(places)), said.code)))

    return MomentPart(
        code,
        name,
        rules.english("moment", code),
        max((row.facts.decided_on for row, _said in told if row.facts.decided_on), default=None),
        tuple(_subject(rules, c, latest) for c in subjects),
        of("quality"),
        of("competence"),
        of("fact"),
    )


def _subject(rules: YearEnd, code: str, latest: dict[tuple[str, str], Said]) -> SubjectPart:
    level, test, comment = (latest.get((kind, code)) for kind in ("level", "test", "comment"))
    texts = [one.comment for one in (level, test) if one is not None and one.comment]
    return SubjectPart(
        code,
        rules.name("level", code),
        rules.english("level", code),
        level,
        test,
        tuple(dict.fromkeys([*([comment.value] if comment is not None else []), *texts])),
    )
