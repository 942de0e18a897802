"""The diary of Vietnamese primary school: levels and tests by occasion, comments, no averages, no comparison. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from testamur.kernel.base.refused import Refused
from testamur.law.diary import (
    NO_LIMIT,
    AssessmentForm,
    Diary,
    Ground,
    LeaveRule,
    MarkFact,
    MarkKind,
    Proposal,
    RegisterRule,
    RemarkKind,
    TestRule,
)
from testamur.law.scales import Scale
from testamur.law.vn_primary import names, rules, tables


class MarkKindUnknown(Refused):
    """That grade has no such kind of mark."""

    code = "vn.primary.mark.kind"


class MarkOffScale(Refused):
    """The mark is not on the scale; `found["accepted"]` says what is."""

    code = "vn.primary.mark.off_scale"


_NAMES = {
    ("level", "mid"): "Mức đạt được giữa học kì",
    ("level", ""): "Mức đạt được cuối học kì",
    ("test", "mid"): "Bài kiểm tra giữa học kì",
    ("test", ""): "Bài kiểm tra cuối học kì",
    ("quality", "mid"): "Phẩm chất giữa học kì",
    ("quality", ""): "Phẩm chất cuối học kì",
    ("competence", "mid"): "Năng lực giữa học kì",
    ("competence", ""): "Năng lực cuối học kì",
}
_COUNTS = {"absent_with_leave": "excused", "absent_without_leave": "unexcused"}
_FREE = Scale("vn.primary.fact.2020", (), tables.START)
"""Facts are written freely, within the bounds of `tables.FACTS`."""


@dataclass(frozen=True, slots=True)
class SchoolDiary:
    """Satisfies `testamur.law.diary.Diary`, where each member is described."""

    absence_name: Mapping[str, str]
    grounds: tuple[Ground, ...]
    leave: LeaveRule
    remarks: tuple[RemarkKind, ...]
    register: RegisterRule | None
    alarm: tuple[Decimal, ...] = ()
    tests: TestRule = NO_LIMIT

    def mark_kinds(self, year_level: int, on: date) -> tuple[MarkKind, ...]:
        """``mid_level``, ``mid_test``, ``level``, ``test``: the middle and the end of a term (art. 7.1).

        Tests are only in the subjects and grades that have them; what is no end of term closes nothing.
        """
        if year_level not in tables.YEAR_LEVELS or on < tables.IN_FORCE[year_level]:
            return ()
        taught = tuple(s.code for s in rules.subjects_for(year_level))
        found = []
        for occasion in (tables.MID, ""):
            for kind in ("level", "test"):
                mine = tuple(c for c in taught if kind == "level" or rules.has_test(c, year_level, occasion))
                if mine:
                    code = f"{occasion}_{kind}" if occasion else kind
                    closes = "" if occasion else "term"
                    scale = tables.SCALES[kind]
                    name = _NAMES[kind, occasion]
                    found.append(MarkKind(code, name, scale, closes, Decimal(0), occasion, mine, decides=kind))
        return tuple(found)

    def class_kinds(self, year_level: int, on: date) -> tuple[MarkKind, ...]:
        """Qualities and competences at each moment (art. 7.2), and the facts of the transcript once a year [M]."""
        if year_level not in tables.YEAR_LEVELS or on < tables.IN_FORCE[year_level]:
            return ()
        found = []
        for occasion in (tables.MID, ""):
            for kind, codes in rules.traits_for(year_level):
                code, closes = (f"{occasion}_{kind}", "") if occasion else (kind, "term")
                name = _NAMES[kind, occasion]
                found.append(
                    MarkKind(code, name, tables.TRAIT, closes, Decimal(0), occasion, codes, decides=kind, whole=True)
                )
        for code, fact in tables.FACTS.items():
            found.append(
                MarkKind(
                    code,
                    fact.name,
                    _FREE,
                    "year",
                    Decimal(0),
                    "",
                    (code,),
                    decides="fact",
                    whole=True,
                    counts=_COUNTS.get(code, ""),
                )
            )
        return tuple(found)

    def about(self, code: str) -> str:
        """``Yêu nước``, ``Chiều cao``."""
        fact = tables.FACTS.get(code)
        return fact.name if fact is not None else rules.trait_name(code)

    def assessment(self, year_level: int, on: date) -> AssessmentForm | None:
        """Regular comments on a subject, term by term (art. 6); the level stands beside them as a mark."""
        if year_level not in tables.YEAR_LEVELS or on < tables.IN_FORCE[year_level]:
            return None
        return AssessmentForm("Nhận xét thường xuyên", None, plan=False, per="term", pupil="Em")

    def normalise_mark(self, kind: str, text: str, year_level: int, on: date) -> str:
        """``hoàn thành tốt`` → ``T``, ``9.0`` → ``9``; a fraction is refused, never rounded (art. 7.1.d)."""
        known = {k.code: k for k in (*self.mark_kinds(year_level, on), *self.class_kinds(year_level, on))}
        if kind not in known:
            raise MarkKindUnknown(f"Grade {year_level} has no mark of kind {kind!r}.", field="kind", kind=kind)
        try:
            if known[kind].decides == "fact":
                return rules.fact_value(kind, text)
            return names.value(known[kind].decides, text, on)
        except rules.OffScale as off:
            raise MarkOffScale(str(off), field="value", value=text[:60], accepted=off.found["accepted"]) from off

    def average(self, marks: Sequence[MarkFact]) -> Decimal | None:  # noqa: ARG002 - the contract's
        """None: the circular knows no average."""
        return None

    def success(self, marks: Sequence[MarkFact]) -> Decimal | None:  # noqa: ARG002 - the contract's
        """None, for the same reason."""
        return None

    def word(self, average: Decimal) -> str:  # noqa: ARG002 - the contract's
        """Empty: there is no average to name."""
        return ""

    def propose(self, kind: str, marks: Sequence[MarkFact], year_level: int) -> Proposal | None:  # noqa: ARG002 - as above
        """None: the level is the teacher's judgement (art. 7.1); the year result is proposed by `results`."""
        return None

    def absence_weight(self, kind: str, minutes: int | None, on: date | None = None) -> Decimal:  # noqa: ARG002 - as above
        """One for a lesson missed; coming late or leaving early is noted and not counted."""
        return Decimal(1) if kind == "absent" else Decimal(0)

    def count(self, weights: Sequence[Decimal]) -> Decimal:
        """The lessons missed; days on a transcript are stated apart (facts ``absent_with_leave`` …)."""
        return sum(weights, Decimal(0))

    def show_count(self, count: Decimal) -> str:
        """``3``."""
        text = f"{count:f}"
        return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


DIARY: Diary = SchoolDiary(
    absence_name=tables.ABSENCES,
    grounds=tables.GROUNDS,
    leave=tables.LEAVE,
    remarks=tables.REMARKS,
    register=tables.REGISTER,
)
